"""Strict CSV: the expected header, true dates and numbers, and the line to blame when a cell is neither.

The fast path is pyarrow's parser; when it refuses a file, a slow path walks the lines to name the first bad cell.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from waterline.errors import ConfigError, DataError, suggestion
from waterline.sessions import Dates, Floats

Kind = Literal["date", "number", "text"]
Schema = Mapping[str, Kind]

FIRST_DAY, LAST_DAY = np.datetime64("1850-01-01"), np.datetime64("2045-12-31")  # the federal calendar ends there
NUMBER = re.compile(r"\s*-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")  # narrower than float(): no nan, inf or 1_000
SHOWN = 60


@dataclass(frozen=True, slots=True)
class InputFile:
    """The bytes of a file, read once: what is hashed is what is parsed.

    Attributes:
        name: name in the run's record, relative to the source.
        label: path as the user knows it, for errors.
        data: the text of the table, decompressed.
        sha256: digest of the bytes as they lie on disk.
    """

    name: str
    label: str
    data: bytes
    sha256: str

    @classmethod
    def of(cls, path: Path, name: str) -> InputFile:
        """Read ``path``.

        Raises:
            DataError: it cannot be read.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            remedy = "Name a file that exists." if isinstance(error, FileNotFoundError) else "Check its permissions."
            raise DataError(str(path), f"cannot be read: {error.strerror}.", remedy) from error
        return cls(name, str(path), data, hashlib.sha256(data).hexdigest())

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each line that is not blank, header included."""
        text = self.data.decode("utf-8-sig", errors="replace")
        lines = csv.reader(io.StringIO(text, newline=None))
        return ((lines.line_num, cells) for cells in lines if cells)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A parsed file.

    Attributes:
        file: where it came from.
        columns: dates as datetime64[D], numbers as float64 with NaN where the cell is empty, text as str objects.
    """

    file: InputFile
    columns: Mapping[str, npt.NDArray[Any]]

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        return self.columns[column]

    def line(self, row: int) -> int:
        """Line number in the file of a data row."""
        for position, (line, _) in enumerate(self.file.rows()):
            if position == row + 1:
                return line
        raise IndexError(row)

    def place(self, row: int, stamp: str) -> str:
        """Where ``row`` stands, for a person: its line, and its date where there is one."""
        return f"line {self.line(row)}" + (f" ({self.columns[stamp][row]})" if stamp in self.columns else "")

    def error(self, row: int, problem: str, remedy: str, stamp: str = "date") -> DataError:
        """An error that names the file and the place of ``row``."""
        return DataError(self.file.label, f"{self.place(row, stamp)}: {problem}", remedy)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of CSV files."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> Folder:
        """The folder at ``path``, ``~`` expanded; a relative path counts from the current directory.

        Raises:
            ConfigError: there is no such folder.
        """
        root = path.expanduser()
        if root.is_dir():
            return cls(root)
        problem = "is a file, not a folder." if root.exists() else "no such folder."
        siblings = [child.name for child in root.parent.iterdir() if child.is_dir()] if root.parent.is_dir() else []
        raise ConfigError(str(root), problem, f"Point the source at the data folder. {suggestion(root.name, siblings)}")

    def find(self, *names: str) -> InputFile | None:
        """The first of the files ``names`` ("fred/DGS10.csv") that exists, or None."""
        paths = ((self.root / name, name) for name in names)
        return next((InputFile.of(path, name) for path, name in paths if path.exists()), None)

    def absent(self, *names: str) -> DataError:
        """What to tell where none of the files ``names`` exists: the last of them and the nearest file beside it."""
        path = self.root / names[-1]
        existing = [other.name for other in path.parent.glob("*.csv")]
        return DataError(str(path), "no such file.", suggestion(path.name, existing))

    def require(self, *names: str) -> InputFile:
        """The first of the files ``names`` that exists.

        Raises:
            DataError: none does.
        """
        found = self.find(*names)
        if found is None:
            raise self.absent(*names)
        return found


def read_table(file: InputFile, schema: Schema, missing: tuple[str, ...] = ("",)) -> Table:
    """Parse ``file``, whose header must be the names of ``schema``.

    Args:
        file: a CSV in UTF-8.
        schema: column -> kind, in order.
        missing: cells that mean "no number here".

    Raises:
        DataError: empty, another header, no rows, a cell that is not of its kind, or a date beyond the calendar.
    """
    _check_header(file, schema)
    table = Table(file, _parse(file, schema, missing))
    for name, kind in schema.items():
        column = table[name]
        if len(column) == 0:
            raise DataError(file.label, "has a header but no rows.", "Replace it with a complete file.")
        if kind == "date":
            _check_calendar(table, name)
    return table


def check_increasing(table: Table, column: str = "date", group: str | None = None) -> None:
    """Refuse dates of ``column`` that repeat or run backwards, within each value of ``group`` where one is named."""
    keys = np.unique(table[group], return_inverse=True)[1] if group else np.zeros(len(table[column]), dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    days: Dates = table[column][order]
    broken = (np.diff(days) <= np.timedelta64(0, "D")) & (np.diff(keys[order]) == 0)
    if not broken.any():
        return
    pairs = np.flatnonzero(broken)
    at = int(pairs[np.argmin(order[pairs + 1])])
    before, row = int(order[at]), int(order[at + 1])
    of_group = f" of {table[group][row]}" if group else ""
    if days[at] == days[at + 1]:
        problem = f"this date{of_group} stands on line {table.line(before)} already."
        raise table.error(row, problem, "Keep one row per date.", column)
    problem = f"comes after {days[at]}{of_group} on line {table.line(before)}."
    raise table.error(row, problem, "Sort the rows by date.", column)


def _check_header(file: InputFile, schema: Schema) -> None:
    expected = ",".join(schema)
    if not file.data.strip():
        raise DataError(file.label, "is empty.", f"Replace it with a complete file, whose first line is {expected!r}.")
    first = file.data.splitlines()[0].decode("utf-8-sig", errors="replace")
    if next(csv.reader([first]), []) != list(schema):
        shown = first if len(first) <= SHOWN else f"{first[:SHOWN]}…"
        raise DataError(file.label, f"the header is {shown!r}.", f"Make it {expected!r}.")


def _parse(file: InputFile, schema: Schema, missing: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    kinds = {"date": pa.date32(), "number": pa.float64(), "text": pa.string()}
    try:
        parsed = arrow_csv.read_csv(
            pa.BufferReader(file.data),
            read_options=arrow_csv.ReadOptions(column_names=list(schema), skip_rows=1, use_threads=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: kinds[kind] for name, kind in schema.items()}, null_values=list(missing)
            ),
        )
    except pa.ArrowInvalid as error:
        _blame(file, schema, missing)
        raise DataError(file.label, f"is no readable CSV: {error}.", "Replace it with a complete file.") from error
    columns = {name: parsed.column(name).to_numpy() for name in schema}
    if any(_unparsed(columns[name], parsed.column(name).null_count, kind) for name, kind in schema.items()):
        _blame(file, schema, missing)
    return columns


def _unparsed(column: npt.NDArray[Any], missing: int, kind: Kind) -> bool:
    """Whether something got through that is no date or number: an empty date, or the words nan and inf."""
    if kind == "date":
        return missing > 0
    return kind == "number" and len(column) - missing != np.isfinite(column).sum()


def _blame(file: InputFile, schema: Schema, missing: tuple[str, ...]) -> None:
    """Raise for the first cell that is not of its kind."""
    rows = file.rows()
    next(rows)
    for line, cells in rows:
        if len(cells) != len(schema):
            problem = f"line {line}: has {len(cells)} cells where the header has {len(schema)}."
            raise DataError(file.label, problem, "Complete or remove the line.")
        for (name, kind), cell in zip(schema.items(), cells, strict=True):
            if kind == "date" and not _is_date(cell):
                raise DataError(file.label, f"line {line}: {name} is {cell!r}.", "Write dates as 2020-12-31.")
            if kind == "number" and cell not in missing and not _is_number(cell):
                place = f"line {line} ({cells[0]})"
                raise DataError(file.label, f"{place}: {name} is {cell!r}, not a number.", "Correct the cell.")


def _is_date(cell: str) -> bool:
    try:
        return dt.date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))


def _check_calendar(table: Table, column: str) -> None:
    days: Dates = table[column]
    beyond = (days < FIRST_DAY) | (days > LAST_DAY)
    if beyond.any():
        problem = f"{column} lies outside {FIRST_DAY} to {LAST_DAY}."
        raise table.error(int(np.argmax(beyond)), problem, "Correct the date.", column)


def require_numbers(table: Table, *columns: str, stamp: str = "date") -> None:
    """Refuse empty cells in ``columns``."""
    for name in columns:
        values: Floats = table[name]
        if np.isnan(values).any():
            row = int(np.argmax(np.isnan(values)))
            raise table.error(row, f"{name} is empty.", "Fill it in or remove the row.", stamp)
