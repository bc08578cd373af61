"""Where each input stands: its newest value, its age, when the next one comes, and whether it is too old to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from waterline.catalog import ASSETS, SERIES
from waterline.errors import DataError
from waterline.sources.names import DEFINITION
from waterline.today.moment import World
from waterline.today.prints import Present, Print, has_ended, next_print

Role = Literal["signal", "held", "both"]
FLOWS = {
    "capex": "capital expenditure",
    "ocf": "cash flow from operations",
    "net_borrowing": "net long-term borrowing",
}
NAMED = 4
"""Stale inputs that a refusal names."""


class StaleInputError(DataError):
    """An input is too old for an answer."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Input:
    """One input at the moment.

    Attributes:
        name: catalog id, ticker, or filing as ``COMPANY/flow``.
        title: what it is, for people.
        role: whether the signal reads it, a sleeve may hold it, or both.
        unit: "percent", "usd" or "index".
        value: newest value known at the moment; NaN where nothing is known.
        period: what that value is about; NaT where nothing is known.
        available_at: UTC instant from which it could be known; NaT where nothing is known.
        age_days: calendar days from then to the moment.
        max_age_days: age beyond which it counts as missing.
        ended: whether its publisher has discontinued it.
        point_in_time: False where only the latest revision is at hand.
        next: the print that the last decision did not know; None where there will be none.
    """

    name: str
    title: str
    role: Role
    unit: str
    value: float
    period: np.datetime64
    available_at: np.datetime64
    age_days: float
    max_age_days: int
    ended: bool
    point_in_time: bool
    next: Print | None

    @property
    def is_stale(self) -> bool:
        """Whether it is too old, though more of it could be had."""
        return self.age_days > self.max_age_days and not self.ended


def inputs_of(world: World) -> tuple[Input, ...]:
    """What the signal reads and the sleeves may hold, of what the source has, in order of name.

    The companion of a flow goes with the flow. The bill rate and the index take no part in the answer.
    """
    read = world.config.built_signal.inputs()
    held = {ticker for sleeve in world.config.sleeves.values() for ticker in sleeve.members}
    names = sorted(name for name in read | held if name in world.known and not name.endswith(DEFINITION))
    return tuple(
        _input(world, name, "both" if name in read & held else "signal" if name in read else "held") for name in names
    )


def _input(world: World, name: str, role: Role) -> Input:
    known, decided = world.known.read(name).newest_first_known(), world.decided.read(name)
    instant = world.moment.instant
    present = Present(world.decided.clock.cutoffs[-1], instant, world.moment.past, world.sessions)
    empty = len(known) == 0
    return Input(
        name=name,
        title=title_of(name),
        role=role,
        unit=SERIES[name].unit if name in SERIES else "index" if name in ASSETS else "usd",
        value=float("nan") if empty else float(known.value[-1]),
        period=np.datetime64("NaT") if empty else known.period[-1],
        available_at=np.datetime64("NaT") if empty else known.available_at[-1],
        age_days=float("nan") if empty else float((instant - known.available_at[-1]) / np.timedelta64(1, "D")),
        max_age_days=known.max_age_days,
        ended=has_ended(name, known),
        point_in_time=known.point_in_time,
        next=next_print(name, decided, present),
    )


def title_of(name: str) -> str:
    """What an input is, for people."""
    if name in SERIES:
        return SERIES[name].title
    if name in ASSETS:
        return ASSETS[name].title
    company, _, flow = name.partition("/")
    owner = ASSETS[company].title if company in ASSETS else company
    return f"{owner}, {FLOWS[flow]}" if flow in FLOWS else name


def refuse_stale(world: World, inputs: Iterable[Input]) -> None:
    """Refuse to answer from what is too old; what was never known at the moment is no input yet, and none is refused.

    Raises:
        StaleInputError: naming the oldest inputs and the last day that the data speak of.
    """
    every = tuple(inputs)
    stale = sorted((one for one in every if one.is_stale), key=lambda one: one.max_age_days - one.age_days)
    if not stale:
        return
    told = "; ".join(_told(one) for one in stale[:NAMED])
    more = f"; and {len(stale) - NAMED} more" if len(stale) > NAMED else ""
    are = f"{len(stale)} of {len(every)} inputs {'are' if len(stale) > 1 else 'is'} too old to answer from"
    raise StaleInputError(
        world.config.name,
        f"on {world.moment.day} {are}: {told}{more}.",
        f"Bring the data up to date, or ask for an earlier day, such as --as-of {_last_day(world, stale)}.",
    )


def _told(one: Input) -> str:
    return (
        f"{one.name} has nothing after {one.period}, public since {one.available_at.astype('datetime64[D]')}, "
        f"{int(one.age_days)} days ago, where {one.max_age_days} are allowed"
    )


def _last_day(world: World, stale: Iterable[Input]) -> np.datetime64:
    """The last day with a bar of the index on which none of ``stale`` was too old."""
    until = min(one.available_at + np.timedelta64(one.max_age_days - 1, "D") for one in stale)
    days = world.known.bars[world.config.benchmark].date
    day: np.datetime64 = days[max(int(np.searchsorted(days, until, side="right")) - 1, 0)]
    return day
