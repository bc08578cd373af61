"""The schedule by hand: lag, weekly calendar, band, pending orders and refusals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.errors import ConfigError
from waterline.simulation import Execution, TargetError, schedule, weekly_decisions
from waterline.simulation.execution import WEEKDAYS

NAN = np.nan


def rows(length, *marked):
    return np.isin(np.arange(length), marked)


def plan(market, targets, decided=(), switched=(), **execution):
    length = len(market)
    targets = np.broadcast_to(np.asarray(targets, dtype=float), market.close.shape)
    return schedule(targets, rows(length, *decided), rows(length, *switched), market, Execution(**execution))


# --- the lag


def test_a_decision_fills_at_the_next_session(market):
    got = plan(market([1] * 5, [1] * 5), [0.5, 0.3], decided=[1])
    assert got.decided_at.tolist() == [-1, -1, 1, -1, -1]
    assert np.isnan(got.orders[[0, 1, 3, 4]]).all()
    assert got.orders[2].tolist() == [0.5, 0.3]


def test_a_decision_of_the_last_session_places_no_order(market):
    got = plan(market([1] * 3), [0.5], decided=[2])
    assert np.isnan(got.orders).all()
    assert (got.decided_at == -1).all()


def test_two_sessions_are_enough(market):
    assert plan(market([1, 2]), [1.0], decided=[0]).orders[:, 0].tolist() == pytest.approx([NAN, 1.0], nan_ok=True)


def test_nothing_wanted_orders_nothing(market):
    assert np.isnan(plan(market([1] * 4, [2] * 4), [0, 0], decided=[0, 2], switched=[1]).orders).all()


# --- the weekly calendar


def weekly_by_hand(sessions, weekday):
    """For each calendar week: walk back from the weekday to Monday, then forward to Sunday."""
    days = [day.item() for day in sessions]
    known, chosen = set(days), set()
    for day in days:
        monday = day - dt.timedelta(day.weekday())
        asked = WEEKDAYS.index(weekday)
        for offset in [*range(asked, -1, -1), *range(asked + 1, 7)]:
            if monday + dt.timedelta(offset) in known:
                chosen.add(monday + dt.timedelta(offset))
                break
    last_monday = days[-1] - dt.timedelta(days[-1].weekday())
    if last_monday + dt.timedelta(WEEKDAYS.index(weekday)) > days[-1]:
        chosen = {day for day in chosen if day < last_monday}
    return [day in chosen for day in days]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    start=st.dates(dt.date(1965, 1, 1), dt.date(2030, 1, 1)),
    kept=st.lists(st.booleans(), min_size=2, max_size=60).filter(any),
    weekday=st.sampled_from(WEEKDAYS),
)
def test_each_week_decides_once(start, kept, weekday):
    days = np.datetime64(start) + np.arange(len(kept))
    sessions = days[np.array(kept) & np.is_busday(days)]
    if len(sessions):
        assert weekly_decisions(sessions, weekday).tolist() == weekly_by_hand(sessions, weekday)


CLOSED = ["2024-03-29", "2024-06-19", "2024-09-02", "2024-12-25"]


def sessions_between(first, last):
    days = np.arange(np.datetime64(first), np.datetime64(last) + np.timedelta64(1, "D"))
    return days[np.is_busday(days, holidays=CLOSED)]


@pytest.mark.parametrize(
    ("weekday", "holiday", "decision"),
    [
        ("WED", "2024-12-25", "2024-12-24"),
        ("WED", "2024-06-19", "2024-06-18"),
        ("MON", "2024-09-02", "2024-09-03"),
        ("FRI", "2024-03-29", "2024-03-28"),
    ],
)
def test_a_holiday_moves_the_decision(weekday, holiday, decision):
    sessions = sessions_between("2024-01-02", "2024-12-31")
    flagged = sessions[weekly_decisions(sessions, weekday)]
    week = np.datetime64(holiday) + np.arange(-3, 4)
    assert flagged[np.isin(flagged, week)].tolist() == [np.datetime64(decision).item()]


def test_a_week_that_is_not_over_has_no_decision_yet():
    sessions = sessions_between("2024-05-06", "2024-05-14")
    assert sessions[weekly_decisions(sessions, "WED")].tolist() == [dt.date(2024, 5, 8)]
    assert sessions[weekly_decisions(sessions, "TUE")].tolist() == [dt.date(2024, 5, 7), dt.date(2024, 5, 14)]


# --- the band


def test_drift_is_measured_from_the_last_fill_to_the_decision(market):
    closes = market([1, 1, 1.5, 9, 9], [1, 1, 1, 1, 1])
    got = plan(closes, [0.4, 0.3], decided=[0, 2])
    # at session 2: A 0.6, B 0.3, cash 0.3, so 0.5 and 0.25: A is beyond 0.48, B within 0.06. With A at 0.48 they hold
    # 0.03 more than the 0.7 they should, which A, alone above its target, gives up.
    assert got.orders[3].tolist() == pytest.approx([0.45, NAN], nan_ok=True)
    assert got.decided_at[3] == 2


def test_drift_counts_what_cash_earns(market):
    closes = market([1] * 4, cash=[0, 0, 1.0, 0])
    # cash doubles overnight: 0.5 of 1.5 is a third, below the lower edge 0.4, and nothing else can take what is missing
    assert plan(closes, [0.5], decided=[0, 2]).orders[3].tolist() == pytest.approx([0.5])


def test_cash_pays_for_the_buys_of_a_weekly_decision(market):
    closes = market([1, 1, 2, 2, 2], [1] * 5)
    # A 0.75 sells to its edge 0.72 and B 0.25 buys to its edge 0.32; the 0.04 that are lacking come from A
    assert plan(closes, [0.6, 0.4], decided=[0, 2]).orders[3].tolist() == pytest.approx([0.68, 0.32])


# --- a switch


def test_a_switch_trades_to_exact_targets_and_leaves_nothing_behind(market):
    targets = np.array([[0.5, 0.015, 0.2]] * 2 + [[0.49, 0.0, 0.51]] * 2)
    got = plan(market([1] * 4, [1] * 4, [1] * 4), targets, decided=[0], switched=[2])
    assert got.orders[3].tolist() == pytest.approx([0.49, 0.0, 0.51])


def test_the_same_change_at_a_weekly_decision_stays_within_the_band(market):
    targets = np.array([[0.5, 0.015, 0.2]] * 2 + [[0.49, 0.0, 0.51]] * 2)
    got = plan(market([1] * 4, [1] * 4, [1] * 4), targets, decided=[0, 2])
    # C buys to its edge 0.408, and the 0.077 still idle go to it as well: A and B are above their targets
    assert got.orders[3].tolist() == pytest.approx([NAN, NAN, 0.485], nan_ok=True)


# --- pending orders

FLAT = [1, 1, 1, 1, 1, 1, 1, 1]


def fresh_but(*stale):
    """(8, 2) flags, False at the given (session, asset) pairs."""
    flags = np.ones((8, 2), dtype=bool)
    for session, asset in stale:
        flags[session, asset] = False
    return flags


def test_an_order_waits_for_a_session_with_a_bar(market):
    got = plan(market(FLAT, FLAT, fresh=fresh_but((2, 1), (3, 1))), [0.4, 0.3], decided=[1])
    assert got.orders[2].tolist() == pytest.approx([0.4, NAN], nan_ok=True)
    assert np.isnan(got.orders[3]).all()
    assert got.orders[4].tolist() == pytest.approx([NAN, 0.3], nan_ok=True)
    assert got.decided_at.tolist() == [-1, -1, 1, -1, 1, -1, -1, -1]


def test_a_newer_switch_supersedes_a_pending_order(market):
    targets = np.array([[0.4, 0.3]] * 2 + [[0.2, 0.6]] * 6)
    got = plan(market(FLAT, FLAT, fresh=fresh_but((2, 1), (3, 1))), targets, decided=[1], switched=[2])
    assert got.orders[3].tolist() == pytest.approx([0.2, NAN], nan_ok=True)
    assert got.orders[4].tolist() == pytest.approx([NAN, 0.6], nan_ok=True)
    assert got.decided_at.tolist() == [-1, -1, 1, 2, 2, -1, -1, -1]


def test_a_weekly_decision_withdraws_a_correction_that_is_no_longer_needed(market):
    jump = [1, 1, 2, 1, 1, 1, 1, 1]
    stale = fresh_but((3, 0), (4, 0))
    assert plan(market(jump, FLAT, fresh=stale), [0.4, 0.3], decided=[0, 2]).orders[5, 0] == pytest.approx(0.46)
    assert np.isnan(plan(market(jump, FLAT, fresh=stale), [0.4, 0.3], decided=[0, 2, 4]).orders[5, 0])


def test_a_weekly_decision_does_not_soften_a_pending_switch(market):
    targets = np.array([[0.4, 0.01]] * 2 + [[0.5, 0.0]] * 6)
    got = plan(market(FLAT, FLAT, fresh=fresh_but((3, 1), (4, 1))), targets, decided=[0, 4], switched=[2])
    assert got.orders[3].tolist() == pytest.approx([0.5, NAN], nan_ok=True)
    assert got.orders[5].tolist() == pytest.approx([NAN, 0.0], nan_ok=True)
    assert got.decided_at[5] == 4


def test_a_buy_waits_for_the_sale_that_pays_for_it(market):
    targets = np.array([[0.9, 0.0]] * 2 + [[0.0, 1.0]] * 6)
    got = plan(market(FLAT, FLAT, fresh=fresh_but((3, 0), (4, 0))), targets, decided=[0], switched=[2])
    assert got.orders[3].tolist() == pytest.approx([NAN, 0.1], nan_ok=True)
    assert np.isnan(got.orders[4]).all()
    assert got.orders[5].tolist() == pytest.approx([0.0, 1.0])


# --- fills at the open


def test_an_order_at_the_open_waits_for_an_opening_price(market):
    opens = [[1, 1, NAN, 1], [1, 1, 1, 1]]
    got = plan(market([1] * 4, [1] * 4, opens=opens), [0.4, 0.3], decided=[1], fill="next_open")
    assert got.orders[2].tolist() == pytest.approx([NAN, 0.3], nan_ok=True)
    assert got.orders[3].tolist() == pytest.approx([0.4, NAN], nan_ok=True)


def test_assets_without_opens_are_named(market):
    closes = market([1] * 6, [1] * 6, [1] * 6, opens=[[1] * 6, [NAN] * 6, [NAN] * 6])
    with pytest.raises(ConfigError, match=r"^execution\.fill: .*none for B\. .*next_close") as caught:
        plan(closes, [0.4, 0.3, 0.0], decided=[1], fill="next_open")
    assert caught.value.key == "execution.fill"
    assert not np.isnan(plan(closes, [0.4, 0.3, 0.0], decided=[1]).orders[2, :2]).any()


# --- refusals


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ([0.5, -0.1], "of B on 2024-01-01 is -0.1"),
        ([NAN, 0.1], "of A on 2024-01-01 is nan"),
        ([0.7, 0.4], "sum to 1.1, above the bound 1"),
        ([0.5, 0.5 + 1e-9], "sum to 1.000000001"),
    ],
)
def test_weights_that_cannot_be_held_are_refused(market, targets, sentence):
    with pytest.raises(TargetError, match=sentence):
        plan(market([1] * 3, [1] * 3), targets, decided=[0])


def test_full_investment_up_to_rounding_is_allowed(market):
    assert not np.isnan(plan(market([1] * 3, [1] * 3), [0.5, 0.5 + 1e-13], decided=[0]).orders[1]).any()


def test_a_target_before_the_first_price_is_refused(market):
    late = market([1] * 4, [NAN, NAN, 1, 1])
    with pytest.raises(TargetError, match=r"B has target weight 0\.3 on 2024-01-02, before its first price"):
        plan(late, [0.4, 0.3], decided=[1])
    assert plan(late, [0.4, 0.3], decided=[2]).orders[3].tolist() == pytest.approx([0.4, 0.3])


@pytest.mark.parametrize(
    "wrong",
    [
        {"fill": "same_close"},
        {"rebalance_weekday": "SAT"},
        {"band_absolute": -0.01},
        {"band_relative": 1.5},
        {"cost_multiple": -1},
        {"cost_multiple": float("nan")},
        {"slippage": 1},
    ],
)
def test_the_execution_section_refuses(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Execution(**wrong)
