"""Transforms against plain re-computation, and the promise that no row knows what came later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from waterline.panel import Observations
from waterline.transforms import (
    Window,
    as_known,
    change,
    combined,
    expanding_deviation,
    mean_of_present,
    minus_median,
    percentile_z,
    relative_to,
    restandardised,
    robust_z,
    rolling_z,
    trailing,
    weighted_mean,
)

DAY = np.timedelta64(1, "D")
START = np.datetime64("2010-01-04")
SHORT = Window(days=20, min_days=5, years=1.0, min_years=0.1, min_events=4, min_distinct=3)

published = st.floats(-1e3, 1e3).map(lambda value: round(value, 6))
numbers = st.lists(published | st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=60)


def rows(values: list[float], step: str = "D", every: int = 1, lag: int = 1) -> Observations:
    period = START + np.arange(len(values)) * every * DAY
    instants = (period + lag * DAY).astype("datetime64[s]")
    return Observations("x", period, instants, period + lag * DAY, np.array(values, float), 30, step)


TRANSFORMS: list[Callable[[Observations], Observations]] = [
    lambda r: robust_z(r, SHORT),
    lambda r: percentile_z(r, SHORT),
    lambda r: minus_median(r, SHORT),
    lambda r: change(r, 3),
    lambda r: trailing(r, 4, np.mean),
]


@pytest.mark.parametrize("transform", TRANSFORMS, ids=["z", "percentile", "median", "change", "trailing"])
@given(values=numbers, cut=st.integers(0, 60), step=st.sampled_from(["D", "W"]))
def test_no_row_moves_when_later_rows_are_removed(
    transform: Callable[[Observations], Observations], values: list[float], cut: int, step: str
) -> None:
    every = 7 if step == "W" else 1
    series = rows(values, step, every)
    whole, part = transform(series).value, transform(series.rows(slice(0, cut))).value
    assert np.array_equal(part, whole[: len(part)], equal_nan=True)


def _plain_z(window: np.ndarray) -> float:
    known = window[np.isfinite(window)]
    if not np.isfinite(window[-1]) or len(known) < SHORT.min_days or len(set(known)) < SHORT.min_distinct:
        return np.nan
    scale = 1.4826 * np.median(np.abs(known - np.median(known)))
    scale = scale if scale > 0 else known.std(ddof=1)
    return float(np.clip((known[-1] - np.median(known)) / scale, -3, 3)) if scale > 0 else np.nan


@given(values=numbers)
def test_robust_z_equals_its_formula(values: list[float]) -> None:
    found = robust_z(rows(values), SHORT).value
    array = np.array(values)
    wanted = [_plain_z(array[max(i - SHORT.days + 1, 0) : i + 1]) for i in range(len(array))]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


@given(values=numbers)
def test_percentile_z_equals_its_formula(values: list[float]) -> None:
    found = percentile_z(rows(values), SHORT).value
    for i, value in enumerate(found):
        window = np.array(values)[max(i - SHORT.days + 1, 0) : i + 1]
        known = window[np.isfinite(window)]
        if np.isnan(value):
            continue
        rank = ((known < window[-1]).sum() + (known == window[-1]).sum() / 2) / len(known)
        assert value == pytest.approx(np.clip(norm.ppf(rank), -3, 3), abs=1e-9)


@given(values=numbers, shift=st.integers(-1000, 1000), scale=st.sampled_from([0.25, 2.0, 8.0]))
def test_robust_z_has_no_unit(values: list[float], shift: int, scale: float) -> None:
    whole = [value if np.isnan(value) else float(round(value)) for value in values]
    plain = robust_z(rows(whole), SHORT).value
    moved = robust_z(rows([scale * value + shift for value in whole]), SHORT).value
    np.testing.assert_allclose(moved, plain, rtol=1e-9, atol=1e-9)


def test_a_constant_series_has_no_z_and_few_distinct_values_neither() -> None:
    assert np.isnan(robust_z(rows([1.0] * 30), SHORT).value).all()
    assert np.isnan(robust_z(rows([0.0, 1.0] * 15), SHORT).value).all()


def test_the_deviation_stands_in_for_a_median_deviation_of_zero() -> None:
    values = [0.0] * 15 + [1.0, 2.0]
    found = robust_z(rows(values), SHORT).value[-1]
    assert found == min(2.0 / np.std(values, ddof=1), 3.0)


def test_slow_windows_count_time_and_not_rows() -> None:
    quarterly = rows([float(i % 7) for i in range(60)], "Q", every=91, lag=30)
    known = np.isfinite(robust_z(quarterly, Window()).value)
    first = int(np.argmax(known))
    assert quarterly.period[first] - quarterly.period[0] >= 730 * DAY
    assert first < 12


def test_monthly_change_counts_calendar_months_and_knows_gaps() -> None:
    period = np.array(["2020-01", "2020-02", "2020-04", "2020-05"], dtype="datetime64[M]").astype("datetime64[D]")
    series = Observations("m", period, period.astype("datetime64[s]"), period, np.array([1.0, 2, 4, 8]), 60, "M")
    found = change(series, 1).value
    assert np.isnan(found[[0, 2]]).all()
    assert found[[1, 3]].tolist() == [1, 4]


def revised() -> Observations:
    """Two quarters; the first is revised from 10 to 12 when the second comes out, and to 13 after."""
    q1, q2 = np.datetime64("2020-01-01"), np.datetime64("2020-04-01")
    days = np.array(["2020-04-30", "2020-07-30", "2020-07-30", "2020-08-30"], dtype="datetime64[D]")
    period = np.array([q1, q1, q2, q1], dtype="datetime64[D]")
    return Observations("gdp", period, days.astype("datetime64[s]"), days, np.array([10.0, 12, 20, 13]), 150, "Q")


def test_a_change_is_measured_within_one_snapshot() -> None:
    found = change(revised(), 1)
    assert found.value[-1] == 20 - 12
    assert found.available_at[-1] == np.datetime64("2020-07-30")


def test_a_late_revision_of_an_old_quarter_does_not_become_current() -> None:
    current = revised().at(np.array(["2020-05-15", "2020-08-15", "2020-09-15"], dtype="datetime64[s]"))
    assert current.tolist() == [10, 20, 20]


def plain_changes(rows: Observations) -> list[tuple[np.datetime64, float]]:
    """The change over a quarter that each release showed, by a search of all that was public, in plain Python."""
    told = []
    for instant in np.unique(rows.available_at):
        public = [i for i in range(len(rows)) if rows.available_at[i] <= instant]
        latest = {rows.period[i].astype("datetime64[M]"): rows.value[i] for i in public}
        newest = max(latest)
        if any(rows.available_at[i] == instant and rows.period[i].astype("datetime64[M]") == newest for i in public):
            told.append((instant, latest[newest] - latest.get(newest - np.timedelta64(3, "M"), np.nan)))
    return told


@given(
    releases=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 8), st.integers(-5, 5)),
        min_size=2,
        max_size=40,
        unique_by=lambda r: r[:2],
    )
)
def test_changes_of_a_series_that_is_rewritten_equal_a_plain_search(releases: list[tuple[int, int, int]]) -> None:
    releases.sort()
    period = np.array(
        [np.datetime64("2020-01", "M") + np.timedelta64(3 * quarter, "M") for _, quarter, _ in releases]
    ).astype("datetime64[D]")
    days = np.datetime64("2022-01-01") + np.array([day for day, _, _ in releases]) * DAY
    value = np.array([float(value) for _, _, value in releases])
    series = Observations("gdp", period, days.astype("datetime64[s]"), days, value, 150, "Q")
    found = change(series, 1)
    wanted = plain_changes(series)
    if bool(np.all(period[1:] > period[:-1])):
        return
    assert found.available_at.tolist() == [instant.item() for instant, _ in wanted]
    np.testing.assert_array_equal(found.value, [value for _, value in wanted])


def test_a_rewritten_history_does_not_crowd_the_window() -> None:
    """Each release repeats the whole past; the window holds what was current: new periods and the last one revised."""
    releases = [(day, past, float(past + 100 * day)) for day in range(30) for past in range(day + 1)]
    period = np.array([START + past * 7 * DAY for _, past, _ in releases])
    days = np.array([START + day * 7 * DAY + DAY for day, _, _ in releases])
    value = np.array([value for _, _, value in releases])
    vintages = Observations("nfci", period, days.astype("datetime64[s]"), days, value, 14, "W")
    scored = robust_z(vintages, SHORT)
    assert len(scored) == 59
    assert scored.available_at[-1] == vintages.available_at[-1]


def test_as_known_leaves_single_vintage_series_as_they_are() -> None:
    series = rows([1.0, 2.0, 3.0])
    assert as_known(series, lambda known: 2 * known.value).value.tolist() == [2, 4, 6]


def test_combined_is_available_when_both_are_and_only_where_both_exist() -> None:
    fast, slow = rows([1.0, 2, 3], lag=0), rows([10.0, 20], lag=5)
    both = combined(fast, slow, np.add, "sum")
    assert both.value.tolist() == [11, 22]
    assert (both.available_at == slow.available_at).all()


def test_relative_to_uses_what_was_current_at_the_release() -> None:
    ratio = relative_to(rows([2.0, 4.0, 8.0], every=10), rows([1.0, 2.0], every=10), "ratio")
    assert ratio.value.tolist() == [2, 2, 4]


@given(values=st.lists(st.floats(-100, 100) | st.just(float("nan")), min_size=3, max_size=40))
def test_expanding_deviation_equals_its_formula(values: list[float]) -> None:
    array = np.array(values)
    for centre in (True, False):
        found = expanding_deviation(array, 2, centre)
        for i, value in enumerate(found):
            known = array[: i + 1][np.isfinite(array[: i + 1])]
            if np.isfinite(value):
                wanted = known.std(ddof=1) if centre else np.sqrt((known**2).mean())
                assert value == pytest.approx(wanted, rel=1e-6, abs=1e-5)


def test_restandardised_waits_for_its_minimum() -> None:
    noise = np.random.default_rng(0).standard_normal(600)
    assert np.isnan(restandardised(noise, 504)[:503]).all()
    assert np.isfinite(restandardised(noise, 504)[503:]).all()


def test_mean_of_present_needs_enough_members() -> None:
    parts = [np.array([1.0, np.nan, np.nan]), np.array([3.0, 3.0, np.nan])]
    assert mean_of_present(parts, 1).tolist()[:2] == [2, 3]
    assert np.isnan(mean_of_present(parts, 1)[2])
    assert np.isnan(mean_of_present(parts, 2)[1])


def test_rolling_z_known_values() -> None:
    z = rolling_z(np.array([1.0, 2.0, 3.0, np.nan, 9.0, 9.0, 9.0, 9.0]), 3, 2, 1.1)
    half = 0.5**0.5
    np.testing.assert_allclose(z, [np.nan, half, 1.0, np.nan, half, np.nan, np.nan, np.nan], rtol=1e-12)


@given(values=numbers, window=st.integers(2, 30), minimum=st.integers(1, 30), cut=st.integers(0, 60))
def test_rolling_z_is_that_of_each_window_and_knows_no_later_session(
    values: list[float], window: int, minimum: int, cut: int
) -> None:
    value = np.array(values)
    whole = rolling_z(value, window, minimum, 2.0)
    assert np.array_equal(rolling_z(value[:cut], window, minimum, 2.0), whole[:cut], equal_nan=True)
    for t, z in enumerate(whole):
        seen = value[max(t - window + 1, 0) : t + 1]
        seen = seen[np.isfinite(seen)]
        known = np.isfinite(value[t]) and len(seen) >= max(minimum, 2) and len(set(seen)) > 1
        assert np.isfinite(z) == known
        if known:
            assert z == pytest.approx(np.clip((value[t] - seen.mean()) / seen.std(ddof=1), -2, 2), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("weights", "expected"), [((3.0, -1.0), [0.5, 0.75, -1.5]), ((0.0, 0.5), [1.0, 0.0, 3.0])])
def test_weighted_mean_known_values(weights: tuple[float, ...], expected: list[float]) -> None:
    parts = np.array([[1.0, 1.0, -1.0, np.nan, 5.0], [1.0, 0.0, 3.0, 2.0, np.nan]])
    assert weighted_mean(parts, weights).tolist()[:3] == expected
    first, second, third = expected
    smoothed = [first, (first + second) / 2, (first + second) / 4 + third / 2]
    assert weighted_mean(parts, weights, span=3.0).tolist()[:3] == smoothed
    assert np.isnan(weighted_mean(parts, weights)[3:]).all()
