"""Figures that only a process of its own can tell: its memory, and the first call of its life.

Usage, in the folder ``benchmarks``: ``python -m support.fresh memory COUNT`` or ``python -m support.fresh first``. One
JSON object goes to standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KIB, REPEATS = 1024, 3
WARM = 600
"""Sets of the first static sweep: enough for tables."""
FORGET_PEAK = Path("/proc/self/clear_refs")
"""Takes a 5 for starting the peak of the resident memory anew."""


def told_by_process(*arguments: str, **environment: str) -> dict[str, float]:
    """What this module says as a process with these arguments and additions to the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "support.fresh", *arguments],
        cwd=Path(__file__).parents[1], env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def first_calls() -> tuple[dict[str, float], dict[str, float]]:
    """The first calls of two processes: with an empty cache, and with what the first one left there."""
    with tempfile.TemporaryDirectory() as folder:
        cold = told_by_process("first", NUMBA_CACHE_DIR=folder)
        return cold, told_by_process("first", NUMBA_CACHE_DIR=folder)


def first() -> dict[str, float]:
    """CPU seconds of the first sweeps of this process, numba's import included."""
    from support.job import BARS, made_ground, made_sets, static_sets
    from waterline.simulation.sweep import sweep

    ground, any_weights, static = made_ground(BARS), made_sets(1), static_sets(WARM)
    begun = time.process_time()
    sweep(ground, any_weights)
    between = time.process_time()
    sweep(ground, static)
    return {"any_weights": between - begun, "static": time.process_time() - between}


def memory(count: int) -> dict[str, float]:
    """Sweep so many static sets on two cores: least wall seconds, mean CPU seconds, MB of results, and MB on top.

    The latter is the peak of the resident memory minus what was resident before, parameter sets included, and minus the
    results of one sweep. Linux only.
    """
    from support.clocks import quickest
    from support.job import BARS, made_ground, static_sets
    from waterline.simulation.sweep import sweep

    ground, sets = made_ground(BARS), static_sets(count)
    answer = sweep(ground, sets.rows(slice(0, WARM)), workers=2)
    results = (answer.blocks.nbytes + answer.first_score.nbytes) / WARM * count
    FORGET_PEAK.write_text("5", encoding="ascii")
    before, begun = resident("VmRSS"), time.process_time()
    wall = quickest(lambda: sweep(ground, sets, workers=2), REPEATS, time.perf_counter)
    cpu, grown = (time.process_time() - begun) / REPEATS, (resident("VmHWM") - before) * KIB - results
    return {"wall_s": wall, "cpu_s": cpu, "results_mb": results / KIB**2, "grown_mb": grown / KIB**2}


def resident(line: str) -> int:
    """KiB of a line of ``/proc/self/status``; unlike ``getrusage`` it says nothing of the process that started this."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(text.split()[1]) for text in status if text.startswith(f"{line}:"))


if __name__ == "__main__":
    print(json.dumps(first() if sys.argv[1] == "first" else memory(int(sys.argv[2]))))
