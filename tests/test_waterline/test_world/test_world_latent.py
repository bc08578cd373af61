"""The hidden states: how long they last, what follows what, and the tub that decides when capital is scarce."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

from waterline.world.grid import grid
from waterline.world.latent import SCARCE, SLACK, STIMULUS, Path, bathtub, draw_path, follow, relaxed, semi_markov
from waterline.world.parameters import parameters

EVERY = parameters()


def spells(states: np.ndarray) -> list[tuple[int, int]]:
    """State and length of each complete spell, the first and the last left out."""
    edges = np.flatnonzero(np.diff(states)) + 1
    return [(int(states[a]), int(b - a)) for a, b in pairwise(edges)]


@pytest.fixture(scope="module")
def long() -> list[tuple[int, int]]:
    return spells(semi_markov(600_000, EVERY.regimes, np.random.default_rng(1)))


@pytest.mark.parametrize("state", [SLACK, STIMULUS, SCARCE])
def test_dwells_are_a_minimum_and_a_gamma(long: list[tuple[int, int]], state: int) -> None:
    lengths = np.array([length for which, length in long if which == state])
    mean, shape = EVERY.regimes.mean[state], EVERY.regimes.shape
    assert lengths.min() >= EVERY.regimes.minimum
    deviation = mean / np.sqrt(shape)
    assert lengths.mean() == pytest.approx(EVERY.regimes.minimum + mean, abs=4 * deviation / np.sqrt(len(lengths)))
    assert lengths.std() == pytest.approx(deviation, rel=0.15)


def test_states_follow_each_other_as_the_table_says(long: list[tuple[int, int]]) -> None:
    order = np.array([state for state, _ in long])
    for state, expected in enumerate(EVERY.regimes.next):
        following = order[1:][order[:-1] == state]
        share = np.bincount(following, minlength=3) / len(following)
        assert share == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(len(following)))


@given(st.floats(0.01, 1.0), st.floats(-5, 5), st.integers(0, 2**32 - 1))
def test_relaxed_is_a_first_order_filter(pull: float, start: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    target, noise = rng.standard_normal(50), rng.standard_normal(50)
    expected, _ = lfilter([1.0], [1.0, pull - 1.0], pull * target + noise, zi=[(1.0 - pull) * start])
    np.testing.assert_allclose(relaxed(target, pull, noise, start), expected, rtol=1e-9, atol=1e-9)


def test_demand_takes_off_logistically_and_sinks_in_slack() -> None:
    states = np.repeat(np.array([SLACK, STIMULUS, SLACK], dtype=np.int8), 200)
    demand = follow(states, EVERY, np.random.default_rng(0)).demand
    floor = EVERY.demand.floor
    assert demand[:200] == pytest.approx(floor)
    odds = np.log(demand[200:300] / (1 - demand[200:300]))
    assert np.diff(odds) == pytest.approx(EVERY.demand.take_off, rel=0.05)
    assert demand[399] == pytest.approx(1 - floor)
    assert (np.diff(demand[400:]) <= 0).all()


@pytest.fixture(scope="module")
def tub() -> Path:
    return bathtub(60_000, EVERY, np.random.default_rng(3))


def test_capital_becomes_scarce_when_cover_falls_below_its_bound(tub: Path) -> None:
    base, added = EVERY.plumbing.need
    short = tub.water < EVERY.plumbing.cover * (base + added * tub.demand)
    entries = np.flatnonzero((tub.states[1:] == SCARCE) & (tub.states[:-1] == STIMULUS)) + 1
    assert len(entries) > 50
    assert short[entries - 1].all()
    minimum = EVERY.regimes.minimum
    for entry in entries:
        begun = entry - int(np.argmax(tub.states[:entry][::-1] != STIMULUS))
        assert entry - begun >= minimum
        assert not short[begun + minimum - 1 : entry - 1].any()


def test_the_tub_goes_round_in_one_direction(tub: Path) -> None:
    before, after = tub.states[:-1].astype(int), tub.states[1:].astype(int)
    moved = before != after
    assert (after[moved] == (before[moved] + 1) % 3).all()


@pytest.mark.parametrize("name", ["N1", "A3", "A5"])
def test_the_evaluation_has_its_episodes(name: str) -> None:
    days, world = grid(8.0, EVERY.calendar), EVERY.worlds[name]
    for seed in range(5):
        states = draw_path(days, world, EVERY, np.random.default_rng(seed)).states
        scarce = np.concatenate([[states[days.evaluated - 1] == SCARCE], states[days.evaluated :] == SCARCE])
        begun = int((scarce[1:] & ~scarce[:-1]).sum())
        assert begun >= 1
        if world.single_episode:
            assert begun == 1
            assert np.flatnonzero(np.diff((states == SCARCE).astype(int))).size <= 2
