"""The spread of out-of-sample results over combinatorial purged splits."""

from __future__ import annotations

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric
from waterline.sessions import Floats
from waterline.tuning.outcome import Dispersion


def dispersion(splits: Floats, metric: Metric, scheme: tuple[int, int]) -> Dispersion | None:
    """In each split the set that is best on its training folds, there and on its test folds.

    Args:
        splits: (P, S, 2) objective of each set on the training and test sessions of each split.
        metric: the objective.
        scheme: number of folds, and of those tested at a time.
    """
    train, test = splits[:, :, 0], splits[:, :, 1]
    sound = np.isfinite(train).all(axis=1) & np.isfinite(test).all(axis=1)
    if not sound.any():
        return None
    train, test = train[sound], test[sound]
    best = np.argmin(train, axis=0) if metric in LESS_IS_BETTER else np.argmax(train, axis=0)
    split = np.arange(train.shape[1])
    return Dispersion(*scheme, train=train[best, split], test=test[best, split])
