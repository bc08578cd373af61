"""All vintages of a series from FRED's archive, without an invented release day.

The archive answers for a window of real time. It refuses windows of more than 2,000 releases, and what stood already
when a window begins it stamps with that begin, as if it had come out then. So each window begins on the last release
day of the one before, which has those rows with their true stamps, and rows not stamped after a begin are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from waterline.catalog import Series
from waterline.providers.base import BadAnswer, Fetched, Known
from waterline.providers.fred_series import PROVIDER, State
from waterline.providers.published import check_overlap
from waterline.sessions import Dates, Flags, Floats, new_york_instants
from waterline.store.rows import Rows

MOST_RELEASES = 1900
DAWN, DUSK = "1776-07-04", "9999-12-31"
MARKER = re.compile(r"(?P<updated>.+) released (?P<day>\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True, eq=False)
class Vintages:
    """Values with the span of days on which they stood.

    Attributes:
        period: (n,) stamps.
        released: (n,) first day on which the value stood.
        value: (n,) published unit; NaN where published as missing.
    """

    period: Dates
    released: Dates
    value: Floats

    def __len__(self) -> int:
        return len(self.period)

    def where(self, kept: Flags) -> Vintages:
        """The chosen rows, in order."""
        return Vintages(self.period[kept], self.released[kept], self.value[kept])

    @classmethod
    def joined(cls, parts: list[Vintages]) -> Vintages:
        """All parts, one after the other."""
        return cls(
            np.concatenate([part.period for part in parts]),
            np.concatenate([part.released for part in parts]),
            np.concatenate([part.value for part in parts]),
        )


class Archive(Protocol):
    """What the archive can be asked about one series."""

    @property
    def entry(self) -> Series:
        """The series."""

    def release_days(self) -> Dates:
        """Every day on which values came out or changed."""

    def standing(self, begin: str, end: str) -> Vintages:
        """All values that stood at some time from ``begin`` to ``end``; older stamps are clipped to ``begin``."""


def is_current(marker: str, state: State) -> bool:
    """Whether nothing was released since the fetch that left ``marker``."""
    known = MARKER.fullmatch(marker)
    return known is not None and known["updated"] == state.updated


def fetch_vintages(archive: Archive, state: State, since: Known | None) -> Fetched:
    """Every vintage, or those from the last stored release on.

    The last stored release is read again: more may have come out later on that day.

    Raises:
        BadAnswer: the answer lacks a span, repeats a row, or names a release day that is none.
    """
    series = archive.entry.id
    days = archive.release_days()
    if len(days) == 0 or (np.diff(days) <= np.timedelta64(0, "D")).any():
        raise BadAnswer(PROVIDER, series, "sent a list of release days that is empty or out of order.")
    parts = [(begin, archive.standing(begin, end)) for begin, end in _windows(days, since)]
    every = Vintages.joined([part for _, part in parts])
    state.check(every.period, whole=True)
    if since is not None:
        check_overlap(PROVIDER, archive.entry, every.period, since)
    true = Vintages.joined([part.where(part.released > np.datetime64(begin, "D")) for begin, part in parts])
    _check_stamps(series, true, days)
    return Fetched((_rows(archive.entry, true),), f"{state.updated} released {days[-1]}")


def _windows(days: Dates, since: Known | None) -> Iterator[tuple[str, str]]:
    """Spans of real time within the archive's limit, from the day before the last stored release on."""
    known = MARKER.fullmatch(since.marker) if since is not None else None
    at = 0 if known is None else max(int(np.searchsorted(days, np.datetime64(known["day"]))) - 1, 0)
    begin = str(days[at]) if at else DAWN
    while at + MOST_RELEASES < len(days):
        at += MOST_RELEASES - 1
        yield begin, str(days[at])
        begin = str(days[at])
    yield begin, DUSK


def _check_stamps(series: str, rows: Vintages, days: Dates) -> None:
    invented = ~np.isin(rows.released, days)
    if invented.any():
        row = int(np.argmax(invented))
        problem = f"dates the value of {rows.period[row]} to {rows.released[row]}, which is none of its release days."
        raise BadAnswer(PROVIDER, series, problem)
    order = np.lexsort((rows.released, rows.period))
    period, released = rows.period[order], rows.released[order]
    twice = (period[1:] == period[:-1]) & (released[1:] == released[:-1])
    if twice.any():
        row = int(np.argmax(twice))
        raise BadAnswer(PROVIDER, series, f"sent the value of {period[row]} released on {released[row]} twice.")


def _rows(entry: Series, vintages: Vintages) -> Rows:
    """The vintages, each available from the time of day of the release; missing values are left out.

    A value that equals the one before it of the same period is no revision: it keeps the earlier stamp.
    """
    kept = vintages.where(~np.isnan(vintages.value))
    order = np.lexsort((kept.released, kept.period))
    period, value = kept.period[order], kept.value[order]
    again = np.zeros(len(order), dtype=np.bool_)
    again[1:] = (period[1:] == period[:-1]) & (value[1:] == value[:-1])
    news = Vintages(period, kept.released[order], value).where(~again)
    order = np.lexsort((news.period, news.released))
    return Rows(
        series=entry.id,
        period=news.period[order],
        available_at=new_york_instants(news.released[order], entry.release.at),
        vintage=news.released[order],
        value=news.value[order],
        source="alfred",
    )
