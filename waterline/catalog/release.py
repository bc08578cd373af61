"""Release rules: from the period a value is stamped with to the instant from which the public could know it.

Each rule is data plus one method. Times are New York wall-clock times; a release that falls on a weekend or a federal
holiday moves to the next business day. Where a rule and history disagree (government shutdowns), ``delayed`` names the
period and the day on which the number really came out.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import numpy as np

from waterline.sessions import Dates, Instants, new_york_instants

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
MONTHS_IN = {"M": 1, "Q": 3}


@lru_cache(maxsize=1)
def federal_holidays() -> Dates:
    """US federal holidays, 1945 to 2045, as observed."""
    from pandas.tseries.holiday import USFederalHolidayCalendar

    days = USFederalHolidayCalendar().holidays("1945-01-01", "2045-12-31")
    return cast(Dates, days.to_numpy().astype("datetime64[D]"))


def business_day(days: Dates, offset: int = 0) -> Dates:
    """The first federal business day on or after ``days``, then ``offset`` business days later."""
    moved = np.busday_offset(days, 0, roll="forward", holidays=federal_holidays())
    return np.busday_offset(moved, offset, holidays=federal_holidays()) if offset else moved


def weekday_of(days: Dates) -> np.ndarray:
    """0 = Monday … 6 = Sunday."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(ABC):
    """When the value of a period becomes public.

    Attributes:
        at: New York wall-clock time of the release.
        delayed: period -> release day, where history broke the rule.
    """

    at: dt.time
    delayed: Mapping[dt.date, dt.date] = field(default_factory=dict)

    @abstractmethod
    def regular_day(self, period: Dates) -> Dates:
        """(n,) release days by the rule alone."""

    def day(self, period: Dates) -> Dates:
        """(n,) New York days on which the values of ``period`` came out."""
        days = self.regular_day(period)
        for stamped, released in self.delayed.items():
            days = np.where(period == np.datetime64(stamped), np.datetime64(released), days)
        return days

    def instant(self, period: Dates) -> Instants:
        """(n,) UTC instants from which the values of ``period`` could be known."""
        return new_york_instants(self.day(period), self.at)

    def regular_instant(self, period: Dates) -> Instants:
        """(n,) UTC instants by the rule alone."""
        return new_york_instants(self.regular_day(period), self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay(Release):
    """Published on the day it is about (overnight reverse repo, administered rates, exchange closes)."""

    def regular_day(self, period: Dates) -> Dates:
        return period


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDaysAfter(Release):
    """Published a number of business days after the day it is about (H.15 yields, SOFR)."""

    days: int = 1

    def regular_day(self, period: Dates) -> Dates:
        # A weekend stamp (a month-end index value) belongs to the business day before it.
        anchored = np.busday_offset(period, 0, roll="backward", holidays=federal_holidays())
        return business_day(anchored, self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayAfter(Release):
    """Published on a fixed weekday after the week it is about.

    Attributes:
        weekday: 0 = Monday … 4 = Friday.
        weeks: full weeks between the first such weekday after the period and the release.
        any_holiday: when True a federal holiday anywhere from Monday to the release day delays it by one business day
            (Chicago Fed); when False only a holiday on the day itself does (Board of Governors).
    """

    weekday: int
    weeks: int = 0
    any_holiday: bool = False

    def regular_day(self, period: Dates) -> Dates:
        ahead = (self.weekday - weekday_of(period) - 1) % 7 + 1
        day = period + (ahead + 7 * self.weeks).astype("timedelta64[D]")
        if not self.any_holiday:
            return business_day(day)
        monday = day - weekday_of(day).astype("timedelta64[D]")
        broken = np.busday_count(monday, day + np.timedelta64(1, "D"), holidays=federal_holidays()) <= self.weekday
        return np.where(broken, business_day(day + np.timedelta64(1, "D")), day)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBatch(Release):
    """A week of daily values published together on a weekday of the next week (Kim-Wright term premium)."""

    weekday: int

    def regular_day(self, period: Dates) -> Dates:
        days_ahead = 7 + self.weekday - weekday_of(period)
        return business_day(cast(Dates, period + days_ahead.astype("timedelta64[D]")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysAfterPeriod(Release):
    """Published a number of calendar days after the month or quarter whose *first* day stamps it.

    Attributes:
        step: "M" or "Q".
        days: calendar days from the last day of the period to the release.
    """

    step: str
    days: int

    def regular_day(self, period: Dates) -> Dates:
        following: Dates = (period.astype("datetime64[M]") + np.timedelta64(MONTHS_IN[self.step], "M")).astype(
            "datetime64[D]"
        )
        return business_day(following + np.timedelta64(self.days - 1, "D"))
