"""The store as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from waterline.errors import DataError
from waterline.sessions import Floats, Instants
from waterline.store import appending, fetches, reading, schema
from waterline.store.appending import Appended
from waterline.store.database import Database, create, silent
from waterline.store.fetches import Fetch
from waterline.store.location import default_path
from waterline.store.reading import Summary
from waterline.store.rows import Rows

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """Published values with three clocks: the period they are about, when they could be known, when they were recorded.

    Rows are only ever added. Of rows with one key (series, period, available_at) the one recorded last counts; a row
    with another ``available_at`` is another vintage. One process may write, or several may read.
    """

    path: Path
    _database: Database

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        read_only: bool = False,
        patience_seconds: float = PATIENCE_SECONDS,
        say: Callable[[str], None] = silent,
    ) -> Self:
        """Open the store, which a writer makes where there is none.

        Args:
            path: the file, ``~`` expanded; the user's data folder decides where not given.
            read_only: share the file with other readers.
            patience_seconds: how long to wait while another process holds the file.
            say: told at once that there is someone to wait for.

        Raises:
            DataError: there is no store to read.
            StoreBusyError: another process held the file all the while.
            StoreError: the file is damaged, of a newer layout, or cannot be opened. It is left as it is.
        """
        place = default_path() if path is None else path.expanduser()
        if not place.exists():
            if read_only:
                remedy = "Fill one with `waterline fetch CONFIG` or `waterline data import DIR`."
                raise DataError(str(place), "there is no store here yet.", remedy)
            create(place, schema.prepare)
        database = Database.connect(place, read_only=read_only, patience_seconds=patience_seconds, say=say)
        try:
            if schema.version(database) < schema.VERSION:
                database = _migrated(database, read_only, patience_seconds, say)
            schema.define_macros(database)
        except BaseException:
            database.close()
            raise
        return cls(place, database)

    def append(self, batch: Sequence[Rows], recorded_at: np.datetime64 | None = None) -> Appended:
        """Store what ``batch`` says that is new: all of it in one transaction, or nothing.

        A row equal to what is stored is not written again. A change is a further row, and counts from now on.

        Args:
            batch: rows in any order; several may be of one series.
            recorded_at: to replay a history, the UTC instant at which it was recorded, in any order: its rows are
                then kept whether they repeat what was known or not. Now, and never before what is recorded already,
                where not given: if the clock went back, a microsecond after the last.

        Raises:
            StoreError: the disk is full, a row is undated or infinite, or two values stand for one key.
        """
        return appending.append(self._database, batch, recorded_at)

    def read(
        self,
        names: Iterable[str],
        recorded_by: np.datetime64 | None = None,
        available_by: np.datetime64 | None = None,
        *,
        sources: Collection[str] | None = None,
    ) -> dict[str, Rows]:
        """The rows that count, by series, sorted by ``available_at``, then ``period``. Names without rows are absent.

        Args:
            names: series to read.
            recorded_by: UTC instant; what was recorded later does not exist.
            available_by: UTC instant; what became available later does not exist.
            sources: rows of other sources do not exist; all count where not given.
        """
        return reading.read(self._database, names, recorded_by, available_by, sources)

    def as_of(
        self,
        names: Iterable[str],
        instants: Instants,
        recorded_by: np.datetime64 | None = None,
        *,
        sources: Collection[str] | None = None,
    ) -> dict[str, Floats]:
        """(T,) the value current at each instant, by series; NaN before the first. Names without rows are absent.

        Current is what was published about the newest period so far, as in ``Observations.at``, but of any age. Values
        published as missing are passed over.

        Args:
            names: series to read.
            instants: (T,) UTC instants in any order.
            recorded_by: UTC instant; what was recorded later does not exist.
            sources: rows of other sources do not exist; all count where not given.
        """
        return reading.as_of(self._database, names, instants, recorded_by, sources)

    def names(self) -> frozenset[str]:
        """All series of which there are rows."""
        return frozenset(name for (name,) in self._database.rows("SELECT DISTINCT series FROM observations"))

    def summaries(self, names: Iterable[str] | None = None) -> list[Summary]:
        """What is held of each series, or of ``names``, by name."""
        return reading.summaries(self._database, self.names() if names is None else names)

    def first_recorded(self) -> np.datetime64 | None:
        """UTC instant at which the first row was recorded; None while the store is empty."""
        first = self._database.rows("SELECT min(recorded_at) FROM observations")[0][0]
        return None if first is None else np.datetime64(first, "us")

    def log(self, fetch: Fetch) -> None:
        """Append to the log of fetches."""
        fetches.log(self._database, fetch)

    def last_fetch(self, series: str, state: str | None = None) -> Fetch | None:
        """The last fetch of ``series``, or the last that ended in ``state``; None where there was none."""
        return fetches.last(self._database, series, state).get(series)

    def last_fetches(self, state: str | None = None) -> dict[str, Fetch]:
        """The last fetch of each series, or the last that ended in ``state``, by series."""
        return fetches.last(self._database, None, state)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _migrated(database: Database, read_only: bool, patience_seconds: float, say: Callable[[str], None]) -> Database:
    """The same file in the present layout. A reader lets go of it for a moment, as only a writer may change it."""
    if not read_only:
        schema.migrate(database)
        return database
    database.close()
    path = database.path
    writer = Database.connect(path, read_only=False, patience_seconds=patience_seconds, say=say)
    try:
        schema.migrate(writer)
    finally:
        writer.close()
    return Database.connect(path, read_only=True, patience_seconds=patience_seconds, say=say)
