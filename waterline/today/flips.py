"""Which value of which print would turn the state: each input's next print is tried in the real signal.

The print is put into the panel as if the last decision had known it, and all else is held: what is printed about the
same period and known by the same decision repeats its newest value. Values lie on the grid that the publisher prints
on. On each side of the newest value the first that crosses is sought at one usual move, four, sixteen and 64 and at the
end of what the catalog takes for plausible, and then narrowed down to one step of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from waterline import rolling
from waterline.panel import Bars, Observations, Panel
from waterline.sources.names import DEFINITION
from waterline.today.grid import grid_of
from waterline.today.inputs import Input
from waterline.today.moment import World
from waterline.today.standing import Standing
from waterline.today.threshold import Threshold

MULTIPLES = (1.0, 4.0, 16.0, 64.0)
"""Usual moves at which a crossing is first looked for."""
Report = Callable[[str], None]
By = Literal["rise", "fall", "same", ""]
NONE = float("nan")


@dataclass(frozen=True, slots=True)
class Flip:
    """What the next print of an input can do to the state.

    Attributes:
        name: the input.
        newest: the value that the last decision knew.
        usual_move: root mean square of the moves from print to print over five years, in the unit of the value.
        moves: whether any value that was tried moves the score.
        by: "rise" or "fall" where the score crosses the threshold at ``value`` and beyond; "same" where the newest
            value once more takes it across already; "" where no value that was tried does.
        value: the value nearest to the newest that takes the score across; NaN where none does.
        score: the score with that value.
        short: the nearest value that does not take it across, one step before ``value``; where an unchanged print does,
            the nearest value that prevents it; NaN where there is none.
        score_short: the score with that one.
        step: distance between two values as published.
        lowest: least value tried.
        highest: greatest value tried.
        earliest: first session that can switch on it, if the score then stays; NaT where none crosses.
    """

    name: str
    newest: float
    usual_move: float
    moves: bool
    by: By
    value: float
    score: float
    short: float
    score_short: float
    step: float
    lowest: float
    highest: float
    earliest: np.datetime64

    @property
    def usual_moves(self) -> float:
        """How many usual moves away ``value`` is; NaN where there is none."""
        return abs(self.value - self.newest) / self.usual_move if self.usual_move > 0 else float("nan")


def flips_of(world: World, standing: Standing, inputs: Iterable[Input], report: Report) -> tuple[Flip, ...]:
    """What each input of the signal can do, the one fewest usual moves away first; empty without a threshold.

    Args:
        world: what was known.
        standing: the regime.
        inputs: all inputs; those that the signal does not read, or that print no more, are passed over.
        report: called with the name of each input as it begins.
    """
    threshold, found = standing.threshold, []
    if threshold is None:
        return ()
    printing = [one for one in inputs if one.next is not None and one.role != "held"]
    with rolling.remembering(), np.errstate(all="ignore"):
        for one in sorted(printing, key=lambda one: first_knowing(world, one)):
            report(f"turning {one.name}")
            trials = _Trials(world, one, printed_beside(world, one, printing), threshold, standing.score)
            found.append(_flip(trials, earliest_switch(world, threshold, one)))
    return tuple(sorted(found, key=lambda flip: (not flip.by, not flip.moves, _distance(flip))))


def _distance(flip: Flip) -> float:
    return flip.usual_moves if np.isfinite(flip.usual_moves) else np.inf


def _flip(trials: _Trials, earliest: np.datetime64) -> Flip:
    grid = trials.grid
    by, at, short = trials.crossing()
    return Flip(
        name=trials.one.name,
        newest=grid.newest,
        usual_move=grid.usual_move,
        moves=trials.moved,
        by=by,
        value=NONE if at is None else grid.value(at),
        score=NONE if at is None else trials.score(at),
        short=NONE if short is None else grid.value(short),
        score_short=NONE if short is None else trials.score(short),
        step=grid.step,
        lowest=grid.value(grid.first),
        highest=grid.value(grid.last),
        earliest=np.datetime64("NaT") if at is None else earliest,
    )


class _Trials:
    """The score with values of one input's next print, each computed once."""

    def __init__(
        self, world: World, one: Input, beside: tuple[Input, ...], threshold: Threshold, newest: float
    ) -> None:
        self.one, self.grid = one, grid_of(one.name, world.decided.read(one.name))
        self._world, self._beside, self._threshold, self._newest = world, beside, threshold, newest
        self._scores: dict[int, float] = {}

    @property
    def moved(self) -> bool:
        """Whether the score depends on the value."""
        known = {score for score in self._scores.values() if np.isfinite(score)}
        return len(known) > 1 or not 0 < len(self._scores) == sum(map(np.isfinite, self._scores.values()))

    def score(self, place: int) -> float:
        """The score with the value at ``place`` of the grid."""
        if place not in self._scores:
            panel = with_print(self._world, self.one, self.grid.value(place), self._beside)
            self._scores[place] = float(self._world.config.built_signal.score(panel).total[-1])
        return self._scores[place]

    def crosses(self, place: int) -> bool:
        """Whether that score lies on the other side of the threshold than the newest one."""
        passed = self._threshold.passed(np.array([self.score(place), self._newest]))
        return bool(passed[0] != passed[1])

    def crossing(self) -> tuple[By, int | None, int | None]:
        """How the score crosses, the nearest place that takes it across, and the nearest that does not."""
        origin = self.grid.origin
        at_once = self.crosses(origin)
        turns = [pair for side in (1, -1) if (pair := self._turn(side, at_once)) is not None]
        if not self.moved:
            return "", None, None
        before, after = min(turns, key=lambda pair: abs(pair[1] - origin), default=(origin, None))
        if at_once:
            return "same", origin, after
        if after is None:
            return "", None, None
        return "rise" if after > origin else "fall", after, before

    def _turn(self, side: int, at_once: bool) -> tuple[int, int] | None:
        """Two neighbours on one side of the newest value between which crossing begins, or ends if ``at_once``."""
        stays = self.grid.origin
        for place in self.grid.places(side, MULTIPLES):
            if self.crosses(place) != at_once:
                return self._narrowed(stays, place, at_once)
            stays = place
        return None

    def _narrowed(self, stays: int, goes: int, at_once: bool) -> tuple[int, int]:
        while abs(goes - stays) > 1:
            middle = (stays + goes) // 2
            stays, goes = (stays, middle) if self.crosses(middle) != at_once else (middle, goes)
        return stays, goes


def with_print(world: World, one: Input, value: float, beside: Iterable[Input] = ()) -> Panel:
    """What the last decision knew, the next print of an input with ``value``, and those ``beside`` it unchanged."""
    panel = _printed(world.decided, one, value)
    for other in beside:
        rows = world.decided.read(other.name).newest_first_known()
        panel = _printed(panel, other, float(rows.value[-1]))
    return panel


def printed_beside(world: World, one: Input, inputs: Iterable[Input]) -> tuple[Input, ...]:
    """The other inputs of the signal whose next print is about the same period and known by the same decision."""
    first = first_knowing(world, one)
    return tuple(
        other
        for other in inputs
        if one.next is not None
        and other.next is not None
        and other.role != "held"
        and other.name != one.name
        and other.next.period == one.next.period
        and first_knowing(world, other) == first
    )


def first_knowing(world: World, one: Input) -> int:
    """Which of the decisions to come is the first that knows the next print, from 0; -1 where there is none."""
    return -1 if one.next is None else int(np.searchsorted(world.ahead.cutoffs, one.next.at))


def _printed(panel: Panel, one: Input, value: float) -> Panel:
    if one.next is None:
        return panel
    name, period = one.name, one.next.period
    if name not in panel.series:
        return replace(panel, bars={**panel.bars, name: _next_bar(panel, name, period, value)})
    added = {name: _next_row(panel, name, period, value)}
    companion = f"{name}{DEFINITION}"
    if companion in panel.series and len(panel.series[companion]):
        added[companion] = _next_row(panel, companion, period, float(panel.series[companion].value[-1]))
    return replace(panel, series={**panel.series, **added})


def _next_row(panel: Panel, name: str, period: np.datetime64, value: float) -> Observations:
    rows, cutoff = panel.series[name], panel.clock.cutoffs[-1:]
    return replace(
        rows,
        period=np.append(rows.period, period),
        available_at=np.concatenate([rows.available_at, cutoff]),
        vintage=np.append(rows.vintage, panel.clock.sessions[-1]),
        value=np.append(rows.value, value),
    )


def _next_bar(panel: Panel, name: str, day: np.datetime64, close: float) -> Bars:
    bars, cutoff = panel.bars[name], panel.clock.cutoffs[-1:]
    return replace(
        bars,
        date=np.append(bars.date, day),
        open=np.append(bars.open, np.nan),
        close=np.append(bars.close, close),
        available_at=np.concatenate([bars.available_at, cutoff]),
    )


def earliest_switch(world: World, threshold: Threshold, one: Input) -> np.datetime64:
    """First session that can switch on the next print, if the score then stays where the print takes it.

    Confirmation is counted from the first decision that knows the print; the dwell may hold it up. NaT without a print.
    """
    if one.next is None:
        return np.datetime64("NaT")
    day: np.datetime64 = world.ahead.sessions[max(first_knowing(world, one) + threshold.confirm - 1, threshold.free_in)]
    return day
