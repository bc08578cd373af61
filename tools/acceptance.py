"""Run the acceptance study of the simulated worlds: ``python tools/acceptance.py --runs 2000 --workers 2``.

Every test must keep its size in the worlds without skill, on histories that nobody looked at while the tests were made.
Where the critical value of an asymptotic test lets it claim too much, the simulated one takes its place: found at the
same sample length on histories of another seed, and judged by the same bound. Exit code 1 where a bound is broken.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from waterline.report.worlds.results import refuse_other, write_worlds
from waterline.report.worlds.words import test_title
from waterline.terminal import bar, show_table
from waterline.world import Study, critical_values, history, studies
from waterline.world.acceptance import WORLDS, Gate, calibrating, gates, oversized

SEED, CALIBRATION_SEED = 20261122, 20261121
HEADS = ("world", "test", "rejects at p of at most", "in", "±", "held against", "")


def main(words: Sequence[str]) -> int:
    """Run it, print every bound, and return the exit code."""
    asked = _asked(words)
    refuse_other(asked.out)
    begun = time.monotonic()
    found = _run(WORLDS, SEED, asked)
    judged = gates(found, {})
    critical: dict[str, float] = {}
    if wrong := oversized(judged):
        print(f"Too often at p 0.05, to be calibrated: {', '.join(sorted(map(test_title, wrong)))}.")
        nulls = _run(calibrating(found, wrong), CALIBRATION_SEED, asked)
        critical = {test: p for test, p in critical_values(nulls).items() if test in wrong}
    final = gates(found, critical)
    write_worlds(found, [history(world, SEED, asked.years) for world in WORLDS], asked.out)
    replaced = [_row(gate, "too often: see below") for gate in judged if gate.is_oversized]
    show_table(HEADS, [*replaced, *(_row(gate, "holds" if gate.holds else "BROKEN") for gate in final)])
    broken = [gate for gate in final if not gate.holds]
    told = f"{len(broken)} of {len(final)} bounds are broken." if broken else f"All {len(final)} bounds hold."
    each = (time.monotonic() - begun) * asked.workers / (asked.runs * len(WORLDS))
    print(f"\n{told} {each:.2f} s a run and core, calibration included. Page: {asked.out / 'index.html'}")
    return 1 if broken else 0


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--years", type=float, default=8.0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=Path("reports/acceptance"))
    return parser.parse_args(words)


def _run(worlds: Sequence[str], seed: int, asked: argparse.Namespace) -> tuple[Study, ...]:
    with bar(len(worlds) * asked.runs) as advance:
        return studies(worlds, asked.runs, seed, asked.years, asked.workers, report=lambda name, _: advance(name))


def _row(gate: Gate, verdict: str) -> tuple[str, ...]:
    against = f"at most {gate.bound.high:.2%}" if gate.bound.high < 1.0 else f"at least {gate.bound.low:.2%}"
    share, error = f"{gate.rejected.value:.2%}", f"{gate.rejected.standard_error:.2%}"
    return gate.world, test_title(gate.test), f"{gate.critical:.4f}", share, error, against, verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
