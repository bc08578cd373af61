"""The ledger on disk: a folder of Parquet files, the parts, each written once and never again.

Each append adds a part and touches no other, so any number of processes and hosts that share the folder may append at
once, without a lock. A part is written under a name that readers pass by (``*.partial``), brought to the disk and then
renamed: a process that is killed leaves all of it or nothing. Its name holds the UTC time, by which names sort, 64
random bits, so that no two are alike, and a digest of its bytes, which gives a damaged part away.

Columns: family, study (empty for a plain run), config_digest, returns_digest, kind, at (UTC).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from waterline.errors import WaterlineError
from waterline.ledger.digests import Digests
from waterline.ledger.entries import Entries, LedgerCount

VARIABLE = "WATERLINE_LEDGER"
FOLDER = Path("reports") / "ledger"
PART = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{16}-(?P<digest>[0-9a-f]{16})\.parquet")
RESULTS_MARK = "run.json"
ELSEWHERE = f"Correct that, or let {VARIABLE} name another folder."


class LedgerError(WaterlineError):
    """The ledger cannot be written, or not be read whole.

    Args:
        path: the folder or part at fault.
        problem: what is wrong with it.
        remedy: the next step.
    """

    exit_code = 3

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}", remedy)


def ledger_folder() -> Path:
    """Where the ledger lies when nobody says otherwise."""
    asked = os.environ.get(VARIABLE)
    return Path(asked).expanduser() if asked else FOLDER


def append(entries: Entries, folder: Path | None = None) -> None:
    """Add ``entries`` as one part: all of them or, where this fails, none.

    What is in the ledger already may be added again: repetitions change none of the distinct counts.

    Args:
        entries: what was tried; nothing is written for no entries.
        folder: the ledger, made where it does not exist; :func:`ledger_folder` where not given.

    Raises:
        LedgerError: the folder cannot be written.
    """
    if len(entries.config_digest) == 0:
        return
    where, data = folder or ledger_folder(), _encoded(entries)
    if (where / RESULTS_MARK).exists():
        raise LedgerError(where, "holds the results of a run, which the next run there replaces.", ELSEWHERE)
    try:
        where.mkdir(parents=True, exist_ok=True)
        _write(data, where)
    except OSError as error:
        raise LedgerError(where, f"the trial ledger cannot be written ({error.strerror}).", ELSEWHERE) from None


def append_quietly(entries: Entries, folder: Path | None = None) -> LedgerError | None:
    """As :func:`append`, but an error is returned, to be shown: for what comes after the results are written."""
    try:
        append(entries, folder)
    except LedgerError as error:
        return error
    return None


def _encoded(entries: Entries) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    rows = len(entries.config_digest)

    def repeated(text: str) -> Any:
        return pa.DictionaryArray.from_arrays(np.zeros(rows, dtype=np.int32), pa.array([text]))

    columns = {
        "family": repeated(entries.family),
        "study": repeated(entries.study),
        "config_digest": pa.array(entries.config_digest, type=pa.uint64()),
        "returns_digest": pa.array(entries.returns_digest, type=pa.uint64()),
        "kind": repeated(entries.kind),
        "at": pa.array(np.full(rows, entries.at, dtype="datetime64[us]"), type=pa.timestamp("us", tz="UTC")),
    }
    stream = BytesIO()
    parquet.write_table(pa.table(columns), stream, compression="none", use_dictionary=["family", "study", "kind", "at"])
    return stream.getvalue()


def _write(data: bytes, folder: Path) -> None:
    stem = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(8)}-{_content_digest(data)}"
    partial = folder / f"{stem}.partial"
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(folder / f"{stem}.parquet")
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    _sync(folder)


def _sync(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk, where the system and the file system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _content_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def count(family: str, folder: Path | None = None) -> LedgerCount:
    """How often ``family`` was tried; all zero where there is no ledger yet.

    Args:
        family: see :func:`waterline.ledger.family_of`.
        folder: the ledger; :func:`ledger_folder` where not given.

    Raises:
        LedgerError: a part is damaged, or the folder cannot be read. A count without it would be too small, and the
            evidence that rests on it too good.
    """
    tables = [_entries_of(family, part) for part in _parts(folder or ledger_folder())]

    def column(name: str) -> Digests:
        return np.concatenate([np.empty(0, dtype=np.uint64), *(table[name].to_numpy() for table in tables)])

    configs = column("config_digest")
    studies = {study for table in tables for study in table["study"].unique().to_pylist() if study}
    return LedgerCount(len(configs), _distinct(configs), _distinct(column("returns_digest")), len(studies))


def _distinct(digests: Digests) -> int:
    """How many different ones; by sorting, which is ten times as fast as ``np.unique`` where nearly all differ."""
    ordered = np.sort(digests)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(len(ordered), 1)


def _parts(folder: Path) -> list[Path]:
    """The parts in order of time; what a killed process left unfinished is passed by."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".parquet")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(folder, f"the trial ledger cannot be read ({error.strerror}).", ELSEWHERE) from None


def _entries_of(family: str, part: Path) -> Any:
    """The rows of ``family`` in a part, as a pyarrow table."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    try:
        data = part.read_bytes()
    except OSError as error:
        raise LedgerError(part, f"cannot be read ({error.strerror}).", "Check its permissions.") from None
    named = PART.fullmatch(part.name)
    if named is None:
        raise LedgerError(part, "is no part of the trial ledger.", "Move it to another folder.")
    if named["digest"] != _content_digest(data):
        problem = "this part of the trial ledger is damaged: its bytes differ from the digest in its name."
        remedy = "Put it back from a backup. Without one, move it away: the trials in it are then no longer counted."
        raise LedgerError(part, problem, remedy)
    with parquet.ParquetFile(pa.BufferReader(data)) as file:
        table = file.read(columns=["family", "study", "config_digest", "returns_digest"], use_threads=False)
    return table.filter(compute.equal(table["family"], family))
