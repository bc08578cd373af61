"""What the score is made of: each pillar's part, and each member's share of its pillar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.contracts import Score
from waterline.sessions import Floats

NOTHING = 1e-12
"""Sum of z-scores from which a pillar can be shared out over them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A pillar or one of its members, on one session.

    Attributes:
        name: as the signal calls it.
        value: the pillar, or the member's oriented z-score; NaN where missing.
        added: what it adds to the score; NaN where missing, and where the score is not the mean of its pillars.
        members: the members of a pillar; empty for a member.
    """

    name: str
    value: float
    added: float
    members: tuple[Part, ...] = ()


def pillar_parts(pillars: Mapping[str, Floats]) -> dict[str, Floats]:
    """Pillar -> (n,) what it adds to the score: its value over the number of pillars present, NaN where missing."""
    present = np.sum([np.isfinite(part) for part in pillars.values()], axis=0) if pillars else 1
    return {name: part / np.maximum(present, 1) for name, part in pillars.items()}


def contributions(score: Score, row: int = -1) -> tuple[Part, ...]:
    """The parts of the score on one session, in the signal's order.

    A pillar is the mean of its members times a factor that they share (its scale; with slack, the sign of demand). So
    its part of the score is shared out in proportion to their z-scores; where these sum to zero it is not.
    """
    added = {name: float(part[row]) for name, part in pillar_parts(score.pillars).items()}
    if not np.isclose(np.nansum(list(added.values())), score.total[row], atol=1e-9):
        added = dict.fromkeys(added, float("nan"))
    return tuple(
        Part(name, float(pillar[row]), added[name], _members(score.members.get(name, {}), added[name], row))
        for name, pillar in score.pillars.items()
    )


def _members(members: Mapping[str, Floats], added: float, row: int) -> tuple[Part, ...]:
    values = {name: float(z[row]) for name, z in members.items()}
    total = float(np.nansum(list(values.values())))
    share = added / total if abs(total) > NOTHING else float("nan")
    return tuple(Part(name, z, share * z) for name, z in values.items())
