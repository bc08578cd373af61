"""Work spread over processes, in an order that does not depend on their number."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from waterline.errors import WaterlineError
from waterline.tuning.cluster import executor
from waterline.tuning.progress import Progress, Watch

Item = TypeVar("Item")
Result = TypeVar("Result")


def nobody(_: Progress) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes that share the work, and who is told how far it is.

    Attributes:
        pool: where calls go.
        workers: how many at a time.
        watch: told of each stage.
    """

    pool: Executor
    workers: int
    watch: Watch

    def map(self, stage: str, work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """``work`` on each item, in their order; few calls wait at a time, since each carries its data along."""
        waiting: deque[Future[Result]] = deque()
        done: list[Result] = []

        def take() -> None:
            done.append(waiting.popleft().result())
            self.watch(Progress(stage, len(done), len(items), float("nan")))

        self.watch(Progress(stage, 0, len(items), float("nan")))
        for item in items:
            waiting.append(self.pool.submit(work, item))
            if self.workers == 1 or len(waiting) > 2 * self.workers:
                take()
        while waiting:
            take()
        return done


@contextmanager
def crew(workers: int, watch: Watch = nobody) -> Iterator[Crew]:
    """A crew, dismissed at the end.

    Args:
        workers: processes; 1 for none beside this one.
        watch: told how far it is.

    Raises:
        WaterlineError: a worker process was ended from outside.
    """
    with executor(workers) as pool:
        try:
            yield Crew(pool, workers, watch)
        except BrokenProcessPool:
            problem = "A worker process ended unexpectedly; the system ends one when memory is short."
            raise WaterlineError(problem, "Try again with fewer --workers.") from None
