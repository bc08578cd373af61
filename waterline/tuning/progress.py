"""Telling those who watch how far a study is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a study is, for those who watch.

    Attributes:
        stage: what is being done.
        done: parameter sets evaluated in this stage.
        total: parameter sets of this stage.
        best: best training value of the first objective so far; NaN before there is one.
    """

    stage: str
    done: int
    total: int
    best: float


Watch = Callable[[Progress], None]
Best = Callable[[], float]


@dataclass(slots=True)
class Watcher:
    """Counts what is done and tells those who watch.

    Attributes:
        watch: who is told.
        best: gives the best value so far.
    """

    watch: Watch
    best: Best
    _now: Progress = field(default=Progress("", 0, 1, float("nan")))

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""
        self._now = Progress(name, 0, total, self.best())
        self.watch(self._now)

    def add(self, done: int) -> None:
        """So many more are done."""
        self.reached(self._now.done + done)

    def reached(self, done: int) -> None:
        """So many are done in all."""
        self._now = Progress(self._now.stage, done, self._now.total, self.best())
        self.watch(self._now)
