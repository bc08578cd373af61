"""Macro and money-market series laid out as FRED publishes them: ``date,value``, or true vintages.

Availability comes from the catalog's release rule; a vintage brings its own day. The traps of the published files are
handled here: missing observations, month-ends stamped on weekends, test operations, units.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from waterline.catalog import Series
from waterline.errors import DataError
from waterline.panel import Notice, Observations
from waterline.sessions import Dates, Flags, Floats, Instants, new_york_instants
from waterline.sources.base import Loaded
from waterline.sources.table import InputFile, Schema, Table, check_increasing, read_table

COLUMNS: Schema = {"date": "date", "value": "number"}
VINTAGE_COLUMNS: Schema = {"date": "date", "realtime_start": "date", "value": "number"}
MISSING = ("", ".")
WEEKEND_STAMPED = "BAML"  # ICE indices stamp a month-end that falls on a weekend with that day
OPERATIONS_BEGIN = {"RRPONTSYD": dt.date(2013, 9, 23)}  # before: sparse test operations, no standing facility
LATEST_ONLY = "not point in time: only the latest revision is at hand."
UNITS = {1.0: "USD", 1e3: "thousands of USD", 1e6: "millions of USD", 1e9: "billions of USD", 1e12: "trillions of USD"}


def read_series(entry: Series, file: InputFile) -> Loaded:
    """The series in a ``date,value`` file, available by the catalog's rule.

    Raises:
        DataError: unreadable, unsorted or repeated dates, or a value outside the catalog's range.
    """
    return latest(entry, series_table(entry, file))


def read_vintages(entry: Series, file: InputFile) -> Loaded:
    """The series in a ``date,realtime_start,value`` file: each row known from its ``realtime_start`` on, never before.

    Raises:
        DataError: unreadable, repeated rows, a vintage before its period, or a value outside the catalog's range.
    """
    return vintages(entry, vintage_table(entry, file))


def series_table(entry: Series, file: InputFile) -> Table:
    """A ``date,value`` file with the instant and the New York day at which the catalog's rule makes each row known.

    Raises:
        DataError: unreadable, unsorted or repeated dates.
    """
    table = read_table(file, COLUMNS, MISSING)
    check_increasing(table)
    day, at = entry.release.day(table["date"]), entry.release.instant(table["date"])
    return Table(file, {**table.columns, "available_at": at, "vintage": day})


def vintage_table(entry: Series, file: InputFile) -> Table:
    """A ``date,realtime_start,value`` file with the instant at which each row became known.

    Raises:
        DataError: unreadable, repeated rows, or a vintage before its period.
    """
    table = read_table(file, VINTAGE_COLUMNS, MISSING)
    check_increasing(table, "date", group="realtime_start")
    day = table["realtime_start"]
    early = day < table["date"]
    if early.any():
        raise table.error(int(np.argmax(early)), "was released before its own date.", "Correct realtime_start.")
    at = new_york_instants(day, entry.release.at)
    return Table(file, {**table.columns, "available_at": at, "vintage": day})


def latest(entry: Series, table: Table) -> Loaded:
    """The series in a table whose rows are the latest revision.

    Args:
        entry: catalog entry.
        table: columns ``date``, ``value`` in the published unit, ``available_at`` and ``vintage``.

    Raises:
        DataError: a value outside the catalog's range, or no value at all.
    """
    rows, notices = _published(entry, table)
    if entry.revised:
        rows, notices = replace(rows, point_in_time=False), (*notices, Notice(entry.id, LATEST_ONLY))
    return Loaded({entry.id: rows}, notices=notices, files={table.file.name: table.file.sha256})


def vintages(entry: Series, table: Table) -> Loaded:
    """The series in a table whose rows are true vintages.

    The first vintage is a baseline: its rows carry the whole history at once, and nothing of the series is known before
    it. With a second vintage the series is point in time.

    Args:
        entry: catalog entry.
        table: as for ``latest``.

    Raises:
        DataError: as ``latest``.
    """
    rows, notices = _published(entry, table)
    days = np.unique(rows.vintage)
    text = f"point in time from {days[1]}; the vintage of {days[0]} is a baseline." if len(days) > 1 else LATEST_ONLY
    rows = replace(rows, point_in_time=len(days) > 1 or not entry.revised)
    return Loaded(
        {entry.id: rows},
        notices=(*notices, Notice(entry.id, text)),
        files={table.file.name: table.file.sha256},
    )


def by_rule(entry: Series, period: Dates, value: Floats) -> tuple[Observations, tuple[Notice, ...]]:
    """Published values as observations that become available by the catalog's release rule.

    Args:
        entry: catalog entry.
        period: (n,) stamps.
        value: (n,) in the published unit; NaN, a missing observation, is left out.
    """
    kept = ~np.isnan(value)
    period = period[kept]
    rows = _observations(entry, period, entry.release.instant(period), entry.release.day(period), value[kept])
    notices = (Notice(entry.id, LATEST_ONLY),) if entry.revised else ()
    return replace(rows, point_in_time=not entry.revised), notices


def check_range(entry: Series, table: Table, column: str) -> None:
    """Refuse values of ``column`` that the catalog finds implausible.

    Raises:
        DataError: names line, date, value, bound and the likely mistake in the unit.
    """
    converted: Floats = table[column] * entry.scale
    outside = (converted < entry.low) | (converted > entry.high)
    if not outside.any():
        return
    row = int(np.argmax(outside))
    below = converted[row] < entry.low
    bound = f"below the least plausible {entry.low:g}" if below else f"above the greatest plausible {entry.high:g}"
    expected = UNITS[entry.scale] if entry.unit == "usd" else _unit(entry)
    published = f"{column} {table[column][row]:g} ({expected})"
    converts = f" is {converted[row]:g} {_unit(entry)}," if entry.scale != 1 else " is"
    problem = f"{published}{converts} {bound}{_likely(entry, converted[row])}."
    raise table.error(row, problem, f"Restore the published unit of {entry.id}, {expected}, or correct the row.")


def _unit(entry: Series) -> str:
    return {"usd": "USD", "index": "index points"}.get(entry.unit, entry.unit)


def _likely(entry: Series, converted: float) -> str:
    """The factor that would put the value back in range, as a question about its unit."""
    for factor in (1e3, 1e6) if entry.unit == "usd" else (1e2, 1e3):
        for small, repaired in ((True, converted * factor), (False, converted / factor)):
            if entry.low <= repaired <= entry.high and converted != 0:
                read_as = UNITS.get(entry.scale * factor if small else entry.scale / factor)
                if entry.unit != "usd":
                    read_as = {(True, 1e2): "fractions", (False, 1e2): "basis points"}.get((small, factor))
                looks = f"; looks {factor:,.0f} times too {'small' if small else 'large'}"
                return f"{looks} (is it in {read_as}?)" if read_as else looks
    return ""


def _published(entry: Series, table: Table) -> tuple[Observations, tuple[Notice, ...]]:
    """The rows with a plausible value, in base units and free of quirks, and what was done to get there."""
    check_range(entry, table, "value")
    period, kept, notices = _without_quirks(entry, table)
    if not kept.any():
        raise DataError(table.file.label, "holds no observation.", "Replace it with complete data.")
    columns = (table["available_at"], table["vintage"], table["value"])
    return _observations(entry, period[kept], *(column[kept] for column in columns)), notices


def _observations(entry: Series, period: Dates, available_at: Instants, vintage: Dates, value: Floats) -> Observations:
    order = np.lexsort((period, available_at))
    return Observations(
        series=entry.id,
        period=period[order],
        available_at=available_at[order],
        vintage=vintage[order],
        value=value[order] * entry.scale,
        max_age_days=entry.max_age_days,
        step=entry.step,
    )


def _without_quirks(entry: Series, table: Table) -> tuple[Dates, Flags, tuple[Notice, ...]]:
    """The periods, which rows to keep of those with a value, and a word on test operations and weekend stamps."""
    period: Dates = table["date"]
    valued = ~np.isnan(table["value"])
    begin = OPERATIONS_BEGIN.get(entry.id)
    if begin is not None and (period[valued] < np.datetime64(begin)).any():
        kept = period >= np.datetime64(begin)
        text = f"{int((valued & ~kept).sum())} rows before {begin} are test operations and left out."
        return period, kept & valued, (Notice(entry.id, text),)
    if entry.id.startswith(WEEKEND_STAMPED):
        return _on_weekdays(entry.id, table, valued)
    return period, valued, ()


def _on_weekdays(name: str, table: Table, valued: Flags) -> tuple[Dates, Flags, tuple[Notice, ...]]:
    """Weekend rows moved to the Friday before; of two rows on a day, known at once, the later stamp counts."""
    stamp, known = table["date"], table["available_at"]
    moved = np.busday_offset(stamp, 0, roll="backward")
    weekend = int((moved != stamp)[valued].sum())
    if weekend == 0:
        return stamp, valued, ()
    order = np.lexsort((stamp, known, moved))
    order = order[valued[order]]
    day, instant = moved[order], known[order]
    last = np.append((day[1:] != day[:-1]) | (instant[1:] != instant[:-1]), True)
    kept = np.zeros(len(stamp), dtype=np.bool_)
    kept[order[last]] = True
    replaced = int((~last).sum())
    text = f"{weekend} rows stamped on weekends count for the Friday before and replace its own {replaced} times."
    return moved, kept, (Notice(name, text),)
