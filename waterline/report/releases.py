"""The inputs on the last session: how old each is, since when it is public, and when its next value comes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.outcome import Outcome, Provenance
from waterline.panel import Observations
from waterline.report.numerals import MISSING, count, day
from waterline.report.tables import Cell, Column, Table, figure, new_york
from waterline.sessions import exchange_sessions
from waterline.today.prints import Present, Print, has_ended, next_print

AHEAD = dt.timedelta(days=30)
"""Within which the next session comes, whatever the holidays."""


@dataclass(frozen=True, slots=True)
class Release:
    """One input on the last session.

    Attributes:
        input: where it stands.
        next: the value that the last decision did not know yet; None where there will be none, or none was ever known.
        ended: whether its publisher has discontinued it.
    """

    input: Provenance
    next: Print | None
    ended: bool


def releases(outcome: Outcome) -> tuple[Release, ...]:
    """Every input of a run with its next print, told by what its last decision knew: rules alone, no later delay."""
    panel = outcome.panel
    if len(panel.clock) == 0:
        return tuple(Release(source, None, ended=False) for source in outcome.provenance)
    rows: Mapping[str, Observations] = {
        **panel.series,
        **{ticker: bars.closes() for ticker, bars in panel.bars.items()},
    }
    cutoff, last = panel.clock.cutoffs[-1], outcome.sessions[-1].item()
    ahead = exchange_sessions(last + dt.timedelta(days=1), last + AHEAD)
    present = Present(cutoff, cutoff, by_rule=True, sessions=np.concatenate([outcome.sessions, ahead]))
    return tuple(_release(source, rows[source.name].known_by(cutoff), present) for source in outcome.provenance)


def _release(source: Provenance, known: Observations, present: Present) -> Release:
    return Release(source, next_print(source.name, known, present), has_ended(source.name, known))


def release_table(found: tuple[Release, ...]) -> Table:
    """Age, history and next print of every input on the last session; what is too old comes first."""
    columns = (
        Column("Input", wide=True), Column("Newest period"), Column("Public since, New York"),
        Column("Age", figures=True), Column("Limit", figures=True), Column("On the last session"), Column("History"),
        Column("Next print, New York"),
    )  # fmt: skip
    ordered = sorted(found, key=lambda one: (not one.input.is_stale, one.input.point_in_time, one.input.name))
    return Table("Inputs on the last session, with their next print", columns, tuple(_row(one) for one in ordered))


def _row(one: Release) -> tuple[Cell, ...]:
    source = one.input
    known = source.last_period is not None and not np.isnat(source.last_period)
    usable = "Never known" if not known else "Usable" if not source.is_stale else "Too old"
    return (
        Cell(source.title, source.title, detail="" if source.title == source.name else source.name),
        Cell(day(source.last_period), str(source.last_period) if known else ""),
        Cell(new_york(source.available_at), str(source.available_at) if source.available_at is not None else ""),
        figure(source.age_days, _days(source.age_days)),
        figure(source.max_age_days, _days(source.max_age_days)),
        Cell(usable, kind="flag" if usable != "Usable" else ""),
        Cell("As first published") if source.point_in_time else Cell("Not point in time", kind="flag"),
        _next(one),
    )


def _next(one: Release) -> Cell:
    """When the next value comes and what it is about; its day alone where no calendar fixes the hour."""
    if one.next is None:
        return Cell("Discontinued" if one.ended else MISSING, "")
    at = new_york(one.next.at) if one.next.scheduled else day(one.next.at)
    how = "scheduled" if one.next.scheduled else "expected"
    late = one.next.due == "overdue"
    told = f"{how}, about {day(one.next.period)}" + (": overdue, not in the data" if late else "")
    return Cell(at, str(one.next.at), detail=told, kind="flag" if late else "")


def _days(value: float) -> str:
    return count(int(value), "day") if math.isfinite(value) else MISSING
