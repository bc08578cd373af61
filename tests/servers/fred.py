"""A stand-in for api.stlouisfed.org (XML) and for the CSV download of fred.stlouisfed.org. Invented data.

As on the real service, a request for a real-time window clips ``realtime_start`` to the window, refuses windows of more
than 2,000 vintages, and pages long answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from servers.net import Net, Reply, Request

API, SITE = "api.stlouisfed.org", "fred.stlouisfed.org"
KEY = "0123456789abcdef0123456789abcdef"
FOREVER = dt.date(9999, 12, 31)
EPOCH = dt.date(1776, 7, 4)
MOST_VINTAGES = 2000

JUNE = [dt.date(2024, 6, day) for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]


@dataclass(frozen=True)
class Value:
    """One value as it stood from ``start`` to ``end``, both inclusive."""

    date: dt.date
    start: dt.date
    text: str
    end: dt.date = FOREVER


@dataclass
class FredServer:
    """Series by id, each a list of values; ``page`` bounds the rows of an answer."""

    net: Net
    series: dict[str, list[Value]] = field(default_factory=dict)
    updated: dict[str, str] = field(default_factory=dict)
    page: int = 100_000

    def __post_init__(self) -> None:
        self.net.register(API, self.api)
        self.net.register(SITE, self.csv)

    def publish(self, series: str, day: dt.date, values: Iterable[tuple[dt.date, str]]) -> None:
        """Let ``series`` be released on ``day`` with ``values``; those that change end the ones before them."""
        rows = self.series.setdefault(series, [])
        current = {row.date: at for at, row in enumerate(rows) if row.end == FOREVER}
        for date, text in values:
            at = current.get(date)
            if at is not None and rows[at].text == text:
                continue
            if at is not None:
                old = rows[at]
                rows[at] = Value(old.date, old.start, old.text, day - dt.timedelta(1))
            rows.append(Value(date, day, text))
        rows.sort(key=lambda row: (row.date, row.start))
        self.updated[series] = f"{day} 15:34:03-06"

    def csv(self, request: Request) -> Reply:
        """``fredgraph.csv?id=``: the latest revision."""
        series = request.query.get("id", "")
        if request.path != "/graph/fredgraph.csv" or series not in self.series:
            return Reply(b"<!DOCTYPE html><html><body>Page not found</body></html>", 404)
        first = request.query.get("cosd", "0001-01-01")
        rows = [f"{row.date},{'' if row.text == '.' else row.text}" for row in self._latest(series)]
        kept = [row for row in rows if row >= first]
        return Reply("\n".join([f"observation_date,{series}", *kept, ""]).encode(), kind="application/csv")

    def api(self, request: Request) -> Reply:
        """The XML service."""
        key, series = request.query.get("api_key"), request.query.get("series_id", "")
        if key != KEY:
            return refusal(f"The value for variable api_key is {'not registered' if key else 'not set'}.")
        if series not in self.series:
            return refusal("The series does not exist.")
        answers = {
            "/fred/series": self._info,
            "/fred/series/vintagedates": self._vintage_dates,
            "/fred/series/observations": self._observations,
        }
        answer = answers.get(request.path)
        return refusal("Not Found.", 404) if answer is None else answer(series, request.query)

    def _latest(self, series: str) -> list[Value]:
        return [row for row in self.series[series] if row.end == FOREVER]

    def _info(self, series: str, _: dict[str, str]) -> Reply:
        rows = self._latest(series)
        span = f'observation_start="{rows[0].date}" observation_end="{rows[-1].date}"' if rows else ""
        return xml(f'<seriess><series id="{series}" {span} last_updated="{self.updated[series]}"/></seriess>')

    def _vintage_dates(self, series: str, query: dict[str, str]) -> Reply:
        days = sorted({row.start for row in self.series[series]})
        offset, limit = _page(query, 10_000)
        lines = "".join(f"<vintage_date>{day}</vintage_date>" for day in days[offset : offset + limit])
        return xml(f'<vintage_dates count="{len(days)}" offset="{offset}" limit="{limit}">{lines}</vintage_dates>')

    def _observations(self, series: str, query: dict[str, str]) -> Reply:
        today = max(row.start for row in self.series[series])
        first = dt.date.fromisoformat(query.get("realtime_start", str(today)))
        last = dt.date.fromisoformat(query.get("realtime_end", str(today)))
        if first > last:
            return refusal("Variable realtime_start can not be after realtime_end.")
        rows = [row for row in self.series[series] if row.start <= last and row.end >= first]
        vintages = len({row.start for row in rows if row.start >= first})
        if vintages > MOST_VINTAGES:
            many = f"The number of vintage dates ({vintages}) in the realtime period exceeds the maximum number"
            return refusal(f"{many} of vintage dates allowed (2000).")
        begin = query.get("observation_start", "0001-01-01")
        rows = [row for row in rows if str(row.date) >= begin]
        offset, limit = _page(query, self.page)
        lines = "".join(
            f'<observation realtime_start="{max(row.start, first)}" realtime_end="{min(row.end, last)}" '
            f'date="{row.date}" value="{row.text}"/>'
            for row in rows[offset : offset + limit]
        )
        return xml(f'<observations count="{len(rows)}" offset="{offset}" limit="{limit}">{lines}</observations>')


def xml(text: str, status: int = 200) -> Reply:
    """An XML answer."""
    return Reply(f'<?xml version="1.0" encoding="utf-8" ?>\n{text}'.encode(), status, "text/xml; charset=UTF-8")


def refusal(message: str, status: int = 400) -> Reply:
    """FRED's way of saying no."""
    text = f"Bad Request.  {message}" if status == 400 else message
    return xml(f'<error code="{status}" message={quoteattr(text)}/>', status)


def _page(query: dict[str, str], most: int) -> tuple[int, int]:
    return int(query.get("offset", 0)), min(int(query.get("limit", most)), most)


def yields(days: list[dt.date], first: float = 4.0) -> list[tuple[dt.date, str]]:
    """A yield that rises by a basis point a day."""
    return [(day, f"{first + 0.01 * at:.2f}") for at, day in enumerate(days)]
