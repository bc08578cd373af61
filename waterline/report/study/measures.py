"""How the metrics that a search can improve are called, scaled and written."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric, Value
from waterline.metrics import SESSIONS_PER_YEAR
from waterline.report.numerals import MINUS, MISSING, number
from waterline.sessions import Floats

LONGEST_TEXT = 24
PLAIN_DIGITS = 3
PLAIN_FROM, PLAIN_TO = 1e3, 1e9


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric.

    Attributes:
        title: its name.
        unit: what follows its figure, empty for a ratio.
        factor: from its value to the figure.
        digits: decimals of the figure.
        signed: whether a gain has a plus sign.
    """

    title: str
    unit: str = ""
    factor: float = 1.0
    digits: int = 2
    signed: bool = False

    def written(self, value: float) -> str:
        """The figure without its unit, except for percent."""
        text = number(self.factor * value, self.digits, self.signed)
        return f"{text}%" if self.unit == "%" and text != MISSING else text

    def told(self, value: float) -> str:
        """The figure with its unit."""
        text = self.written(value)
        return text if self.unit in ("", "%") or text == MISSING else f"{text} {self.unit}"

    @property
    def named(self) -> str:
        """Name and unit, as the title of an axis or the head of a column."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    @property
    def inline(self) -> str:
        """Its name within a sentence; ratios have the names of people."""
        return self.title.lower() if self.unit else self.title

    def scaled(self, values: Floats) -> Floats:
        """Values as figures."""
        return np.asarray(self.factor * values)


MEASURES: dict[Metric, Measure] = {
    "timing_gain": Measure("Timing gain", "points a year", 100.0, 1, signed=True),
    "sharpe_ratio": Measure("Sharpe ratio"),
    "sortino_ratio": Measure("Sortino ratio"),
    "cagr": Measure("Return a year", "%", 100.0, 1),
    "calmar_ratio": Measure("Calmar ratio"),
    "max_drawdown": Measure("Worst drawdown", "%", 100.0, 1),
    "volatility": Measure("Volatility", "%", 100.0, 1),
    "turnover_per_year": Measure("Turnover a year", "%", 100.0, 0),
    "cost_per_year": Measure("Costs a year", "%", 100.0, 2),
}


def sense(metric: Metric) -> float:
    """1 where more is better, -1 where less is."""
    return -1.0 if metric in LESS_IS_BETTER else 1.0


def sharpe_error(ratio: float, sessions: int) -> float:
    """Standard error of a yearly Sharpe ratio over so many sessions, for independent normal returns.

    sqrt((252 + SR ** 2 / 2) / T). Source: Lo (2002), equation 9.
    """
    return math.sqrt((SESSIONS_PER_YEAR + 0.5 * ratio * ratio) / sessions) if sessions > 0 else math.nan


def with_noise(metric: Metric, value: float, sessions: int) -> str:
    """A figure as written; a Sharpe ratio never without its standard error."""
    text = MEASURES[metric].written(value)
    if metric != "sharpe_ratio" or text == MISSING:
        return text
    return f"{text} ±{number(sharpe_error(value, sessions))}"


def plain(value: Value) -> str:
    """A parameter's value for people: few digits, a true minus sign, long texts cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 1]}…"
    if isinstance(value, int):
        return number(value, 0)
    if not math.isfinite(value):
        return MISSING
    text = f"{value:,.0f}" if PLAIN_FROM <= abs(value) < PLAIN_TO else f"{value:.{PLAIN_DIGITS}g}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("-", MINUS)


def short_names(paths: tuple[str, ...]) -> dict[str, str]:
    """Path -> its shortest ending, at a dot, that no other path has."""
    parts = {path: path.split(".") for path in paths}

    def shortest(path: str) -> str:
        for length in range(1, len(parts[path])):
            ending = parts[path][-length:]
            if sum(other[-length:] == ending for other in parts.values()) == 1:
                return ".".join(ending)
        return path

    return {path: shortest(path) for path in paths}
