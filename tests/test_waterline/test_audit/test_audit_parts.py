"""The parts of an audit: where it cuts, how it poisons and shifts, and how it retells history."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.audit.comparing import differs, first_moved
from waterline.audit.cuts import cut_rows, first_to_know, slow_releases
from waterline.audit.poison import FLIPPED, MISSING, NOISE, POISONS, poisoned, removed
from waterline.audit.shifting import moved_instants, shifted
from waterline.audit.stamps import stamp_check, stamp_findings
from waterline.audit.vintages import first_release, latest_revision, observation_dates, vintaged
from waterline.panel import Observations, Panel
from waterline.testing import same, sample_panel

NAMES = ("AAA", "BTC-USD", "DGS10", "GDP", "IRX", "MSFT", "MSFT/capex", "MSFT/ocf", "NFCI", "SPY", "WALCL")
CUT = 400


@pytest.fixture(scope="module")
def panel() -> Panel:
    return sample_panel(NAMES, seed=1, first=dt.date(2015, 1, 2), last=dt.date(2018, 12, 31))


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


# --- cuts ----------------------------------------------------------------------------------------------------------


@given(count=st.integers(2, 200), seed=st.integers(0, 9), valid_from=st.integers(0, 900))
@settings(max_examples=25)
def test_cuts_are_as_many_as_asked_within_the_span_and_repeat(
    panel: Panel, count: int, seed: int, valid_from: int
) -> None:
    switches = np.arange(30, 1000, 45)
    rows = cut_rows(panel, valid_from, switches, count, seed)
    first, last = max(valid_from, 1), len(panel.clock) - 1
    assert list(rows) == sorted(set(rows))
    assert len(rows) == min(count, last - first + 1)
    assert rows[0] == first
    assert rows[-1] == last
    assert rows == cut_rows(panel, valid_from, switches, count, seed)


def test_sixty_cuts_come_before_a_release_of_every_slow_series_and_around_switches(panel: Panel) -> None:
    switches = np.array([300, 500, 700])
    rows = cut_rows(panel, 100, switches, 60, seed=5)
    slow = slow_releases(panel, 100)
    assert set(slow) == {"AAA", "GDP", "MSFT/capex", "MSFT/ocf", "NFCI", "WALCL"}
    for known in slow.values():
        assert set(rows) & set((known - 1).tolist())
    assert len(set(rows) & {299, 300, 301, 499, 500, 501, 699, 700, 701}) >= 3
    assert np.histogram(rows, bins=4, range=(100, len(panel.clock)))[0].min() >= 8


def test_the_first_session_to_know_is_the_first_whose_cutoff_comes_no_earlier(panel: Panel) -> None:
    instants = panel.series["WALCL"].available_at
    rows = first_to_know(panel, instants)
    inside = (rows > 0) & (rows < len(panel.clock))
    assert (panel.clock.cutoffs[rows[inside]] >= instants[inside]).all()
    assert (panel.clock.cutoffs[rows[inside] - 1] < instants[inside]).all()


# --- another future ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("poison", POISONS)
def test_poison_moves_the_future_alone_and_no_stamp(panel: Panel, poison: str) -> None:
    instant = panel.clock.cutoffs[CUT]
    other = poisoned(panel, instant, poison, seed=3)
    for name, rows in panel.series.items():
        known = len(rows.known_by(instant))
        assert same(other.series[name].value[:known], rows.value[:known])
        assert differs(other.series[name].value[known:], rows.value[known:]).mean() > 0.95
        assert (other.series[name].available_at == rows.available_at).all()
    for name, bars in panel.bars.items():
        known = len(bars.known_by(instant).close)
        assert same(other.bars[name].close[:known], bars.close[:known])
        assert differs(other.bars[name].close[known:], bars.close[known:]).mean() > 0.95
    again = poisoned(panel, instant, poison, seed=3)
    assert all(same(again.series[name].value, rows.value) for name, rows in other.series.items())


def test_each_poison_does_what_it_says(panel: Panel) -> None:
    instant = panel.clock.cutoffs[CUT]
    bars, rows = panel.bars["MSFT"], panel.series["DGS10"]
    known, told = len(bars.known_by(instant).close), len(rows.known_by(instant))
    assert np.isnan(poisoned(panel, instant, MISSING, 0).bars["MSFT"].close[known:]).all()
    flipped = poisoned(panel, instant, FLIPPED, 0)
    np.testing.assert_allclose(
        np.diff(np.log(flipped.bars["MSFT"].close[known - 1 :])), -np.diff(np.log(bars.close[known - 1 :])), atol=1e-12
    )
    assert same(flipped.series["DGS10"].value[told:], -rows.value[told:])
    noisy = poisoned(panel, instant, NOISE, 0)
    assert noisy.series["DGS10"].value[told:].std() == pytest.approx(100 * rows.value.std(), rel=0.2)
    assert (noisy.bars["MSFT"].close > 0).all()


def test_only_the_named_future_is_touched(panel: Panel) -> None:
    instant = panel.clock.cutoffs[CUT]
    for other in (poisoned(panel, instant, NOISE, 0, {"WALCL"}), removed(panel, instant, {"WALCL"})):
        changed = [name for name, rows in panel.series.items() if not same(other.series[name].value, rows.value)]
        assert changed == ["WALCL"]
        assert all(other.bars[name] is bars or same(other.bars[name].close, bars.close)
                   for name, bars in panel.bars.items())  # fmt: skip


def test_the_first_stage_and_row_that_moved_are_told() -> None:
    whole = (("signal", np.array([1.0, np.nan, 3.0])), ("regime", np.array([0, 1, 0])))
    part = (("signal", np.array([1.0, np.nan, 3.0])), ("regime", np.array([0, 0, 0])))
    assert first_moved(part, whole, 1) is None
    assert first_moved(part, whole, 3) == ("regime", 1, 1.0)
    appeared = (("signal", np.array([1.0, 2.0, 3.0])), whole[1])
    assert first_moved(appeared, whole, 3) == ("signal", 1, np.inf)


# --- shifted stamps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sessions", [1, -1])
def test_a_shift_moves_what_each_session_knows_by_one(panel: Panel, sessions: int) -> None:
    for rows in panel.series.values():
        moved = moved_instants(rows.available_at, panel.clock, sessions)
        assert (np.diff(moved.astype(int)) >= 0).all()
        before, after = first_to_know(panel, rows.available_at), first_to_know(panel, moved)
        inside = (before > 1) & (before < len(panel.clock) - 1)
        assert (after[inside] == before[inside] + sessions).all()
    other = shifted(panel, sessions, {"WALCL"})
    assert other.series["AAA"] is panel.series["AAA"]
    assert other.bars is panel.bars


def test_a_shifted_series_is_the_series_of_the_next_session(panel: Panel) -> None:
    now, late = (one.now(one.read("WALCL")) for one in (panel, shifted(panel, 1)))
    assert same(late[2:], now[1:-1])


# --- stamps --------------------------------------------------------------------------------------------------------


def test_honest_stamps_are_not_accused_and_what_cannot_be_judged_is_said(panel: Panel) -> None:
    found = stamp_findings(panel)
    assert found == ()
    assert stamp_check(panel, found).note.endswith("GDP, NFCI")


def test_a_finding_names_series_value_stamp_and_the_first_session_that_knew(panel: Panel) -> None:
    rows = panel.series["WALCL"]
    early = replace(rows, available_at=rows.available_at - np.timedelta64(1, "D"))
    finding = stamp_findings(replace(panel, series={**panel.series, "WALCL": early}))[0]
    assert finding.series == ("WALCL",)
    assert finding.stage == "panel"
    assert "the WALCL value for 2008-01-02 is known at 2008-01-02T21:30:00Z" in str(finding)
    assert "comes out on 2008-01-03T21:30:00Z" in str(finding)
    assert finding.first_session == panel.clock.sessions[0]


# --- history retold ------------------------------------------------------------------------------------------------


def quarters() -> Observations:
    """Two quarters; the first is revised after the second was told."""
    period = np.array(["2020-01-01", "2020-04-01", "2020-01-01"], dtype="datetime64[D]")
    vintage = np.array(["2020-04-29", "2020-07-30", "2020-08-27"], dtype="datetime64[D]")
    return Observations("GDP", period, vintage.astype("datetime64[s]"), vintage, np.array([1.0, 2.0, 1.5]), 150, "Q")


def test_the_first_release_the_latest_revision_and_the_dates_of_a_revised_series() -> None:
    rows = quarters()
    assert first_release(rows).value.tolist() == [1.0, 2.0]
    latest = latest_revision(rows)
    assert latest.value.tolist() == [1.5, 2.0]
    assert (latest.available_at == rows.available_at[:2]).all()
    dated = observation_dates(rows)
    assert dated.value.tolist() == [1.5, 2.0]
    assert dated.available_at.astype("datetime64[D]").tolist() == [dt.date(2020, 3, 31), dt.date(2020, 6, 30)]


def test_only_series_that_were_told_differently_count_as_vintages(panel: Panel) -> None:
    assert vintaged(panel) == ()
    assert vintaged(replace(panel, series={**panel.series, "GDP": quarters()})) == ("GDP",)


def test_nothing_is_ever_known_later_on_observation_dates(panel: Panel) -> None:
    for rows in panel.series.values():
        dated = observation_dates(rows)
        assert (dated.available_at[np.argsort(dated.period)] <= rows.available_at[np.argsort(rows.period)]).all()
        assert (np.diff(dated.available_at.astype(int)) >= 0).all()
