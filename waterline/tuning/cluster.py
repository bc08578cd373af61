"""Where work is done: in this process, in processes beside it, or on a Dask cluster. The only door to ``distributed``.

All three take the same calls and give the same results in the order of the calls, so that nothing but time depends on
the choice. Scheduling is theirs; nothing here does any.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from waterline.errors import WaterlineError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE_SECONDS = 10
PACKAGES = ("waterline", "signals", "strategies")
P = ParamSpec("P")
T = TypeVar("T")


class InProcess(Executor):
    """Runs each call at once, in this process."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The call, done."""
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the future's, whatever it is, as in any other executor
            future.set_exception(error)
        return future


@contextmanager
def executor(workers: int, dask: str | None = None) -> Iterator[Executor]:
    """An executor, shut down at the end; calls that have not begun by then are dropped.

    Args:
        workers: processes on this machine; 1 for none beside this one. Not looked at with ``dask``.
        dask: address of the scheduler of a running cluster, such as ``tcp://10.0.0.1:8786``.

    Raises:
        WaterlineError: Dask is not installed, its scheduler does not answer or has no workers, those have
            other code than this process, or a worker process was ended from outside.
    """
    if dask is not None:
        with _dask_executor(dask) as pool:
            yield pool
    elif workers > 1:
        with _processes(workers) as pool:
            yield pool
    else:
        yield InProcess()


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_follow_parent)
    try:
        yield pool
    except BrokenProcessPool:
        problem = "A worker process ended unexpectedly; the system ends one when memory is short."
        raise WaterlineError(problem, "Go on with --resume, and with fewer --workers.") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it: killed, it cannot end its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    client = _client(address)
    try:
        _check_workers(client, address)
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _client(address: str) -> Client:
    problem, remedy = "", "Start one with `dask scheduler`, or check the address given to --dask."
    try:
        from distributed import Client

        return Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except ImportError:
        problem, remedy = "--dask needs the package distributed.", "Run: pip install 'waterline[dask]'"
    except (OSError, ValueError, TypeError) as error:
        problem = f"No Dask scheduler answers at {address!r} ({error})."
    raise WaterlineError(problem, remedy)


def _check_workers(client: Client, address: str) -> None:
    """Refuse a cluster that would wait for ever, or answer another question."""
    problem, remedy = "", "Start some with `dask worker`, in the environment of this command."
    if not client.scheduler_info()["workers"]:
        problem = f"The Dask scheduler at {address!r} has no workers."
    else:
        answers = client.run(code_digest, on_error="return")
        odd = {worker: answer for worker, answer in answers.items() if answer != code_digest()}
        if odd:
            worker, answer = min(odd.items())
            what = f"cannot run it ({answer})" if isinstance(answer, Exception) else "runs another version of it"
            problem = f"{len(odd)} of {len(answers)} Dask workers have not this code: {worker} {what}."
            remedy = "Install the same waterline, signals and strategies on every host."
    if problem:
        raise WaterlineError(problem, remedy)


def code_digest() -> str:
    """SHA-256 of the sources of the engine, the signals and the strategies on this machine."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for path in sorted(path for name in PACKAGES for path in (root / name).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
