"""The look-ahead tax: what the same configuration would have claimed on data that nobody had at the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from waterline.audit.evaluating import decided, side_by_side
from waterline.audit.vintages import first_release, latest_revision, observation_dates, vintaged, with_series
from waterline.config import Config
from waterline.metrics import Estimate, WindowMetrics, as_json
from waterline.metrics.evaluation import Json
from waterline.panel import Observations, Panel

OBSERVATION_DATES, LAGGED, FIRST, FULL = "observation dates", "lagged revised", "first release", "full vintages"
READINGS: dict[str, tuple[str, Callable[[Observations], Observations] | None]] = {
    OBSERVATION_DATES: ("the latest revision, known at the end of its period", observation_dates),
    LAGGED: ("the latest revision, known when the period was first told", latest_revision),
    FIRST: ("each period as first told, never revised", first_release),
    FULL: ("every release when it came out", None),
}


@dataclass(frozen=True, slots=True)
class Line:
    """The result on one reading of the data.

    Attributes:
        reading: its name.
        what: what a session knows under it.
        cagr: compound growth a year of the strategy.
        sharpe: annualised Sharpe ratio and its standard error.
        max_drawdown: deepest loss from a peak, at most 0.
        timing_gain: a year, over the mix of the same exposure.
    """

    reading: str
    what: str
    cagr: float
    sharpe: Estimate
    max_drawdown: float
    timing_gain: Estimate

    @classmethod
    def of(cls, reading: str, run: WindowMetrics) -> Line:
        """From the figures of a run."""
        ratio, error = run.strategy.sharpe_ratio, run.strategy.sharpe_standard_error
        return cls(
            reading=reading,
            what=READINGS[reading][0],
            cagr=run.strategy.cagr,
            sharpe=Estimate(ratio, error, ratio / error if error else float("nan")),
            max_drawdown=run.strategy.max_drawdown.depth,
            timing_gain=run.timing_gain,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reading claims beyond the most honest one.

    Attributes:
        cagr: growth a year.
        sharpe: Sharpe ratio.
        max_drawdown: positive where the drawdown looks shallower.
        timing_gain: a year.
    """

    cagr: float
    sharpe: float
    max_drawdown: float
    timing_gain: float


@dataclass(frozen=True, slots=True)
class Tax:
    """The readings that the data allow, the least honest first.

    Attributes:
        lines: the result on each; the last is the most honest.
        first_session: session at whose close all of them begin.
        last_session: where they end.
        vintaged: series with vintages.
        latest_only: revised series of which only the latest revision is at hand: the tax on them is not in the table.
    """

    lines: tuple[Line, ...]
    first_session: np.datetime64
    last_session: np.datetime64
    vintaged: tuple[str, ...]
    latest_only: tuple[str, ...]

    def difference(self, line: Line) -> Difference:
        """``line`` less the most honest."""
        honest = self.lines[-1]
        return Difference(
            cagr=line.cagr - honest.cagr,
            sharpe=line.sharpe.value - honest.sharpe.value,
            max_drawdown=line.max_drawdown - honest.max_drawdown,
            timing_gain=line.timing_gain.value - honest.timing_gain.value,
        )

    @property
    def remark(self) -> str:
        """What the table cannot show, as one sentence; empty where it shows all."""
        if not self.latest_only:
            return ""
        names = ", ".join(self.latest_only)
        return f"What revisions are worth is unknown for {names}: only the latest revision is at hand."

    def as_json(self) -> dict[str, Json]:
        """Plain JSON, a line with its difference."""
        lines: list[Json] = [
            {
                "reading": line.reading,
                "what": line.what,
                "cagr": as_json(line.cagr),
                "sharpe": as_json(line.sharpe),
                "max_drawdown": as_json(line.max_drawdown),
                "timing_gain": as_json(line.timing_gain),
                "difference": as_json(self.difference(line)),
            }
            for line in self.lines
        ]
        return {
            "lines": lines,
            "first_session": as_json(self.first_session),
            "last_session": as_json(self.last_session),
            "vintaged": list(self.vintaged),
            "latest_only": list(self.latest_only),
            "remark": self.remark,
        }


def look_ahead_tax(config: Config, panel: Panel) -> Tax:
    """Run ``config`` on every reading of ``panel`` that its data allow, over the same sessions.

    Without vintages the most honest reading is the latest revision with its release lag.

    Raises:
        SpanError: too few sessions have a score.
    """
    names = vintaged(panel)
    readings = READINGS if names else {name: READINGS[name] for name in (OBSERVATION_DATES, LAGGED)}
    panels = [panel if of is None else with_series(panel, of) for _, of in readings.values()]
    runs = side_by_side(config, [decided(config, one) for one in panels])
    lines = tuple(Line.of(reading, run) for reading, run in zip(readings, runs, strict=True))
    window = runs[-1].strategy
    latest_only = tuple(name for name, rows in sorted(panel.series.items()) if not rows.point_in_time)
    return Tax(lines, window.first_session, window.last_session, names, latest_only)
