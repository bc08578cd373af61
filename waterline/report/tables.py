"""The page's tables as plain cells: text, and for sortable columns the value to sort by."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from waterline.evidence import Episode
from waterline.report.calendar_years import CalendarYear
from waterline.report.evaluated import INDEX, MIX, STRATEGY, Evaluated
from waterline.report.key_numbers import Comparison, Mark, comparison
from waterline.report.numerals import MISSING, count, day, number, percent, points, readable
from waterline.sessions import NEW_YORK

WINDOWS = ("pre_idea", "post_idea", "all")
PILLARS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, whether it holds figures, whether it takes a full line on a phone."""

    head: str
    figures: bool = False
    wide: bool = False
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Attributes:
        text: what it says.
        order: value to sort by: a number, or text; the text itself where None.
        detail: said after the text, paler.
        kind: "" or a template's way to show it: "state", "bar", "zoom", "reach".
        share: bars only: length and side, in [-1, 1].
        mark: reaches only: dot and line.
        zero: reaches only: place of zero in percent of the width; None where it lies outside.
    """

    text: str
    order: float | str | None = None
    detail: str = ""
    kind: str = ""
    share: float = 0.0
    mark: Mark | None = None
    zero: float | None = None

    @property
    def key(self) -> str:
        """What the page's script sorts by; a missing figure comes last."""
        if isinstance(self.order, float) and not math.isfinite(self.order):
            return ""
        return self.text if self.order is None else str(self.order)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first cell in each row is the row's head."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def figure(value: float, text: str) -> Cell:
    """A cell with a number behind it."""
    return Cell(text, float(value))


def episode_table(run: Evaluated) -> Table:
    """One row a spell, the newest first."""
    spells = run.outcome.episodes
    widest = max((abs(spell.gain) for spell in spells if math.isfinite(spell.gain)), default=0.0)
    columns = (
        Column("State"), Column("Entered"), Column("Last session"), Column("Sessions", figures=True),
        Column("What moved the score in the 63 sessions before", wide=True, sortable=False),
        Column("Strategy", figures=True), Column("Mix", figures=True), Column("Gain over mix, points", figures=True),
        Column("", sortable=False), Column("", sortable=False),
    )  # fmt: skip
    rows = tuple(_episode(spell, place, widest, len(run.outcome.score.pillars)) for place, spell in enumerate(spells))
    return Table("Spells of each state, with the return of strategy and mix", columns, rows[::-1])


def _episode(spell: Episode, place: int, widest: float, pillars: int) -> tuple[Cell, ...]:
    share = spell.gain / widest if widest > 0 and math.isfinite(spell.gain) else 0.0
    last = day(spell.last)
    return (
        Cell(spell.state, kind="state"),
        Cell(day(spell.decided), str(spell.decided)),
        Cell(last, str(spell.last), detail="still on" if spell.ongoing else ""),
        figure(spell.sessions, count(spell.sessions)),
        Cell(_moved(spell, pillars)),
        figure(spell.strategy_return, percent(spell.strategy_return, signed=True)),
        figure(spell.mix_return, percent(spell.mix_return, signed=True)),
        figure(spell.gain, points(spell.gain)),
        Cell("", kind="bar", share=round(share, 3)),
        Cell(f"Show {spell.state} spell from {day(spell.decided)}", kind="zoom", order=str(place)),
    )


def _moved(spell: Episode, pillars: int) -> str:
    known = [(name, move) for name, move in spell.moved_by.items() if math.isfinite(move)]
    told = ", ".join(f"{readable(name).lower()} {number(move, signed=True)}" for name, move in known[:PILLARS_TOLD])
    return told or ("no earlier score to compare with" if pillars else MISSING)


Row = tuple[str, str, tuple[str, ...]]
"""Class, head and figures as written."""


@dataclass(frozen=True, slots=True)
class WindowRows:
    """One window: its head, and a row for each portfolio; no rows and a note where it holds no session."""

    label: str
    span: str
    note: str
    rows: tuple[Row, ...]


WINDOW_FIGURES = (
    "Return a year", "Volatility", "Sharpe ratio", "Worst drawdown", "Turnover a year", "Timing gain, before costs",
    "Gain over mix, after costs",
)  # fmt: skip


RUN_FIGURES = tuple(head for head in WINDOW_FIGURES if head != "Sharpe ratio")
"""Figures of a run's windows: its Sharpe ratios stand elsewhere, with all that belongs to them."""


def window_rows(run: Evaluated) -> tuple[WindowRows, ...]:
    """The windows before the idea, after it, and all, each with strategy, mix and index, as ``RUN_FIGURES``."""
    shown = [window_row(run.labels, comparison(run, name)) for name in WINDOWS if name in run.outcome.windows]
    return tuple(replace(window, rows=tuple(_without_sharpe(row) for row in window.rows)) for window in shown)


def _without_sharpe(row: Row) -> Row:
    kept = zip(WINDOW_FIGURES, row[2], strict=True)
    return row[0], row[1], tuple(text for head, text in kept if head in RUN_FIGURES)


def window_row(labels: dict[str, str], compared: Comparison) -> WindowRows:
    """One window with strategy, mix and index."""
    label = compared.window.label[:1].upper() + compared.window.label[1:]
    if len(compared.window) == 0:
        return WindowRows(label, "", "No session of this run lies in this window.", ())
    own = compared.figures[STRATEGY]
    span = f"{day(own.first_session)} to {day(own.last_session)}, {count(own.sessions, 'session')}"
    rows = tuple((name, labels[name], window_figures(compared, name)) for name in (STRATEGY, MIX, INDEX))
    return WindowRows(label, span, compared.note, rows)


def window_figures(compared: Comparison, name: str) -> tuple[str, ...]:
    """The figures of one portfolio as written, in the order of ``WINDOW_FIGURES``; empty where it has none."""
    own = compared.figures[name]
    told = [
        percent(own.cagr),
        percent(own.volatility),
        with_error(number(own.sharpe_ratio), number(own.sharpe_standard_error)),
        percent(own.max_drawdown.depth),
        percent(own.turnover_per_year, 0) if name != INDEX else "",
    ]
    gains = (compared.timing_gain, compared.tracking_difference) if name == STRATEGY else ()
    for gain in gains:
        error = with_error(points(gain.value), points(gain.standard_error, signed=False))
        told.append(f"{error}, t {number(gain.t, 1)}" if math.isfinite(gain.t) else error)
    return (*told, *[""] * (len(WINDOW_FIGURES) - len(told)))


def with_error(value: str, error: str) -> str:
    """A figure as written with its standard error, where there is one."""
    return value if error == MISSING else f"{value} ±{error}"


def calendar_table(run: Evaluated, years: Sequence[CalendarYear]) -> Table:
    """Calendar-year returns."""
    heads = ("Year", run.labels[STRATEGY], run.labels[MIX], run.labels[INDEX], "Lead over mix, points", "Days scarce")
    rows = tuple(
        (
            Cell(str(year.year)),
            *(figure(value, percent(value)) for value in year.returns.values()),
            figure(year.lead, points(year.lead)),
            figure(year.scarce, percent(year.scarce, 0)),
        )
        for year in years
    )
    return Table("Returns by calendar year", _plain(heads), rows)


def score_table(run: Evaluated, years: Sequence[CalendarYear]) -> Table:
    """Score and pillars on the last session of each year."""
    heads = ("Year end", "Score", *(readable(name) for name in run.parts))
    rows = tuple(
        (
            Cell(str(year.year)),
            *(figure(value, number(value, signed=True)) for value in (year.score, *year.parts.values())),
        )
        for year in years
    )
    return Table("Score and what each pillar adds to it, at year end", _plain(heads), rows)


def holdings_table(run: Evaluated, years: Sequence[CalendarYear]) -> Table:
    """Shares of equity on the last session of each year."""
    heads = ("Year end", *(readable(name) for name in run.sleeve_weights), "Bills")
    rows = tuple(
        (
            Cell(str(year.year)),
            *(figure(share, percent(share, 0)) for share in (*year.held.values(), 1.0 - sum(year.held.values()))),
        )
        for year in years
    )
    return Table("Shares of equity at year end", _plain(heads), rows)


def _plain(heads: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(head, figures=place > 0, sortable=False) for place, head in enumerate(heads))


def new_york(instant: np.datetime64 | None) -> str:
    """A UTC instant as New York date and time: ``31 Dec 2025, 16:40``."""
    if instant is None or np.isnat(instant):
        return MISSING
    utc = instant.astype("datetime64[s]").item().replace(tzinfo=dt.UTC)
    local = utc.astimezone(ZoneInfo(NEW_YORK))
    return f"{day(np.datetime64(local.date()))}, {local:%H:%M}"
