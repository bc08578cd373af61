"""The runs that are compared, brought to the sessions that all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

import numpy as np

from waterline.errors import nearest
from waterline.report.evaluated import falls
from waterline.report.gallery.daily import read_daily
from waterline.report.gallery.entries import Entry, entry_of
from waterline.report.gallery.folders import ResultsError, folders_in, printable
from waterline.report.gallery.rows import cut
from waterline.report.results import MARK
from waterline.sessions import Dates, Flags, Floats

LETTERS = "ABCDEFGH"
FEWEST = 2
LONGEST_LABEL = 40
HOME = Path("reports")
"""Where a run that is named without a path lies."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One run or study, over some of its sessions; n of them, from each of which every curve starts at 1.

    Attributes:
        letter: how the page calls it.
        folder: where it lies.
        entry: what the gallery says of it.
        sessions: (n,) dates.
        equity: (n,) growth of the strategy.
        mix: (n,) growth of the mix of the same average exposure.
        cash: (n,) growth of bills; None where its daily file has none.
        scarce: (n,) whether the state was scarce; None where its daily file has none.
    """

    letter: str
    folder: Path
    entry: Entry
    sessions: Dates
    equity: Floats
    mix: Floats
    cash: Floats | None
    scarce: Flags | None

    @property
    def label(self) -> str:
        """The folder's name, by which runs of one configuration are told apart."""
        return cut(printable(self.folder.absolute().name), LONGEST_LABEL)

    @property
    def lead(self) -> Floats:
        """(n,) the strategy over its mix."""
        return np.asarray(self.equity / self.mix)

    @property
    def drawdown(self) -> Floats:
        """(n,) distance from the highest equity so far, in [-1, 0]."""
        return falls(self.equity)

    def over(self, sessions: Dates) -> Run:
        """The same run over ``sessions``, all of which it has; a return reaches from one of them to the next."""
        rows = np.searchsorted(self.sessions, sessions)
        return replace(
            self,
            sessions=sessions,
            equity=self.equity[rows] / self.equity[rows[0]],
            mix=self.mix[rows] / self.mix[rows[0]],
            cash=None if self.cash is None else self.cash[rows] / self.cash[rows[0]],
            scarce=None if self.scarce is None else self.scarce[rows],
        )


def runs_of(names: Sequence[str]) -> tuple[Run, ...]:
    """The runs so named, over the sessions that all of them have.

    Args:
        names: results folders; what is no path from here is looked for below ``reports``.

    Raises:
        ResultsError: there are fewer than two or too many of them, one is named twice, or is none; or they have fewer
            than two sessions in common.
    """
    if not FEWEST <= len(names) <= len(LETTERS):
        raise ResultsError(f"{len(names)} named; from {FEWEST} to {len(LETTERS)} can be compared.", "Name as many.")
    folders = [_found(name) for name in names]
    twice = [folder for place, folder in enumerate(folders) if folder.resolve() in map(Path.resolve, folders[:place])]
    if twice:
        raise ResultsError(f"{twice[0]} is named twice.", "Name each run once.")
    whole = [_read(letter, folder) for letter, folder in zip(LETTERS, folders, strict=False)]
    shared = reduce(np.intersect1d, [run.sessions for run in whole])
    if len(shared) < FEWEST:
        spans = "; ".join(f"{run.folder}: {run.sessions[0]} to {run.sessions[-1]}" for run in whole)
        raise ResultsError(f"these runs have no sessions in common ({spans}).", "Compare runs whose spans overlap.")
    return tuple(run.over(shared) for run in whole)


def _found(name: str) -> Path:
    """The results folder so named, or the name nearest to it."""
    tried = [Path(name), HOME / name]
    for path in tried:
        if (path / MARK).is_file():
            return path
    known = {str(path): path for home in dict.fromkeys(path.parent for path in tried) for path in _results(home)}
    near = next((found for path in tried if (found := nearest(str(path), known))), None)
    is_what = f"has no {MARK}" if Path(name).is_dir() else "does not exist"
    remedy = f"Did you mean {near!r}?" if near else "`waterline gallery` shows what there is."
    raise ResultsError(f"{name} is no results folder: it {is_what}.", remedy)


def _results(home: Path) -> list[Path]:
    return [path for path in folders_in(home) if (path / MARK).is_file()] if home.is_dir() else []


def _read(letter: str, folder: Path) -> Run:
    try:
        entry, daily = entry_of(folder), read_daily(folder)
    except ResultsError as error:
        raise ResultsError(f"{folder}: {error.problem}", error.remedy) from None
    return Run(letter, folder, entry, daily.dates, daily.equity, daily.mix, daily.cash, daily.scarce)
