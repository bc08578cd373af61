"""Calendar months of an evaluation: how far the strategy was ahead of the mix in each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from waterline.report.calendar_years import CalendarYear
from waterline.report.evaluated import MIX, STRATEGY, Evaluated
from waterline.report.numerals import MONTHS, count, month, points

STEPS = (0.005, 0.015, 0.04)
"""Leads, as fractions, from which a month is coloured more strongly; the same on every page."""
UNSEEN_LEAD = 0.0005
"""Below it a lead is written as zero."""
LONGEST_OPEN = 20
"""Years that are shown at once; earlier ones are folded away."""


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """One calendar month, or the part of it that was evaluated.

    Attributes:
        month: its first day.
        returns: strategy and mix -> simple return within the month, as a fraction.
    """

    month: np.datetime64
    returns: dict[str, float]

    @property
    def lead(self) -> float:
        """Return of the strategy minus that of the mix, as a fraction."""
        return self.returns[STRATEGY] - self.returns[MIX]


@dataclass(frozen=True, slots=True)
class Tile:
    """A coloured cell: the head of its column, its text, and its step of the scale, "" where it has none."""

    head: str
    text: str
    step: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A year of the table: twelve months, and what the year came to."""

    year: str
    tiles: tuple[Tile, ...]
    total: str


@dataclass(frozen=True, slots=True)
class MonthTable:
    """Years in order.

    Attributes:
        open: the newest, shown at once.
        folded: earlier ones, empty where there are few.
        key: step -> what it stands for, from the mix far ahead to the strategy far ahead.
    """

    open: tuple[MonthRow, ...]
    folded: tuple[MonthRow, ...]
    key: dict[str, str]


def calendar_months(run: Evaluated) -> tuple[CalendarMonth, ...]:
    """The calendar months that hold at least one return, in order."""
    months = run.sessions.astype("datetime64[M]")
    last = len(months) - 1
    ends = [row for row in range(1, last + 1) if row == last or months[row] != months[row + 1]]
    return tuple(_month(run, start, end) for start, end in zip([0, *ends[:-1]], ends, strict=False))


def _month(run: Evaluated, start: int, end: int) -> CalendarMonth:
    growth = {name: run.equity[name] for name in (STRATEGY, MIX)}
    returns = {name: float(equity[end] / equity[start] - 1.0) for name, equity in growth.items()}
    return CalendarMonth(run.sessions[end].astype("datetime64[M]"), returns)


def month_table(months: Sequence[CalendarMonth], years: Sequence[CalendarYear]) -> MonthTable:
    """Years as rows, months as columns; a month that was not evaluated is a dash without colour."""
    leads = {str(one.month): one.lead for one in months}
    rows = tuple(_row(year, leads) for year in years)
    return MonthTable(rows[-LONGEST_OPEN:], rows[:-LONGEST_OPEN], _key())


def _row(year: CalendarYear, leads: dict[str, float]) -> MonthRow:
    found = [leads.get(f"{year.year}-{number:02}", math.nan) for number in range(1, 13)]
    tiles = (Tile(head, points(lead), step(lead)) for head, lead in zip(MONTHS, found, strict=True))
    return MonthRow(str(year.year), tuple(tiles), points(year.lead))


def step(lead: float) -> str:
    """Where a lead stands on the scale: ``behind-3`` to ``behind-1``, ``even``, ``ahead-1`` to ``ahead-3``."""
    if not math.isfinite(lead):
        return ""
    size = sum(abs(lead) >= least for least in STEPS)
    return f"{'ahead' if lead > 0 else 'behind'}-{size}" if size else "even"


def _key() -> dict[str, str]:
    low, middle, high = (points(least, signed=False) for least in STEPS)
    sizes = {1: f"{low} to {middle}", 2: f"{middle} to {high}", 3: f"{high} or more"}
    behind = {f"behind-{size}": f"mix {told}" for size, told in reversed(sizes.items())}
    ahead = {f"ahead-{size}": f"strategy {told}" for size, told in sizes.items()}
    return {**behind, "even": f"less than {low} apart", **ahead}


def months_answer(months: Sequence[CalendarMonth]) -> str:
    """In how many months it led, and where most."""
    led = sum(one.lead >= UNSEEN_LEAD for one in months)
    if all(abs(one.lead) < UNSEEN_LEAD for one in months):
        return "**In no month did it differ from the mix** by a tenth of a point."
    best, worst = max(months, key=lambda one: one.lead), min(months, key=lambda one: one.lead)
    if len(months) == 1:
        did = "led" if led else "did not lead"
        return f"It covers one month, {month(best.month)}, in which it {did} the mix ({points(best.lead)} points)."
    return (
        f"It led the mix in **{count(led)} of {count(len(months))} months**. The best against the mix was "
        f"{month(best.month)} ({points(best.lead)} points), the worst {month(worst.month)} ({points(worst.lead)})."
    )
