"""Sets put together from tables of segments against the same sets traded session by session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.regime import SchmittRule
from waterline.simulation.sweep import planning, running, sweep

SETS = 60
EXACT = {"band_absolute": 0.0, "band_relative": 0.0, "costs_paid_by": "everyone"}


@pytest.fixture(scope="module", autouse=True)
def tables_for_few():
    """Tables are made however few the sets are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "LEAST", 1)
        patch.setattr(running, "LEAST", 1)
        yield


@pytest.fixture(scope="module")
def still(sweeps, world):
    """A function: a stage whose weights never move on a market without gaps from the first block on, and cases."""

    def build(seed, sessions, assets, ties, blocks, **execution):
        rng = np.random.default_rng(seed)
        market = world(seed, sessions=sessions, assets=assets, stale=0.0, flat=ties).market
        market = replace(market, open=np.where(market.fresh & np.isnan(market.open), market.close, market.open))
        stage = sweeps.invented_stage(rng, market, ties=ties, moving=False)
        listed = int(np.argmax(~np.isnan(market.close).any(axis=1)))
        earliest = min(listed + int(rng.integers(1, 12)), sessions - 1)
        edges = np.unique(np.append(rng.integers(earliest, sessions, blocks), sessions))
        stage = replace(stage, edges=edges if len(edges) > 1 else np.array([sessions - 1, sessions]))
        return stage, [sweeps.invented_case(rng, stage, ties, **EXACT, **execution) for _ in range(SETS)]

    return build


def static_share(ground, sets):
    """Share of the sets that are in a group."""
    parts = planning.Planner(ground, sets).split(np.arange(len(sets.score)))
    return sum(len(rows) for group, rows in parts if group is not None) / len(sets.score)


def assert_same(ground, sets):
    known = sweep(ground, sets)
    traded = sweep(ground, sets, session_by_session=True)
    np.testing.assert_array_equal(known.first_score, traded.first_score)
    np.testing.assert_allclose(known.blocks, traded.blocks, rtol=1e-9, atol=1e-12)


SEEN = []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    sessions=st.integers(3, 300),
    assets=st.integers(1, 6),
    ties=st.booleans(),
    blocks=st.integers(1, 40),
)
def test_tables_and_trading_give_the_same_sums(still, sweeps, **drawn):
    """Late listings, both fills, all weekdays, delays, confirmations, dwells, shifts, gaps, costs per asset."""
    stage, cases = still(**drawn)
    ground, sets = sweeps.ground_of(stage), sweeps.sets_of(stage, cases)
    SEEN.append(static_share(ground, sets))
    assert_same(ground, sets)


def test_most_of_those_sets_were_static():
    assert not SEEN or np.mean(SEEN) > 0.4


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), assets=st.integers(1, 6))
def test_every_session_may_be_a_block_of_its_own(still, sweeps, seed, assets):
    stage, cases = still(seed, sessions=120, assets=assets, ties=False, blocks=1)
    stage = replace(stage, edges=np.arange(stage.edges[0], 121))
    assert_same(sweeps.ground_of(stage), sweeps.sets_of(stage, cases))


def test_a_sweep_finds_the_static_sets_by_itself(still, sweeps):
    """And any one condition that fails is enough to be traded session by session."""
    stage, cases = still(5, sessions=200, assets=4, ties=False, blocks=3, fill="next_close", rebalance_weekday="TUE")
    case = replace(cases[0], strategy=sweeps.RegimeSwitch(), inside=0, rule=SchmittRule(up=0.1, down=-0.1, dwell=5))
    ground, sets = sweeps.ground_of(stage), sweeps.sets_of(stage, [case])

    def is_static(ground=ground, sets=sets):
        return static_share(ground, sets) == 1.0

    assert is_static()
    assert is_static(sets=sets._replace(shift=np.array([17]), delay=np.array([3]), score=np.array([1])))
    assert not is_static(sets=sets._replace(everyone_pays=np.array([False])))
    assert not is_static(sets=sets._replace(band=np.array([[0.0, 0.01]])))
    assert not is_static(sets=sets._replace(graded=np.array([True])))
    closed, moved = ground.tradable.copy(), ground.inside.copy()
    closed[0, 150, np.argmax(ground.inside[0].any(axis=(0, 1)))] = False
    moved[0, 0, 150:] *= 0.999
    assert not is_static(ground=ground._replace(tradable=closed))
    assert not is_static(ground=ground._replace(inside=moved))
    late = ground._replace(edges=np.array([190, 200]))
    assert is_static(ground=late._replace(tradable=closed))
    assert is_static(ground=late._replace(inside=moved))


def test_small_groups_and_the_rest_are_traded_session_by_session(still, sweeps, monkeypatch):
    stage, cases = still(7, sessions=150, assets=3, ties=False, blocks=2)
    ground, sets = sweeps.ground_of(stage), sweeps.sets_of(stage, cases)
    expected = sweep(ground, sets, session_by_session=True)
    monkeypatch.setattr(planning, "LEAST", 3)
    parts = list(planning.Planner(ground, sets).split(np.arange(SETS)))
    assert sorted(row for _, rows in parts for row in rows) == list(range(SETS))
    assert all(len(rows) >= 3 for group, rows in parts if group is not None)
    np.testing.assert_allclose(sweep(ground, sets, 2).blocks, expected.blocks, rtol=1e-9, atol=1e-12)


def test_a_million_sets_would_not_be_sorted_at_once(still, sweeps, monkeypatch):
    """Sets are taken in portions, and the tables of a group are made once for all of them."""
    stage, cases = still(9, sessions=150, assets=3, ties=False, blocks=2, fill="next_close", rebalance_weekday="WED")
    alike = [replace(case, strategy=sweeps.RegimeSwitch(), inside=0) for case in cases]
    ground, sets = sweeps.ground_of(stage), sweeps.sets_of(stage, alike)
    sets = sets._replace(costs=np.full_like(sets.costs, 1e-3))
    made, group_of = [], planning.group_of
    monkeypatch.setattr(planning, "group_of", lambda *args: made.append(args) or group_of(*args))
    expected = sweep(ground, sets)
    assert len(made) == 1
    monkeypatch.setattr(running, "SETS_IN_SIGHT", 7)
    np.testing.assert_array_equal(sweep(ground, sets).blocks, expected.blocks)
    assert len(made) == 2
