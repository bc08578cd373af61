"""What can go wrong with the store's file. What is stored is kept in every case: nothing is overwritten or repaired."""

from __future__ import annotations

import re
from pathlib import Path

from waterline.errors import WaterlineError

HOLDER = re.compile(r"\(PID (?P<pid>\d+)\)")
LOCKED = ("Could not set lock on file", "Conflicting lock is held", "being used by another process")
HELD_HERE = ("different configuration than existing connections",)
FULL = ("No space left on device", "not enough space on the disk")
NEWER_FORMAT = ("version number", "newer version of DuckDB")
DAMAGED = ("not a valid DuckDB", "Corrupt", "Could not read enough bytes", "INTERNAL", "invalidated", "deserializ")
REFUSED = (
    "Permission denied",
    "Read-only file system",
    "Cannot open file",
    "Is a directory",
    "Could not read from file",
)
RESTORE = (
    "Nothing was changed. Move the file away, then put a backup in its place, or load an export with"
    " `waterline data import DIR`; what the providers still publish comes back with `waterline fetch CONFIG`."
)


class StoreError(WaterlineError):
    """The store's file cannot be opened, read or written.

    Args:
        path: the file.
        problem: what is wrong with it.
        remedy: the next step.
    """

    exit_code = 3

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}", remedy)


class StoreBusyError(StoreError):
    """Another process holds the file.

    Args:
        path: the file.
        pid: the process that holds it, None where the system does not tell.
        waited_seconds: how long it was waited for.
    """

    def __init__(self, path: Path, pid: int | None, waited_seconds: float) -> None:
        self.pid = pid
        self.waited_seconds = waited_seconds
        problem = f"the store is in use by {self.holder}, after {waited_seconds:.0f} s of waiting."
        super().__init__(path, problem, f"Wait until {self.holder} ends, then repeat; what is stored is kept.")

    @property
    def holder(self) -> str:
        """The process to wait for, in words."""
        return "another process" if self.pid is None else f"pid {self.pid}"


def is_locked(said: str) -> bool:
    """Whether DuckDB's message says that another process holds the file."""
    return any(mark in said for mark in LOCKED)


def holder(said: str) -> int | None:
    """The process that DuckDB's message names."""
    found = HOLDER.search(said)
    return int(found["pid"]) if found else None


def store_error(path: Path, said: str) -> StoreError:
    """DuckDB's message about ``path``, other than a lock, as a sentence with a remedy."""
    first = said.splitlines()[0] if said else "no message"
    for marks, problem, remedy in (
        (HELD_HERE, "the store is open for writing in this very process.", "Close it before it is read."),
        (FULL, "the disk is full; rows stored earlier are kept.", "Free some space, then repeat."),
        (NEWER_FORMAT, "was written by a newer DuckDB than this one.", "Update duckdb; the file is untouched."),
        (DAMAGED, f"is damaged, or no store at all ({first}).", RESTORE),
        (REFUSED, f"cannot be opened ({first}).", "Check the path and its permissions."),
    ):
        if any(mark.casefold() in said.casefold() for mark in marks):
            return StoreError(path, problem, remedy)
    return StoreError(path, f"the store failed: {first}.", "Repeat; what is stored is kept.")
