"""The reference of series and assets from the catalog."""

from __future__ import annotations

from waterline.catalog import ASSETS, COST_BPS, SERIES
from waterline.catalog.release import (
    BusinessDaysAfter,
    DaysAfterPeriod,
    Release,
    SameDay,
    WeekBatch,
    WeekdayAfter,
)
from waterline.catalog.series import MAX_AGE_DAYS, Series

OPENING = """# Series and assets

*Written by `make reference` from the catalog; a test holds this page to it.*

What Waterline knows about each series, whatever source delivers it, above all when a value becomes public. Times are
New York wall-clock times. A release that falls on a weekend or a federal holiday moves to the next business day. Values
are converted to US dollars, percent or index points on reading, and refused outside a plausible range.
[Data and clocks](../clocks.md) says how the rules are used.

A series whose history is *rewritten* counts as point in time only where its vintages are at hand; a run names the rest.
"""
USABLE = "A value may be used for a number of calendar days after its release: {ages}. Then it is missing."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
ORDINALS = ("", "second ", "third ", "fourth ", "fifth ", "sixth ", "seventh ", "eighth ", "ninth ")
STEPS = {"D": "daily", "W": "weekly", "M": "monthly", "Q": "quarterly"}
SPANS = {"M": "month", "Q": "quarter"}
CLASSES = {
    "index_etf": "broad index funds, bonds, commodities",
    "thematic_etf": "thematic and factor funds",
    "stock": "stocks",
    "crypto": "crypto, a day ends at midnight UTC",
    "index": "indices; they cannot be traded",
}


def page() -> str:
    """The whole page."""
    heads = ["| series | what it is | comes | known from | rewritten |", "|---|---|---|---|---|"]
    ages = ", ".join(f"{MAX_AGE_DAYS[step]} for a {name} one" for step, name in STEPS.items())
    series = "\n".join([*heads, *map(_series_row, SERIES.values())])
    heads = ["| class | what | cost a side | tickers |", "|---|---|---|---|"]
    assets = "\n".join([*heads, *map(_class_row, COST_BPS)])
    return (
        f"{OPENING}\n## Series\n\n{USABLE.format(ages=ages)}\n\n{series}\n\n{_exceptions()}\n\n## Assets\n\n{assets}\n"
    )


def _series_row(entry: Series) -> str:
    known = f"{rule(entry.release)}{'; see below' if entry.release.delayed else ''}"
    cells = (f"`{entry.id}`", entry.title, STEPS[entry.step], known, "yes" if entry.revised else "–")
    return f"| {' | '.join(cells)} |"


def rule(release: Release) -> str:
    """When the value of a period comes out, in words."""
    at = f"{release.at:%H:%M}"
    match release:
        case SameDay():
            return f"{at} on its own day"
        case BusinessDaysAfter(days=days):
            return f"{at} on the next business day" if days == 1 else f"{at}, {days} business days later"
        case WeekdayAfter(weekday=weekday, weeks=weeks, any_holiday=any_holiday):
            late = ", a day later in a week with a holiday" if any_holiday else ""
            return f"{at} on the {ORDINALS[weeks]}{WEEKDAYS[weekday]} after{late}"
        case WeekBatch(weekday=weekday):
            return f"{at} on the {WEEKDAYS[weekday]} of the next week"
        case DaysAfterPeriod(step=step, days=days):
            side = "after" if days > 0 else "before"
            count = f"{abs(days)} {'day' if abs(days) == 1 else 'days'}"
            return f"{at}, {count} {side} the {SPANS[step]} ends"
    raise TypeError(f"a release rule without words: {type(release).__name__}")


def _exceptions() -> str:
    """Releases that history put off, one line a rule."""
    late: dict[str, list[str]] = {}
    for entry in SERIES.values():
        if entry.release.delayed:
            told = "; ".join(f"{period:%Y-%m} on {day}" for period, day in entry.release.delayed.items())
            late.setdefault(told, []).append(f"`{entry.id}`")
    lines = [f"- {', '.join(names)}: {told}." for told, names in late.items()]
    return "\n".join(
        ["Releases that government shutdowns put off, by the month in which the period begins:", "", *lines]
    )


def _class_row(name: str) -> str:
    tickers = ", ".join(f"`{entry.ticker}`" for entry in ASSETS.values() if entry.asset_class == name)
    return f"| `{name}` | {CLASSES[name]} | {COST_BPS[name]:g} bp | {tickers} |"
