"""The tub: slack as the water above the drain, in numbers a template can draw."""

from __future__ import annotations

import math
from dataclasses import dataclass

from waterline.report.calendar_years import CalendarYear
from waterline.report.numerals import day, percent

RIM, DRAIN = 34.0, 134.0
"""Heights of the rim and of the drain in the drawing; the water stands between them."""
LABEL_GAP = 16.0
SURFACE_LABEL = 8.0
"""How far above the water the middle of its own label stands."""
HIGHEST, LOWEST = 10.0, 136.0
"""Where labels may stand."""
TIDE_MARKS = 4


@dataclass(frozen=True, slots=True)
class Tide:
    """Where the water stood: the height of its mark, of its label, and the label."""

    y: float
    label_y: float
    text: str


@dataclass(frozen=True, slots=True)
class SmallTub:
    """A year's end: its year, water as a share of the rim, that as text, and the share of its days scarce."""

    year: int
    water: float
    text: str
    scarce: float


@dataclass(frozen=True, slots=True)
class Tub:
    """Slack on the last session, with the tide marks of earlier year ends.

    Attributes:
        water: share of the rim, 0 to 1.
        surface: the newest mark.
        tides: marks of year ends, from high to low.
        years: every year end with slack.
        summary: the drawing in a sentence.
    """

    water: float
    surface: Tide
    tides: tuple[Tide, ...]
    years: tuple[SmallTub, ...]
    summary: str


def tub(years: tuple[CalendarYear, ...]) -> Tub | None:
    """The drawing; None where the signal has no slack, or none on the last session."""
    if not years or not math.isfinite(years[-1].slack):
        return None
    now, past = years[-1], [year for year in years[:-1] if math.isfinite(year.slack)]
    text = f"{day(now.last)}: {percent(_share(now.slack), 0)} full"
    marks = _merged(past[::-1][:TIDE_MARKS])
    small = tuple(SmallTub(y.year, _share(y.slack), percent(_share(y.slack), 0), y.scarce) for y in [*past, now])
    surface = _height(now.slack)
    summary = "; ".join([f"Slack, {text}", *(label for _, label in marks)])
    return Tub(_share(now.slack), Tide(surface, surface, text), _apart(marks, surface), small, summary)


def _merged(years: list[CalendarYear]) -> list[tuple[float, str]]:
    """Height and label of the years' marks, those of equal percentage as one."""
    by_text: dict[str, list[CalendarYear]] = {}
    for year in sorted(years, key=lambda year: year.year):
        by_text.setdefault(percent(_share(year.slack), 0), []).append(year)
    return [
        (_height(group[0].slack), f"{', '.join(str(y.year) for y in group)}: {text}") for text, group in by_text.items()
    ]


def _apart(marks: list[tuple[float, str]], surface: float) -> tuple[Tide, ...]:
    """The marks from high to low, their labels moved away from the surface's; those without room are left out."""
    own = surface - SURFACE_LABEL
    tides, edge = [], own
    for height, text in sorted(marks, reverse=True):
        if height < surface:
            edge = min(height, edge - LABEL_GAP)
            tides.append(Tide(height, edge, text))
    edge = own
    for height, text in sorted(marks):
        if height >= surface:
            edge = max(height, edge + LABEL_GAP)
            tides.append(Tide(height, edge, text))
    return tuple(sorted((tide for tide in tides if HIGHEST <= tide.label_y <= LOWEST), key=lambda tide: tide.label_y))


def _share(slack: float) -> float:
    return min(max(slack, 0.0), 1.0)


def _height(slack: float) -> float:
    return round(DRAIN - (DRAIN - RIM) * _share(slack), 1)
