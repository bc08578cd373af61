"""Several processes at once lose nothing, and one that is killed leaves whole parts."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from waterline.ledger import count

ROWS = 20_000
WRITER = """
import sys
from itertools import count
from pathlib import Path
import numpy as np, pyarrow.parquet
from waterline.ledger import Entries, append

folder, begin, rows, parts = Path(sys.argv[1]), *map(int, sys.argv[2:])
print("ready", flush=True)
sys.stdin.readline()
for number in range(parts) if parts else count():
    digests = np.arange(begin + number * rows, begin + (number + 1) * rows, dtype=np.uint64)
    append(Entries("f", "sweep", digests, digests, f"{begin}"), folder)
    print(number + 1, flush=True)
"""

DIES_WHILE_SYNCING = """
import os, signal, sys
from pathlib import Path
import numpy as np
from waterline.ledger import Entries, append

real, calls = os.fsync, []
def fsync(handle):
    calls.append(handle)
    if len(calls) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = fsync
append(Entries("f", "run", np.arange(5, dtype=np.uint64), np.arange(5, dtype=np.uint64)), Path(sys.argv[1]))
"""


def writer(folder: Path, begin: int, rows: int, parts: int) -> subprocess.Popen[str]:
    """A process that appends parts of distinct digests once it is told to; without end for 0 parts."""
    command = [sys.executable, "-c", WRITER, str(folder), *map(str, (begin, rows, parts))]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def start(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "ledger"
    writers = [writer(folder, number * 10**6, 7, 40) for number in range(2)]
    assert [next_line(process) for process in writers] == ["ready\n"] * 2
    for process in writers:
        start(process)
    for process in writers:
        process.communicate()
    assert [process.returncode for process in writers] == [0, 0]
    found = count("f", folder)
    assert (found.rows, found.distinct_configs, found.studies) == (560, 560, 2)
    assert len(list(folder.iterdir())) == 80


def test_kill_9_while_appending_leaves_all_of_a_part_or_nothing(tmp_path: Path) -> None:
    chance = random.Random(20_221_122)  # noqa: S311 - moments, not secrets
    writers = [writer(tmp_path, number * 10**9, ROWS, 0) for number in range(2)]
    acknowledged = 0
    for process in writers:
        assert next_line(process) == "ready\n"
    for process in writers:
        start(process)
        assert next_line(process) == "1\n"
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        acknowledged += int(["1\n", *process.communicate()[0].splitlines()][-1])
    found = count("f", tmp_path)
    assert found.rows == found.distinct_configs == found.distinct_returns
    assert found.rows % ROWS == 0
    assert acknowledged <= found.rows // ROWS <= acknowledged + len(writers)
    assert found.studies == len(writers)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not synced there, and there is no kill -9")
@pytest.mark.parametrize(("sync", "rows"), [(1, 0), (2, 5)], ids=["of the file", "of the folder"])
def test_a_part_appears_after_it_was_brought_to_the_disk(tmp_path: Path, sync: int, rows: int) -> None:
    done = subprocess.run([sys.executable, "-c", DIES_WHILE_SYNCING, str(tmp_path), str(sync)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 1
    assert count("f", tmp_path).rows == rows
