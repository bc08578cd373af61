"""Where training ends and testing begins, and the blocks of sessions that all spans are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.config.tuning import Validation
from waterline.errors import SpanError
from waterline.sessions import Dates
from waterline.tuning.outcome import Fold

DAYS_PER_YEAR = 365.25
SHORTEST = 21
"""Sessions below which a span is no fold."""
Run = tuple[int, int]
Rows = npt.NDArray[np.int64]


def split(sessions: Dates, first: int, scheme: Validation) -> tuple[Fold, ...]:
    """The folds of a scheme.

    Args:
        sessions: (T,) dates.
        first: row of the first return that counts.
        scheme: lengths, purge and kind.

    Returns:
        Folds whose tests follow each other to the last session; a rest shorter than a month belongs to the last.

    Raises:
        SpanError: the first test would begin after the last session.
    """
    starts = _test_starts(sessions, first, scheme)
    ends = [*starts[1:], len(sessions)]
    folds = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        begin = first if scheme.kind == "anchored" else _row(sessions, sessions[start], -scheme.train_years)
        stop = start - scheme.purge_sessions
        if stop - max(begin, first) < SHORTEST:
            raise _too_short(sessions, first, scheme)
        train = (max(begin, first), stop)
        dates = (sessions[train[0]], sessions[stop - 1], sessions[start], sessions[end - 1])
        folds.append(Fold(number, train, (start, end), dates))
    return tuple(folds)


def _test_starts(sessions: Dates, first: int, scheme: Validation) -> list[int]:
    starts, years = [], scheme.train_years
    while True:
        start = _row(sessions, sessions[first], years)
        if start >= len(sessions) - SHORTEST:
            break
        starts.append(start)
        years += scheme.test_years
    if not starts:
        raise _too_short(sessions, first, scheme)
    return starts


def _row(sessions: Dates, day: np.datetime64, years: float) -> int:
    moved = day + np.timedelta64(round(years * DAYS_PER_YEAR), "D")
    return int(np.searchsorted(sessions, moved))


def _too_short(sessions: Dates, first: int, scheme: Validation) -> SpanError:
    span = f"{sessions[first]} to {sessions[-1]}"
    return SpanError(
        f"tune.validation: training of {scheme.train_years:g} years less {scheme.purge_sessions} purged sessions and a "
        f"test do not fit into the evaluation, {span}.",
        "Lower train_years or test_years, or choose an earlier start.",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The coarsest partition of the sessions that all spans are unions of.

    Attributes:
        edges: (B + 1,) first row of each block and the row after the last.
        spans: for each span its blocks.
    """

    edges: Rows
    spans: tuple[Rows, ...]


def partition(spans: Sequence[Sequence[Run]]) -> Blocks:
    """The blocks of spans, each given as runs of rows (first, after the last)."""
    edges = np.unique([edge for span in spans for run in span for edge in run])
    members = [
        np.concatenate([np.arange(*np.searchsorted(edges, run)) for run in span] or [np.empty(0, dtype=np.int64)])
        for span in spans
    ]
    return Blocks(edges.astype(np.int64), tuple(rows.astype(np.int64) for rows in members))


def combinatorial(rows: Run, folds: int, tested: int, purge: int, embargo: int) -> list[tuple[list[Run], list[Run]]]:
    """Training and test runs of every combinatorial purged split of ``rows`` (first, after the last).

    Training comes before and after the tests: good for the spread of results, never for a headline.

    Source: Lopez de Prado (2018), chapter 12, as implemented by skfolio.
    """
    from skfolio.model_selection import CombinatorialPurgedCV

    splitter = CombinatorialPurgedCV(n_folds=folds, n_test_folds=tested, purged_size=purge, embargo_size=embargo)
    found = []
    for train, tests in splitter.split(np.zeros((rows[1] - rows[0], 1))):
        held_out = np.unique(np.concatenate(tests))
        found.append((_runs(train + rows[0]), _runs(held_out + rows[0])))
    return found


def _runs(rows: Rows) -> list[Run]:
    cuts = np.flatnonzero(np.diff(rows) > 1) + 1
    return [(int(run[0]), int(run[-1]) + 1) for run in np.split(rows, cuts) if len(run)]
