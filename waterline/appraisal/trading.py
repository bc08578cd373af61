"""What would have come of it otherwise: variants of a run traded through the compiled kernel, or the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.config import Config
from waterline.contracts import Regime
from waterline.outcome import Outcome
from waterline.portfolios import asset_market, delayed, entered, exposure_in_force, simulate_strategy
from waterline.regime import SchmittRule
from waterline.sessions import Dates, Floats
from waterline.simulation import weekly_decisions
from waterline.simulation.sweep import Ground, Sets, equity
from waterline.tuning.ground import NO_SCORE, Grounds, as_sets, has_compiled_form, with_earned

Paths = tuple[Floats, Floats, Floats]
"""(T,) equity of the strategy, (T,) of its mix, both in USD, and (T, K) returns of the sleeves over bills."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A run with another score, regime rule, delay or cost.

    Attributes:
        config: regime rule, strategy, execution and costs; its signal is not looked at.
        score: (T,) score.
        regime: its states, as decided.
        exposure: (T, K) decided sleeve exposures.
    """

    config: Config
    score: Floats
    regime: Regime
    exposure: Floats

    @classmethod
    def executed(cls, outcome: Outcome, **execution: float) -> Variant:
        """The decisions of ``outcome``, executed otherwise."""
        changed = outcome.config.execution.model_copy(update=execution)
        config = outcome.config.model_copy(update={"execution": changed})
        return cls(config, outcome.score.total, outcome.regime, outcome.exposure)

    @classmethod
    def decided(cls, outcome: Outcome, score: Floats, rule: SchmittRule) -> Variant:
        """The strategy of ``outcome`` on another score (T,)."""
        regime = rule.classify(score)
        answer = replace(outcome.score, total=score)
        exposure = outcome.config.built_strategy.exposure(answer, regime, outcome.sleeves)
        return cls(outcome.config.model_copy(update={"regime": rule}), score, regime, exposure)

    def in_force(self, sessions: Dates) -> Floats:
        """(T, K) exposure in force at the close of each session."""
        execution = self.config.execution
        exposure, regime = delayed(self.exposure, self.regime, execution.delay_sessions)
        weekly = weekly_decisions(sessions, execution.rebalance_weekday)
        return exposure_in_force(exposure, weekly | entered(regime, exposure))


@dataclass(frozen=True, slots=True, eq=False)
class Traded:
    """What became of a variant over the n evaluated returns of the run that it varies.

    Attributes:
        strategy: (n,) simple daily returns after costs.
        mix: (n,) of the static mix of the variant's own average exposure.
        excess: (n, K) returns of the sleeves over bills, under the variant's costs.
        exposure: (n, K) exposure in force at the close before each return.
    """

    strategy: Floats
    mix: Floats
    excess: Floats
    exposure: Floats

    def timing_products(self) -> Floats:
        """(n,) daily terms of the timing gain."""
        return np.asarray(np.einsum("tk,tk->t", self.exposure - self.exposure.mean(axis=0), self.excess))


def trade(outcome: Outcome, variants: Sequence[Variant]) -> list[Traded]:
    """Trade each variant and its mix: through the kernel where all have a compiled form, else through the engine."""
    if not variants:
        return []
    first = outcome.first
    held = [variant.in_force(outcome.sessions)[first:-1] for variant in variants]
    mixes = [exposure.mean(axis=0) for exposure in held]
    paths = swept if all(has_compiled_form(variant.config) for variant in variants) else simulated
    rows = slice(first + 1, None)
    return [
        Traded(_returns(strategy)[rows], _returns(mix)[rows], excess[rows], exposure)
        for (strategy, mix, excess), exposure in zip(paths(outcome, variants, mixes), held, strict=True)
    ]


def swept(outcome: Outcome, variants: Sequence[Variant], mixes: Sequence[Floats]) -> list[Paths]:
    """The paths of all variants from two passes of the kernel."""
    grounds = Grounds(outcome.config, outcome.panel, np.array([outcome.first + 1, len(outcome.sessions)]))
    sets = as_sets(grounds, [variant.config for variant in variants])
    scores = np.stack([variant.score for variant in variants])
    ground, sets = with_earned(*_given(grounds.ground(), sets, scores))
    fixed = sets._replace(
        table=np.repeat(np.stack(mixes)[:, None, :], sets.table.shape[1], axis=1),
        graded=np.zeros(len(variants), dtype=np.bool_),
        delay=np.zeros(len(variants), dtype=np.int64),
    )
    strategies, constants = equity(ground, sets), equity(ground, fixed)
    excess = np.diff(ground.earned, axis=2)[sets.earned].transpose(0, 2, 1)
    return list(zip(strategies, constants, excess, strict=True))


def _given(ground: Ground, sets: Sets, scores: Floats) -> tuple[Ground, Sets]:
    """Ground and sets that work on finished scores (P, T), one a set."""
    count, sessions = scores.shape
    never = ground.parts[NO_SCORE, :1]
    ground = ground._replace(
        parts=np.concatenate([never, scores])[:, None, :],
        gate=np.zeros((count + 1, sessions)),
        gated=np.zeros(count + 1, dtype=np.bool_),
        minimum=np.ones(count + 1, dtype=np.int64),
    )
    alike = {"weights": np.ones((count, 1)), "phi": np.zeros(count), "span": np.ones(count)}
    return ground, sets._replace(score=np.arange(1, count + 1), **alike)


def simulated(outcome: Outcome, variants: Sequence[Variant], mixes: Sequence[Floats]) -> list[Paths]:
    """The same paths through the engine, one variant after the other."""
    market = asset_market(outcome.panel, outcome.sleeves.assets, outcome.config)
    sessions, names = len(outcome.sessions), outcome.sleeves.names
    known: dict[str, Floats] = {}

    def path(variant: Variant, exposure: Floats, regime: Regime) -> Floats:
        return simulate_strategy(variant.config, market, outcome.sleeves, exposure, regime).equity

    def sleeves(variant: Variant) -> Floats:
        key = variant.config.execution.model_copy(update={"delay_sessions": 0}).model_dump_json()
        if key not in known:
            never = Regime(np.zeros_like(variant.regime.states), sessions, variant.regime.held)
            held = [path(variant, np.tile(row, (sessions, 1)), never) for row in np.eye(len(names))]
            known[key] = np.column_stack([_returns(one) for one in held]) - outcome.cash_return[:, None]
        return known[key]

    done = []
    for variant, mix in zip(variants, mixes, strict=True):
        late = delayed(variant.exposure, variant.regime, variant.config.execution.delay_sessions)
        constant = path(variant, np.tile(mix, (sessions, 1)), _without_switches(variant.regime))
        done.append((path(variant, *late), constant, sleeves(variant)))
    return done


def _without_switches(regime: Regime) -> Regime:
    return Regime(np.zeros_like(regime.states), regime.valid_from, regime.held)


def _returns(path: Floats) -> Floats:
    """(T,) simple returns of an equity path, 0 at the first."""
    return np.concatenate([[0.0], path[1:] / path[:-1] - 1.0])
