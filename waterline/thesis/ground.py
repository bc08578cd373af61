"""What the claims are judged on: one table of columns, and for each absent column what the data lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from waterline.sessions import Dates, Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Decisions and what followed.

    T + 1 sessions make T rows: row i was decided at the cutoff of session i, and its moves are those from the close of
    session i to the close of session i + 1.

    Attributes:
        sessions: (T + 1,) dates.
        columns: name -> (T,). Known at the decision: "scarce" (1, 0; NaN before the first score), "demand", "slack",
            "drain", "supply", "VIXCLS", "DGS2". Moves: "speculative" and "generators" (return over bills), "market" and
            the groups of the order of damage (simple returns), "DFII10", "THREEFYTP10", "DGS10", "DBAA" (changes in
            percentage points). NaN where missing.
        members: ticker -> (T,) simple returns of the members of the sleeves; NaN where there is no price.
        absent: column -> what the data would have to hold for it.
        revised: column -> inputs of which only the latest revision is at hand.
    """

    sessions: Dates
    columns: Mapping[str, Floats]
    members: Mapping[str, Floats] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    revised: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sessions) - 1

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def __getitem__(self, column: str) -> Floats:
        return self.columns[column]

    def lacking(self, *columns: str) -> tuple[str, ...]:
        """What the data would have to hold for those of ``columns`` that are absent."""
        return tuple(self.absent.get(column, column) for column in columns if column not in self.columns)

    def groups(self, order: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``order`` that are at hand."""
        return tuple(name for name in order if name in self.columns)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why nothing was measured.

    Attributes:
        reason: one sentence.
        missing: what the data lack, where that is why.
    """

    reason: str
    missing: tuple[str, ...] = ()


def complete(*columns: Floats) -> Flags:
    """(T,) rows on which none of the columns is missing."""
    return np.asarray(np.isfinite(np.column_stack(columns)).all(axis=1))


def ahead(returns: Floats, steps: int) -> Floats:
    """(T,) sum of the ``steps`` returns that begin with the close after the decision; NaN where one is missing."""
    out = np.full(len(returns), np.nan)
    if len(returns) > steps:
        windows = np.lib.stride_tricks.sliding_window_view(returns[1:], steps)
        out[: len(windows)] = windows.sum(axis=1)
    return out


def behind(returns: Floats, steps: int) -> Floats:
    """(T,) sum of the ``steps`` moves that end at the close of the decision's session; NaN where one is missing."""
    out = np.full(len(returns), np.nan)
    if len(returns) > steps:
        windows = np.lib.stride_tricks.sliding_window_view(returns, steps)
        out[steps:] = windows[:-1].sum(axis=1)
    return out


def blocks(moves: Floats, steps: int) -> Floats:
    """(T // steps,) sums over ``steps`` rows that do not overlap; what is left at the end is dropped."""
    count = len(moves) // steps
    return np.asarray(moves[: count * steps].reshape(count, steps).sum(axis=1))
