"""The tear sheet's figures beside our own: what both give, and by which convention they differ.

Each figure is computed twice: as this package defines it, and once more from the same returns by QuantStats' formula.
What QuantStats shows must be the second to its last digit; a difference between the two is a convention, not a fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR, Summary, as_json, summary
from waterline.metrics.evaluation import Json
from waterline.sessions import Dates, Floats

STRATEGY, MIX = "Strategy", "Mix"
TAIL = 0.05
HALF_A_DIGIT, RELATIVE = 0.0051, 1e-4
"""QuantStats writes two decimals; in percent where the figure is a share."""
Unit = Literal["percent", "number"]
UNSEEN = "QuantStats shows no drawdown that begins with the first session."
UNDEFINED = "These returns do not define it."


@dataclass(frozen=True, slots=True)
class Own:
    """What both sides compute from: (T,) returns and those of bills, (T + 1,) sessions, and our figures of them."""

    returns: Floats
    cash: Floats
    sessions: Dates
    figures: Summary


@dataclass(frozen=True, slots=True)
class Shared:
    """A figure that both give.

    Attributes:
        title: our name of it.
        label: its name in QuantStats' table.
        unit: how both write it.
        ours: our figure.
        theirs: the same by QuantStats' formula; None where the formulas agree.
        reason: by what they differ; empty where they do not.
    """

    title: str
    label: str
    unit: Unit
    ours: Callable[[Summary], float]
    theirs: Callable[[Own], float] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A figure of one portfolio on both sides.

    Attributes:
        title: our name of it.
        portfolio: "Strategy" or "Mix".
        unit: "percent" for a share, else "number".
        ours: our figure; shares as fractions, NaN where it is not defined.
        expected: what QuantStats' formula gives for the same returns, unrounded.
        quantstats: what its page shows, to two decimals (of a percent); NaN where it shows none.
        reason: why the two differ; empty where they agree to rounding.
    """

    title: str
    portfolio: str
    unit: Unit
    ours: float
    expected: float
    quantstats: float
    reason: str

    @property
    def agrees(self) -> bool:
        """Whether QuantStats shows what its formula gives, to its last digit."""
        if not math.isfinite(self.expected) or self.reason == UNSEEN:
            return True
        scale = 100.0 if self.unit == "percent" else 1.0
        figure = scale * self.expected
        return abs(scale * self.quantstats - figure) <= HALF_A_DIGIT + RELATIVE * abs(figure)

    def as_json(self) -> dict[str, Json]:
        """Keys as the fields, full precision, null where undefined."""
        body = as_json(self)
        return body if isinstance(body, dict) else {}


def growth_by_sessions(own: Own) -> float:
    """(prod(1 + r)) ** (252 / T) - 1: the number of returns over 252 for the years."""
    growth = 1.0 + own.figures.cumulative_return
    return float(growth ** (SESSIONS_PER_YEAR / len(own.returns)) - 1.0) if growth >= 0.0 else math.nan


def calmar_by_sessions(own: Own) -> float:
    """:func:`growth_by_sessions` over the depth of the deepest drawdown."""
    depth = -own.figures.max_drawdown.depth
    return growth_by_sessions(own) / depth if depth > 0.0 else math.nan


def sample_skewness(own: Own) -> float:
    """The skewness without the bias of a small sample: sqrt(T (T - 1)) / (T - 2) times that of the population."""
    count = len(own.returns)
    return own.figures.skewness * math.sqrt(count * (count - 1)) / (count - 2) if count > 2 else math.nan


def sample_excess_kurtosis(own: Own) -> float:
    """The kurtosis less three, without the bias of a small sample."""
    count = len(own.returns)
    if count < 4:
        return math.nan
    beyond = (count + 1) * (own.figures.kurtosis - 3.0) + 6.0
    return (count - 1) / ((count - 2) * (count - 3)) * beyond


def normal_value_at_risk(own: Own) -> float:
    """The quantile of a normal distribution with mean and standard deviation of the returns; as a loss."""
    mean, spread = float(own.returns.mean()), float(own.returns.std(ddof=1))
    return -abs(mean + NormalDist().inv_cdf(TAIL) * spread)


def normal_expected_shortfall(own: Own) -> float:
    """The mean of that normal distribution below its quantile; as a loss."""
    mean, spread = float(own.returns.mean()), float(own.returns.std(ddof=1))
    normal = NormalDist()
    return -abs(mean - spread * normal.pdf(normal.inv_cdf(TAIL)) / TAIL)


def hits_of_moves(own: Own) -> float:
    """Gains over sessions with a change; 0 where there is none."""
    moves = int(np.count_nonzero(own.returns))
    return float(np.count_nonzero(own.returns > 0.0)) / moves if moves else 0.0


SHARED = (
    Shared("Cumulative return", "Cumulative Return", "percent", lambda own: own.cumulative_return),
    Shared(
        "Return a year", "CAGR", "percent", lambda own: own.cagr, growth_by_sessions,
        "QuantStats counts 252 sessions as a year, Waterline calendar time, and none for less than four weeks.",
    ),
    Shared("Volatility", "Volatility (ann.)", "percent", lambda own: own.volatility),
    Shared("Sharpe ratio", "Sharpe", "number", lambda own: own.sharpe_ratio),
    Shared("Sortino ratio", "Sortino", "number", lambda own: own.sortino_ratio),
    Shared("Worst drawdown", "Max Drawdown", "percent", lambda own: own.max_drawdown.depth),
    Shared(
        "Calmar ratio", "Calmar", "number", lambda own: own.calmar_ratio, calmar_by_sessions,
        "QuantStats divides growth over years of 252 sessions, Waterline growth over calendar time.",
    ),
    Shared(
        "Skewness", "Skew", "number", lambda own: own.skewness, sample_skewness,
        "QuantStats corrects it for the size of the sample, Waterline does not.",
    ),
    Shared(
        "Kurtosis", "Kurtosis", "number", lambda own: own.kurtosis, sample_excess_kurtosis,
        "QuantStats takes three off and corrects for the size of the sample; to Waterline a normal distribution has 3.",
    ),
    Shared(
        "Value at risk", "Daily Value-at-Risk", "percent", lambda own: own.value_at_risk, normal_value_at_risk,
        "QuantStats takes the 5% quantile of a normal distribution, Waterline that of the returns as they were.",
    ),
    Shared(
        "Expected shortfall", "Expected Shortfall (cVaR)", "percent", lambda own: own.expected_shortfall,
        normal_expected_shortfall,
        "QuantStats takes the mean of a normal distribution below its 5% quantile, Waterline that of the worst days.",
    ),
    Shared("Best day", "Best Day", "percent", lambda own: own.best_day),
    Shared("Worst day", "Worst Day", "percent", lambda own: own.worst_day),
    Shared(
        "Days with a gain", "Win Days", "percent", lambda own: own.hit_rate, hits_of_moves,
        "QuantStats leaves out days without change, Waterline counts every session.",
    ),
)  # fmt: skip


def verified(page: str, tracks: Mapping[str, Floats], cash: Floats, sessions: Dates) -> tuple[Verified, ...]:
    """Every shared figure of each portfolio, in the order of ``SHARED``.

    Args:
        page: QuantStats' page.
        tracks: portfolio -> (T,) simple daily returns.
        cash: (T,) those of bills.
        sessions: (T + 1,) dates, beginning with the session before the first return.
    """
    own = {name: Own(returns, cash, sessions, summary(returns, cash, sessions)) for name, returns in tracks.items()}
    return tuple(_verified(page, figure, name, own[name]) for figure in SHARED for name in tracks)


def _verified(page: str, figure: Shared, portfolio: str, own: Own) -> Verified:
    ours = figure.ours(own.figures)
    expected = ours if figure.theirs is None else figure.theirs(own)
    scale = 100.0 if figure.unit == "percent" else 1.0
    said = shown(page, figure.label)[portfolio]
    theirs = math.nan if said is None else round(said / scale, 6)
    reason = "" if written(ours, figure.unit) == written(theirs, figure.unit) else figure.reason
    if said is None and figure.label == "Max Drawdown" and ours:
        reason = UNSEEN
    elif said is not None and not math.isfinite(expected):
        reason = UNDEFINED
    return Verified(figure.title, portfolio, figure.unit, ours, expected, theirs, reason)


def written(value: float, unit: Unit) -> str:
    """A figure to two decimals, in percent for a share, as QuantStats writes it."""
    return f"{100.0 * value:.2f}%" if unit == "percent" else f"{value:.2f}"


def shown(page: str, label: str) -> dict[str, float | None]:
    """What the table of the page says; None where it shows no number."""
    row = re.search(rf"<tr><td>{re.escape(label)}\s*</td><td>([^<]*)</td><td>([^<]*)</td></tr>", page)
    mix, strategy = row.groups() if row else ("", "")
    return {MIX: _number(mix), STRATEGY: _number(strategy)}


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().rstrip("%").replace(",", ""))
    except ValueError:
        return None
