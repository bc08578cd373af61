"""Where the work is done does not matter to what comes out, and nothing is left behind."""

from __future__ import annotations

import math
import operator
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path

import pytest
from servers import dask_cluster

from waterline.config.tuning import TuneConfig
from waterline.errors import WaterlineError
from waterline.tuning import cluster
from waterline.tuning.cluster import executor
from waterline.tuning.optimiser import Batch, refine
from waterline.tuning.outcome import Params

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
STARTS_WORKERS = """
import os, sys, time
from waterline.tuning.cluster import executor

with executor(2) as pool:
    list(pool.map(time.sleep, [0.2, 0.2]))
    print(*pool._processes, flush=True)
    list(pool.map(time.sleep, [600, 600, 600]))
"""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of two worker processes."""
    with dask_cluster.running(2) as address:
        yield address


def searched(pool: Executor) -> tuple[Batch, ...]:
    """A short search whose objective is computed by the pool."""
    tune = TuneConfig(space={"x": {"float": (0, 6)}, "y": {"int": (1, 9)}}, objective="cagr", trials=40, batch=8)

    def evaluate(params: Sequence[Params]) -> tuple[list[tuple[float, ...] | None], list[str]]:
        waves = pool.map(math.cos, [float(one["x"]) for one in params])
        slopes = pool.map(operator.truediv, [float(one["y"]) for one in params], [3.0] * len(params))
        return [(wave - slope,) for wave, slope in zip(waves, slopes, strict=True)], [""] * len(params)

    return refine(tune, 0, [], 5, evaluate, (), lambda _: None).batches


def test_one_process_two_processes_and_a_dask_cluster_give_the_same_trials(scheduler: str) -> None:
    with executor(1) as one, executor(2) as two, executor(1, scheduler) as dask:
        found = [searched(pool) for pool in (one, two, dask)]
        assert found[0] == found[1] == found[2]
        assert len(set(dask.map(operator.methodcaller("__call__"), [os.getpid] * 20))) == 2
        assert list(dask.map(math.sqrt, range(100))) == [math.sqrt(number) for number in range(100)]
        assert os.getpid() not in set(two.map(operator.methodcaller("__call__"), [os.getpid] * 20))


def test_errors_of_the_work_come_out_as_they_are(scheduler: str) -> None:
    for workers, dask in ((1, None), (2, None), (1, scheduler)):
        with executor(workers, dask) as pool:
            assert pool.submit(math.sqrt, 4).result() == 2
            with pytest.raises(ZeroDivisionError):
                list(pool.map(operator.truediv, [1, 1], [1, 0]))


def is_alive(process: int) -> bool:
    """Whether it runs: one that ended but that nobody waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent_and_say_nothing_of_ctrl_c(how: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTS_WORKERS]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        workers = [int(text) for text in process.stdout.readline().split()]
        assert len(workers) == 2
        assert all(map(is_alive, workers))
        if how == signal.SIGKILL:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGINT)
        deadline = time.monotonic() + 10
        while any(map(is_alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.02)
        left = [worker for worker in workers if is_alive(worker)]
        for worker in left:
            os.kill(worker, signal.SIGKILL)
        assert left == []
        assert process.stderr.read().count("Traceback") <= 1  # the parent's own KeyboardInterrupt


def test_a_worker_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(WaterlineError, match=r"ended unexpectedly.*--resume.*--workers"), executor(2) as pool:
        list(pool.map(os._exit, [3]))


def test_a_cluster_whose_workers_keep_dying_is_told() -> None:
    with (
        dask_cluster.running(1, {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as address,
        pytest.raises(WaterlineError, match=r"was lost .*--resume"),
        executor(1, address) as pool,
    ):
        list(pool.map(os._exit, [3]))


def test_a_cluster_without_workers_or_with_other_code_is_refused(tmp_path: Path) -> None:
    with (
        dask_cluster.running(0) as address,
        pytest.raises(WaterlineError, match="has no workers"),
        executor(1, address),
    ):
        pass
    (tmp_path / "waterline").mkdir()
    (tmp_path / "waterline" / "__init__.py").write_text("raise ImportError('an old one')\n", encoding="ascii")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with (
        dask_cluster.running(1, {"PYTHONPATH": path}) as address,
        pytest.raises(WaterlineError, match=r"1 of 1 Dask workers do not run this code.*an old one"),
        executor(1, address),
    ):
        pass


def test_a_worker_of_another_version_is_refused(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PACKAGES", ("waterline",))  # as if this process had no signals
    with pytest.raises(WaterlineError, match=r"2 of 2 .*has another version of it"), executor(1, scheduler):
        pass


@pytest.mark.parametrize(
    "address", ["", "foo", "tcp://127.0.0.1:x", "http://127.0.0.1:1", "tcp://127.0.0.1:1", "silent"]
)
def test_a_scheduler_that_does_not_answer_is_told_soon(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        if address == "silent":
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(WaterlineError, match="No Dask scheduler answers at") as caught, executor(1, address):
            pass
    assert time.monotonic() - began < 5
    assert caught.value.exit_code == 2
    assert repr(address) in str(caught.value)


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WaterlineError, match=r"pip install 'waterline\[dask\]'"), executor(1, "tcp://127.0.0.1:1"):
        pass
