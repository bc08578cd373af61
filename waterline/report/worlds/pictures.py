"""Pictures that are drawn before the page is: p-values in bins, and one history with its true states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from waterline.report.numerals import count, multiple, number, percent
from waterline.report.worlds import words
from waterline.sessions import Dates, Floats
from waterline.world import History, Study
from waterline.world.detection import spells
from waterline.world.history import MIX, STRATEGY
from waterline.world.latent import STATE_NAMES

BINS = 20
TALL, HEADROOM = 84.0, 8.0
"""Height of a histogram in pixels, of which the tallest bar leaves the second free."""
WIDE, HIGH, EDGE = 1000.0, 100.0, 4.0
"""Box in which lines are drawn, and what stays free above and below them."""
EVERY = 5
"""Sessions from one drawn point of a line to the next."""
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin: place and width in percent, top and height in pixels, whether the test rejects there."""

    x: float
    w: float
    y: float
    h: float
    rejects: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """The p-values of one test: its bars, and the height at which all would stand if chance alone drew them."""

    title: str
    told: str
    summary: str
    bars: tuple[Bar, ...]
    even: float


def histograms(study: Study) -> list[Histogram]:
    """The p-values of every test, in bins of 5 points; the first holds those that reject."""
    return [_histogram(study, test) for test in study.tests()]


def _histogram(study: Study, test: str) -> Histogram:
    p = study.p_values(test)
    held = np.bincount(np.clip(np.ceil(BINS * p).astype(np.int64) - 1, 0, BINS - 1), minlength=BINS)
    even = len(p) / BINS
    scale = (TALL - HEADROOM) / max(float(held.max()), even)
    width = 100.0 / BINS
    bars = tuple(
        Bar(k * width, width, round(TALL - scale * many, 1), round(scale * many, 1), k == 0)
        for k, many in enumerate(held.tolist())
    )
    rejected = percent(float(held[0]) / len(p))
    summary = f"{count(int(held[0]))} of {count(len(p), 'p-value')} of at most 0.05"
    return Histogram(words.test_title(test), f"{rejected} at 5%", summary, bars, round(TALL - scale * even, 1))


@dataclass(frozen=True, slots=True)
class Span:
    """A spell: its state, place and width in percent."""

    state: str
    x: float
    w: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line through a box of ``WIDE`` times ``HIGH``: path, name, and what is said of it."""

    name: str
    path: str
    told: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines on one scale, and the height of a line to read them by; None where there is none."""

    title: str
    lines: tuple[Line, ...]
    level: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """One history: true and called states, panels, and where each year begins."""

    number: int
    summary: str
    true: tuple[Span, ...]
    called: tuple[Span, ...]
    panels: tuple[Panel, ...]
    years: tuple[tuple[float, str], ...]


def picture(shown: History, study: Study) -> Picture:
    """One history, with what became of its true scarce spells."""
    calls = np.where(shown.called, len(STATE_NAMES) - 1, 0)
    logs = {name: np.log(values) for name, values in shown.growth.items()}
    ends = {name: f"{label} {multiple(float(shown.growth[name][-1]))}" for name, label in
            ((STRATEGY, "strategy"), (MIX, "same-exposure mix"))}  # fmt: skip
    known = shown.score[np.isfinite(shown.score)]
    reach = f"{number(float(known.min()), 1)} to {number(float(known.max()), 1)}" if len(known) else ""
    return Picture(
        number=shown.number,
        summary=_summary(study, shown.number),
        true=_spans([STATE_NAMES[state] for state in shown.states.tolist()]),
        called=_spans(["scarce" if call else "ample" for call in calls.tolist()]),
        panels=(
            _panel("Score, higher where capital looks scarcer", {"score": shown.score}, {"score": reach}),
            _panel("Growth of 1, log scale", {MIX: logs[MIX], STRATEGY: logs[STRATEGY]}, ends),
        ),
        years=_years(shown.sessions),
    )


def _summary(study: Study, run: int) -> str:
    seen = study.trials[run].detection
    delays = ", ".join(count(delay) for delay in seen.delays)
    spells_told = count(len(seen.delays) + seen.missed, "true scarce spell begins", "true scarce spells begin")
    noticed = f"called after {delays} sessions" if seen.delays else "none is called"
    missed = f", {count(seen.missed)} missed" if seen.missed and seen.delays else ""
    return f"{spells_told}: {noticed}{missed}; {count(seen.false_alarms, 'false alarm')}"


def _spans(names: Sequence[str]) -> tuple[Span, ...]:
    """The spells of a sequence of states, in order."""
    every = np.array(names)
    found = [(start, stop, str(state)) for state in np.unique(every) for start, stop in spells(every == state)]
    share = 100.0 / len(every)
    return tuple(Span(state, round(share * a, 2), round(share * (b - a), 2)) for a, b, state in sorted(found))


def _panel(title: str, series: dict[str, Floats], told: dict[str, str]) -> Panel:
    every = np.concatenate([values[np.isfinite(values)] for values in series.values()])
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 0.0)
    high = high if high > low else low + 1.0
    lines = tuple(Line(name, _path(_heights(values, low, high)), told[name]) for name, values in series.items())
    level = float(_heights(np.zeros(1), low, high)[0]) if low < 0.0 < high else None
    return Panel(title, lines, None if level is None else round(level, 1))


def _heights(values: Floats, low: float, high: float) -> Floats:
    return np.asarray(HIGH - EDGE - (HIGH - 2.0 * EDGE) * (values - low) / (high - low))


def _path(y: Floats) -> str:
    """SVG path; a missing value breaks it."""
    rows = np.unique(np.append(np.arange(0, len(y), EVERY), len(y) - 1))
    parts, pen = [], "M"
    for row in rows.tolist():
        if not np.isfinite(y[row]):
            pen = "M"
            continue
        parts.append(f"{pen}{WIDE * row / max(1, len(y) - 1):.1f} {y[row]:.1f}")
        pen = "L"
    return "".join(parts)


def _years(sessions: Dates) -> tuple[tuple[float, str], ...]:
    """Place in percent and name of every year that begins within, or of every second, third ... where they are many."""
    years = sessions.astype("datetime64[Y]")
    begins = np.flatnonzero(years[1:] != years[:-1]) + 1
    step = -(-len(begins) // MOST_YEARS) or 1
    return tuple((round(100.0 * row / len(sessions), 2), str(years[row])) for row in begins[::step].tolist())
