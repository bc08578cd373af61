"""What the figures of a study are held against, and the critical values that a simulated null asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from waterline.world.battery import LEVEL
from waterline.world.figures import Figure
from waterline.world.parameters import parameters
from waterline.world.study import SIZE, Study


@dataclass(frozen=True, slots=True)
class Bound:
    """Least and greatest value that a figure may have.

    Attributes:
        low: least value; minus infinity where there is none.
        high: greatest value; infinity where there is none.
    """

    low: float = -math.inf
    high: float = math.inf

    def holds(self, figure: Figure) -> bool:
        """Whether ``figure`` lies within; one that is not defined does not."""
        return self.low <= figure.value <= self.high


def bounds(study: Study) -> dict[str, Bound]:
    """The bounds by the name of the figure in :meth:`Study.table`; what is only reported has none.

    A test of what is not there rejects in at most 5 % of the runs and two standard errors. An interval holds the truth
    in at least 90 % less two standard errors, save for the best of a search, whose estimate is chosen for being high.
    """
    found = {f"rejects: {test}": Bound(high=study.size_bound) for test in study.tests() if study.is_null(test)}
    if parameters().world(study.world).search:
        return found
    reach = 2.0 * math.sqrt(LEVEL * (1.0 - LEVEL) / len(study.trials))
    return found | {f"covers: {interval}": Bound(low=LEVEL - reach) for interval in study.intervals()}


def critical_values(studies: Iterable[Study]) -> dict[str, float]:
    """The p-value at or below which each test rejects so that none of ``studies`` sees more than 5 % of false claims.

    The smallest over the worlds in which what the test looks for is not there, and never above 5 %: a test that is
    careful by itself stays as it is. To be judged on other runs than those of ``studies``. A test that has no null
    among them is left out.
    """
    found: dict[str, float] = {}
    for study in studies:
        for test in study.tests():
            if study.is_null(test):
                found[test] = min(found.get(test, SIZE), study.critical_p(test))
    return found
