"""Where work is done: in this process, in processes beside it, or on a Dask cluster. The only door to ``distributed``.

All three take the same calls and give the same results in the order of the calls, so that nothing but time depends on
the choice. Scheduling is theirs; nothing here does any.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from waterline.errors import WaterlineError

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
        WaterlineError: Dask is not installed, its scheduler does not answer or has no workers, those have other code
            than this process, or workers were ended from outside.
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
    """End on Ctrl-C without a word, and do not outlive the parent: killed, it cannot end its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    workers = _workers(address)
    if not workers:
        problem = f"The Dask scheduler at {address!r} has no workers."
        raise WaterlineError(problem, "Start some with `dask worker`, in the environment of this command.")
    from distributed import Client, KilledWorker

    client: Any = cast("Callable[..., Any]", Client)(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    try:
        _check_code(client)
        yield client.get_executor(pure=False)
    except (CancelledError, KilledWorker) as error:
        problem = f"The Dask cluster at {address!r} was lost ({str(error).splitlines()[0]})."
        raise WaterlineError(problem, "Look at the logs of its workers, and go on with --resume.") from None
    finally:
        client.close()


def _workers(address: str) -> Mapping[str, object]:
    """What the scheduler says of its workers. A client that fails to connect can hang; this gives up."""
    problem, remedy = "", "Start one with `dask scheduler`, or check the address given to --dask."
    try:
        from distributed import rpc

        async def identity() -> Mapping[str, Any]:
            async with cast("Callable[..., Any]", rpc)(address, timeout=PATIENCE_SECONDS) as scheduler:
                answer: Mapping[str, Any] = await scheduler.identity()
                return answer

        found: Mapping[str, object] = asyncio.run(asyncio.wait_for(identity(), PATIENCE_SECONDS + 1))["workers"]
        return found
    except ImportError:
        problem, remedy = "--dask needs the package distributed.", "Run: pip install 'waterline[dask]'"
    except (OSError, ValueError, KeyError, TimeoutError) as error:
        said = f" ({error})" if str(error) else ""
        problem = f"No Dask scheduler answers at {address!r}{said}."
    raise WaterlineError(problem, remedy)


def _check_code(client: Any) -> None:
    """Refuse a cluster that would answer another question."""
    answers = client.run(code_digest, on_error="return")
    odd = {worker: answer for worker, answer in answers.items() if answer != code_digest()}
    if odd:
        worker, answer = min(odd.items())
        what = f"cannot load it ({answer})" if isinstance(answer, Exception) else "has another version of it"
        problem = f"{len(odd)} of {len(answers)} Dask workers do not run this code: {worker} {what}."
        raise WaterlineError(problem, "Install the same waterline, signals and strategies on every host.")


def code_digest() -> str:
    """SHA-256 of the sources of the engine, the signals and the strategies on this machine."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for path in sorted(path for name in PACKAGES for path in (root / name).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
