"""Could the data have been known when their stamps say so? The panel against the publishers' calendars.

Taking the future away cannot see a stamp that is too early: what the panel says was public then is believed. So each
stamp is held against the catalog's release rule, a filing against the time that books take to close, a bar against the
end of its day, and a claim to be point in time against the vintages that would carry it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from waterline.audit.cuts import first_to_know
from waterline.audit.finding import NEVER, REMEDIES, Check, Finding
from waterline.catalog import ASSETS, SERIES, Series
from waterline.panel import Bars, Observations, Panel
from waterline.sessions import Dates, Flags, Instants, new_york_instants

STAMPS = "stamps"
MIDNIGHT, EARLIEST_CLOSE = dt.time(0, 0), dt.time(13, 0)
FILED_AFTER_DAYS = 5
EARLY_RELEASE_DAYS = {"D": 5, "W": 3, "M": 15, "Q": 15}
"""By how many days a recorded release may precede the catalog's rule, which states the usual day."""
DAY = np.timedelta64(1, "D")
VINTAGES_NEEDED = "Load its vintages, or mark it as not point in time and read it as the latest revision that it is."


def stamp_findings(panel: Panel) -> tuple[Finding, ...]:
    """What of the panel claims to have been known before it could be; one finding a name, in order of name."""
    of_series = (finding for name, rows in sorted(panel.series.items()) for finding in _of_series(panel, name, rows))
    of_bars = (finding for _, bars in sorted(panel.bars.items()) for finding in _of_bars(panel, bars))
    return (*of_series, *of_bars)


def stamp_check(panel: Panel, findings: tuple[Finding, ...]) -> Check:
    """The check that gave ``findings``, with what it cannot judge."""
    latest = sorted(name for name, rows in panel.series.items() if not rows.point_in_time)
    note = f"latest revision only, so that nothing tells what was known: {', '.join(latest)}" if latest else ""
    asks = "Was every value public when its stamp says so?"
    return Check(STAMPS, asks, len(panel.series) + len(panel.bars), len(findings), note=note)


def _of_series(panel: Panel, name: str, rows: Observations) -> Iterator[Finding]:
    if len(rows) == 0:
        return
    if (rows.available_at[1:] < rows.available_at[:-1]).any():
        row = int(np.argmax(rows.available_at[1:] < rows.available_at[:-1])) + 1
        text = f"{name} is not sorted by available_at at its value for {rows.period[row]}, so that cuts miss rows"
        yield _finding(panel, name, rows.available_at[row], text, "Sort its rows by available_at, then period.")
    early = rows.available_at < earliest(name, rows)
    late_vintage = rows.available_at < new_york_instants(rows.vintage, MIDNIGHT)
    if early.any():
        row = _first(early, rows.available_at)
        text = f"the {name} value for {rows.period[row]} is known at {rows.available_at[row]}Z, {_due(name, rows, row)}"
        yield _finding(panel, name, rows.available_at[row], f"{text} ({int(early.sum())} values)")
    elif late_vintage.any():
        row = _first(late_vintage, rows.available_at)
        text = f"the {name} value for {rows.period[row]} of the release of {rows.vintage[row]} is known before it"
        yield _finding(panel, name, rows.available_at[row], text, VINTAGES_NEEDED)
    elif _computed_claim(name, rows):
        text = f"{name} claims to be point in time, but was never revised, and its stamps are those of a rule"
        yield _finding(panel, name, rows.available_at[0], text, VINTAGES_NEEDED)


def _first(which: Flags, instants: Instants) -> int:
    rows = np.flatnonzero(which)
    return int(rows[np.argmin(instants[rows])])


def _due(name: str, rows: Observations, row: int) -> str:
    if name in SERIES:
        return f"but comes out on {SERIES[name].release.instant(rows.period[[row]])[0]}Z"
    return f"but closes its books on {rows.period[row]}" if "/" in name else "before its period ends"


def earliest(name: str, rows: Observations) -> Instants:
    """(n,) UTC instants before which the values of a series cannot have been known.

    A series that claims to carry recorded releases may precede the rule by ``EARLY_RELEASE_DAYS``; a later release of
    the same period may come at any time after the first.
    """
    if name in SERIES:
        entry = SERIES[name]
        return _recorded(entry, rows) if entry.revised and rows.point_in_time else _by_rule(entry, rows)
    days = FILED_AFTER_DAYS if "/" in name else 0
    return np.asarray((rows.period + days * DAY).astype("datetime64[s]"))


def _by_rule(entry: Series, rows: Observations) -> Instants:
    due = entry.release.instant(rows.period)
    _, first = np.unique(rows.period, return_index=True)
    revision = np.ones(len(rows), dtype=np.bool_)
    revision[first] = False
    return np.where(revision, np.minimum(due, rows.available_at), due)


def _recorded(entry: Series, rows: Observations) -> Instants:
    days: Dates = entry.release.regular_day(rows.period) - EARLY_RELEASE_DAYS[entry.step] * DAY
    return days.astype("datetime64[s]")


def _computed_claim(name: str, rows: Observations) -> bool:
    """Whether a series that is revised says it is point in time on stamps that were computed from a rule."""
    if name not in SERIES or not (SERIES[name].revised and rows.point_in_time):
        return False
    once = len(np.unique(rows.period)) == len(rows)
    return once and bool((rows.available_at == SERIES[name].release.instant(rows.period)).all())


def _of_bars(panel: Panel, bars: Bars) -> Iterator[Finding]:
    around_the_clock = bars.asset in ASSETS and ASSETS[bars.asset].asset_class == "crypto"
    final = (bars.date + DAY).astype("datetime64[s]") if around_the_clock else _closes(bars.date)
    early = bars.available_at < final
    if early.any():
        row = _first(early, bars.available_at)
        text = f"the {bars.asset} bar of {bars.date[row]} is known at {bars.available_at[row]}Z, before its day ends"
        yield _finding(panel, bars.asset, bars.available_at[row], f"{text} ({int(early.sum())} bars)")
    unsorted = (bars.date[1:] <= bars.date[:-1]) | (bars.available_at[1:] < bars.available_at[:-1])
    if unsorted.any():
        row = int(np.argmax(unsorted)) + 1
        text = f"the {bars.asset} bar of {bars.date[row]} stands twice or out of order"
        yield _finding(panel, bars.asset, bars.available_at[row], text, "Keep one bar a day, in order.")
    begins = ASSETS[bars.asset].valid_from if bars.asset in ASSETS else None
    if begins is not None and len(bars.date) and bars.date[0] < np.datetime64(begins):
        text = f"{bars.asset} has a bar of {bars.date[0]}, before it was listed on {begins}"
        yield _finding(panel, bars.asset, bars.available_at[0], text, "Leave out what another security stands in for.")


def _closes(days: Dates) -> Instants:
    return new_york_instants(days, EARLIEST_CLOSE)


def _finding(panel: Panel, name: str, known: np.datetime64, text: str, remedy: str = "") -> Finding:
    row = int(first_to_know(panel, np.array([known]))[0])
    session = panel.clock.sessions[row] if row < len(panel.clock) else NEVER
    return Finding("panel", NEVER, session, (STAMPS,), series=(name,), said=text, remedy=remedy or REMEDIES["panel"])
