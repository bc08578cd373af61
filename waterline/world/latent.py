"""The hidden truth: states with memory of their own age, demand for capital, and the water in the tub.

Exogenous worlds draw the states first and let demand and water follow them. In endogenous ones capital becomes scarce
when the water covers less than ``cover`` quarters of what private hands must absorb: the thesis as a mechanism.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waterline.contracts import States
from waterline.errors import SpanError
from waterline.recursions import relax
from waterline.sessions import Floats
from waterline.world.grid import Grid, Indices
from waterline.world.parameters import Parameters
from waterline.world.sections import Plumbing, Regimes, World

SLACK, STIMULUS, SCARCE = 0, 1, 2
STATE_NAMES = ("slack", "stimulus", "scarce")
QUARTER = 63
MOST_DRAWS = 500
LATEST_START = 0.5
"""Share of the evaluation by which a single episode's stimulus has begun."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The hidden variables on each of S sessions.

    Attributes:
        states: (S,) 0 slack, 1 stimulus, 2 scarce.
        demand: (S,) demand for capital, 0 to 1.
        water: (S,) spare liquidity above the drain, as a share of bank assets; negative where reserves are short.
    """

    states: States
    demand: Floats
    water: Floats

    def at(self, rows: slice | Indices) -> Path:
        """The path on the sessions ``rows``."""
        return Path(self.states[rows], self.demand[rows], self.water[rows])


def relaxed(target: Floats, pull: float, noise: Floats, start: Floats | float) -> Floats:
    """y_t = y_{t-1} + pull (target_t - y_{t-1}) + noise_t, row by row from ``start``; (S,) or (S, K) as the noise."""
    columns = (len(noise), -1)
    out = np.array(noise, dtype=np.float64).reshape(columns)
    begin = np.broadcast_to(np.asarray(start, dtype=np.float64), out.shape[1:]).copy()
    relax(np.ascontiguousarray(target, dtype=np.float64).reshape(columns), pull, begin, out)
    return out.reshape(noise.shape)


def dwell(state: int, regimes: Regimes, rng: np.random.Generator) -> int:
    """Sessions spent in ``state``: minimum + gamma(shape) of the state's mean."""
    return regimes.minimum + round(rng.gamma(regimes.shape, regimes.mean[state] / regimes.shape))


def semi_markov(count: int, regimes: Regimes, rng: np.random.Generator) -> States:
    """(count,) states, from a random one on."""
    spells, state, total = [], int(rng.integers(3)), 0
    while total < count:
        spells.append(np.full(dwell(state, regimes, rng), state, dtype=np.int8))
        total += len(spells[-1])
        state = int(rng.choice(3, p=regimes.next[state]))
    return np.concatenate(spells)[:count]


def follow(states: States, parameters: Parameters, rng: np.random.Generator) -> Path:
    """Demand and water that follow given states."""
    plumbing = parameters.plumbing
    demand = _take_off(states, parameters)
    noise = plumbing.noise * rng.standard_normal(len(states))
    target = np.asarray(plumbing.level)[states]
    return Path(states, demand, relaxed(target, plumbing.pull, noise, float(target[0])))


def _take_off(states: States, parameters: Parameters) -> Floats:
    level, out = parameters.demand.floor, []
    for state in states.tolist():
        level = risen(level, state, parameters)
        out.append(level)
    return np.array(out)


def risen(demand: float, state: int, parameters: Parameters) -> float:
    """Demand one session later: a logistic step down in slack and up otherwise."""
    rate, floor = parameters.demand.take_off, parameters.demand.floor
    step = (-rate if state == SLACK else rate) * demand * (1.0 - demand)
    return min(max(demand + step, floor), 1.0 - floor)


def bathtub(count: int, parameters: Parameters, rng: np.random.Generator, begins: int | None = None) -> Path:
    """Slack, stimulus, scarce and slack again, where scarcity begins when cover falls below its bound.

    Args:
        count: sessions.
        parameters: of all worlds.
        rng: source of chance.
        begins: session at which the only stimulus begins; None for one cycle after another.
    """
    plumbing, regimes = parameters.plumbing, parameters.regimes
    noise = plumbing.noise * rng.standard_normal(count)
    state, demand, water = SLACK, parameters.demand.floor, plumbing.level[SLACK]
    left = dwell(SLACK, regimes, rng) if begins is None else begins
    states, demands, waters = np.empty(count, dtype=np.int8), np.empty(count), np.empty(count)
    for t in range(count):
        need = plumbing.need[0] + plumbing.need[1] * demand
        if left <= 0 and (state != STIMULUS or water < plumbing.cover * need):
            state = (state + 1) % 3
            left = regimes.minimum if state == STIMULUS else dwell(state, regimes, rng)
            left = count if state == SLACK and begins is not None else left
        left -= 1
        demand = risen(demand, state, parameters)
        water += _flow(state, water, need, plumbing) + noise[t]
        states[t], demands[t], waters[t] = state, demand, water
    return Path(states, demands, waters)


def _flow(state: int, water: float, need: float, plumbing: Plumbing) -> float:
    """Water gained in a session: drunk up by what must be absorbed in stimulus, pulled to the state's level else."""
    if state == STIMULUS:
        return -plumbing.uptake * need / QUARTER
    return plumbing.pull * (plumbing.level[state] - water)


def draw_path(days: Grid, world: World, parameters: Parameters, rng: np.random.Generator) -> Path:
    """A path with as many scarce spells in the evaluation as the world asks for.

    Raises:
        SpanError: the evaluation is too short to hold them.
    """
    for _ in range(MOST_DRAWS):
        path = _candidate(days, world, parameters, rng)
        begun = sum(1 for a, b in pairwise(path.states[days.evaluated - 1 :].tolist()) if a != SCARCE == b)
        if begun == 1 if world.single_episode else begun >= parameters.regimes.fewest_episodes:
            return path
    span = len(days.sessions) - days.evaluated
    raise SpanError(f"{span} sessions hold no scarce spell in {MOST_DRAWS} draws.", "Simulate more years.")


def _candidate(days: Grid, world: World, parameters: Parameters, rng: np.random.Generator) -> Path:
    count, burn_in = len(days.sessions), parameters.regimes.burn_in
    if world.single_episode:
        earliest = days.evaluated - int(parameters.regimes.mean[STIMULUS])
        latest = days.evaluated + int(LATEST_START * (count - days.evaluated))
        return bathtub(count, parameters, rng, begins=int(rng.integers(earliest, latest)))
    if world.entry == "endogenous":
        return bathtub(count + burn_in, parameters, rng).at(slice(burn_in, None))
    return follow(semi_markov(count + burn_in, parameters.regimes, rng), parameters, rng).at(slice(burn_in, None))
