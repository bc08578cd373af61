"""What a study keeps while it goes on, so that it can be continued: told batches, and scores that were dear."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from waterline.tuning.identity import Identity
from waterline.tuning.journal import Journal, open_journal
from waterline.tuning.optimiser import Batch
from waterline.tuning.problem import Scores

JOURNAL = "journal.jsonl"
ARRAYS = ("train", "test", "splits", "moments", "equity")


@dataclass(frozen=True, slots=True)
class Notebook:
    """The folder of an unfinished study.

    Attributes:
        folder: where it lies.
        journal: its told batches.
    """

    folder: Path
    journal: Journal

    def told(self, fold: int) -> list[tuple[Batch, Scores | None]]:
        """The batches of a fold that were told before, in order, with their scores where they were kept."""
        return [(batch, self._scores(batch)) for batch in self.journal.of(fold)]

    def keep(self, batch: Batch, scores: Scores) -> None:
        """Write a batch down; scores that took a run each come first, so that no told batch lacks them."""
        if scores.equity is not None:
            arrays = {name: getattr(scores, name) for name in ARRAYS}
            part = self._path(batch).with_suffix(".part.npz")
            np.savez(part, **arrays)
            part.replace(self._path(batch))
        self.journal.append(batch)

    def finish(self) -> None:
        """Let go of the folder and remove it: the results are written."""
        self.journal.finish()
        self.journal.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _scores(self, batch: Batch) -> Scores | None:
        path = self._path(batch)
        if not path.exists():
            return None
        with np.load(path) as arrays:
            return Scores(**{name: arrays[name] for name in ARRAYS}, problem=batch.problems)

    def _path(self, batch: Batch) -> Path:
        return self.folder / f"scores-{batch.fold}-{batch.number}.npz"


def open_notebook(folder: Path, identity: Identity, resume: bool) -> Notebook:
    """The notebook in ``folder``, new or continued.

    Raises:
        ConfigError: it belongs to another study, or an unfinished one is there and ``resume`` was not asked for.
    """
    return Notebook(folder, open_journal(folder / JOURNAL, identity, resume))
