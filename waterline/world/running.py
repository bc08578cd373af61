"""Studies are run: every run is drawn from its own branch of the seed, in whichever process is free.

The number of processes changes nothing but the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool

from waterline.errors import ConfigError, WaterlineError, suggestion
from waterline.tuning.cluster import executor
from waterline.world.battery import Battery
from waterline.world.parameters import parameters
from waterline.world.study import Study
from waterline.world.trial import Trial, trial

ALL = "all"
Report = Callable[[str, Trial], None]
Task = tuple[str, int, float, int, Battery]


def named(world: str) -> tuple[str, ...]:
    """The worlds that ``world`` stands for: itself, or every one for ``all``.

    Raises:
        ConfigError: there is no such world.
    """
    every = parameters().worlds
    if world not in every and world != ALL:
        raise ConfigError("world", f"there is no world {world!r}.", suggestion(world, [*every, ALL]))
    return tuple(every) if world == ALL else (world,)


def unreported(world: str, done: Trial) -> None:
    """Report progress to nobody."""


def study(
    world: str,
    runs: int,
    seed: int,
    years: float,
    workers: int = 1,
    battery: Battery | None = None,
    report: Report = unreported,
) -> Study:
    """Run the pipeline on ``runs`` draws of one world; see :func:`studies`."""
    (found,) = studies([world], runs, seed, years, workers, battery, report)
    return found


def studies(
    worlds: Sequence[str],
    runs: int,
    seed: int,
    years: float,
    workers: int = 1,
    battery: Battery | None = None,
    report: Report = unreported,
) -> tuple[Study, ...]:
    """Run the pipeline on ``runs`` draws of each world.

    Args:
        worlds: names of worlds, see :func:`waterline.world.worlds`.
        runs: how many of each, at least 1.
        seed: of all; the first runs of a longer study are those of a shorter one.
        years: of evaluation, after about two of warm-up.
        workers: processes; 1 works in this one.
        battery: tests and intervals; those of :class:`Battery` where not given.
        report: called with the world and each run of it when it is done, in order.

    Raises:
        ConfigError: there is no such world.
        SpanError: too few or too many years.
        WaterlineError: a worker process was ended from outside.
    """
    for world in worlds:
        parameters().world(world)
    tasks = [(world, seed, years, number, battery or Battery()) for world in worlds for number in range(runs)]
    done: dict[str, list[Trial]] = {world: [] for world in worlds}
    for (world, *_), one in zip(tasks, _in_order(tasks, workers), strict=True):
        report(world, one)
        done[world].append(one)
    return tuple(Study(world, seed, years, tuple(trials)) for world, trials in done.items())


def _in_order(tasks: Sequence[Task], workers: int) -> Iterator[Trial]:
    if workers == 1:
        yield from map(_done, tasks)
        return
    with executor(workers) as pool:
        try:
            yield from pool.map(_done, tasks)
        except BrokenProcessPool:
            problem = "A worker process ended unexpectedly; the system ends one when memory is short."
            raise WaterlineError(problem, "Try again with fewer --workers.") from None


def _done(task: Task) -> Trial:
    return trial(*task)
