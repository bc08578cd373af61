"""What moment is asked about, and what the world knew then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from waterline.config import Config
from waterline.config.changing import changed
from waterline.errors import ConfigError, SpanError
from waterline.experiment import gather
from waterline.panel import Panel
from waterline.regime import SchmittRule
from waterline.sessions import NEW_YORK, Clock, Dates, clock, new_york_instants
from waterline.sources import StoreSource

LONGEST_WAIT = 550
"""Days within which every input prints again: a quarter, its longest delay and some months more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment that is asked about.

    Attributes:
        instant: UTC instant; nothing later is known, and ages are counted to it.
        day: its day in New York.
        past: whether an earlier day than that of the clock was asked for.
    """

    instant: np.datetime64
    day: dt.date
    past: bool

    @classmethod
    def of(cls, now: dt.datetime, cutoff: dt.time, as_of: dt.date | None = None) -> Moment:
        """The moment now, or the time of decision on an earlier day.

        Args:
            now: what the clock says, with its zone.
            cutoff: New York time of the decision.
            as_of: day that is asked for; today where not given.

        Raises:
            ConfigError: the day has not come yet.
        """
        today = now.astimezone(ZoneInfo(NEW_YORK)).date()
        instant = np.datetime64(now.astimezone(dt.UTC).replace(tzinfo=None), "s")
        if as_of is None:
            return cls(instant, today, past=False)
        if as_of > today:
            raise ConfigError(
                "--as-of", f"{as_of} has not come yet: today is {today}.", "Name today or an earlier day."
            )
        decided: np.datetime64 = new_york_instants(np.array([as_of], dtype="datetime64[D]"), cutoff)[0]
        return cls(min(instant, decided), as_of, past=as_of < today)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What was known.

    Attributes:
        moment: when.
        config: the experiment, ending on that day.
        decided: the panel at the last decision before the moment: its clock ends there, and so do its rows.
        known: all that was known at the moment, some of it perhaps after that decision; the same clock.
        ahead: the decisions to come, far enough for any print and any dwell.
    """

    moment: Moment
    config: Config
    decided: Panel
    known: Panel
    ahead: Clock

    @property
    def sessions(self) -> Dates:
        """Sessions decided and to come."""
        return np.concatenate([self.decided.clock.sessions, self.ahead.sessions])

    @classmethod
    def at(cls, config: Config, moment: Moment) -> World:
        """Read the data of ``config`` and cut them at ``moment``.

        The end of the experiment plays no part: whoever asks for today asks beyond it.

        Raises:
            DataError: a file is missing or cannot be trusted.
            SpanError: the data begin after the moment, or no session was decided before it.
        """
        if moment.day <= config.start:
            problem = f"{config.name!r} starts on {config.start}, so it says nothing on {moment.day}."
            raise SpanError(problem, "Ask for a later day, or change start.")
        config = config.model_copy(update={"end": moment.day})
        if moment.past and isinstance(config.data, StoreSource):
            day = min(moment.day, config.data.as_of or moment.day)
            config = changed(config, {"data.as_of": str(day)})
        every = _decisions(config, moment.day)
        past = every.until(moment.instant)
        if len(past) == 0:
            raise SpanError(f"No session was decided between {config.start} and {moment.day}.", "Ask for a later day.")
        known = replace(gather(config), clock=past).as_of(moment.instant)
        rest = slice(len(past), None)
        ahead = Clock(every.sessions[rest], every.cutoffs[rest], every.closes[rest])
        return cls(moment, config, known.as_of(past.cutoffs[-1]), known, ahead)


def _decisions(config: Config, day: dt.date) -> Clock:
    """All decisions from the start to the end of a year in which every print and every switch has had its time."""
    rule = config.regime
    sessions = rule.dwell + rule.confirm if isinstance(rule, SchmittRule) else 0
    far = day + dt.timedelta(days=LONGEST_WAIT + 2 * sessions)
    return clock(config.start, dt.date(far.year, 12, 31), config.cutoff)
