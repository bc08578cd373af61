"""The lines of the gallery as they are written, with what they are sorted and found by."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from waterline.appraisal.wording import chance
from waterline.report.gallery.differences import Change, differences
from waterline.report.gallery.entries import RUN, STUDY, Entry
from waterline.report.gallery.folders import printable
from waterline.report.numerals import MISSING, day, multiple, percent, points

LONGEST_NAME, LONGEST_VALUE, LONGEST_KEY = 90, 48, 120
"""Letters of a name and of a value that are shown."""
MOST_CHANGES, MOST_FOLDED = 3, 60
"""Changed keys that are shown at once, and on demand."""
ABSENT = "absent"
MODULE = re.compile(r"[\w.]+:")


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed key as written: before and after."""

    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        entry: what it is made from.
        name: its name, cut where it is very long, as all texts here.
        folder: its folder.
        href: address of its page, relative to the gallery's.
        family: the classes of signal and strategy, and the kind of data.
        span: from when to when.
        growth: what became of 1, strategy and mix.
        cagr: return a year, strategy and mix.
        gain: timing gain in points, and its interval.
        p_value: as written, empty where there is none.
        since: what its configuration is compared with; empty where it is the first of its family.
        changes: the first of the changed keys.
        folded: further ones.
        left_out: number of changed keys that are not written at all.
        written: when, UTC.
    """

    entry: Entry
    name: str
    folder: str
    href: str
    family: str
    span: str
    growth: tuple[str, str]
    cagr: tuple[str, str]
    gain: tuple[str, str]
    p_value: str
    since: str
    changes: tuple[Changed, ...]
    folded: tuple[Changed, ...]
    left_out: int
    written: str

    @property
    def keys(self) -> dict[str, str]:
        """Column -> what it is sorted by; empty where there is no figure."""
        entry = self.entry
        figures = {"growth": entry.growth[0], "cagr": entry.cagr[0], "gain": entry.gain[0], "p_value": entry.p_value}
        told = {name: repr(value) if math.isfinite(value) else "" for name, value in figures.items()}
        return told | {"name": self.name, "last": entry.last, "written": repr(entry.written)}


def row_of(entry: Entry, before: Entry | None, standing: Mapping[str, Entry]) -> Row:
    """The line of an entry.

    Args:
        entry: the entry.
        before: the one of the same family before it.
        standing: folder -> entry of all that have results.
    """
    changes = differences([before.config, entry.config]) if before else ()
    written = [_changed(change) for change in changes[: MOST_CHANGES + MOST_FOLDED]]
    return Row(
        entry=entry,
        name=cut(entry.name, LONGEST_NAME),
        folder=cut(printable(entry.folder), LONGEST_VALUE),
        href=href(entry),
        family=cut(MODULE.sub("", entry.family).replace(" on ", ", "), LONGEST_NAME),
        span=span(entry),
        growth=(multiple(entry.growth[0]), multiple(entry.growth[1])),
        cagr=(percent(entry.cagr[0]), percent(entry.cagr[1])),
        gain=(points(entry.gain[0]), between(*entry.gain[1:])),
        p_value=_p_value(entry),
        since="" if before is None else _told(before, entry, standing),
        changes=tuple(written[:MOST_CHANGES]),
        folded=tuple(written[MOST_CHANGES:]),
        left_out=len(changes) - len(written),
        written=_instant(entry.written),
    )


def href(entry: Entry, base: str = "") -> str:
    """Address of an entry's page, or of its folder where it has none; whatever that is called."""
    return f"{base}{quote(entry.folder, safe='')}/{entry.page}"


def cut(text: str, letters: int) -> str:
    """The beginning of a text, with an ellipsis where something is left out."""
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def between(low: float, high: float) -> str:
    """An interval in points; empty where there is none."""
    return f"{points(low)} to {points(high)}" if math.isfinite(low) and math.isfinite(high) else ""


def _changed(change: Change) -> Changed:
    old, new = (ABSENT if value is None else cut(value, LONGEST_VALUE) for value in change.values)
    return Changed(cut(change.key, LONGEST_KEY), old, new)


def _told(before: Entry, entry: Entry, standing: Mapping[str, Entry]) -> str:
    """How the one before is called; its results may be gone."""
    if standing.get(before.folder) is before:
        return cut(printable(before.folder), LONGEST_VALUE)
    return (
        "what stood here before"
        if before.folder == entry.folder
        else f"what stood in {cut(printable(before.folder), LONGEST_VALUE)} before"
    )


def _p_value(entry: Entry) -> str:
    if not math.isfinite(entry.p_value):
        return ""
    of = {RUN: "", STUDY: " of the search"}.get(entry.kind, "")
    return f"{chance(entry.p_value)}{of}"


def span(entry: Entry) -> str:
    """From when to when; a dash where that is not known."""
    first, last = (_day(iso) for iso in (entry.first, entry.last))
    return MISSING if MISSING in (first, last) else f"{first} to {last}"


def _day(iso: str) -> str:
    try:
        return day(np.datetime64(iso, "D"))
    except ValueError:
        return MISSING


def _instant(seconds: float) -> str:
    utc = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    return f"{day(np.datetime64(utc.date()))}, {utc:%H:%M}"
