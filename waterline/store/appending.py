"""Writing: what is new or changed becomes rows, in one transaction; what is known already becomes none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.store.database import Database, text_column
from waterline.store.errors import StoreError
from waterline.store.rows import VINTAGED, Rows

TICK = np.timedelta64(1, "us")

CONTRADICTIONS = """
    SELECT series, period, available_at FROM (
        SELECT series, period, available_at, value, vintage, source FROM batch
        UNION ALL
        SELECT series, period, available_at, value, vintage, source FROM observations
        WHERE recorded_at = $recorded_at AND series IN (SELECT unnest($names::VARCHAR[]))
    )
    GROUP BY ALL HAVING count(DISTINCT {value: value, vintage: vintage, source: source}) > 1
    ORDER BY ALL LIMIT 1
"""
# A latest revision that repeats a vintage is written all the same: a reader of vintages does not see it.
CHANGES = """
    CREATE TEMP TABLE changes AS
    SELECT batch.*, stored.series IS NULL
        OR stored.value IS DISTINCT FROM batch.value
        OR stored.vintage <> batch.vintage
        OR list_contains($vintaged, stored.source) <> list_contains($vintaged, batch.source) AS is_new
    FROM (SELECT DISTINCT * FROM batch) AS batch
    LEFT JOIN stored($names, $recorded_at, NULL) AS stored USING (series, period, available_at)
"""
NEW = "SELECT series, count(*) AS rows FROM changes WHERE is_new GROUP BY series"
REVISED = """
    SELECT series, period, change.old AS old, change.new AS new FROM (
        SELECT changes.series AS series, changes.period AS period,
            max({available: changes.available_at, old: before.value, new: changes.value}) AS change
        FROM changes
        ASOF JOIN stored($names, $recorded_at, NULL) AS before
            ON changes.series = before.series AND changes.period = before.period
            AND changes.available_at >= before.available_at
        WHERE changes.is_new AND changes.value IS DISTINCT FROM before.value AND NOT isnan(before.value)
            AND list_contains($vintaged, changes.source) = list_contains($vintaged, before.source)
        GROUP BY ALL
    ) ORDER BY series, period
"""
INSERT = """
    INSERT INTO observations (series, period, available_at, recorded_at, value, source, vintage)
    SELECT series, period, available_at, $recorded_at, value, source, vintage FROM changes WHERE is_new OR $replayed
    EXCEPT
    SELECT series, period, available_at, recorded_at, value, source, vintage FROM observations
    WHERE recorded_at = $recorded_at AND series IN (SELECT unnest($names::VARCHAR[]))
    ORDER BY series, available_at, period
"""


@dataclass(frozen=True, slots=True)
class Revision:
    """A period that had a value and now has another.

    Attributes:
        series: what was revised.
        period: its stamp.
        old: value known before, in the published unit.
        new: value appended.
    """

    series: str
    period: dt.date
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append changed.

    Attributes:
        new: series -> rows that said something new, 0 included.
        revised: periods whose known value changed, by series and period.
    """

    new: Mapping[str, int]
    revised: tuple[Revision, ...]


def append(database: Database, batch: Sequence[Rows], recorded_at: np.datetime64 | None) -> Appended:
    """Append ``batch`` in one transaction; see :meth:`waterline.store.Store.append`."""
    for rows in batch:
        _check(database, rows)
    names = sorted({rows.series for rows in batch})
    if not any(len(rows) for rows in batch):
        return Appended(dict.fromkeys(names, 0), ())
    with database.offering("batch", _columns(batch)), database.transaction():
        at = _instant(database, recorded_at)
        _refuse_contradictions(database, names, at)
        terms = {"names": names, "recorded_at": at, "vintaged": sorted(VINTAGED)}
        database.execute(CHANGES, **terms)
        counts = dict(database.rows(NEW))
        revised = tuple(Revision(*row) for row in database.rows(REVISED, **terms))
        database.execute(INSERT, names=names, recorded_at=at, replayed=recorded_at is not None)
        database.execute("DROP TABLE changes")
    return Appended({name: int(counts.get(name, 0)) for name in names}, revised)


def _columns(batch: Sequence[Rows]) -> dict[str, object]:
    counts = [len(rows) for rows in batch]
    return {
        "series": text_column([rows.series for rows in batch], counts),
        "period": _joined([rows.period for rows in batch], "datetime64[D]"),
        "available_at": _joined([rows.available_at for rows in batch], "datetime64[us]"),
        "vintage": _joined([rows.vintage for rows in batch], "datetime64[D]"),
        "value": _joined([rows.value for rows in batch], "float64"),
        "source": text_column([rows.source for rows in batch], counts),
    }


def _joined(parts: list[np.ndarray], kind: str) -> np.ndarray:
    return np.concatenate([np.empty(0, kind), *parts]).astype(kind)


def _instant(database: Database, asked: np.datetime64 | None) -> dt.datetime:
    """The instant to record: ``asked``, or now, yet after all that was recorded even if the clock went back."""
    if asked is not None:
        given: dt.datetime = asked.astype("datetime64[us]").item()
        return given
    now = np.datetime64(dt.datetime.now(dt.UTC).replace(tzinfo=None), "us")
    last = database.rows("SELECT max(recorded_at) FROM observations")[0][0]
    later = now if last is None else max(now, np.datetime64(last, "us") + TICK)
    instant: dt.datetime = later.astype("datetime64[us]").astype(object)
    return instant


def _check(database: Database, rows: Rows) -> None:
    """Refuse rows that would falsify what is stored: undated or infinite ones.

    Raises:
        StoreError: names series and period.
    """
    dated = (rows.period, rows.available_at, rows.vintage)
    if len({len(rows), *map(len, dated)}) > 1:
        problem = f"{rows.series} came with columns of unequal length."
        raise StoreError(database.path, problem, "Nothing was stored; report this.")
    bad = np.isinf(rows.value) | np.isnat(rows.period) | np.isnat(rows.available_at) | np.isnat(rows.vintage)
    if bad.any():
        row = int(np.argmax(bad))
        problem = f"{rows.series} {rows.period[row]} came with value {rows.value[row]} and dates that may be missing."
        raise StoreError(database.path, problem, "Nothing was stored; correct the row at its source.")


def _refuse_contradictions(database: Database, names: list[str], at: dt.datetime) -> None:
    """Refuse two values, vintages or sources for one key, in the batch or recorded at the very instant before.

    Raises:
        StoreError: names the key.
    """
    for series, period, available in database.rows(CONTRADICTIONS, names=names, recorded_at=at):
        problem = f"{series} {period} came with two values, both available from {available:%Y-%m-%d %H:%M} UTC."
        raise StoreError(database.path, problem, "Nothing was stored; keep one of them.")
