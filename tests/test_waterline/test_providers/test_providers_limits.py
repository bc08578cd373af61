"""The pace that processes share: real processes, a killed one, and clocks that misbehave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.errors import OutputError
from waterline.providers.limits import RateLimit, cache_folder

TAKE_TURNS = """
import sys, time
from pathlib import Path
from waterline.providers.limits import RateLimit

folder, turns, per_second = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
looks = []


def clock():
    looks.append(time.monotonic())
    return looks[-1]


limit = RateLimit("shared", per_second, folder, clock=clock)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(turns):
    assert limit.wait()
    print(looks[-1], flush=True)  # the instant at which the turn was granted and stamped
"""


class FakeClock:
    """A clock that moves only when someone sleeps, and jumps when told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def start(root: Path, folder: Path, turns: int, per_second: float) -> subprocess.Popen[str]:
    code = textwrap.dedent(TAKE_TURNS)
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), str(turns), str(per_second)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_share_one_pace(root: Path, tmp_path: Path) -> None:
    processes = [start(root, tmp_path, 5, 20.0) for _ in range(3)]
    for process in processes:
        process.stdin.write("go\n")  # type: ignore[union-attr]  # PIPE was asked for
        process.stdin.flush()  # type: ignore[union-attr]  # PIPE was asked for
    turns = np.sort([float(line) for process in processes for line in process.communicate(timeout=30)[0].split()])
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(turns) == 15
    assert np.diff(turns).min() >= 1 / 20 - 1e-4  # stamps have microseconds


def test_a_killed_process_blocks_nobody(root: Path, tmp_path: Path) -> None:
    hog = start(root, tmp_path, 1000, 0.2)
    hog.stdin.write("go\n")  # type: ignore[union-attr]  # PIPE was asked for
    hog.stdin.flush()  # type: ignore[union-attr]  # PIPE was asked for
    assert hog.stdout is not None
    hog.stdout.readline()  # it has had one turn; for the next it sleeps five seconds with the lock in hand
    limit = RateLimit("shared", 100.0, tmp_path, patience_s=0.2)
    begun = time.monotonic()
    while limit.wait():  # until it has the lock again
        assert time.monotonic() - begun < 10
        time.sleep(0.2)
    os.kill(hog.pid, signal.SIGKILL)
    hog.communicate()
    assert (tmp_path / "shared.lock").exists()
    assert limit.wait()


def test_turns_are_one_interval_apart(tmp_path: Path) -> None:
    clock = FakeClock()
    limit = RateLimit("x", 2.0, tmp_path, clock=lambda: clock.now, sleep=clock.sleep)
    for _ in range(4):
        assert limit.wait()
    assert clock.slept == pytest.approx(1.5)
    clock.now += 60
    assert limit.wait()
    assert clock.slept == pytest.approx(1.5)  # after a pause the next turn is free


@given(jumps=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_a_clock_that_jumps_costs_one_interval_at_most(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[float]
) -> None:
    clock = FakeClock()
    folder = tmp_path_factory.mktemp("limits")
    limit = RateLimit("x", 2.0, folder, clock=lambda: clock.now, sleep=clock.sleep)
    limit.wait()
    for jump in jumps:
        clock.now += jump
        before = clock.slept
        limit.wait()
        assert clock.slept - before <= 0.5 + 1e-6
        if jump <= 0:
            assert clock.slept - before == pytest.approx(
                0.5, abs=1e-6
            )  # back in time: as if the last turn were just now


@pytest.mark.parametrize("stamp", [b"", b"soon", b"nan", b"-inf", b"\xff\xfe", b"1e400"])
def test_a_spoilt_stamp_costs_one_interval(tmp_path: Path, stamp: bytes) -> None:
    clock = FakeClock()
    (tmp_path / "x.stamp").write_bytes(stamp)
    limit = RateLimit("x", 2.0, tmp_path, clock=lambda: clock.now, sleep=clock.sleep)
    limit.wait()
    assert clock.slept == 0.5
    limit.wait()
    assert clock.slept == pytest.approx(1.0)


def test_a_disk_without_room_for_the_stamp_keeps_the_pace(tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / "x.stamp").symlink_to(tmp_path / "nowhere" / "x")  # as unwritable as on a full disk, also for root
    limit = RateLimit("x", 2.0, tmp_path, clock=lambda: clock.now, sleep=clock.sleep)
    for _ in range(3):
        assert limit.wait()
    assert clock.slept == 1.5


def test_services_have_their_own_pace(tmp_path: Path) -> None:
    clock = FakeClock()
    for name in ("a", "b", "c"):
        RateLimit(name, 0.001, tmp_path, clock=lambda: clock.now, sleep=clock.sleep).wait()
    assert clock.slept == 0


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot be made.*XDG_CACHE_HOME") as told:
        RateLimit("x", 1.0, tmp_path / "file" / "limits").wait()
    assert told.value.__context__ is None


def test_the_default_folder_is_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "waterline"
    begun = time.monotonic()
    RateLimit("x", 1.0).wait()
    assert time.monotonic() - begun < 0.5
    assert (tmp_path / "waterline" / "limits" / "x.stamp").exists()
