"""One DuckDB file: waited for while another process holds it, and never repaired. The only door to ``duckdb``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from waterline.store.errors import StoreBusyError, StoreError, holder, is_locked, store_error

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,  # no network behind the user's back
    "autoload_known_extensions": False,
}
POLL_SECONDS = 0.2
Columns = dict[str, npt.NDArray[Any]]


def silent(message: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open file. Parameters are bound by name (``$name``); failures come as :class:`StoreError`."""

    path: Path
    connection: DuckDBPyConnection

    @classmethod
    def connect(
        cls, path: Path, *, read_only: bool, patience_seconds: float = 0, say: Callable[[str], None] = silent
    ) -> Database:
        """Open ``path``, which a writer creates where it is absent.

        Raises:
            StoreBusyError: another process still holds the file after ``patience_seconds``.
            StoreError: it cannot be opened.
        """
        import duckdb

        began = time.monotonic()
        told = False
        while True:
            try:
                return cls(path, duckdb.connect(str(path), read_only=read_only, config=SETTINGS))
            except duckdb.Error as error:
                said = str(error)
                if not is_locked(said):
                    raise store_error(path, said) from error
                waited = time.monotonic() - began
                busy = StoreBusyError(path, holder(said), waited)
                if waited >= patience_seconds:
                    raise busy from error
            if not told:
                say(f"store is in use by {busy.holder}, waiting …")
                told = True
            time.sleep(max(0.0, min(POLL_SECONDS, patience_seconds - waited)))

    def columns(self, sql: str, **parameters: object) -> Columns:
        """The answer column by column: dates as datetime64[D], instants as datetime64[us], texts as str objects."""
        with self._told():
            table = self.connection.sql(sql, params=parameters or None).to_arrow_table()
        return {name: _to_numpy(table.column(name)) for name in table.column_names}

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        """The answer row by row, in Python's types: for short answers."""
        with self._told():
            return self.connection.execute(sql, parameters or None).fetchall()

    def execute(self, sql: str, **parameters: object) -> None:
        """Run a statement that answers nothing."""
        with self._told():
            self.connection.execute(sql, parameters or None)

    @contextmanager
    def offering(self, name: str, columns: Mapping[str, object]) -> Iterator[None]:
        """Make arrays readable in SQL as the table ``name``, without copying them into the file."""
        import pyarrow as pa

        self.connection.register(name, pa.table(dict(columns)))
        try:
            yield
        finally:
            self.connection.unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is executed inside, or nothing of it."""
        import duckdb

        self.execute("BEGIN TRANSACTION")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):  # a commit that failed has ended the transaction already
                self.connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let go of the file. What was committed is safe, whatever happens here."""
        self.connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except RuntimeError as error:  # what DuckDB makes of Ctrl-C
            if "interrupted" in str(error):
                raise KeyboardInterrupt from None
            raise
        except duckdb.ProgrammingError:
            raise  # our mistake, not the file's
        except duckdb.Error as error:
            raise store_error(self.path, str(error)) from error


def create(path: Path, prepare: Callable[[Database], None]) -> None:
    """Make a file that is there whole or not at all; an existing one is left alone.

    Args:
        path: where it goes; missing folders are made.
        prepare: writes what a new file holds.

    Raises:
        StoreError: the folder cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        database = Database.connect(fresh, read_only=False)
        try:
            prepare(database)
            database.execute("CHECKPOINT")
        finally:
            database.close()
        _put_in_place(fresh, path)
    except OSError as error:
        problem = f"cannot be created: {error.strerror}."
        raise StoreError(path, problem, "Check the folder's permissions, or name another path.") from error
    finally:
        for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Give ``fresh`` the name ``path`` unless another process was faster: then its file counts."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            fresh.rename(path)


def text_column(values: list[str], counts: list[int]) -> object:
    """Each of ``values`` as often as ``counts`` says, as an Arrow column."""
    import pyarrow as pa

    index = np.repeat(np.arange(len(values), dtype=np.int32), counts)
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(values, pa.string())).cast(pa.string())


def _to_numpy(column: Any) -> npt.NDArray[Any]:
    import pyarrow as pa

    if not pa.types.is_string(column.type):
        array: npt.NDArray[Any] = column.to_numpy()
        return array
    coded = column.combine_chunks().dictionary_encode()
    words: npt.NDArray[np.object_] = np.array(coded.dictionary.to_pylist(), dtype=object)
    index: npt.NDArray[np.int32] = coded.indices.to_numpy()
    return words[index]
