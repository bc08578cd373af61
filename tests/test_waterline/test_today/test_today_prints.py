"""When the next value comes: known answers of real calendars, and a property over all rules."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import ASSETS, SERIES
from waterline.catalog.release import DaysAfterPeriod
from waterline.panel import Observations
from waterline.sessions import exchange_sessions, new_york_instants
from waterline.sources.prices import final_at
from waterline.today.prints import Present, has_ended, next_print

SESSIONS = exchange_sessions(dt.date(2016, 1, 4), dt.date(2027, 12, 31))
LONG_AGO = np.datetime64("2000-01-01T00:00:00")


def rows(name, periods, step, at=None):
    days = np.array(periods, dtype="datetime64[D]")
    known = at if at is not None else SERIES[name].release.instant(days)
    return Observations(name, days, known, days, np.ones(len(days)), 7, step)


def present(cutoff=LONG_AGO, instant=LONG_AGO, by_rule=False):
    return Present(np.datetime64(cutoff, "s"), np.datetime64(instant, "s"), by_rule, SESSIONS)


def test_yields_skip_the_holiday_and_come_the_next_afternoon():
    told = next_print("DGS10", rows("DGS10", ["2025-11-26"], "D"), present())
    assert (str(told.period), str(told.at), told.scheduled) == ("2025-11-28", "2025-12-01T21:40:00", True)


def test_a_series_of_every_day_prints_on_weekends_too():
    week = np.arange("2025-10-20", "2025-11-29", dtype="datetime64[D]")
    assert str(next_print("DFF", rows("DFF", week, "D"), present()).period) == "2025-11-29"


def test_the_balance_sheet_comes_on_thursday_or_after_the_holiday():
    told = next_print("WALCL", rows("WALCL", ["2025-11-19"], "W"), present())
    assert (str(told.period), str(told.at)) == ("2025-11-26", "2025-11-28T21:30:00")  # Thursday was Thanksgiving


@pytest.mark.parametrize(("by_rule", "at", "scheduled"), [(False, "2026-02-20", True), (True, "2026-01-30", False)])
def test_growth_was_delayed_by_the_shutdown_which_an_earlier_day_is_not_told(by_rule, at, scheduled):
    told = next_print("GDP", rows("GDP", ["2025-07-01"], "Q"), present(by_rule=by_rule))
    assert (str(told.period), str(told.at)[:10], told.scheduled) == ("2025-10-01", at, scheduled)


def test_a_bar_comes_with_the_next_session_and_crypto_every_day():
    bars = {
        name: rows(name, ["2025-12-24"], "D", np.array(["2025-12-24T21:00"], "datetime64[s]"))
        for name in ("SPY", "BTC-USD")
    }
    spy, bitcoin = (next_print(name, bars[name], present()) for name in ("SPY", "BTC-USD"))
    assert (str(spy.period), str(spy.at)) == ("2025-12-26", "2025-12-26T21:00:00")
    assert (str(bitcoin.period), str(bitcoin.at)) == ("2025-12-25", "2025-12-26T00:00:00")


def test_a_filing_is_expected_as_long_after_its_quarter_as_a_year_ago():
    quarters = np.array(["2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30"], dtype="datetime64[D]")
    filed = np.array(["2025-02-06T22:30", "2025-05-01T21:30", "2025-07-31T21:30", "2025-10-30T21:30"], "datetime64[s]")
    told = next_print("AMZN/capex", rows("AMZN/capex", quarters, "Q", filed), present())
    assert (str(told.period), str(told.at), told.scheduled) == ("2025-12-31", "2026-02-06T22:30:00", False)
    odd = next_print("ORCL/ocf", rows("ORCL/ocf", ["2025-11-30"], "Q", filed[-1:]), present())
    assert str(odd.period) == "2026-02-28"


def test_due_follows_the_decision_and_the_moment():
    known = rows("WALCL", ["2025-11-05"], "W")  # the next: Thursday 13 November, 21:30
    at = np.datetime64("2025-11-13T21:30:00")
    second = np.timedelta64(1, "s")
    for cutoff, instant, due in (
        (at - second, at - second, "ahead"),
        (at - second, at, "since"),
        (at, at, "overdue"),
    ):
        assert next_print("WALCL", known, present(cutoff, instant)).due == due


def test_a_single_day_without_a_value_is_not_overdue_and_two_are():
    known = rows("DGS10", ["2025-04-17"], "D")  # Good Friday, no federal holiday, had no yield
    monday, tuesday = (np.datetime64(f"2025-04-2{day}T20:00:00") for day in (1, 2))
    assert str(next_print("DGS10", known, present(monday, monday)).period) == "2025-04-18"
    told = next_print("DGS10", known, present(tuesday, tuesday))
    assert (str(told.period), told.due) == ("2025-04-21", "ahead")
    late = np.datetime64("2025-04-23T20:00:00")
    assert next_print("DGS10", known, present(late, late)).due == "overdue"


def test_a_discontinued_series_prints_no_more():
    last = rows("TEDRATE", ["2022-01-20", "2022-01-21"], "D")
    assert has_ended("TEDRATE", last)
    assert next_print("TEDRATE", last, present()) is None
    assert not has_ended("TEDRATE", last.rows(slice(0, 1)))
    assert next_print("SOFR", rows("SOFR", [], "D"), present()) is None


@given(st.sampled_from(sorted(SERIES)), st.integers(0, 2000))
def test_the_next_print_is_what_the_catalog_would_call_the_instant_of_the_next_period(name, back):
    entry = SERIES[name]
    unit = {"M": "datetime64[M]", "Q": "datetime64[M]"}.get(entry.step, "datetime64[D]")
    day = np.datetime64("2024-01-03") - back
    first = day.astype(unit).astype("datetime64[D]") if unit.endswith("[M]") else np.busday_offset(day, 0, "forward")
    told = next_print(name, rows(name, [first], entry.step), present())
    if entry.ended is not None and first >= np.datetime64(entry.ended):
        assert told is None
        return
    assert told.period > first
    assert told.at == entry.release.instant(np.array([told.period]))[0]
    assert told.at >= entry.release.instant(np.array([first]))[0]
    assert told.scheduled is not (
        isinstance(entry.release, DaysAfterPeriod) and told.period.item() not in entry.release.delayed
    )


def test_times_of_bars_are_those_of_the_source():
    day = np.array(["2025-07-01"], dtype="datetime64[D]")
    assert final_at(ASSETS["SPY"], day) == new_york_instants(day, dt.time(16, 0))
