"""The log of fetches: who was asked for what, when, and how it went. Kept for ever, in the order of writing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from waterline.store.database import Database

LOG = """
    INSERT INTO fetches (series, provider, started_at, finished_at, rows_new, revised, state, message, marker)
    VALUES ($series, $provider, $started_at, $finished_at, $rows_new, $revised, $state, $message, $marker)
"""
LAST = """
    SELECT series, provider, started_at, finished_at, rows_new, revised, state, message, coalesce(marker, '')
    FROM fetches
    WHERE ($series IS NULL OR series = $series) AND ($state IS NULL OR state = $state)
    QUALIFY row_number() OVER (PARTITION BY series ORDER BY rowid DESC) = 1
    ORDER BY series
"""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt to bring a series up to date.

    Attributes:
        series: what was asked for.
        provider: who was asked.
        started_at: UTC instant.
        finished_at: UTC instant.
        rows_new: rows stored.
        revised: periods whose value changed.
        state: how it went, in the caller's words ("fresh", "stale", "failed").
        message: why, in a sentence; empty where there is nothing to say. Never holds a secret.
        marker: the provider's opaque text for the next fetch; empty where it gave none. Never holds a secret.
    """

    series: str
    provider: str
    started_at: np.datetime64
    finished_at: np.datetime64
    rows_new: int
    revised: int
    state: str
    message: str = ""
    marker: str = ""


def log(database: Database, fetch: Fetch) -> None:
    """Append to the log."""
    database.execute(
        LOG,
        series=fetch.series,
        provider=fetch.provider,
        started_at=fetch.started_at.astype("datetime64[us]").item(),
        finished_at=fetch.finished_at.astype("datetime64[us]").item(),
        rows_new=fetch.rows_new,
        revised=fetch.revised,
        state=fetch.state,
        message=fetch.message,
        marker=fetch.marker,
    )


def last(database: Database, series: str | None, state: str | None) -> dict[str, Fetch]:
    """The last fetch of ``series``, or of each, that ended in ``state``, or in any."""
    return {row[0]: _fetch(row) for row in database.rows(LAST, series=series, state=state)}


def _fetch(row: tuple[Any, ...]) -> Fetch:
    series, provider, started_at, finished_at, *rest = row
    return Fetch(series, provider, np.datetime64(started_at, "us"), np.datetime64(finished_at, "us"), *rest)
