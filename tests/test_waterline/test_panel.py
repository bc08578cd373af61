"""The panel never hands out what was not yet public."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.errors import DataError
from waterline.panel import Bars, Observations, Panel
from waterline.sessions import clock
from waterline.testing import FIRST, LAST, sample_panel

HOUR = 3600
EPOCH = np.datetime64("2020-01-01T00:00:00")


@st.composite
def histories(draw: st.DrawFn) -> Observations:
    """Observations with revisions, late arrivals and equal instants."""
    size = draw(st.integers(0, 30))
    hours = sorted(draw(st.lists(st.integers(0, 2000), min_size=size, max_size=size)))
    days = draw(st.lists(st.integers(0, 40), min_size=size, max_size=size))
    instants = EPOCH + np.array(hours, dtype="timedelta64[h]")
    period = (EPOCH + np.array(days, dtype="timedelta64[D]")).astype("datetime64[D]")
    order = np.lexsort((period, instants))
    value = np.arange(size, dtype=float)
    return Observations("x", period[order], instants[order], period[order], value, 20, "D")


def plain_as_of(rows: Observations, instant: np.datetime64) -> float:
    """Newest period among what was public, its last vintage, unless it is too old. Written without the panel's code."""
    public = [i for i in range(len(rows)) if rows.available_at[i] <= instant]
    if not public:
        return np.nan
    newest = max(rows.period[i] for i in public)
    last = [i for i in public if rows.period[i] == newest][-1]
    # A value counts as fresh from the release that carried it.
    too_old = instant - rows.available_at[last] > np.timedelta64(rows.max_age_days, "D")
    return np.nan if too_old else float(rows.value[last])


@given(rows=histories(), hours=st.lists(st.integers(-10, 3000), min_size=1, max_size=20))
def test_at_equals_a_plain_search(rows: Observations, hours: list[int]) -> None:
    instants = EPOCH + np.array(hours, dtype="timedelta64[h]")
    wanted = [plain_as_of(rows, instant) for instant in instants]
    np.testing.assert_array_equal(rows.at(instants), wanted)


@given(rows=histories(), hour=st.integers(0, 2000))
def test_what_is_published_later_changes_nothing_before(rows: Observations, hour: int) -> None:
    cut = EPOCH + np.timedelta64(hour, "h")
    before = EPOCH + np.arange(0, hour + 1, 7).astype("timedelta64[h]")
    np.testing.assert_array_equal(rows.known_by(cut).at(before), rows.at(before))


def test_as_of_removes_later_rows_bars_and_sessions() -> None:
    panel = sample_panel({"DGS10", "SPY", "MSFT/capex"})
    cut = panel.clock.cutoffs[1000]
    past = panel.as_of(cut)
    assert len(past.clock) == 1001
    for rows in (past.read("DGS10"), past.read("MSFT/capex"), past.read("SPY")):
        assert rows.available_at.max() <= cut
    assert len(panel.clock) > 1001


def test_a_yield_of_today_is_not_known_at_todays_close() -> None:
    panel = sample_panel({"DGS10"})
    rows = panel.read("DGS10")
    current, index = rows.index_at(panel.clock.cutoffs)
    known = index >= 0
    assert (current.period[index[known]] < panel.clock.sessions[known]).all()


def test_a_later_cutoff_lets_the_evening_release_in() -> None:
    import datetime as dt

    panel = sample_panel({"WALCL"})
    thursday = np.datetime64("2020-06-11")
    row = int(np.flatnonzero(panel.clock.sessions == thursday)[0])
    late = clock(FIRST, LAST, dt.time(17, 0))
    wednesday = [p.read("WALCL").index_at(c.cutoffs)[0].period[p.read("WALCL").index_at(c.cutoffs)[1][row]]
                 for p, c in ((panel, panel.clock), (panel, late))]  # fmt: skip
    assert wednesday == [np.datetime64("2020-06-03"), np.datetime64("2020-06-10")]


def test_a_weekend_of_crypto_compounds_into_monday_and_todays_bar_is_not_used() -> None:
    panel = sample_panel({"BTC-USD"})
    bars = panel.bars["BTC-USD"]
    monday = np.datetime64("2020-06-08")
    row = int(np.flatnonzero(panel.clock.sessions == monday)[0])
    friday_mark, monday_mark = panel.closes(["BTC-USD"], panel.clock.closes)[row - 1 : row + 1, 0]
    by_date = dict(zip(bars.date, bars.close, strict=True))
    assert monday_mark == by_date[np.datetime64("2020-06-07")]
    assert friday_mark == by_date[np.datetime64("2020-06-04")]


def test_an_unknown_series_is_named_with_its_neighbour() -> None:
    with pytest.raises(DataError, match=r"DGS11.*Did you mean 'DGS10'"):
        sample_panel({"DGS10"}).read("DGS11")


def test_an_asset_without_bars_has_no_close() -> None:
    none = np.empty(0)
    empty = Bars("X", none.astype("datetime64[D]"), none, none, none.astype("datetime64[s]"), "stock")
    panel = Panel(clock(FIRST, LAST), {}, {"X": empty})
    assert np.isnan(panel.closes(["X"], panel.clock.closes)).all()
