"""What the parts of a study's page share: the test folds, the trials, the parameters and a few figures of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER
from waterline.report.numerals import MISSING, count, day, number
from waterline.report.study.drift import Drift, drifts
from waterline.report.study.measures import plain, sense, sharpe_error, with_noise
from waterline.report.study.searched import Searched
from waterline.report.study.stitched import Stitched
from waterline.sessions import Floats
from waterline.tuning.outcome import Tuned

LUCK = 0.05
"""p-value of the search above which luck is not ruled out."""
NEEDLE = 0.7
"""Share of the choice's value that its neighbours must keep for a plateau."""
MOST_TOLD = 8
"""Parameters of a choice that are written out, the most important ones; the rest is counted."""


@dataclass(frozen=True, eq=False)
class Facts:
    """One finished study."""

    tuned: Tuned

    @cached_property
    def stitched(self) -> Stitched:
        """The test folds."""
        return Stitched(self.tuned)

    @cached_property
    def searched(self) -> Searched:
        """The trials."""
        return Searched(self.tuned)

    @cached_property
    def drifts(self) -> tuple[Drift, ...]:
        """The parameters."""
        return drifts(self.searched)

    @property
    def tried(self) -> str:
        """How many parameter sets there were."""
        return count(len(self.tuned.trials), "parameter set")

    @property
    def span(self) -> str:
        """First and last session of the test folds."""
        return f"{day(self.stitched.sessions[1])} to {day(self.stitched.sessions[-1])}"

    @property
    def keeps(self) -> float:
        """What the neighbours keep of the last choice's value; NaN where that value is no gain to keep a part of."""
        found, own = self.tuned.plateau, float(self.searched.last.train[0])
        countable = found is not None and self.searched.metric not in LESS_IS_BETTER and own > 0.0
        return found.share if found is not None and countable else math.nan

    @property
    def worst_and_best(self) -> tuple[str, str]:
        """Both ends of the map's values."""
        values = [] if self.tuned.plateau is None else self.tuned.plateau.value.ravel().tolist()
        better, measure = sense(self.searched.metric), self.searched.measure
        known = sorted((value for value in values if math.isfinite(value)), key=lambda value: better * value)
        return (measure.written(known[0]), measure.told(known[-1])) if known else (MISSING, MISSING)

    def noise(self, value: float) -> str:
        """The standard error of a Sharpe ratio on the last training sessions; nothing for other metrics."""
        if self.searched.metric != "sharpe_ratio":
            return ""
        first, stop = self.searched.last.fold.train
        return f" (standard error {number(sharpe_error(value, stop - first))}, best of {self.tried})"

    def chosen(self, fold: int = -1, by_path: bool = True) -> str:
        """The parameters of one choice; of more than ``MOST_TOLD`` the most important ones."""
        params, weight = self.tuned.choices[fold].params, self.tuned.importance
        names = {one.path: one.path if by_path else one.short for one in self.drifts}
        first = sorted(params, key=lambda path: -weight.get(path, 0.0))[:MOST_TOLD]
        told = [f"{names[path]} {plain(params[path])}" for path in params if path in first]
        more = [f"and {len(params) - MOST_TOLD} more"] if len(params) > MOST_TOLD else []
        return ", ".join([*told, *more])

    def values(self, found: Floats, sessions: int) -> tuple[str, ...]:
        """The objectives of a fold as written, a Sharpe ratio with its standard error over so many sessions."""
        return tuple(with_noise(metric, float(found[q]), sessions) for q, metric in enumerate(self.tuned.objective))


def middle(values: Iterable[float]) -> float:
    """Median of what is finite; NaN where nothing is."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.median(known)) if known else math.nan
