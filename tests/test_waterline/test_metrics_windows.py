"""Windows, and what is written to ``metrics.json``."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline import metrics
from waterline.metrics import Evaluation, Track
from waterline.sessions import Dates

steady = settings(deadline=None)
SLEEVES = ("spec", "core")


def evaluation(sessions: Dates, seed: int = 0) -> Evaluation:
    """Random but consistent: the strategy holds the sleeves at the exposure of the session before."""
    rng = np.random.default_rng(seed)
    count = max(len(sessions) - 1, 0)
    sleeves = rng.normal(0.0005, 0.02, (count, 2))
    exposure = rng.uniform(0.0, 0.5, (len(sessions), 2))
    cash = np.full(count, 1e-4)
    average = exposure[:-1].mean(axis=0) if count else np.zeros(2)
    returns = [(held * (sleeves - cash[:, None])).sum(axis=1) + cash for held in (exposure[:count], average)]
    strategy, mix = (Track(track, np.full(count, 0.02), np.full(count, 1e-5)) for track in returns)
    scarce = exposure[:, 0] > 0.25
    return Evaluation(sessions, cash, strategy, mix, {"index": mix}, SLEEVES, sleeves, exposure, scarce)


@steady
@given(st.integers(-400, 100), st.integers(0, 300))
def test_windows_part_the_returns_at_the_day_of_publication(start: int, count: int) -> None:
    sessions = np.datetime64("2026-02-09") + np.timedelta64(start, "D") + np.arange(count).astype("timedelta64[D]")
    pre, post, whole = metrics.split_windows(sessions)
    assert [pre.name, post.name, whole.name] == ["pre_idea", "post_idea", "all"]
    assert (pre.first, pre.last, post.last) == (whole.first, post.first, whole.last)
    assert len(whole) == max(count - 1, 0)
    assert np.all(sessions[1:][pre.rows] < np.datetime64("2026-02-09"))
    assert np.all(sessions[1:][post.rows] >= np.datetime64("2026-02-09"))
    for window in (pre, post, whole):
        assert len(sessions[window.span]) == (len(window) + 1 if len(window) else 0)


def test_the_first_return_after_publication_is_measured_from_the_session_before() -> None:
    sessions = np.array(["2026-02-05", "2026-02-06", "2026-02-09", "2026-02-10"], dtype="datetime64[D]")
    post = metrics.split_windows(sessions)[1]
    assert sessions[post.span].tolist() == sessions[1:].tolist()
    assert post.label == "from 9 Feb 2026 on, after the idea was public"


def test_window_figures_are_those_of_its_slice() -> None:
    sessions = np.datetime64("2025-09-01") + np.arange(300)
    run = evaluation(sessions)
    post = metrics.split_windows(sessions)[1]
    found = metrics.window_metrics(run, post)
    after = sessions[1:] >= np.datetime64("2026-02-09")
    assert found.strategy.sessions == after.sum()
    assert found.strategy.first_session == np.datetime64("2026-02-09")
    assert found.strategy.cumulative_return == pytest.approx(np.prod(1.0 + run.strategy.returns[after]) - 1.0)
    assert found.strategy.years == pytest.approx(after.sum() / 365.25)
    assert found.scarce_share == pytest.approx(run.scarce[1:][after].mean())
    assert found.average_exposure["spec"] == pytest.approx(run.exposure[:-1, 0][after].mean())
    assert found.strategy.turnover_per_year == pytest.approx(252 * 0.02)
    assert metrics.as_json(found.held["index"]) == metrics.as_json(found.mix)


def test_time_is_counted_on_the_sessions_that_earn_not_on_those_before() -> None:
    run = evaluation(np.datetime64("2020-01-01") + np.arange(5))
    late = replace(run, scarce=np.array([False, False, False, False, True]))
    assert metrics.window_metrics(late, metrics.split_windows(run.sessions)[2]).scarce_share == 0.25


def test_without_costs_the_gain_over_the_mix_is_the_timing_gain() -> None:
    """The mix holds the average exposure throughout, hence the difference of the means is the covariance."""
    run = evaluation(np.datetime64("2020-01-01") + np.arange(500))
    whole = metrics.split_windows(run.sessions)[2]
    found = metrics.window_metrics(run, whole)
    assert found.timing_gain.value == pytest.approx(found.tracking_difference.value, abs=1e-12)


def test_an_exposure_is_paid_by_the_session_after() -> None:
    """Exposure set at each close to that session's own sign earns nothing of it; one row off it would be foresight."""
    sessions = np.datetime64("2020-01-01") + np.arange(1001)
    run = evaluation(sessions)
    sign = np.vstack([np.zeros(2), np.sign(run.sleeve_returns)])
    late = replace(run, exposure=sign)
    assert abs(metrics.window_metrics(late, metrics.split_windows(sessions)[2]).timing_gain.t) < 3.0


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_short_evaluations_serialise(count: int) -> None:
    sessions = np.datetime64("2026-02-05") + np.arange(count)
    run = evaluation(sessions)
    for window in metrics.split_windows(sessions):
        found = metrics.window_metrics(run, window).as_json()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert found["sessions"] == len(window)


def test_an_empty_window_says_so_and_shows_no_figure() -> None:
    run = evaluation(np.datetime64("2020-01-01") + np.arange(100))
    found = metrics.window_metrics(run, metrics.split_windows(run.sessions)[1]).as_json()
    assert found["sessions"] == 0
    assert "No session of this run lies in this window" in str(found["note"])
    assert set(found) == {"label", "sessions", "note"}


def test_growth_of_a_few_days_is_not_stated_as_a_yearly_rate() -> None:
    sessions = np.datetime64("2026-02-06") + np.arange(10)
    found = metrics.window_metrics(evaluation(sessions), metrics.split_windows(sessions)[2])
    assert np.isnan([found.strategy.cagr, found.strategy.calmar_ratio, found.mix.cagr]).all()
    assert np.isfinite([found.strategy.cumulative_return, found.strategy.sharpe_ratio]).all()
    assert "28 days" in found.note


def test_json_keeps_full_precision_and_turns_the_undefined_into_null() -> None:
    sessions = np.datetime64("2020-01-01") + np.arange(200)
    found = metrics.summary(np.full(199, 0.1 + 0.2), np.zeros(199), sessions)
    plain = metrics.as_json(found)
    assert isinstance(plain, dict)
    assert plain["best_day"] == 0.1 + 0.2
    assert [plain["sharpe_ratio"], plain["turnover_per_year"]] == [None, None]
    assert plain["max_drawdown"] == {"depth": 0.0, "start": None, "trough": None, "recovery": None}
    assert plain["first_session"] == "2020-01-02"
    assert metrics.as_json(float("inf")) is None
    with pytest.raises(TypeError, match="ndarray"):
        metrics.as_json(np.zeros(2))


def test_arrays_that_do_not_fit_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="T, T and T"):
        metrics.summary(np.zeros(3), np.zeros(3), np.datetime64("2020-01-01") + np.arange(3))
