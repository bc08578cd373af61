"""How well the called states match the true ones: delays, false alarms, label accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.sessions import Flags


@dataclass(frozen=True, slots=True)
class Detection:
    """The called scarce states of one run against the true ones.

    Attributes:
        delays: sessions from the start of each true scarce spell that was noticed to the first session of it that was
            called scarce; 0 where scarce was called already.
        missed: true scarce spells no session of which was called scarce.
        false_alarms: called scarce spells that touch no true one.
        accuracy: share of the sessions with the right label.
        youden: sensitivity + specificity - 1; NaN where one of the true states does not occur.
    """

    delays: tuple[int, ...]
    missed: int
    false_alarms: int
    accuracy: float
    youden: float


def detection(called: Flags, true: Flags) -> Detection:
    """Compare the called states (T,) with the true ones (T,); True is scarce.

    A true spell that runs already at the first session counts for the labels and not for the delays.
    """
    begun = [(start, end) for start, end in spells(true) if start > 0]
    first = [np.flatnonzero(called[start:end]) for start, end in begun]
    noticed = tuple(int(rows[0]) for rows in first if len(rows))
    alarms = sum(not true[start:end].any() for start, end in spells(called))
    both = bool(true.any()) and not bool(true.all())
    youden = float(called[true].mean() - called[~true].mean()) if both else float("nan")
    return Detection(noticed, len(begun) - len(noticed), alarms, float((called == true).mean()), youden)


def spells(flags: Flags) -> list[tuple[int, int]]:
    """First row and row after the last of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
