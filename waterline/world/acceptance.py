"""Does each test keep the size that is stated of it? The gate of the method, on a study that nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from waterline.world.bounds import Bound
from waterline.world.figures import Figure
from waterline.world.study import SIZE, Study
from waterline.world.trial import DEMAND_ADDS

WORLDS = ("N0", "N1", "N2", "N3", "N4", "A2", "A4")
"""The worlds without skill, the strong one for power, and the one in which demand adds nothing."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One stated bound on one test in one world.

    Attributes:
        world: its name.
        test: its name.
        critical: p-value at or below which it rejects.
        rejected: share of the runs in which it does.
        bound: what that share is held against.
    """

    world: str
    test: str
    critical: float
    rejected: Figure
    bound: Bound

    @property
    def holds(self) -> bool:
        """Whether the bound holds."""
        return self.bound.holds(self.rejected)

    @property
    def is_oversized(self) -> bool:
        """Whether the test claims too much where there is nothing to find."""
        return self.rejected.value > self.bound.high


def gates(studies: Iterable[Study], critical: Mapping[str, float]) -> list[Gate]:
    """Every stated bound.

    A test of what is not there rejects in at most 5 % of the runs and two standard errors; one of a true gain rejects
    more often than that, so that none keeps its size by being asleep.

    Args:
        studies: of one world each.
        critical: calibrated critical p-values by test; 5 % for those that are not named.
    """
    found = []
    for study in studies:
        for test in study.tests():
            level, bound = critical.get(test, SIZE), _bound(study, test)
            if bound is not None:
                found.append(Gate(study.world, test, level, study.rejections(test, level), bound))
    return found


def _bound(study: Study, test: str) -> Bound | None:
    if study.is_null(test):
        return Bound(high=study.size_bound)
    is_power = study.has_skill and not test.startswith(DEMAND_ADDS)
    return Bound(low=study.size_bound) if is_power else None


def oversized(judged: Sequence[Gate]) -> set[str]:
    """Names of the tests whose critical value a simulated one must replace."""
    return {gate.test for gate in judged if gate.is_oversized}


def calibrating(studies: Sequence[Study], tests: set[str]) -> list[str]:
    """The worlds in which one of ``tests`` looks for what is not there."""
    return [study.world for study in studies if any(study.is_null(test) for test in tests)]
