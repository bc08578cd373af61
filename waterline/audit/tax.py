"""The look-ahead tax: what the same configuration would have claimed on data that nobody had at the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from waterline.audit.evaluating import Run, decided, figures_of, shared_first, too_short
from waterline.audit.vintages import first_release, latest_revision, observation_dates, vintaged, with_series
from waterline.config import Config
from waterline.errors import WaterlineError
from waterline.experiment import Decision
from waterline.metrics import Estimate, WindowMetrics, as_json
from waterline.metrics.evaluation import Json
from waterline.panel import Observations, Panel

Made = TypeVar("Made")
OBSERVATION_DATES, LAGGED, FIRST, FULL = "observation dates", "lagged revised", "first release", "full vintages"
WHAT = {
    OBSERVATION_DATES: "the latest revision, known at the end of its period",
    LAGGED: "the latest revision, known when the period was first told",
    FIRST: "each period as first told, never revised",
    FULL: "every release when it came out",
}
LESS_HONEST: dict[str, Callable[[Observations], Observations]] = {
    OBSERVATION_DATES: observation_dates,
    LAGGED: latest_revision,
    FIRST: first_release,
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
            what=WHAT[reading],
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
        lines: the result on each; the last is the run as it is, the most honest one.
        first_session: session at whose close all of them begin.
        last_session: where they end.
        vintaged: series with vintages.
        latest_only: revised series of which only the latest revision is at hand: the tax on them is not in the table.
        refused: readings on which the experiment fails, with the reason.
    """

    lines: tuple[Line, ...]
    first_session: np.datetime64
    last_session: np.datetime64
    vintaged: tuple[str, ...]
    latest_only: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()

    def difference(self, line: Line) -> Difference:
        """``line`` less the most honest."""
        honest = self.honest
        return Difference(
            cagr=line.cagr - honest.cagr,
            sharpe=line.sharpe.value - honest.sharpe.value,
            max_drawdown=line.max_drawdown - honest.max_drawdown,
            timing_gain=line.timing_gain.value - honest.timing_gain.value,
        )

    @property
    def honest(self) -> Line:
        """The run as it is."""
        return self.lines[-1]

    @property
    def remark(self) -> str:
        """What the table cannot show, as sentences; empty where it shows all."""
        told = [f"On {reading} the experiment fails: {why}" for reading, why in self.refused]
        if self.latest_only:
            names = ", ".join(self.latest_only)
            told.append(f"What revisions are worth is unknown for {names}: only the latest revision is at hand.")
        return " ".join(told)

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
            "refused": dict(self.refused),
            "remark": self.remark,
        }


def look_ahead_tax(config: Config, panel: Panel, made: Decision | None = None) -> Tax:
    """Run ``config`` on every reading of ``panel`` that its data allow, over the same sessions.

    Without vintages the most honest reading is the latest revision with its release lag. A reading on which the
    experiment fails is left out and told.

    Args:
        config: the experiment.
        panel: its whole data.
        made: what is decided on them, where that is known already.

    Raises:
        SpanError: too few sessions have a score.
    """
    names = vintaged(panel)
    honest = FULL if names else LAGGED
    runs, refused = _readings(config, panel, honest)
    runs[honest] = (panel, made) if made is not None else decided(config, panel)
    first = shared_first(list(runs.values()))
    lines = {}
    for reading, run in runs.items():
        figures = _tried(refused, reading, honest, partial(figures_of, config, run, first))
        if figures is not None:
            lines[reading] = Line.of(reading, figures)
    sessions = panel.clock.sessions
    latest_only = tuple(name for name, rows in sorted(panel.series.items()) if not rows.point_in_time)
    return Tax(tuple(lines.values()), sessions[first], sessions[-1], names, latest_only, tuple(refused.items()))


def _readings(config: Config, panel: Panel, honest: str) -> tuple[dict[str, Run], dict[str, str]]:
    """What is decided on each reading less honest than ``honest``, and why some fail."""
    runs: dict[str, Run] = {}
    refused: dict[str, str] = {}
    for reading, of in LESS_HONEST.items():
        if reading == honest:
            break
        run = _tried(refused, reading, honest, partial(decided, config, with_series(panel, of)))
        if run is not None and too_short(run):
            refused[reading] = "Too few sessions follow the first score."
        elif run is not None:
            runs[reading] = run
    return runs, refused


def _tried(refused: dict[str, str], reading: str, honest: str, make: Callable[[], Made]) -> Made | None:
    """What ``make`` gives; where a reading fails, None and an entry in ``refused``. The honest one may not fail."""
    try:
        return make()
    except WaterlineError as error:
        if reading == honest:
            raise
        refused[reading] = str(error)
        return None
