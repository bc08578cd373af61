"""When the next value of an input comes: by its publisher's rule, or by what a company did a year ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from waterline.catalog import ASSETS, SERIES
from waterline.catalog.release import MONTHS_IN, DaysAfterPeriod, business_day, weekday_of
from waterline.panel import Observations
from waterline.sessions import Dates
from waterline.sources.prices import AROUND_THE_CLOCK, final_at

Due = Literal["ahead", "since", "overdue"]
DAY, WEEK = np.timedelta64(1, "D"), np.timedelta64(7, "D")
LOOKED_AT, WEEKENDS = 30, 4
"""A daily series is stamped on weekends too where so many of its last periods are."""
SAME_QUARTER = 45
"""Days by which a quarter may lie off the one a year before."""


@dataclass(frozen=True, slots=True)
class Print:
    """The next value of an input after those that the last decision knew.

    Attributes:
        period: the day it will be stamped with.
        at: UTC instant at which it comes.
        scheduled: True where the publisher's calendar fixes the day, False where only a rule of thumb expects it.
        due: "ahead"; "since" where it came after the last decision; "overdue" where the last decision should have known
            it and the data do not hold it.
    """

    period: np.datetime64
    at: np.datetime64
    scheduled: bool
    due: Due


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """What prints are judged by.

    Attributes:
        cutoff: UTC instant of the last decision.
        instant: UTC instant that counts as now.
        by_rule: whether delays that became known later are left out, so that an earlier day is not told them.
        sessions: sessions before and after.
    """

    cutoff: np.datetime64
    instant: np.datetime64
    by_rule: bool
    sessions: Dates


def next_print(name: str, known: Observations, present: Present) -> Print | None:
    """The print that comes after the rows ``known``; None where there are none, or its series has ended.

    Args:
        name: series, flow or ticker.
        known: what the last decision knew of it.
        present: when that was.
    """
    if len(known) == 0 or has_ended(name, known):
        return None
    last = known.newest_first_known()
    period = next_period(name, last.period, last.step, present.sessions)
    at, scheduled = _instant(name, last, period, present.by_rule)
    if at <= present.cutoff and last.step == "D":  # a single day may go without a value, as Good Friday does
        following = next_period(name, np.append(last.period, period), last.step, present.sessions)
        later = _instant(name, last, following, present.by_rule)
        if later[0] > present.cutoff:
            period, (at, scheduled) = following, later
    due: Due = "ahead" if at > present.instant else "since" if at > present.cutoff else "overdue"
    return Print(period, at, scheduled, due)


def has_ended(name: str, known: Observations) -> bool:
    """Whether the last value that its publisher will ever print is known."""
    ended = SERIES[name].ended if name in SERIES else None
    return ended is not None and len(known) > 0 and bool(known.period.max() >= np.datetime64(ended))


def next_period(name: str, periods: Dates, step: str, sessions: Dates) -> np.datetime64:
    """The period after the last of ``periods`` (n,) of a series with this step; ``sessions`` reach beyond it."""
    newest = periods[-1]
    if name in ASSETS and ASSETS[name].asset_class != AROUND_THE_CLOCK:
        return cast(np.datetime64, sessions[np.searchsorted(sessions, newest, side="right")])
    if name in ASSETS:
        return cast(np.datetime64, newest + DAY)
    if step == "D":
        every_day = (weekday_of(periods[-LOOKED_AT:]) > 4).sum() >= WEEKENDS
        return cast(np.datetime64, newest + DAY if every_day else business_day(newest + DAY))
    if step == "W":
        return cast(np.datetime64, newest + WEEK)
    month = newest.astype("datetime64[M]") + np.timedelta64(MONTHS_IN[step], "M")
    if name in SERIES:
        return cast(np.datetime64, month.astype("datetime64[D]"))
    return cast(np.datetime64, (month + 1).astype("datetime64[D]") - DAY)  # a company's quarter ends with a month


def _instant(name: str, last: Observations, period: np.datetime64, by_rule: bool) -> tuple[np.datetime64, bool]:
    """When the value of ``period`` comes, and whether the day is fixed."""
    periods = np.array([period])
    if name in ASSETS:
        return final_at(ASSETS[name], periods)[0], True
    if name not in SERIES:
        return _filed(last, period), False
    rule = SERIES[name].release
    told = not by_rule and period.item() in rule.delayed
    at = rule.instant(periods)[0] if told else rule.regular_instant(periods)[0]
    return at, told or not isinstance(rule, DaysAfterPeriod)


def _filed(last: Observations, period: np.datetime64) -> np.datetime64:
    """As long after the quarter as a year ago, on a business day; as usual where that quarter is not known."""
    lags = last.available_at - last.period.astype("datetime64[s]")
    apart = np.abs((last.period - (period - np.timedelta64(365, "D"))) / DAY)
    nearest = int(np.argmin(apart))
    lag = lags[nearest] if apart[nearest] <= SAME_QUARTER else np.sort(lags)[len(lags) // 2]
    at = period.astype("datetime64[s]") + lag
    day = at.astype("datetime64[D]")
    return cast(np.datetime64, at + (business_day(day) - day))
