"""Which sets of a sweep need not be traded session by session, because tables know all that they can hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterline.sessions import Flags
from waterline.simulation.sweep.arrays import AMPLE_ROW, SCARCE_ROW, Ground, Sets

if TYPE_CHECKING:
    from waterline.simulation.sweep.static import Group

Rows = npt.NDArray[np.int64]

LEAST = 512
"""Sets of a group for which the tables are worth their making."""
LONGEST_GAP = 64
"""Sessions between two regular fills beyond which the tables would grow too large."""
KEPT = 4
"""Groups whose tables are kept for later sets."""
ODD = np.uint64(0x9E3779B97F4A7C15)
SHARED = ("inside", "fill", "weekday", "table", "costs")
"""Columns that are equal for the sets of a group."""


@dataclass(slots=True, eq=False)
class Planner:
    """Sorts sets into groups that hold the same baskets.

    A set can be in a group where it knows two states only, trades without a band and with costs that every asset pays,
    and where, from a regular fill before the first block on, the weights inside its sleeves stand still and everything
    that they ever held can be traded on every session.

    Attributes:
        ground: what the sets share.
        sets: all of them.
    """

    ground: Ground
    sets: Sets
    _begins: Rows = field(init=False)
    _groups: dict[bytes, Group] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._begins = static_from(self.ground)

    def split(self, rows: Rows) -> Iterator[tuple[Group | None, Rows]]:
        """Groups with their rows, and None with the rows of the sets that are in none."""
        able = self._able(rows)
        if able.sum() < LEAST:
            yield None, rows
            return
        left, rest = rows[able], [rows[~able]]
        _, label, count = np.unique(self._mixed(left), return_inverse=True, return_counts=True)
        rest.append(left[count[label] < LEAST])
        for one in np.flatnonzero(count >= LEAST):
            members = left[label == one]
            if self._alike(members):
                yield self._group(int(members[0])), members
            else:
                rest.append(members)
        yield None, np.concatenate(rest)

    def _able(self, rows: Rows) -> Flags:
        sets, last = self.sets, int(self.ground.edges[0]) - 1
        begins = self._begins[sets.inside[rows], sets.fill[rows], sets.weekday[rows]]
        exact = (sets.band[rows] == 0.0).all(axis=1)
        return np.asarray(~sets.graded[rows] & sets.everyone_pays[rows] & exact & (begins <= last))

    def _shared(self, rows: Rows) -> list[np.ndarray]:
        """(P,) columns of 64 bits that are equal where the sets can share tables."""
        columns = [getattr(self.sets, name)[rows].reshape(len(rows), -1).astype(np.float64) for name in SHARED]
        return [column for block in columns for column in block.T]

    def _mixed(self, rows: Rows) -> npt.NDArray[np.uint64]:
        """(P,) a number that is equal for equal columns, and hardly ever for others."""
        mixed = np.zeros(len(rows), dtype=np.uint64)
        for column in self._shared(rows):
            mixed = (mixed ^ np.ascontiguousarray(column).view(np.uint64)) * ODD
            mixed ^= mixed >> np.uint64(29)
        return mixed

    def _alike(self, rows: Rows) -> bool:
        return all(bool((column == column[0]).all()) for column in self._shared(rows))

    def _group(self, p: int) -> Group:
        key = b"".join(column.tobytes() for column in self._shared(np.array([p])))
        if key not in self._groups:
            while len(self._groups) >= KEPT:
                del self._groups[next(iter(self._groups))]
            self._groups[key] = group_of(self.ground, self.sets, p, self._begins)
        return self._groups[key]


def group_of(ground: Ground, sets: Sets, p: int, begins: Rows) -> Group:
    """The group of set ``p``, with its tables."""
    from waterline.simulation.sweep.segments import Scene, tabulate
    from waterline.simulation.sweep.static import Group

    variant, fill, weekday = sets.inside[p], sets.fill[p], sets.weekday[p]
    begin, weekly = int(begins[variant, fill, weekday]), np.flatnonzero(ground.weekly[weekday])
    fills = weekly[(weekly + 1 >= begin) & (weekly + 1 < len(ground.close))] + 1
    held = sets.table[p] @ ground.inside[variant, :, -1, :]
    weights, basket = np.unique(np.vstack([np.zeros(held.shape[1]), held]), axis=0, return_inverse=True)
    basket = basket.reshape(-1)[1:]
    scene = Scene(weights, ground.mark[fill], ground.close, ground.bills, ground.cash, sets.costs[p])
    first_weekly = np.append(weekly, len(ground.close))[:1]
    return Group(scene, tabulate(scene, fills, begin, basket[[AMPLE_ROW, SCARCE_ROW]]), basket, first_weekly)


def static_from(ground: Ground) -> Rows:
    """(V, F, 5) session of the first fill from which on nothing changes but prices.

    0 where that is so from the beginning; T where it never is.
    """
    variants, fills, sessions = len(ground.inside), len(ground.mark), len(ground.close)
    found = np.full((variants, fills, len(ground.weekly)), sessions)
    for variant, inside in enumerate(ground.inside):
        moved = np.any(inside[:, 1:] != inside[:, :-1], axis=(0, 2))
        still = int(np.flatnonzero(np.append(True, moved))[-1])
        ever = np.any(inside > 0.0, axis=(0, 1))
        for fill, tradable in enumerate(ground.tradable):
            closed = np.flatnonzero(~tradable[:, ever].all(axis=1))
            earliest = max(still + 1, int(closed[-1]) + 1 if len(closed) else 0)
            for weekday, flags in enumerate(ground.weekly):
                found[variant, fill, weekday] = _begin(np.flatnonzero(flags) + 1, earliest, sessions)
    return found


def _begin(fills: Rows, earliest: int, sessions: int) -> int:
    """The first of the regular fills from session ``earliest`` on; 0 where all are, T where they lie too far apart."""
    usable = fills[(fills >= earliest) & (fills < sessions)]
    begin = 0 if earliest <= 1 else int(np.append(usable, sessions)[0])
    gaps = np.diff(np.concatenate([[begin], usable, [sessions]]))
    return begin if gaps.max() <= LONGEST_GAP else sessions
