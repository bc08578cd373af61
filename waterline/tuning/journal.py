"""The journal of a search: what was evaluated, on disk before the next batch is proposed.

One JSON object a line: first what the study is, then its batches in the order in which they ended, at last that it is
finished. Lines are only ever added, each flushed to the disk before the search goes on. A process that is killed can
leave half a line at the end, which is dropped; any other damage is reported.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from waterline.errors import DataError, OutputError, WaterlineError
from waterline.tuning.identity import Identity, check_identity
from waterline.tuning.optimiser import Batch

if TYPE_CHECKING:
    from filelock import FileLock

FORMAT = 1
PATIENCE_SECONDS = 2.0
"""How long a process that was killed may take to be gone."""
CHOOSE_ANOTHER = "Choose another folder with --out."


@dataclass(slots=True, eq=False)
class Journal:
    """An open journal, which no other process can open; close it, or use it in a ``with``.

    Attributes:
        path: the file.
        batches: those that it held when it was opened.
    """

    path: Path
    batches: tuple[Batch, ...]
    _file: IO[bytes]
    _lock: FileLock

    def of(self, fold: int) -> tuple[Batch, ...]:
        """The batches of one fold that it held when it was opened."""
        return tuple(batch for batch in self.batches if batch.fold == fold)

    def append(self, batch: Batch) -> None:
        """Write a batch; it is on the disk when this returns.

        Raises:
            OutputError: it cannot be written.
        """
        _write(self.path, self._file, _batch_line(batch))

    def finish(self) -> None:
        """Write that the search is finished, so that the next one may begin in the same place.

        Raises:
            OutputError: it cannot be written.
        """
        _write(self.path, self._file, {"finished": True})

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        _unlock(self._lock)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_journal(path: Path, identity: Identity, resume: bool) -> Journal:
    """The journal at ``path``, begun where there is none, or none whose study was written down.

    Args:
        path: the file.
        identity: the search that is to be run.
        resume: whether to go on with what the journal holds. Without it, the journal of a finished search is begun
            again, and that of an unfinished one refused.

    Raises:
        WaterlineError: it belongs to another search, is not finished, or is in use.
        DataError: it is damaged.
        OutputError: it cannot be written.
    """
    lock = _locked(path)
    try:
        return _opened(path, lock, identity, resume)
    except BaseException:
        _unlock(lock)
        raise


def _opened(path: Path, lock: FileLock, identity: Identity, resume: bool) -> Journal:
    problem, content = "", b""
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}."
    if problem:
        raise OutputError(problem, CHOOSE_ANOTHER)
    lines, whole = _lines(path, content)
    if lines:
        if lines[0].get("format") != FORMAT:
            raise DataError(str(path), "it is not a journal of this version.", CHOOSE_ANOTHER)
        if resume:
            check_identity(f"The search in {path.parent}", lines[0], identity, "Begin a new one with another --out.")
        elif len(lines) > 1 and "finished" not in lines[-1]:
            problem = f"{path.parent} holds an unfinished search of {len(lines) - 1} batches."
            raise WaterlineError(problem, "Go on with --resume, or choose another folder with --out.")
    batches = tuple(_batch(path, line) for line in lines[1:] if "finished" not in line) if resume else ()
    file = _file_at(path, whole if resume else 0)
    if not (resume and lines):
        _write(path, file, {"format": FORMAT, **asdict(identity)})
    return Journal(path, batches, file, lock)


def _locked(path: Path) -> FileLock:
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"))
    problem, busy = "", False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE_SECONDS)
    except Timeout:
        busy = True
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
    if busy:
        raise WaterlineError(f"Another process is searching in {path.parent}.", f"Wait for it. {CHOOSE_ANOTHER}")
    if problem:
        raise OutputError(problem, CHOOSE_ANOTHER)
    return lock


def _unlock(lock: FileLock) -> None:
    with suppress(OSError):
        Path(lock.lock_file).unlink()
    lock.release()


def _file_at(path: Path, size: int) -> IO[bytes]:
    """The file, cut to ``size``; its name and length are on the disk."""
    problem = ""
    try:
        file = path.open("ab")
        file.truncate(size)
        os.fsync(file.fileno())
        _sync_folder(path.parent)
        return file
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
    raise OutputError(problem, CHOOSE_ANOTHER)


def _write(path: Path, file: IO[bytes], line: Mapping[str, Any]) -> None:
    problem = ""
    try:
        file.write(json.dumps(line, allow_nan=False, separators=(",", ":")).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}."
    if problem:
        raise OutputError(problem, "Make room, and go on with --resume.")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # no folder can be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lines(path: Path, content: bytes) -> tuple[list[dict[str, Any]], int]:
    """The whole lines, and the number of bytes that they take; a last line that is torn does not count."""
    *whole, _ = content.split(b"\n")
    lines: list[dict[str, Any]] = []
    size = 0
    for number, text in enumerate(whole, start=1):
        line = _object(text)
        if line is None and 1 < number == len(whole):
            break
        if line is None:
            raise DataError(str(path), f"line {number} is damaged.", "Begin the search anew with another --out.")
        lines.append(line)
        size += len(text) + 1
    return lines, size


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _batch_line(batch: Batch) -> dict[str, Any]:
    return {
        "fold": batch.fold,
        "batch": batch.number,
        "params": {name: [params[name] for params in batch.params] for name in batch.params[0]},
        "values": batch.values,
        "problems": batch.problems,
    }


def _batch(path: Path, line: Mapping[str, Any]) -> Batch:
    try:
        columns = line["params"]
        return Batch(
            line["fold"],
            line["batch"],
            tuple(dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)),
            tuple(None if one is None else tuple(one) for one in line["values"]),
            tuple(line["problems"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise DataError(str(path), f"the batch {line} is damaged.", "Begin the search anew with another --out.")
