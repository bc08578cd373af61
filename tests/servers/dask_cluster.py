"""A Dask cluster of processes on loopback, in a process of its own, as if it ran on other hosts already."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PROGRAM = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def running(workers: int, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of the scheduler of a new cluster, whose processes have ``environment`` on top of this one's."""
    command = [sys.executable, "-c", PROGRAM, str(workers)]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    everything = {**os.environ, **(environment or {})}
    streams = {"stdin": pipe, "stdout": pipe, "stderr": nowhere, "text": True}
    with subprocess.Popen(command, **streams, env=everything, cwd=tempfile.gettempdir()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
