"""Trading sessions and the decision clock. The only door to ``exchange_calendars``.

All dates are naive New York session dates (``datetime64[D]``); all instants are UTC (``datetime64[s]``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

from waterline.errors import SpanError

Dates = npt.NDArray[np.datetime64]
Instants = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEW_YORK = "America/New_York"
EXCHANGE = "XNYS"
CLOSE = dt.time(16, 0)
EARLIEST = dt.date(1970, 1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """The sessions of a run and, for each, the instant of decision and the instant of the closing mark.

    Attributes:
        sessions: (T,) New York session dates, strictly increasing.
        cutoffs: (T,) UTC instants; a decision of session t knows what was available at ``cutoffs[t]``.
        closes: (T,) UTC instants of 16:00 New York, at which portfolios are marked.
    """

    sessions: Dates
    cutoffs: Instants
    closes: Instants

    def __len__(self) -> int:
        return len(self.sessions)

    def until(self, instant: np.datetime64) -> Clock:
        """The same clock without the sessions that are decided after ``instant``."""
        kept = int(np.searchsorted(self.cutoffs, instant, side="right"))
        return Clock(self.sessions[:kept], self.cutoffs[:kept], self.closes[:kept])


def new_york_instants(days: Dates, at: dt.time) -> Instants:
    """UTC instants of the wall-clock time ``at`` in New York on each of ``days``.

    Args:
        days: (n,) dates.
        at: wall-clock time; must lie outside 01:00-03:00, where daylight saving makes it ambiguous.
    """
    import pandas as pd

    offset = np.timedelta64(at.hour * 3600 + at.minute * 60 + at.second, "s")
    wall = pd.DatetimeIndex(days.astype("datetime64[s]") + offset)
    utc = wall.tz_localize(NEW_YORK).tz_convert("UTC").tz_localize(None)
    return cast(Instants, utc.to_numpy().astype("datetime64[s]"))


@lru_cache(maxsize=4)
def exchange_sessions(first: dt.date, last: dt.date) -> Dates:
    """(T,) sessions of the New York Stock Exchange from ``first`` to ``last``, both inclusive."""
    import exchange_calendars

    if not EARLIEST <= first <= last:
        raise SpanError(
            f"No sessions from {first} to {last}: the calendar starts on {EARLIEST}.", "Choose a later, ordered span."
        )
    calendar = exchange_calendars.get_calendar(EXCHANGE, start=str(first), end=str(last + dt.timedelta(days=7)))
    sessions = calendar.sessions.to_numpy().astype("datetime64[D]")
    sessions = sessions[sessions <= np.datetime64(last)]
    sessions.setflags(write=False)
    return cast(Dates, sessions)


def clock(first: dt.date, last: dt.date, cutoff: dt.time = CLOSE) -> Clock:
    """The decision clock from ``first`` to ``last`` inclusive, deciding at ``cutoff`` New York time."""
    sessions = exchange_sessions(first, last)
    if len(sessions) == 0:
        raise SpanError(f"No trading session lies between {first} and {last}.", "Widen the span.")
    return Clock(sessions, new_york_instants(sessions, cutoff), new_york_instants(sessions, CLOSE))
