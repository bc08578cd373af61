"""Strategies, regimes and fills that read ahead, and their honest twins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
import pytest
from test_zoo_habitat import Animal, Case, experiment, trading_days

from waterline import portfolios
from waterline.contracts import SCARCE, Regime, Score, Sleeves, Strategy
from waterline.regime import JumpRule, MarkovRule, SchmittRule
from waterline.sessions import Floats
from waterline.simulation import Schedule

# --- strategies ----------------------------------------------------------------------------------------------------


class Play(Strategy):
    """A strategy that plays one of the tricks below."""

    trick: Literal["tomorrow", "today", "survivors", "members", "whole", "so far", "stop early", "stop late"]

    def sleeve_names(self) -> frozenset[str]:
        return frozenset({"speculative", "generators"})

    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        held = np.eye(2)[(regime.states == SCARCE).astype(int)]
        total = np.nan_to_num(score.total)
        match self.trick:
            case "tomorrow":
                return np.vstack([held[1:], held[-1:]])
            case "survivors" | "members":
                return held * self._there(sleeves)
            case "whole":
                return held * (0.2 + 0.8 * np.abs(total) / (np.abs(total).max() + 1e-9))[:, None]
            case "so far":
                return held * (0.2 + 0.8 * np.abs(total) / (np.maximum.accumulate(np.abs(total)) + 1e-9))[:, None]
            case "stop early":
                return held * (np.append(total[1:], 0.0) <= total + 0.1)[:, None]
            case "stop late":
                return held * (total <= np.append(0.0, total[:-1]) + 0.1)[:, None]
        return held

    def _there(self, sleeves: Sleeves) -> Floats:
        """1 where a sleeve is full: on the day, or on the last day for all days."""
        full = np.column_stack([(sleeves.inside[name] > 0).sum(axis=1) >= 2 for name in sleeves.names])
        return (full[-1:] if self.trick == "survivors" else full).astype(np.float64)


PLAYS = {
    "tomorrow's exposure": ("tomorrow", "today"),
    "survivors by a later listing": ("survivors", "members"),
    "weights normalised by the whole sample": ("whole", "so far"),
    "stop that peeks at tomorrow": ("stop early", "stop late"),
}


def listed_late():  # type: ignore[no-untyped-def]  # gives a panel
    """Bitcoin begins late, so that the speculative sleeve is full from then on only."""
    from dataclasses import replace

    panel = trading_days()
    bars = panel.bars["BTC-USD"]
    kept = bars.date >= np.datetime64("2017-09-01")
    columns = {name: getattr(bars, name)[kept] for name in ("date", "open", "close", "available_at")}
    return replace(panel, bars={**panel.bars, "BTC-USD": replace(bars, **columns)})


def players() -> Iterator[Animal]:
    panel = listed_late()
    for name, tricks in PLAYS.items():
        chosen = [{"use": "strategies.zoo:Play", "params": {"trick": trick}} for trick in tricks]
        yield Animal(name, "strategy", *(Case(experiment(strategy=one), panel) for one in chosen), cuts=5)


# --- regimes -------------------------------------------------------------------------------------------------------

SLOW = {"min_sessions": 252, "refit_sessions": 2520}


class MedianSplit(SchmittRule):
    """Scarce above a median: of the whole sample, or of what came before."""

    whole: bool = False

    def classify(self, score: Floats) -> Regime:
        import pandas as pd

        known = np.isfinite(score)
        middle = np.full(len(score), np.nanmedian(score) if known.any() else 0.0)
        if not self.whole:
            middle = pd.Series(score).expanding(1).median().to_numpy()
        states = (score > middle).astype(np.int8)
        return Regime(states, int(np.argmax(known)) if known.any() else len(score), ~known)


class Chain(SchmittRule):
    """Two Gaussian states with known parameters: filtered, smoothed, or the best path through all scores."""

    read: Literal["filtered", "smoothed", "path"] = "filtered"

    def classify(self, score: Floats) -> Regime:
        known = np.isfinite(score)
        states = np.zeros(len(score), dtype=np.int8)
        if known.any():
            states[known] = self._states(score[known])
        return Regime(states, int(np.argmax(known)) if known.any() else len(score), ~known)

    def _states(self, score: Floats) -> np.ndarray:
        step = np.array([[0.97, 0.03], [0.03, 0.97]])
        likely = np.exp(-0.5 * ((score[:, None] - np.array([-0.6, 0.6])) / 1.0) ** 2)
        forward, back = np.empty_like(likely), np.ones_like(likely)
        best, came = np.log(likely).copy(), np.zeros(likely.shape, dtype=int)
        belief = np.full(2, 0.5)
        for t in range(len(score)):
            belief = (belief @ step) * likely[t]
            belief = forward[t] = belief / belief.sum()
            if t:
                options = best[t - 1][:, None] + np.log(step)
                came[t], best[t] = options.argmax(axis=0), options.max(axis=0) + np.log(likely[t])
        for t in range(len(score) - 2, -1, -1):
            back[t] = step @ (likely[t + 1] * back[t + 1])
            back[t] /= back[t].sum()
        if self.read == "path":
            path = np.empty(len(score), dtype=int)
            path[-1] = best[-1].argmax()
            for t in range(len(score) - 1, 0, -1):
                path[t - 1] = came[t, path[t]]
            return path
        belief = forward * back if self.read == "smoothed" else forward
        return belief.argmax(axis=1)


class Smoothed(MarkovRule):
    """statsmodels' smoothed probabilities in place of the filtered ones."""

    def evidence(self, score: Floats) -> Floats:
        from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

        from waterline.regime.refitted import walk
        from waterline.regime.two_gaussians import fit

        def estimate(training, before):  # type: ignore[no-untyped-def]  # as the honest rule's
            return fit(training, before, switching_variance=False, separation=self.separation, clip=self.clip)

        def smoothed(fitted, score):  # type: ignore[no-untyped-def]  # as the honest rule's
            model = MarkovRegression(fitted.scale.apply(score), k_regimes=2)
            return np.asarray(model.smooth(fitted.params, return_raw=True).smoothed_marginal_probabilities[1])

        return walk(score, self.min_sessions, self.refit_sessions, estimate, smoothed)


class Offline(JumpRule):
    """jumpmodels' best path through all scores in place of its online states."""

    def _online(self, fitted, score):  # type: ignore[no-untyped-def]  # as the honest rule's
        columns = zip(fitted.scales, self.features(score).T, strict=True)
        labels = fitted.model.predict(np.column_stack([scale.apply(column) for scale, column in columns]))
        return (labels == fitted.scarce).astype(np.float64)


class JumpOnAll(JumpRule):
    """Online states with centres and scales of the whole sample."""

    def evidence(self, score: Floats) -> Floats:
        fitted = self._fit(score, None) if len(score) else None
        return np.full(len(score), np.nan) if fitted is None else self._online(fitted, score)


RULES = {
    "threshold of the whole sample": ("restless", MedianSplit(whole=True), MedianSplit(), 4),
    "smoothed states of a Markov chain": ("restless", Chain(read="smoothed"), Chain(), 4),
    "best path of a Markov chain": ("restless", Chain(read="path"), Chain(), 4),
    "smoothed states of statsmodels": ("restless", Smoothed(**SLOW), MarkovRule(**SLOW), 3),
    "offline states of jumpmodels": ("momentum", Offline(**SLOW), JumpRule(**SLOW), 7),
    "jump model fitted on all": ("momentum", JumpOnAll(**SLOW), JumpRule(**SLOW), 3),
}


def rules() -> Iterator[Animal]:
    panel, twins = trading_days(), {}
    for name, (score, leaking, honest, cuts) in RULES.items():
        config = experiment(score)
        twin = twins.setdefault(repr(honest), Case(config.model_copy(update={"regime": honest}), panel))
        yield Animal(name, "regime", Case(config.model_copy(update={"regime": leaking}), panel), twin, cuts)


# --- fills ---------------------------------------------------------------------------------------------------------


@contextmanager
def patched(change: Callable[[Schedule], Schedule]) -> Iterator[None]:
    """The engine trades another schedule than it made."""
    made = portfolios.schedule
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portfolios, "schedule", lambda *args: change(made(*args)))
        yield


def on_the_same_close(late: Schedule) -> Schedule:
    orders = np.vstack([late.orders[1:], np.full_like(late.orders[:1], np.nan)])
    orders[0] = np.nan
    claimed = np.where(~np.isnan(orders).all(axis=1), np.arange(len(orders)) - 1, -1)
    return Schedule(orders, claimed)


@contextmanager
def marked_tomorrow() -> Iterator[None]:
    """Holdings are marked, and trade, at the close of the next session."""
    from dataclasses import replace

    made = portfolios.asset_market

    def ahead(*args):  # type: ignore[no-untyped-def]  # as the function it stands in for
        market = made(*args)
        return replace(market, close=np.vstack([market.close[1:], market.close[-1:]]))

    from waterline.audit import comparing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "asset_market", ahead)
        yield


def fills() -> Iterator[Animal]:
    panel, config = trading_days(), experiment()
    honest = Case(config, panel)
    yield Animal("fill at the close of the decision", "simulation",
                 Case(config, panel, lambda: patched(on_the_same_close)), honest)  # fmt: skip
    yield Animal("marks of the next close", "simulation", Case(config, panel, marked_tomorrow), honest)


def animals() -> list[Animal]:
    """All of them."""
    return [*players(), *rules(), *fills()]
