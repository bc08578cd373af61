"""Which trial is the best, of one objective or of several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric
from waterline.errors import WaterlineError
from waterline.sessions import Floats


def best_of(values: Floats, metrics: Sequence[Metric]) -> int:
    """Row of the best of (P, Q) objectives, the first of equals; rows with a value that is not finite do not count.

    With several objectives it is the row with the best mean rank, a rank being the number of rows that are better.
    No row is at least as good in all objectives and better in one: its mean rank would be better.

    Raises:
        WaterlineError: no row counts.
    """
    sign = np.array([1.0 if metric in LESS_IS_BETTER else -1.0 for metric in metrics])
    losses = np.asarray(values, dtype=np.float64).reshape(-1, len(metrics)) * sign
    valid = np.flatnonzero(np.isfinite(losses).all(axis=1))
    if not len(valid):
        problem = f"None of {len(losses)} trials has a value of {' and '.join(metrics)}."
        raise WaterlineError(problem, "Their problems say why; widen the space, or lengthen the training folds.")
    ranks = [np.searchsorted(np.sort(column), column) for column in losses[valid].T]
    return int(valid[np.argmin(np.sum(ranks, axis=0))])
