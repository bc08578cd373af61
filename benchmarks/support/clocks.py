"""How long work takes on a machine that others use too."""

from __future__ import annotations

import time
from collections.abc import Callable


def quickest(work: Callable[[], object], repeats: int, clock: Callable[[], float] = time.process_time) -> float:
    """Least seconds of so many repeats: CPU seconds of this process unless another ``clock`` is given."""
    seconds = []
    for _ in range(repeats):
        begun = clock()
        work()
        seconds.append(clock() - begun)
    return min(seconds)
