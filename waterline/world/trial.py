"""One run of a study: draw a world, let the whole pipeline loose on it, and hold the answer against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline import contracts
from waterline.metrics import Estimate, timing_gain
from waterline.sessions import Floats
from waterline.world.battery import Battery
from waterline.world.decisions import search_on, without_demand
from waterline.world.detection import Detection, detection
from waterline.world.held import Held, hold
from waterline.world.latent import SCARCE
from waterline.world.parameters import parameters
from waterline.world.truth import Truth
from waterline.world.world import draw

SESSIONS_PER_YEAR = 252
SEARCH, DEMAND_ADDS = "search: ", "demand adds: "


@dataclass(frozen=True, slots=True)
class Trial:
    """What one run gave.

    Attributes:
        run: its number.
        sessions: evaluated returns.
        gain: timing gain a year with its HAC standard error; of the best configuration where the world searches.
        true_gain: what the same exposures earn a year in expectation, given the true drifts.
        p: p-value by test. "search: x" is test x of all configurations together, "demand adds: x" is test x of what
            the demand pillar changed in the exposures.
        covered: by interval, whether it holds ``true_gain``.
        detection: called states against the true ones.
    """

    run: int
    sessions: int
    gain: Estimate
    true_gain: float
    p: Mapping[str, float]
    covered: Mapping[str, bool]
    detection: Detection

    @property
    def years(self) -> float:
        """Evaluated years of 252 sessions."""
        return self.sessions / SESSIONS_PER_YEAR


def trial(world: str, seed: int, years: float, number: int, battery: Battery) -> Trial:
    """Run ``number`` of a study; the other arguments as in :func:`waterline.world.draw` and its tests."""
    drawn = draw(world, seed, years, number)
    whole = hold(drawn.config, drawn.panel)
    first, excess, held = whole.first, whole.excess(), whole.evaluated()
    added = held - without_demand(whole)
    p = {f"{DEMAND_ADDS}{name}": test(added, excess, drawn.seed) for name, test in battery.gain.items()}
    if parameters().world(world).search:
        found = search_on(whole)
        held = found.best(excess)
        p |= {f"{SEARCH}{name}": test(found.exposures, excess, drawn.seed) for name, test in battery.search.items()}
    truth = true_gain(whole, held, drawn.truth)
    bounds = {name: interval(held, excess, drawn.seed) for name, interval in battery.interval.items()}
    return Trial(
        run=number,
        sessions=len(held),
        gain=timing_gain(held, excess),
        true_gain=truth,
        p={name: test(held, excess, drawn.seed) for name, test in battery.gain.items()} | p,
        covered={name: low <= truth <= high for name, (low, high) in bounds.items()},
        detection=detection(whole.regime.states[first:] == contracts.SCARCE, drawn.truth.states[first:] == SCARCE),
    )


def true_gain(whole: Held, held: Floats, truth: Truth) -> float:
    """252 sum_k Cov(w_k, mu_k), mu_k the true drift over bills of what sleeve k held, before its costs."""
    column = [truth.assets.index(ticker) for ticker in whole.sleeves.assets]
    drift = truth.drift[whole.first + 1 :, column]
    inside = [whole.held_throughout[name].weights[whole.first : -1] for name in whole.sleeves.names]
    expected = [(weights * drift).sum(axis=1) for weights in inside]
    tilt = held - held.mean(axis=0)
    return float(SESSIONS_PER_YEAR * (tilt * np.column_stack(expected)).sum(axis=1).mean())
