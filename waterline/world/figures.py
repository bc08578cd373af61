"""Figures over the runs of a study, each with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from waterline.sessions import Flags, Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure over the runs of a study.

    Attributes:
        value: the figure; NaN where no run defines it.
        standard_error: of the figure over repetitions of the study; NaN where fewer than two runs define it.
        count: observations behind it: runs, or spells for the delays.
    """

    value: float
    standard_error: float
    count: int


def share(hits: Flags) -> Figure:
    """Share of True with its binomial standard error; none or all have that of half a case, since 0 would be a lie."""
    count = len(hits)
    if count == 0:
        return Figure(math.nan, math.nan, 0)
    rate = float(hits.mean())
    inner = min(max(rate, 0.5 / count), 1.0 - 0.5 / count)
    return Figure(rate, math.sqrt(inner * (1.0 - inner) / count), count)


def mean(values: Floats) -> Figure:
    """Mean of the defined values with its standard error."""
    kept = values[np.isfinite(values)]
    if len(kept) < 2:
        return Figure(float(kept[0]) if len(kept) else math.nan, math.nan, len(kept))
    return Figure(float(kept.mean()), float(kept.std(ddof=1) / math.sqrt(len(kept))), len(kept))


def median(values: Floats) -> Figure:
    """Median with half the distance between the quantiles 0.5 +- 0.5 / sqrt(n), a binomial standard error away."""
    if len(values) < 2:
        return Figure(float(values[0]) if len(values) else math.nan, math.nan, len(values))
    away = 0.5 / math.sqrt(len(values))
    low, middle, high = np.quantile(values, [0.5 - away, 0.5, 0.5 + away])
    return Figure(float(middle), float(high - low) / 2.0, len(values))
