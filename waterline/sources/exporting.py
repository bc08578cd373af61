"""The store as a folder of CSV files, laid out as the ``files`` source reads it.

The layout knows days, not instants. A vintage or filing that was public only after the hour which the source assumes
for its day is therefore dated to the next day: a run on the folder may learn it later than a run on the store, never
sooner.
"""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from waterline.catalog import ASSETS, SERIES
from waterline.errors import OutputError
from waterline.sessions import Dates, Floats, new_york_instants
from waterline.sources.files import paths
from waterline.sources.filings import ACCEPTED_UNTIL, Facts
from waterline.sources.filings import COLUMNS as FACT_COLUMNS
from waterline.sources.macro import COLUMNS as SERIES_COLUMNS
from waterline.sources.macro import VINTAGE_COLUMNS
from waterline.sources.names import DEFINITION, NET_BORROWING, company_flow
from waterline.sources.prices import COLUMNS as PRICE_COLUMNS
from waterline.sources.prices import YIELDS
from waterline.sources.store import View
from waterline.sources.stored import facts_of, values_by_day
from waterline.store import VINTAGED, Rows, Store

DAY = np.timedelta64(1, "D")
PRICES = tuple(column for column in PRICE_COLUMNS if column != "date")
Column = Iterable[str]
Sheet = tuple[str, Iterable[str], list[Column]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote.

    Attributes:
        files: names of the files, relative to the folder.
        left_out: stored series for which the layout has no place (dividends, splits, names outside the catalog).
    """

    files: tuple[str, ...]
    left_out: tuple[str, ...]


def export_files(store: Store, folder: Path, recorded_by: np.datetime64 | None = None) -> Exported:
    """Write all series, prices and company flows below ``folder``, each file whole or not at all.

    Numbers read back to the same float. A company figure that was restated is written as first filed.

    Args:
        store: open store.
        folder: a new or empty folder.
        recorded_by: UTC instant; what was recorded later does not exist.

    Raises:
        OutputError: the folder holds something already, or cannot be written.
    """
    held = store.names()
    files: list[str] = []
    placed: set[str] = set()
    _refuse_occupied(folder)
    for name in sorted({name for series in held if (name := _name(series)) is not None}):
        rows = _read(store, name, held, recorded_by)
        for file, header, columns in _sheets(name, rows):
            _write(folder / file, header, columns)
            files.append(file)
            placed |= rows.keys()
    return Exported(tuple(files), tuple(sorted(held - placed)))


def _name(series: str) -> str | None:
    """The name in a request behind a stored series, None where the layout has no place for it."""
    whole, _, part = series.rpartition("/")
    flow = company_flow(series) or company_flow(whole)
    if flow is not None:
        return "/".join(flow)
    if whole in ASSETS or whole in YIELDS:
        return whole if part in PRICES else None
    return series if series in SERIES else None


def _read(store: Store, name: str, held: Collection[str], recorded_by: np.datetime64 | None) -> Mapping[str, Rows]:
    rows = View(recorded_by=recorded_by).read(store, {name})
    if f"{name}/volume" in held:
        return {**rows, **store.read([f"{name}/volume"], recorded_by)}
    if name in rows and company_flow(name):  # told by a provider: without what a folder said of the same concepts
        return store.read(rows, recorded_by, sources=rows[name].source.split(", "))
    return rows


def _sheets(name: str, rows: Mapping[str, Rows]) -> Iterator[Sheet]:
    """The files that hold ``name``: where, their header and their columns."""
    if not rows:
        return
    file = paths(name)[-1]
    flow = company_flow(name)
    if flow is not None:
        facts = _told(name, rows) if name in rows and flow[1] != NET_BORROWING else _reported(name, rows)
        if facts is not None:
            days = (_days(facts.period), _days(facts.known))
            yield file, FACT_COLUMNS, [*days, _numbers(facts.value), facts.concept, [""] * len(facts.period)]
    elif file.startswith("prices/"):
        yield file, PRICE_COLUMNS, _price_columns(name, rows)
    else:
        newest = _newest(rows[name])
        yield file, SERIES_COLUMNS, [_days(newest.period), _numbers(newest.value)]
        if _has_vintages(rows[name]):
            yield paths(name)[0], VINTAGE_COLUMNS, _vintage_columns(rows[name])


def _price_columns(name: str, rows: Mapping[str, Rows]) -> list[Column]:
    if f"{name}/close" not in rows:  # a yield that came as a series
        newest = _newest(rows[name])
        empty = [""] * len(newest)
        values = _numbers(newest.value)
        return [_days(newest.period), empty, empty, empty, values, values, empty]
    days = np.unique(np.concatenate([rows[series].period for series in rows if series != name]))
    return [_days(days), *(_numbers(values_by_day(rows.get(f"{name}/{column}"), days)) for column in PRICES)]


def _newest(rows: Rows) -> Rows:
    """What stood last for each period, by period."""
    last = len(rows) - 1 - np.unique(rows.period[::-1], return_index=True)[1]
    return _where(rows, last)


def _has_vintages(rows: Rows) -> bool:
    """Whether the rows can be told as vintages: true ones, or corrections of a series whose releases are final."""
    repeated = len(np.unique(rows.period)) < len(rows)
    return VINTAGED.issuperset(rows.source.split(", ")) or (repeated and not SERIES[rows.series].revised)


def _vintage_columns(rows: Rows) -> list[Column]:
    """One row for each period and day, the last of that day, by day."""
    day = _not_before(rows, SERIES[rows.series].release.at)
    order = np.lexsort((rows.available_at, rows.period, day))
    period, day, value = rows.period[order], day[order], rows.value[order]
    last = np.append((period[1:] != period[:-1]) | (day[1:] != day[:-1]), True)
    return [_days(period[last]), _days(day[last]), _numbers(value[last])]


def _told(name: str, rows: Mapping[str, Rows]) -> Facts:
    """A flow as its provider told it; "capex 0" and "capex 1" stand for concepts of which only the number is kept."""
    flow, companion = rows[name], rows.get(f"{name}{DEFINITION}")
    number = np.zeros(len(flow)) if companion is None else companion.value
    concept = f"{name}/{name.rpartition('/')[2]}"
    return _dated({f"{concept} {one:g}": _where(flow, np.flatnonzero(number == one)) for one in np.unique(number)})


def _reported(name: str, rows: Mapping[str, Rows]) -> Facts | None:
    """The first filed figures of the concepts behind a flow, None where they are not stored."""
    concepts = {series: part for series, part in rows.items() if series.rpartition("/")[0] == name}
    return _dated(concepts) if concepts else None


def _dated(concepts: Mapping[str, Rows]) -> Facts:
    """The first filed figures of each concept, dated by day so that none is known too soon."""
    return facts_of({name: replace(rows, vintage=_not_before(rows, ACCEPTED_UNTIL)) for name, rows in concepts.items()})


def _not_before(rows: Rows, at: dt.time) -> Dates:
    """The first day, from the vintage on, on which the hour ``at`` in New York does not precede the availability."""
    day = rows.vintage
    while (early := new_york_instants(day, at) < rows.available_at).any():
        day = np.where(early, day + DAY, day)
    return day


def _where(rows: Rows, chosen: np.ndarray) -> Rows:
    return replace(
        rows,
        period=rows.period[chosen],
        available_at=rows.available_at[chosen],
        vintage=rows.vintage[chosen],
        value=rows.value[chosen],
    )


def _days(days: Dates) -> Column:
    texts: list[str] = np.datetime_as_string(days).tolist()
    return texts


def _numbers(values: Floats) -> Column:
    return ["" if math.isnan(value) else repr(value).removesuffix(".0") for value in values.tolist()]


def _refuse_occupied(folder: Path) -> None:
    """Make the folder.

    Raises:
        OutputError: it holds something, which would be read beside what is written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = next(folder.iterdir(), None)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from error
    if occupied is not None:
        raise OutputError(f"{folder} is not empty: it holds {occupied.name}.", "Name a new folder.")


def _write(path: Path, header: Iterable[str], columns: list[Column]) -> None:
    lines = [",".join(header), *(",".join(cells) for cells in zip(*columns, strict=True)), ""]
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OutputError(
            f"{path} cannot be written: {error.strerror}.", "Free some space, or name another."
        ) from error
