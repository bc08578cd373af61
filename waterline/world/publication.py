"""From values to observations: each is stamped by the catalog's release rule, with its holiday shifts.

The history of real shutdowns is left out; each world has one of its own, in which the statistical agencies publish
nothing: what was due comes out together a few business days after it ends.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from waterline.catalog import SERIES
from waterline.catalog.release import business_day, federal_holidays, weekday_of
from waterline.panel import Observations
from waterline.sessions import Dates, Floats, Instants, new_york_instants
from waterline.world.grid import Grid, Indices
from waterline.world.sections import Publication

DAY = np.timedelta64(1, "D")
WEDNESDAY = 2
FILED_AT = dt.time(17, 30)
FILING_AGE_DAYS = 150
EXCHANGE_SERIES = frozenset({"IRX", "VIXCLS"})


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Days on which the statistical agencies publish nothing.

    Attributes:
        first: first day.
        last: last day.
        reopened: day on which what was due comes out.
    """

    first: np.datetime64
    last: np.datetime64
    reopened: np.datetime64

    def moved(self, days: Dates) -> Dates:
        """(n,) release days once those in the shutdown have moved to its end."""
        return np.where((days >= self.first) & (days <= self.last), self.reopened, days)


def draw_shutdown(grid: Grid, publication: Publication, rng: np.random.Generator) -> Shutdown:
    """A shutdown that holds back at least one quarter's national accounts in the evaluation."""
    quarters = grid.sessions[[grid.evaluated, -1]].astype("datetime64[M]")
    due = np.arange(quarters[0], quarters[1], 1)
    due = due[due.astype(np.int64) % 3 == 0].astype("datetime64[D]")
    released = replace(SERIES["GDP"].release, delayed={}).day(due)
    within = released[(released > grid.sessions[grid.evaluated]) & (released <= grid.sessions[-1])]
    first = rng.choice(within) - rng.integers(1, 15) * DAY
    last = first + rng.integers(*publication.shutdown_days, endpoint=True) * DAY
    reopened = business_day(np.array([last + DAY]), publication.shutdown_backlog)[0]
    return Shutdown(first, last, reopened)


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """When the values of a series come out.

    Attributes:
        period: (n,) days the values are about.
        row: (n,) session whose value each period carries.
        available_at: (n,) UTC instants of release.
        vintage: (n,) New York days of release.
        order: (n,) order of release.
    """

    period: Dates
    row: Indices
    available_at: Instants
    vintage: Dates
    order: Indices


@lru_cache(maxsize=128)
def stamps(name: str, grid: Grid) -> Stamps:
    """The stamps of a daily or weekly catalog series."""
    entry = SERIES[name]
    if entry.step == "W":
        period = grid.days[weekday_of(grid.days) == WEDNESDAY]
    elif name in EXCHANGE_SERIES:
        period = grid.sessions
    else:
        period = grid.sessions[~np.isin(grid.sessions, federal_holidays())]
    row = np.searchsorted(grid.sessions, period, side="right") - 1
    available_at = entry.release.instant(period)
    order = np.lexsort((period, available_at))
    return Stamps(period, row, available_at, entry.release.day(period), order)


def published(name: str, grid: Grid, value: Floats) -> Observations:
    """A daily or weekly catalog series.

    Args:
        name: catalog id.
        grid: days of the world.
        value: (S,) value of each session, in the catalog's base unit; rates are rounded as they are quoted.
    """
    entry, known = SERIES[name], stamps(name, grid)
    told = value if entry.decimals is None else np.round(value, entry.decimals)
    return Observations(
        series=name,
        period=known.period[known.order],
        available_at=known.available_at[known.order],
        vintage=known.vintage[known.order],
        value=told[known.row][known.order],
        max_age_days=entry.max_age_days,
        step=entry.step,
    )


def told_twice(rows: Observations, final: Floats) -> Observations:
    """A series whose every value is told again, as ``final`` (n,), with the release that follows its own."""
    again = replace(
        rows.rows(slice(0, -1)), available_at=rows.available_at[1:], vintage=rows.vintage[1:], value=final[:-1]
    )
    return _joined(rows, again)


def _joined(first: Observations, second: Observations) -> Observations:
    """The rows of both in order of release."""
    both = replace(
        first,
        period=np.concatenate([first.period, second.period]),
        available_at=np.concatenate([first.available_at, second.available_at]),
        vintage=np.concatenate([first.vintage, second.vintage]),
        value=np.concatenate([first.value, second.value]),
    )
    return both.rows(np.lexsort((both.period, both.available_at)))


def accounts(
    name: str, quarters: Dates, first: Floats, second: Floats, days_apart: int, shutdown: Shutdown
) -> Observations:
    """A quarterly series of the national accounts, told twice.

    Args:
        name: catalog id.
        quarters: (n,) first day of each quarter.
        first: (n,) first release.
        second: (n,) what the second release says instead.
        days_apart: days between the two.
        shutdown: holds back what falls due in it.
    """
    entry = SERIES[name]
    regular = replace(entry.release, delayed={}).day(quarters)
    early = shutdown.moved(regular)
    late = np.maximum(shutdown.moved(business_day(regular + days_apart * DAY)), business_day(early, 1))
    releases = [(early, first), (late, second)]
    told = [
        Observations(name, quarters, new_york_instants(days, entry.release.at), days, value, entry.max_age_days, "Q")
        for days, value in releases
    ]
    return _joined(*told)


def filed(name: str, quarter_ends: Dates, filing_days: Dates, value: Floats) -> Observations:
    """A company's quarterly flow as first filed.

    Args:
        name: ``COMPANY/flow``.
        quarter_ends: (n,) last day of each quarter.
        filing_days: (n,) New York day of each filing, after the close.
        value: (n,) USD.
    """
    instants = new_york_instants(filing_days, FILED_AT)
    return Observations(name, quarter_ends, instants, filing_days, value, max_age_days=FILING_AGE_DAYS, step="Q")
