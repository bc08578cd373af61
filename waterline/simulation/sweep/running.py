"""A sweep over threads: the kernels hold no interpreter lock, and each set is its own result."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterline.sessions import Floats
from waterline.simulation.sweep.arrays import COLUMNS, Ground, Sets
from waterline.simulation.sweep.planning import LEAST, Planner, Rows

if TYPE_CHECKING:
    from waterline.simulation.sweep.lanes import Signals
    from waterline.simulation.sweep.static import Group

SETS_AT_A_TIME = (32, 256)
"""Fewest and most sets that a thread takes at once."""
SETS_IN_SIGHT = 65_536
"""Sets that are sorted at once, so that the memory for it does not grow with their number."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a sweep hands over.

    Attributes:
        blocks: (P, B, C) sums by block; columns as in ``COLUMNS``, then K sums of the exposure in force, K of exposure
            times what the sleeve earned over bills, and K of what it earned.
        first_score: (P,) row of the first score; T where there is none.
    """

    blocks: Floats
    first_score: npt.NDArray[np.int64]


def sweep(ground: Ground, sets: Sets, workers: int = 1, session_by_session: bool = False) -> Sums:
    """Trade every set and sum up its returns; equal for any number of workers.

    Large groups of sets that hold the same baskets of constant weights are put together from tables, see
    :class:`waterline.simulation.sweep.planning.Planner`: the same sums, but for the last digits, in a fraction of the
    time.

    Args:
        ground: what the sets share.
        sets: the parameter sets.
        workers: threads.
        session_by_session: whether to trade those too.
    """
    from waterline.simulation.sweep.lanes import look_at

    count, columns = len(sets.score), len(COLUMNS) + 3 * ground.inside.shape[1]
    out = Sums(np.empty((count, len(ground.edges) - 1, columns)), np.empty(count, dtype=np.int64))
    signals = look_at(ground, count)
    planner = None if session_by_session or count < LEAST else Planner(ground, sets)
    for start in range(0, count, SETS_IN_SIGHT):
        rows = np.arange(start, min(start + SETS_IN_SIGHT, count))
        rows = rows[np.lexsort((sets.shift[rows], sets.score[rows], sets.graded[rows]))]
        for group, members in [(None, rows)] if planner is None else planner.split(rows):
            _spread(_work(ground, signals, sets, group, out), members, workers)
    return out


def _work(ground: Ground, signals: Signals, sets: Sets, group: Group | None, out: Sums) -> Callable[[Rows], None]:
    from waterline.simulation.sweep.kernel import sweep_rows

    if group is None:
        return lambda rows: sweep_rows(ground, signals, sets, rows, out.blocks, out.first_score)
    from waterline.simulation.sweep.static import static_rows

    known = group
    return lambda rows: static_rows(ground, known, signals, sets, rows, out.blocks, out.first_score)


def equity(ground: Ground, sets: Sets, workers: int = 1) -> Floats:
    """(P, T) equity of each set in USD, 1 at the first session."""
    from waterline.simulation.sweep.kernel import equity_rows

    out = np.empty((len(sets.score), len(ground.bills)))
    _spread(lambda rows: equity_rows(ground, sets, rows, out), np.arange(len(out)), workers)
    return out


def _spread(work: Callable[[Rows], None], rows: Rows, workers: int) -> None:
    """Each set alone gives the same bits, so it does not matter where the pieces end."""
    fewest, most = SETS_AT_A_TIME
    size = max(fewest, min(most, len(rows) // (4 * workers)))
    pieces = [rows[start : start + size] for start in range(0, len(rows), size)]
    if workers == 1 or len(pieces) == 1:
        for piece in pieces:
            work(piece)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, pieces))
