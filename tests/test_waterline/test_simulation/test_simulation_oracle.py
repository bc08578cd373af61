"""Schedule and engine against the independent ledger, on random markets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.simulation import schedule, simulate

SEEDS = st.integers(0, 2**32 - 1)
WORLDS = {
    "seed": SEEDS,
    "sessions": st.integers(2, 90),
    "assets": st.integers(1, 5),
    "fill": st.sampled_from(["next_close", "next_open"]),
    "flat": st.booleans(),
    "stale": st.sampled_from([0.0, 0.1, 0.5]),
}


def plan(w):
    return schedule(w.targets, w.decided, w.switched, w.market, w.execution)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(**WORLDS)
def test_the_schedule_follows_the_written_rules(world, ledger, **drawn):
    w = world(**drawn)
    planned = plan(w)
    orders, decided_at = ledger.trader(w.market, w.targets, w.decided, w.switched, w.execution)
    np.testing.assert_allclose(planned.orders, np.array(orders), rtol=0, atol=1e-9, equal_nan=True)
    np.testing.assert_array_equal(planned.decided_at, decided_at)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(costs=st.booleans(), **WORLDS)
def test_the_engine_agrees_with_a_nominal_ledger(world, ledger, costs, **drawn):
    w = world(costs=costs, **drawn)
    planned = plan(w)
    got = simulate(w.market, planned, w.execution)
    equity, cash, weights, fees, traded = map(np.array, ledger.broker(w.market, planned.orders, drawn["fill"], 1.0))
    np.testing.assert_allclose(got.equity, equity, rtol=1e-9)
    np.testing.assert_allclose(got.cash_weight, cash / equity, atol=1e-9)
    np.testing.assert_allclose(got.weights, weights, atol=1e-9)
    np.testing.assert_allclose(np.bincount(got.orders.fill_row, got.orders.fee, len(fees)), fees, atol=1e-9)
    dollars = got.orders.shares * got.orders.price
    np.testing.assert_allclose(np.bincount(got.orders.fill_row, dollars, len(traded)), traded, atol=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(cut=st.floats(0.0, 1.0), **WORLDS)
def test_the_past_does_not_move_when_the_future_is_cut_off(world, cut, **drawn):
    w = world(**drawn)
    rows = 2 + round(cut * (drawn["sessions"] - 2))
    short, full = plan(w.until(rows)), plan(w)
    np.testing.assert_array_equal(short.orders, full.orders[:rows])
    np.testing.assert_array_equal(short.decided_at, full.decided_at[:rows])
    before, after = simulate(w.until(rows).market, short, w.execution), simulate(w.market, full, w.execution)
    for part in ("equity", "returns", "weights", "cash_weight", "turnover", "costs"):
        np.testing.assert_array_equal(getattr(before, part), getattr(after, part)[:rows], err_msg=part)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(**WORLDS)
def test_books_and_orders_tell_one_story(world, **drawn):
    w = world(**drawn)
    planned = plan(w)
    got = simulate(w.market, planned, w.execution)
    orders = got.orders
    assert (orders.decided_row < orders.fill_row).all()
    assert w.market.fresh[orders.fill_row, orders.asset].all()
    assert got.equity[0] == 1.0
    np.testing.assert_allclose(got.weights.sum(axis=1) + got.cash_weight, 1.0, atol=1e-9)
    np.testing.assert_allclose(np.cumprod(1.0 + got.returns), got.equity, rtol=1e-9)
    shares = np.zeros(w.targets.shape)
    np.add.at(shares, (orders.fill_row, orders.asset), orders.side * orders.shares)
    values = np.cumsum(shares, axis=0) * np.nan_to_num(w.market.close)
    np.testing.assert_allclose(values, got.weights * got.equity[:, None], atol=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(**(WORLDS | {"fill": st.just("next_close")}))
def test_costs_are_additive_and_proportional(world, **drawn):
    w = world(**drawn)
    got = simulate(w.market, plan(w), w.execution)
    closes = np.nan_to_num(w.market.close)
    moves = np.divide(closes[1:], closes[:-1], out=np.ones_like(closes[1:]), where=closes[:-1] > 0) - 1.0
    gross = (got.weights[:-1] * moves).sum(axis=1) + got.cash_weight[:-1] * w.market.cash_return[1:]
    np.testing.assert_allclose(1.0 + got.returns[1:], (1.0 + gross) * (1.0 - got.costs[1:]), rtol=1e-9)
    rate = w.market.cost_bps[got.orders.asset] * 1e-4
    np.testing.assert_allclose(got.orders.fee, rate * got.orders.shares * got.orders.price, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize("seed", range(4))
def test_dearer_trading_leaves_less(world, seed):
    w = world(seed, sessions=120, stale=0.0)
    planned = schedule(0.9 * w.targets, w.decided, np.ones(120, dtype=bool), w.market, w.execution)
    runs = [
        simulate(w.market, planned, w.execution.model_copy(update={"cost_multiple": multiple}))
        for multiple in (0.0, 1.0, 2.0, 3.0)
    ]
    assert (runs[0].costs == 0.0).all()
    for cheap, dear in pairwise(runs):
        assert (dear.equity <= cheap.equity * (1 + 1e-12)).all()
        assert dear.equity[-1] < cheap.equity[-1]
