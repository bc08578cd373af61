"""The days of a world: its sessions, the calendar days that crypto trades, and where the evaluation begins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from waterline.errors import SpanError
from waterline.sessions import Clock, Dates, clock, exchange_sessions
from waterline.world.sections import Calendar

Indices = npt.NDArray[np.int64]
DAYS_PER_YEAR = 365.25
SHORTEST_YEARS, LONGEST_YEARS = 1.0, 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Days and sessions of the published history and of the run.

    Attributes:
        sessions: (S,) all sessions, the history before the run included.
        days: (D,) all calendar days from the first session to the last.
        session_of_day: (D,) row of the last session on or before each day.
        day_of_session: (S,) row of each session among the days.
        clock: the T sessions of the run, the last T of ``sessions``.
        evaluated: row of the first session after the warm-up, among ``sessions``.
    """

    sessions: Dates
    days: Dates
    session_of_day: Indices
    day_of_session: Indices
    clock: Clock
    evaluated: int

    @property
    def first(self) -> int:
        """Row of the run's first session, among ``sessions``."""
        return len(self.sessions) - len(self.clock)


@lru_cache(maxsize=4)
def grid(years: float, calendar: Calendar) -> Grid:
    """The days of a world with ``years`` of evaluation after the warm-up.

    Raises:
        SpanError: there are no such sessions.
    """
    if not SHORTEST_YEARS <= years <= LONGEST_YEARS:
        raise SpanError(
            f"{years:g} years cannot be simulated: between {SHORTEST_YEARS:g} and {LONGEST_YEARS:g}.", "Change years."
        )
    evaluated = _before(calendar.last, years)
    first = _before(evaluated, calendar.warm_up_years)
    sessions = exchange_sessions(_before(first, calendar.history_years), calendar.last)
    days = np.arange(sessions[0], sessions[-1] + np.timedelta64(1, "D"))
    return Grid(
        sessions=sessions,
        days=days,
        session_of_day=np.searchsorted(sessions, days, side="right") - 1,
        day_of_session=np.searchsorted(days, sessions),
        clock=clock(first, calendar.last),
        evaluated=int(np.searchsorted(sessions, np.datetime64(evaluated))),
    )


def _before(day: dt.date, years: float) -> dt.date:
    return day - dt.timedelta(days=round(years * DAYS_PER_YEAR))
