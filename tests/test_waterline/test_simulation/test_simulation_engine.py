"""The engine by hand: known answers, who pays the costs, what cash earns, and the guards."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from importlib import util

import numpy as np
import pytest

from waterline.simulation import Execution, Schedule, SimulationError, schedule, simulate
from waterline.simulation.accounts import Accounts, check

NAN = np.nan


def ordered(*lines, lag=1):
    """A schedule from one list of shares per session, decided ``lag`` sessions before."""
    orders = np.array(lines, dtype=float)
    some = ~np.isnan(orders).all(axis=1)
    return Schedule(orders, np.where(some, np.arange(len(orders)) - lag, -1))


def test_the_installed_vectorbt_answers_issue_517():
    """https://github.com/polakowo/vectorbt/issues/517: the printed example of target percents, long and short."""
    import vectorbt

    portfolio = vectorbt.Portfolio.from_orders(
        np.arange(1.0, 6.0), np.array([1.0, 0, -1, 0, 1]), size_type="targetpercent", init_cash=100.0, freq="1D"
    )
    assert portfolio.assets().to_list() == pytest.approx([100, 0, -66.666667, 0, 26.666667])
    assert portfolio.cash().to_list() == pytest.approx([0, 200, 400, 133.333333, 0])


# --- equity


def test_a_constant_mix_compounds_the_mixed_return(market):
    rng = np.random.default_rng(3)
    closes, cash = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, 250))), np.r_[0, rng.uniform(0, 2e-4, 249)]
    one = market(closes, cash=cash)
    daily = np.ones(250, dtype=bool)
    got = simulate(one, schedule(np.full((250, 1), 0.6), daily, daily, one, Execution()), Execution())
    mixed = 0.6 * (closes[1:] / closes[:-1] - 1) + 0.4 * cash[1:]
    mixed[0] = cash[1]  # the first decision fills at the second close
    assert got.equity == pytest.approx(np.r_[1, np.cumprod(1 + mixed)], rel=1e-12)
    assert got.returns[1:] == pytest.approx(mixed, abs=1e-12)


def test_idle_cash_is_exactly_the_bill_index(market):
    cash = np.random.default_rng(5).uniform(0, 2e-4, 252)  # the first is not earned by anyone
    idle = market(np.ones(252), cash=cash)
    none = np.zeros(252, dtype=bool)
    got = simulate(idle, schedule(np.zeros((252, 1)), ~none, none, idle, Execution()), Execution())
    assert got.equity == pytest.approx(np.cumprod(np.r_[1, 1 + cash[1:]]), rel=1e-12)
    assert (got.cash_weight == 1.0).all()
    assert len(got.orders) == 0
    assert got.engine == "none"


def test_cash_beside_an_asset_that_pays_the_bill_rate_is_exactly_the_bill_index(market):
    index = np.cumprod(np.r_[1, 1 + np.random.default_rng(6).uniform(0, 2e-4, 251)])
    like_bills = market(index, cash=np.r_[0, index[1:] / index[:-1] - 1])
    daily = np.ones(252, dtype=bool)
    planned = schedule(np.full((252, 1), 0.7), daily, daily, like_bills, Execution())
    assert simulate(like_bills, planned, Execution()).equity == pytest.approx(index, rel=1e-12)


def test_no_assets_at_all_is_cash(market):
    one = market([1, 1, 1], cash=[0, 0.1, 0.1])
    empty = replace(
        one,
        assets=(),
        close=np.empty((3, 0)),
        open=np.empty((3, 0)),
        fresh=np.empty((3, 0), bool),
        cost_bps=np.empty(0),
    )
    planned = schedule(np.empty((3, 0)), np.ones(3, bool), np.zeros(3, bool), empty, Execution())
    assert simulate(empty, planned, Execution()).equity == pytest.approx([1, 1.1, 1.21])


def test_a_jump_at_the_decision_is_missed_and_the_next_move_is_earned(market):
    closes = market([1, 1, 2, 2, 3], opens=[[1, 1, 1, 2, 2]])
    decided = np.array([False, True, False, False, False])
    planned = schedule(np.ones((5, 1)), decided, ~decided & False, closes, Execution())
    assert simulate(closes, planned, Execution()).equity == pytest.approx([1, 1, 1, 1, 1.5])
    at_open = Execution(fill="next_open")
    planned = schedule(np.ones((5, 1)), decided, ~decided & False, closes, at_open)
    assert simulate(closes, planned, at_open).equity == pytest.approx([1, 1, 2, 2, 3])


def test_a_night_earns_its_interest_before_the_next_open(market):
    closes = market([1, 1, 1, 1], opens=[[1, 1, 1, 1]], cash=[0, 0.1, 0.1, 0.1])
    at_open = Execution(fill="next_open")
    got = simulate(closes, ordered([NAN], [NAN], [1], [NAN]), at_open)
    assert got.equity == pytest.approx([1, 1.1, 1.21, 1.21])
    assert got.orders.shares == pytest.approx([1.21])


def test_holdings_without_an_opening_price_count_at_their_last_close(market):
    closes = market([1, 1, 3, 3], [1, 1, 1, 1], opens=[[1, 1, NAN, 1], [1, 1, 1, 1]])
    got = simulate(closes, ordered([NAN, NAN], [0.5, NAN], [NAN, 0.5], [NAN, NAN]), Execution(fill="next_open"))
    assert got.orders.shares == pytest.approx([0.5, 0.5])
    assert got.equity == pytest.approx([1, 1, 2, 2])


# --- orders and costs


def test_the_largest_buy_pays_the_costs_of_full_investment(market):
    flat = market([2, 2, 2], [5, 5, 5], cost_bps=100)
    got = simulate(flat, ordered([NAN, NAN], [0.75, 0.25], [NAN, NAN]), Execution())
    largest = (1 - 0.25 * 1.01) / 1.01
    assert got.orders.asset.tolist() == [1, 0]
    assert got.orders.shares == pytest.approx([0.05, largest / 2])
    assert got.orders.fee == pytest.approx([0.0025, 0.01 * largest])
    assert got.equity == pytest.approx([1, 0.25 + largest, 0.25 + largest])
    assert got.turnover == pytest.approx([0, 0.25 + largest, 0])
    assert got.costs == pytest.approx([0, 0.0025 + 0.01 * largest, 0])
    assert got.cash_weight == pytest.approx([1, 0, 0], abs=1e-9)


def test_a_tie_is_broken_by_the_column_order(market):
    flat = market([2, 2], [2, 2], cost_bps=100)
    got = simulate(flat, ordered([NAN, NAN], [0.5, 0.5]), Execution())
    assert got.orders.asset.tolist() == [0, 1]
    assert got.orders.shares[0] == pytest.approx(0.25)
    assert got.orders.shares[1] == pytest.approx((1 - 0.505) / 1.01 / 2)


def test_sales_fill_before_the_buys_they_pay_for(market):
    flat = market([1] * 4, [1] * 4, [1] * 4)
    got = simulate(flat, ordered([NAN] * 3, [0, 0, 1], [NAN] * 3, [1, NAN, 0]), Execution())
    assert got.orders.side.tolist() == [1, -1, 1]
    assert got.orders.asset.tolist() == [2, 2, 0]
    assert got.weights[3].tolist() == pytest.approx([1, 0, 0])
    assert got.turnover[3] == pytest.approx(2)


def test_orders_are_told_in_dollars(market):
    closes = market([10, 20, 40, 80], cash=[0, 1.0, 1.0, 1.0], cost_bps=10)
    got = simulate(closes, ordered([NAN], [0.5], [NAN], [0]), Execution(cost_multiple=2.0)).orders
    assert got.price.tolist() == [20, 80]
    assert got.shares == pytest.approx([0.05, 0.05])
    assert got.fee == pytest.approx([0.002 * 1.0, 0.002 * 4.0])
    assert got.decided_row.tolist() == [0, 2]
    assert got.target.tolist() == [0.5, 0.0]


def test_the_engine_in_use_is_named(market):
    got = simulate(market([1, 2]), ordered([NAN], [1]), Execution())
    assert got.engine == ("rust" if util.find_spec("vectorbt_rust") else "numba")


# --- guards


def test_an_order_without_a_price_is_not_passed_over(market):
    stale = market([1, 1, 1], fresh=[[True], [False], [True]])
    with pytest.raises(SimulationError, match="asset 0 in session 1 missed its target"):
        simulate(stale, ordered([NAN], [0.5], [NAN]), Execution())


def test_a_fill_at_the_decision_is_refused(market):
    with pytest.raises(SimulationError, match="on or before the session of its decision"):
        simulate(market([1, 1, 1]), ordered([NAN], [0.5], [NAN], lag=0), Execution())


def test_orders_beyond_the_equity_are_refused(market):
    with pytest.raises(SimulationError, match="missed its target"):
        simulate(market([1, 1], [1, 1]), ordered([NAN, NAN], [0.7, 0.7]), Execution())


@pytest.mark.parametrize(
    ("cash", "value", "sentence"), [(-5.0, 95.0, "negative"), (5.0, 100.0, "add up"), (NAN, 100.0, "add up")]
)
def test_books_that_do_not_balance_are_refused(cash, value, sentence):
    held = np.array([[100.0]])
    records = np.empty(0, dtype=[("idx", "i8"), ("size", "f8"), ("price", "f8"), ("fees", "f8")])
    books = Accounts(np.array([cash]), np.array([value]), held, records, held / held, held / held, "hand")
    with pytest.raises(SimulationError, match=sentence):
        check(books, ordered([NAN]))


# --- the heavy library


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | environment,
        timeout=120,
    ).stdout.split()


def test_importing_the_package_does_not_import_the_engine():
    code = "import sys, waterline.simulation; print(*{'vectorbt', 'pandas', 'numba'} & set(sys.modules))"
    assert run_python(code) == []


def test_the_engine_runs_where_numba_finds_no_cache_folder():
    """Numba is left with the locator of a configured folder only, as on a read-only install without a home."""
    code = """
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = CacheImpl._locator_classes[:1]
try:
    import vectorbt
except RuntimeError as error:
    print("refused" if "no locator available" in str(error) else error)
from waterline.simulation.engine import _vectorbt
import numpy as np
portfolio = _vectorbt().Portfolio.from_orders(np.array([1.0, 2.0]), freq="1D")
print(portfolio.value().iloc[-1])
"""
    assert run_python(code, NUMBA_CACHE_DIR="") == ["refused", "200.0"]
