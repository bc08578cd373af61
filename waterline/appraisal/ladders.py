"""How fast the gain melts when decisions come later, and how much of it trading costs take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waterline.appraisal.gains import GainTest, gain_test
from waterline.appraisal.trading import Traded, Variant, trade
from waterline.metrics import Estimate, timing_gain, tracking_difference, years_between
from waterline.metrics.inference import UNKNOWN
from waterline.outcome import Outcome

LAGS = (1, 2, 5, 10, 20, 60)
COSTS = (0.0, 1.0, 2.0, 3.0, 5.0)
IMPOSSIBLE = "Impossible: traded at the very close that decided. From exposures and sleeve returns alone, before costs."


@dataclass(frozen=True, slots=True)
class Rung:
    """One variant of how decisions are executed.

    Attributes:
        step: sessions from the decision to the fill, or the multiple of the costs.
        gain: timing gain, before costs.
        net: strategy less its own mix a year, after costs.
        note: what a reader must know of it; empty where nothing.
    """

    step: float
    gain: GainTest
    net: Estimate
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ladders:
    """The same decisions, executed later and at other costs.

    Attributes:
        lag: sessions from decision to fill; 1 is the earliest that can be had, 0 is there for comparison only.
        cost: multiples of the configured costs per side; 1 are those themselves.
        break_even: multiple at which nothing is left over the mix, interpolated between the rungs; infinite where
            something is left on the last, NaN where nothing is on the first.
        why: why there are none; empty where there are.
    """

    lag: tuple[Rung, ...] = ()
    cost: tuple[Rung, ...] = ()
    break_even: float = math.nan
    why: str = ""


def ladders(outcome: Outcome) -> Ladders:
    """Both ladders of ``outcome``; the other settings of its execution stay."""
    missing = unpriced(outcome)
    if missing:
        return Ladders(why=missing)
    later = [Variant.executed(outcome, delay_sessions=lag - 1) for lag in LAGS]
    dearer = [Variant.executed(outcome, cost_multiple=multiple) for multiple in COSTS]
    done = trade(outcome, [*later, *dearer])
    years = years_between(outcome.sessions[outcome.first :])
    rungs = [_rung(step, traded, years) for step, traded in zip((*LAGS, *COSTS), done, strict=True)]
    lag, cost = rungs[: len(LAGS)], rungs[len(LAGS) :]
    return Ladders((_same_close(outcome, later[0], years), *lag), tuple(cost), break_even(cost))


def unpriced(outcome: Outcome) -> str:
    """Why nothing can be traded again; empty where it can."""
    if len(outcome.sessions) - outcome.first < 3:
        return "Too few sessions were evaluated."
    missing = [ticker for ticker in outcome.sleeves.assets if ticker not in outcome.panel.bars]
    return f"The panel has no prices of {', '.join(missing)}." if missing else ""


def _rung(step: float, traded: Traded, years: float) -> Rung:
    gain = gain_test(timing_gain(traded.exposure, traded.excess), years)
    return Rung(float(step), gain, tracking_difference(traded.strategy, traded.mix))


def _same_close(outcome: Outcome, promptest: Variant, years: float) -> Rung:
    """What is in force a session earlier than anything can be."""
    held = promptest.in_force(outcome.sessions)[outcome.first + 1 :]
    names, rows = outcome.sleeves.names, slice(outcome.first + 1, None)
    earned = np.column_stack([outcome.portfolios.sleeves[name].returns[rows] for name in names])
    gain = timing_gain(held, earned - outcome.cash_return[rows, None])
    return Rung(0.0, gain_test(gain, years), UNKNOWN, IMPOSSIBLE)


def break_even(rungs: Sequence[Rung]) -> float:
    """The multiple of costs at which the net gain crosses zero, see :class:`Ladders`."""
    if not rungs or not rungs[0].net.value > 0.0:
        return math.nan
    for lower, upper in pairwise(rungs):
        if upper.net.value <= 0.0:
            fall = lower.net.value - upper.net.value
            return lower.step + (upper.step - lower.step) * lower.net.value / fall
    return math.inf
