"""Scores that the full score must beat: itself without a pillar, and what needs no thesis at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from waterline.contracts import Signal
from waterline.errors import WaterlineError
from waterline.outcome import Outcome
from waterline.panel import Panel
from waterline.plugins import build
from waterline.sessions import Floats
from waterline.transforms import Window, percentile_z, trailing

SUPPLY_SIGNAL = "signals.net_liquidity:NetLiquidity"
VOLATILITY_INDEX = "VIXCLS"
VOLATILITY_DAYS = 21
TEN_YEARS = Window(days=2520, years=10.0)
TREND_MONTHS = 10
DEMAND, PRICE = "demand", "price"
PRIOR_SESSIONS = 252
"""Weight of what is expected beforehand of the sizes of two scores, in sessions of data."""
NO_MEAN = "The score is not the mean of its pillars, so it cannot be put together again without one."


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """Another score for the same strategy.

    Attributes:
        name: key, such as "without_demand" or "trend_only".
        label: what it is, for people.
        score: (T,) of the size of the full score; None where it cannot be had.
        why: why not; empty where it can.
        by_sign: whether its sign alone is the state, without the thresholds of the regime rule.
    """

    name: str
    label: str
    score: Floats | None = None
    why: str = ""
    by_sign: bool = False


def rivals(outcome: Outcome) -> list[Rival]:
    """All rivals of the score of ``outcome``, those that cannot be had with a reason."""
    full, pillars, panel = outcome.score.total, outcome.score.pillars, outcome.panel
    expected = 1.0 / max(len(pillars), 1)
    found = [
        *_fewer_pillars(full, pillars),
        _supply(panel),
        _trend(panel, outcome.config.benchmark),
        _volatility(panel),
    ]
    sized = []
    for rival, variance in found:
        score = None if rival.score is None else sized_as(rival.score, full, variance, expected)
        sized.append(Rival(rival.name, rival.label, score, rival.why, rival.by_sign))
    return sized


def _fewer_pillars(full: Floats, pillars: Mapping[str, Floats]) -> Iterator[tuple[Rival, float]]:
    """Each pillar left out in turn, and price alone; with the variance to expect of the mean of the rest."""
    whole = is_mean(full, pillars)
    for name in pillars if len(pillars) > 1 else ():
        rest = [part for other, part in pillars.items() if other != name]
        score = np.mean(rest, axis=0) if whole else None
        yield Rival(f"without_{name}", f"Without {name}", score, "" if whole else NO_MEAN), 1.0 / len(rest)
    if PRICE in pillars:
        yield Rival("price_only", "Price of capital alone", pillars[PRICE]), 1.0
    else:
        yield Rival("price_only", "Price of capital alone", why=f"The score has no pillar {PRICE!r}."), 1.0


def is_mean(full: Floats, pillars: Mapping[str, Floats]) -> bool:
    """Whether the score is the plain mean of its pillars wherever there is one."""
    if not pillars:
        return False
    known = np.isfinite(full)
    return bool(np.allclose(np.mean(list(pillars.values()), axis=0)[known], full[known], atol=1e-9))


def _supply(panel: Panel) -> tuple[Rival, float]:
    """Net liquidity, the tap alone."""
    name, label = "supply_only", "Net liquidity alone"
    try:
        signal = build(Signal, "signal.use", SUPPLY_SIGNAL, {})
        missing = sorted(series for series in signal.inputs() if series not in panel)
        if missing:
            return Rival(name, label, why=f"Not in the data: {', '.join(missing)}."), 1.0
        return Rival(name, label, signal.score(panel).total), 1.0
    except WaterlineError as error:
        return Rival(name, label, why=error.problem), 1.0


def _volatility(panel: Panel) -> tuple[Rival, float]:
    """Ten-year percentile of the 21-day mean of the VIX."""
    name, label = "volatility_only", "VIX alone"
    if VOLATILITY_INDEX not in panel:
        return Rival(name, label, why=f"Not in the data: {VOLATILITY_INDEX}."), 1.0
    rows = trailing(panel.read(VOLATILITY_INDEX), VOLATILITY_DAYS, np.mean)
    return Rival(name, label, panel.now(percentile_z(rows, TEN_YEARS))), 1.0


def _trend(panel: Panel, index: str) -> tuple[Rival, float]:
    name, label = "trend_only", f"Ten-month trend of {index} alone"
    if index not in panel:
        return Rival(name, label, why=f"Not in the data: {index}."), 1.0
    score = ten_month_rule(panel.clock.sessions.astype("datetime64[M]"), panel.now(panel.read(index)))
    return Rival(name, label, score, by_sign=True), 1.0


def ten_month_rule(months: np.ndarray, price: Floats) -> Floats:
    """(T,) 1 (scarce) while the last month ended below the mean of the last ten month-ends, else -1; NaN before.

    A month has ended on the first session of the next: the last session of the data may not be the last of its month.

    Args:
        months: (T,) month of each session.
        price: (T,) price known at each decision.

    Source: Faber (2007), "A quantitative approach to tactical asset allocation".
    """
    score = np.full(len(price), np.nan)
    begins = np.flatnonzero(months[1:] != months[:-1]) + 1
    ends = price[begins - 1]
    for place in range(TREND_MONTHS - 1, len(begins)):
        mean = ends[place - TREND_MONTHS + 1 : place + 1].mean()
        score[begins[place] :] = np.nan if np.isnan(mean) else 1.0 if ends[place] < mean else -1.0
    return score


def sized_as(part: Floats, full: Floats, part_variance: float, full_variance: float) -> Floats:
    """``part`` times what brings it to the size of ``full``, so that the same thresholds mean the same.

    The factor is the ratio of their expanding root mean squares over the sessions that have both, begun with
    ``PRIOR_SESSIONS`` of the variances that independent pillars would have; it never looks ahead.

    Args:
        part: (T,) the score to be scaled.
        full: (T,) the score whose size it takes.
        part_variance: expected mean square of ``part``.
        full_variance: expected mean square of ``full``.
    """
    both = np.isfinite(part) & np.isfinite(full)

    def size(score: Floats, expected: float) -> Floats:
        return np.asarray(PRIOR_SESSIONS * expected + np.cumsum(np.where(both, score, 0.0) ** 2))

    return np.asarray(part * np.sqrt(size(full, full_variance) / size(part, part_variance)))
