"""Which value of which print would turn the state: each input's next print is tried in the real signal.

The print is put into the panel as if the last decision had known it, and all else is held. Values lie on the grid that
the publisher prints on. On each side of the newest value the first that crosses is sought at one usual move, four,
sixteen and 64 and at the end of what the catalog takes for plausible, and then narrowed down to one step of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from waterline import rolling
from waterline.catalog import SERIES
from waterline.panel import Bars, Observations, Panel
from waterline.sessions import exchange_sessions, new_york_instants
from waterline.sources.names import DEFINITION
from waterline.today.grid import Grid, grid_of
from waterline.today.inputs import Input
from waterline.today.moment import World
from waterline.today.standing import Standing
from waterline.today.threshold import Threshold

MULTIPLES = (1.0, 4.0, 16.0, 64.0)
"""Usual moves at which a crossing is first looked for."""
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Flip:
    """What the next print of an input can do to the state.

    Attributes:
        name: the input.
        newest: the value that the last decision knew.
        usual_move: root mean square of the moves from print to print over five years, in the unit of the value.
        moves: whether any value that was tried moves the score.
        value: the value nearest to the newest that takes the score across the threshold; NaN where none does.
        score: the score with that value; NaN where none crosses.
        score_short: the score with a value one step nearer to the newest; NaN where none crosses.
        step: distance between two values as published.
        lowest: least value tried.
        highest: greatest value tried.
        earliest: first session that can switch on it, if the score then stays; NaT where none crosses.
    """

    name: str
    newest: float
    usual_move: float
    moves: bool
    value: float
    score: float
    score_short: float
    step: float
    lowest: float
    highest: float
    earliest: np.datetime64

    @property
    def flips(self) -> bool:
        """Whether some plausible value would."""
        return bool(np.isfinite(self.value))

    @property
    def usual_moves(self) -> float:
        """How many usual moves away that value is; NaN where there is none."""
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
    with rolling.remembering(), np.errstate(all="ignore"):
        for one in inputs:
            if one.next is not None and one.role != "held":
                report(f"turning {one.name}")
                found.append(_flip(world, standing, threshold, one))
    return tuple(sorted(found, key=lambda flip: (not flip.flips, not flip.moves, _distance(flip), flip.name)))


def _distance(flip: Flip) -> float:
    return flip.usual_moves if np.isfinite(flip.usual_moves) else np.inf


def _flip(world: World, standing: Standing, threshold: Threshold, one: Input) -> Flip:
    grid = grid_of(one.name, world.decided.read(one.name))
    trials = _Trials(world, one, grid, threshold, standing.score)
    found = [crossing for side in (1, -1) if (crossing := trials.crossing(side)) is not None]
    at = min(found, key=lambda place: abs(place - grid.origin), default=None)
    short = None if at is None else at - (1 if at > grid.origin else -1)
    return Flip(
        name=one.name,
        newest=grid.newest,
        usual_move=grid.usual_move,
        moves=trials.moved,
        value=float("nan") if at is None else grid.value(at),
        score=float("nan") if at is None else trials.score(at),
        score_short=float("nan") if short is None else trials.score(short),
        step=grid.step,
        lowest=grid.value(grid.first),
        highest=grid.value(grid.last),
        earliest=np.datetime64("NaT") if at is None else earliest_switch(world, standing, threshold, one),
    )


class _Trials:
    """The score with values of one input's next print, each computed once."""

    def __init__(self, world: World, one: Input, grid: Grid, threshold: Threshold, now: float) -> None:
        self._world, self._one, self._grid, self._threshold, self._now = world, one, grid, threshold, now
        self._scores: dict[int, float] = {}

    @property
    def moved(self) -> bool:
        """Whether any trial gave another score."""
        return any(score != self._now and not np.isnan([score, self._now]).all() for score in self._scores.values())

    def score(self, place: int) -> float:
        """The score with the value at ``place`` of the grid."""
        if place not in self._scores:
            panel = with_print(self._world, self._one, self._grid.value(place))
            self._scores[place] = float(self._world.config.built_signal.score(panel).total[-1])
        return self._scores[place]

    def crosses(self, place: int) -> bool:
        """Whether that score lies on the other side of the threshold than the newest one."""
        passed = self._threshold.passed(np.array([self.score(place), self._now]))
        return bool(passed[0] != passed[1])

    def crossing(self, side: int) -> int | None:
        """The place on one side of the newest value from which on the score is across; None where there is none."""
        stays = self._grid.origin
        for place in self._grid.places(side, MULTIPLES):
            if self.crosses(place):
                return self._narrowed(stays, place)
            stays = place
        return None

    def _narrowed(self, stays: int, goes: int) -> int:
        while abs(goes - stays) > 1:
            middle = (stays + goes) // 2
            stays, goes = (stays, middle) if self.crosses(middle) else (middle, goes)
        return goes


def with_print(world: World, one: Input, value: float) -> Panel:
    """What the last decision knew, and the next print of an input with ``value`` besides."""
    if one.next is None:
        return world.decided
    panel, name, period = world.decided, one.name, one.next.period
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


def earliest_switch(world: World, standing: Standing, threshold: Threshold, one: Input) -> np.datetime64:
    """First session that can switch on the next print, if the score then stays where the print takes it.

    Confirmation is counted from the first decision that knows the print; the dwell may hold it up.
    """
    if one.next is None:
        return np.datetime64("NaT")
    last = standing.session.item()
    horizon = max(one.next.at, standing.cutoff).astype("datetime64[D]") + np.timedelta64(
        2 * (threshold.confirm + threshold.free_in) + 14, "D"
    )
    sessions = exchange_sessions(last, horizon.item())[1:]
    cutoffs = new_york_instants(sessions, world.config.cutoff)
    knows = int(np.searchsorted(cutoffs, one.next.at, side="left"))
    day: np.datetime64 = sessions[max(knows + threshold.confirm - 1, threshold.free_in)]
    return day
