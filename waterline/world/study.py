"""Many runs of one world: how often the tests reject, how soon regimes are noticed, how often intervals hold.

In a world without skill the share of rejections is the size of a test, else its power.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from waterline.sessions import Floats
from waterline.world.figures import Figure, mean, median, share
from waterline.world.parameters import parameters
from waterline.world.trial import DEMAND_ADDS, SEARCH, Trial

SIZE = 0.05


@dataclass(frozen=True, slots=True)
class Study:
    """The runs of one world.

    Attributes:
        world: its name.
        seed: of the study.
        years: evaluated years asked for.
        trials: one a run, in order.
    """

    world: str
    seed: int
    years: float
    trials: tuple[Trial, ...]

    @property
    def has_skill(self) -> bool:
        """Whether timing by the true state earns anything, so that rejections are power and not size."""
        return parameters().world(self.world).skill

    def is_null(self, test: str) -> bool:
        """Whether what ``test`` looks for is not there, so that its rejections are false.

        Not so for a plain test where the world searches: it then sees the best of many alone, which is what it must
        not be used for.
        """
        world = parameters().world(self.world)
        if test.startswith(DEMAND_ADDS):
            return not world.skill or world.demand == "independent"
        return not world.skill and world.search == test.startswith(SEARCH)

    @property
    def size_bound(self) -> float:
        """Largest share of rejections that a test of the right size may show: 5 % and two standard errors."""
        return SIZE + 2.0 * math.sqrt(SIZE * (1.0 - SIZE) / len(self.trials))

    def tests(self) -> tuple[str, ...]:
        """Names of the tests."""
        return tuple(self.trials[0].p)

    def intervals(self) -> tuple[str, ...]:
        """Names of the intervals."""
        return tuple(self.trials[0].covered)

    def p_values(self, test: str) -> Floats:
        """(n,) p-values in order of the runs; 1 where the test could not say."""
        return np.nan_to_num([trial.p[test] for trial in self.trials], nan=1.0)

    def rejections(self, test: str, size: float = SIZE) -> Figure:
        """Share of the runs with a p-value of at most ``size``."""
        return share(self.p_values(test) <= size)

    def critical_p(self, test: str, size: float = SIZE) -> float:
        """The largest p-value that rejects at most ``size`` of these runs: what replaces ``size`` in a world like this.

        0 where even the smallest p-value occurs too often.
        """
        p = np.sort(self.p_values(test))
        allowed = math.floor(size * len(p) + 1e-9)
        below = p[p < p[allowed]] if allowed < len(p) else p
        return float(below[-1]) if len(below) else 0.0

    def coverage(self, interval: str) -> Figure:
        """Share of the runs whose interval holds the true gain."""
        return share(np.array([trial.covered[interval] for trial in self.trials]))

    def table(self) -> dict[str, Figure]:
        """All figures: rejections by test, coverage by interval, and :meth:`figures`."""
        return {
            **{f"rejects: {test}": self.rejections(test) for test in self.tests()},
            **{f"covers: {interval}": self.coverage(interval) for interval in self.intervals()},
            **self.figures(),
        }

    def figures(self) -> dict[str, Figure]:
        """What depends on no test.

        ``gain``, ``true_gain`` and ``bias`` (their difference) a year; ``delay`` the median in sessions from the start
        of a scarce spell to its first scarce call, over the spells that were noticed; ``noticed`` their share;
        ``false_alarms`` a year; ``accuracy`` and ``youden`` means over the runs.
        """
        runs = self.trials
        delays = np.array([delay for run in runs for delay in run.detection.delays], dtype=np.float64)
        missed = sum(run.detection.missed for run in runs)
        return {
            "gain": mean(np.array([run.gain.value for run in runs])),
            "true_gain": mean(np.array([run.true_gain for run in runs])),
            "bias": mean(np.array([run.gain.value - run.true_gain for run in runs])),
            "delay": median(delays),
            "noticed": share(np.arange(len(delays) + missed) < len(delays)),
            "false_alarms": mean(np.array([run.detection.false_alarms / run.years for run in runs])),
            "accuracy": mean(np.array([run.detection.accuracy for run in runs])),
            "youden": mean(np.array([run.detection.youden for run in runs])),
        }
