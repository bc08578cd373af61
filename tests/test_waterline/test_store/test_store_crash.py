"""A process that is killed while it writes leaves whole transactions and nothing else."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from waterline.store import Store

WRITER = """
import sys
from pathlib import Path
import numpy as np
from waterline.store import Fetch, Rows, Store

path = Path(sys.argv[1])
at = np.datetime64("2020-01-01T00:00:00", "s") + np.arange(3000) * np.timedelta64(3600, "s")
day = at.astype("datetime64[D]")
with Store.open(path) as store:
    number = max((int(summary.series[1:]) for summary in store.summaries() if summary.series[0] == "A"), default=0)
    print("ready", flush=True)
    while True:
        number += 1
        value = np.random.default_rng(number).normal(size=len(at))
        store.append([Rows(f"{name}{number}", day, at, day, value, "fred") for name in "AB"])
        print(number, flush=True)
"""
OPENER = """
import sys
from pathlib import Path
import waterline.store.database, waterline.store.store
import duckdb, pyarrow
print("ready", flush=True)
waterline.store.store.Store.open(Path(sys.argv[1])).close()
"""


def ended(program: str, path: Path, steps: int, then_seconds: float, how: signal.Signals) -> list[str]:
    """Start ``program``, let it make so many steps and run on for a moment, end it; the lines that it got out."""
    command = [sys.executable, "-c", program, str(path)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdout=pipe, stderr=nowhere, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        lines = [process.stdout.readline() for _ in range(steps)]
        time.sleep(then_seconds)
        end(process, how)
        lines += process.stdout.readlines()
    return lines


def end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """Send the signal until the process ends: DuckDB now and then swallows what a handler raises during a query."""
    for _ in range(20):
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)
            return
    raise AssertionError(f"the process does not end on {how.name}")


def check(store: Store, acknowledged: int) -> None:
    """Every batch is whole, and none that was acknowledged is missing."""
    names = store.names()
    batches = len(names) // 2
    assert names == {f"{name}{number}" for name in "AB" for number in range(1, batches + 1)}
    assert acknowledged <= batches <= acknowledged + 1
    assert all(len(rows) == 3000 for rows in store.read(names).values())


@pytest.mark.parametrize(("how", "rounds"), [(signal.SIGKILL, 6), (signal.SIGINT, 2), (signal.SIGTERM, 2)])
def test_a_process_ended_while_appending_leaves_all_of_a_transaction_or_nothing(
    path: Path, how: signal.Signals, rounds: int
) -> None:
    chance = random.Random(20_200_101)  # noqa: S311 - moments, not secrets
    for _ in range(rounds):
        acknowledged = int(ended(WRITER, path, chance.randint(1, 3), chance.uniform(0, 0.1), how)[-1])
        for read_only in (True, False):  # a reader first: it must do with the log that the writer left behind
            with Store.open(path, read_only=read_only, patience_seconds=5) as store:
                check(store, acknowledged)


@pytest.mark.parametrize("milliseconds", [0, 5, 15, 30, 60])
def test_kill_9_while_a_store_is_made_leaves_none_or_a_whole_one(path: Path, milliseconds: int) -> None:
    ended(OPENER, path, 0, milliseconds / 1000, signal.SIGKILL)
    with Store.open(path) as store:
        assert store.names() == frozenset()


def test_processes_that_make_a_store_at_once_share_one(path: Path) -> None:
    command = [sys.executable, "-c", OPENER, str(path)]
    makers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    for maker in makers:
        maker.communicate()
    assert [maker.returncode for maker in makers] == [0, 0, 0]
    assert [child.name for child in path.parent.iterdir()] == [path.name]
