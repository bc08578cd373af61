"""A sweep over threads: the kernels hold no interpreter lock, and each set is its own result."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.sessions import Floats
from waterline.simulation.sweep.arrays import COLUMNS, Ground, Sets

SETS_AT_A_TIME = 128


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


def sweep(ground: Ground, sets: Sets, workers: int = 1) -> Sums:
    """Trade every set and sum up its returns; equal for any number of workers.

    Args:
        ground: what the sets share.
        sets: the parameter sets.
        workers: threads.
    """
    from waterline.simulation.sweep.kernel import sweep_rows
    from waterline.simulation.sweep.lanes import look_at

    columns = len(COLUMNS) + 3 * ground.inside.shape[1]
    blocks = np.empty((len(sets.score), len(ground.edges) - 1, columns))
    first = np.empty(len(sets.score), dtype=np.int64)
    signals, order = look_at(ground), np.lexsort((sets.shift, sets.score, sets.graded))
    _spread(lambda rows: sweep_rows(ground, signals, sets, order[rows], blocks, first), len(sets.score), workers)
    return Sums(blocks, first)


def equity(ground: Ground, sets: Sets, workers: int = 1) -> Floats:
    """(P, T) equity of each set in USD, 1 at the first session."""
    from waterline.simulation.sweep.kernel import equity_rows

    out = np.empty((len(sets.score), len(ground.bills)))
    _spread(lambda rows: equity_rows(ground, sets.rows(rows), out[rows]), len(sets.score), workers)
    return out


def _spread(work: Callable[[slice], None], count: int, workers: int) -> None:
    pieces = [slice(start, min(start + SETS_AT_A_TIME, count)) for start in range(0, count, SETS_AT_A_TIME)]
    if workers == 1 or len(pieces) == 1:
        for piece in pieces:
            work(piece)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, pieces))
