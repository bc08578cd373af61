"""What a macro service publishes, as rows: available by the catalog's rule, or from the moment we saw a change."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from waterline.catalog import Series
from waterline.panel import Notice
from waterline.providers.base import BadAnswer, Known, as_instant, new_york_day
from waterline.sessions import Dates, Flags, Floats
from waterline.store.rows import Rows

OVERLAP_DAYS = {"D": 28, "W": 70, "M": 200, "Q": 400}


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One revision of a series, or a stretch of it.

    Attributes:
        period: (n,) stamps, strictly increasing.
        value: (n,) published unit; NaN where published as missing.
    """

    period: Dates
    value: Floats


def first_to_ask(entry: Series, since: Known) -> np.datetime64:
    """The period from which an answer overlaps what is stored: a few releases back, no further than the tail."""
    back: np.datetime64 = since.last_period - np.timedelta64(OVERLAP_DAYS[entry.step], "D")
    stored = _stored(entry, since).period
    return max(back, stored[0]) if len(stored) else back


def by_rule(entry: Series, values: Values, source: str) -> Rows:
    """A whole series as it stands, available by the catalog's release rule; missing values are left out."""
    kept = ~np.isnan(values.value)
    period = values.period[kept]
    return Rows(
        series=entry.id,
        period=period,
        available_at=entry.release.instant(period),
        vintage=entry.release.day(period),
        value=values.value[kept],
        source=source,
    )


def changes(
    entry: Series, values: Values, since: Known, now: dt.datetime, source: str
) -> tuple[tuple[Rows, ...], tuple[Notice, ...]]:
    """What ``values`` say beyond what is stored.

    New periods are available by rule. A stored value that has changed, and a hole that was filled late, are available
    from ``now`` on and no earlier, nor before anything stored, should the clock have been set back.

    Args:
        entry: catalog entry.
        values: the answer from :func:`first_to_ask` on.
        since: what is stored.
        now: the moment of the answer.
        source: name for the rows.
    """
    stored = _stored(entry, since)
    values = _where(values, values.period >= first_to_ask(entry, since))
    there = np.isin(values.period, stored.period)
    before = np.full(len(values.period), np.nan)
    before[there] = stored.value[np.searchsorted(stored.period, values.period[there])]
    published = ~np.isnan(values.value)
    new = by_rule(entry, _where(values, published & (values.period > since.last_period)), source)
    late = published & (values.period <= since.last_period) & (values.value != before)
    seen_at = max(as_instant(now), since.last_available_at)
    seen = Rows(
        series=entry.id,
        period=values.period[late],
        available_at=np.full(int(late.sum()), seen_at),
        vintage=np.full(int(late.sum()), new_york_day(now)),
        value=values.value[late],
        source=source,
    )
    changed, withdrawn = late & there, there & ~published
    return tuple(rows for rows in (new, seen) if len(rows)), _said(entry.id, values, before, changed, withdrawn)


def check_overlap(provider: str, entry: Series, period: Dates, since: Known) -> None:
    """Refuse an answer that lacks stored periods which it should repeat.

    Raises:
        BadAnswer: names the missing span.
    """
    stored = _stored(entry, since).period
    missing = stored[(stored >= first_to_ask(entry, since)) & ~np.isin(stored, period)]
    if len(missing):
        span = f"{missing[0]} to {missing[-1]}"
        raise BadAnswer(provider, entry.id, f"left out {len(missing)} stored values from {span}.")


def _stored(entry: Series, since: Known) -> Values:
    """The current value of each period in the tail."""
    rows = next((rows for rows in since.tail if rows.series == entry.id), None)
    if rows is None:
        return Values(np.empty(0, dtype="datetime64[D]"), np.empty(0))
    order = np.lexsort((rows.available_at, rows.period))
    period = rows.period[order]
    current = np.append(period[1:] != period[:-1], True)[: len(period)]
    return Values(period[current], rows.value[order][current])


def _where(values: Values, kept: Flags) -> Values:
    return Values(values.period[kept], values.value[kept])


def _said(name: str, values: Values, before: Floats, changed: Flags, withdrawn: Flags) -> tuple[Notice, ...]:
    notices = []
    if changed.any():
        at = int(np.argmax(changed))
        example = f"{values.period[at]} was {before[at]:g} and is {values.value[at]:g}"
        notices.append(Notice(name, f"{int(changed.sum())} stored values have changed: {example}."))
    if withdrawn.any():
        first = values.period[int(np.argmax(withdrawn))]
        text = f"{int(withdrawn.sum())} stored values from {first} on are no longer published; they are kept."
        notices.append(Notice(name, text))
    return tuple(notices)
