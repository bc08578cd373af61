"""Reading: what was known, as it was known. One query each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from waterline.sessions import Floats, Instants
from waterline.store.database import Database
from waterline.store.rows import Rows

READ = """
    FROM stored($names, $recorded_by, $sources)
    WHERE available_at <= coalesce($available_by, 'infinity'::TIMESTAMP)
    ORDER BY series, available_at, period
"""
# What a reader took for current: of the rows with a value, those about the newest period so far.
AS_OF = """
    WITH newest AS (
        SELECT series, available_at, max(period) AS period, max_by(value, period) AS value
        FROM stored($names, $recorded_by, $sources) WHERE NOT isnan(value) GROUP BY series, available_at
    ),
    steps AS (
        SELECT series, available_at, value FROM newest
        QUALIFY period >= max(period) OVER (
            PARTITION BY series ORDER BY available_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ),
    asked AS (
        SELECT held.series AS series, instants.row AS row, instants.at AS at
        FROM (SELECT DISTINCT series FROM observations WHERE series IN (SELECT unnest($names::VARCHAR[]))) AS held
        CROSS JOIN instants
    )
    SELECT asked.series AS series, asked.row AS row, steps.value AS value
    FROM asked ASOF LEFT JOIN steps ON asked.series = steps.series AND asked.at >= steps.available_at
"""
SUMMARIES = """
    WITH periods AS (
        SELECT series, period, count(*) AS vintages, min(available_at) AS since
        FROM stored($names, NULL, NULL) GROUP BY series, period
    ),
    recorded AS (
        SELECT series, max(recorded_at) AS last_recorded, string_agg(DISTINCT source, ', ' ORDER BY source) AS source
        FROM observations WHERE series IN (SELECT unnest($names::VARCHAR[])) GROUP BY series
    )
    SELECT series, any_value(source), sum(vintages)::BIGINT, max(vintages), min(period), max(period), min(since),
        any_value(last_recorded)
    FROM periods JOIN recorded USING (series) GROUP BY series ORDER BY series
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the store holds of a series.

    Attributes:
        series: its name.
        source: where its rows came from, joined by ", ".
        rows: values by period and instant of availability.
        vintages: values that the most revised period has had; 1 where history was never rewritten.
        first_period: oldest stamp.
        last_period: newest stamp.
        available_since: UTC instant from which anything was known.
        last_recorded: UTC instant at which the newest row was written.
    """

    series: str
    source: str
    rows: int
    vintages: int
    first_period: dt.date
    last_period: dt.date
    available_since: np.datetime64
    last_recorded: np.datetime64


def read(
    database: Database,
    names: Iterable[str],
    recorded_by: np.datetime64 | None,
    available_by: np.datetime64 | None,
    sources: Collection[str] | None,
) -> dict[str, Rows]:
    """Rows by series; see :meth:`waterline.store.Store.read`."""
    table = database.columns(
        READ,
        names=sorted(set(names)),
        recorded_by=_instant(recorded_by),
        available_by=_instant(available_by),
        sources=None if sources is None else sorted(sources),
    )
    series = table["series"]
    if len(series) == 0:
        return {}
    starts = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
    found = (slice(a, b) for a, b in zip(starts, np.append(starts[1:], len(series)), strict=True))
    return {
        series[part.start]: Rows(
            series=series[part.start],
            period=table["period"][part],
            available_at=table["available_at"][part].astype("datetime64[s]"),
            vintage=table["vintage"][part],
            value=table["value"][part],
            source=", ".join(sorted(set(table["source"][part].tolist()))),
        )
        for part in found
    }


def as_of(
    database: Database,
    names: Iterable[str],
    instants: Instants,
    recorded_by: np.datetime64 | None,
    sources: Collection[str] | None,
) -> dict[str, Floats]:
    """Current values by series; see :meth:`waterline.store.Store.as_of`."""
    offered = {"row": np.arange(len(instants)), "at": instants.astype("datetime64[us]")}
    with database.offering("instants", offered):
        table = database.columns(
            AS_OF,
            names=sorted(set(names)),
            recorded_by=_instant(recorded_by),
            sources=None if sources is None else sorted(sources),
        )
    held, of_series = np.unique(table["series"].astype(str), return_inverse=True)
    values = np.full((len(held), len(instants)), np.nan)
    values[of_series, table["row"]] = table["value"]
    return {str(name): values[i] for i, name in enumerate(held)}


def summaries(database: Database, names: Iterable[str]) -> list[Summary]:
    """One line a series, by name; names without rows are absent."""
    return [
        Summary(name, source, rows, vintages, first, last, np.datetime64(since, "s"), np.datetime64(recorded, "us"))
        for name, source, rows, vintages, first, last, since, recorded in database.rows(
            SUMMARIES, names=sorted(set(names))
        )
    ]


def _instant(given: np.datetime64 | None) -> dt.datetime | None:
    if given is None:
        return None
    instant: dt.datetime = given.astype("datetime64[us]").item()
    return instant
