"""The few figures that stand large: each beside the mix and the index, and with its interval where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from waterline.appraisal import Evidence, Refused, SharpeStatement
from waterline.appraisal.wording import counted, odds
from waterline.evidence.bootstrap import Interval
from waterline.metrics import Estimate, Summary, Window, WindowMetrics
from waterline.report.evaluated import INDEX, MIX, STRATEGY, Evaluated
from waterline.report.numerals import MISSING, number, percent, points

NORMAL_90 = 1.645
"""Standard errors on either side of an estimate in its 90% interval."""
MARGIN = 6.0
"""Percent of a scale's width left free at either end."""


Reach = tuple[float, float, float]
"""A figure with both ends of its interval, NaN where there is none."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a dot plot.

    Attributes:
        portfolio: "strategy", "mix" or "index"; sets colour and weight.
        label: its name.
        text: the figure as written.
        at: place of the dot in percent of the width; None where there is no figure.
        low: place of the lower end of the interval, None where there is none.
        high: place of its upper end.
    """

    portfolio: str
    label: str
    text: str
    at: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One figure.

    Attributes:
        title: what it is.
        value: the strategy's figure as written.
        marks: the portfolios on one scale.
        zero: place of zero on that scale, None where it lies outside.
        ends: the scale's ends as written.
        remark: one line below; ``**`` marks bold.
    """

    title: str
    value: str
    marks: tuple[Mark, ...]
    zero: float | None
    ends: tuple[str, str]
    remark: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures of the three portfolios over one window, and what timing earned in it."""

    window: Window
    figures: dict[str, Summary]
    timing_gain: Estimate
    tracking_difference: Estimate
    note: str


def comparison(run: Evaluated, name: str) -> Comparison:
    """Strategy, mix and index over the window ``name``."""
    return compared(run.outcome.windows[name], run.outcome.config.benchmark)


def compared(measured: WindowMetrics, benchmark: str) -> Comparison:
    """Strategy, mix and index, which ``benchmark`` names, in one window."""
    figures = {STRATEGY: measured.strategy, MIX: measured.mix, INDEX: measured.held[benchmark]}
    return Comparison(measured.window, figures, measured.timing_gain, measured.tracking_difference, measured.note)


def key_numbers(run: Evaluated, evidence: Evidence) -> tuple[KeyNumber, ...]:
    """Return a year, volatility, Sharpe ratio, worst drawdown and timing gain of the whole evaluation."""
    grown, spread, _, fallen, _ = strip(comparison(run, "all"), run.short_labels)
    judged = evidence.windows["all"]
    return grown, spread, stated_sharpe(judged.sharpe, run.short_labels), fallen, drawn_gain(judged.timing.interval)


def stated_sharpe(told: SharpeStatement | Refused, labels: dict[str, str]) -> KeyNumber:
    """The Sharpe ratio with all that belongs to it, or why it is not shown."""
    title = "Sharpe ratio"
    if isinstance(told, Refused):
        return KeyNumber(title, MISSING, (), None, (MISSING, MISSING), told.reason)
    remark = (
        f"{percent(told.coverage, 0)} interval {number(told.low)} to {number(told.high)} over "
        f"{counted(told.sessions, 'session')} ({told.window}). {counted(told.trials, 'trial')}, deflated "
        f"{odds(told.deflated)}; power {number(told.power)} to see a true {number(told.sought, 1)}"
    )
    values = {STRATEGY: (told.ratio, told.low, told.high), MIX: (told.benchmark_ratio, math.nan, math.nan)}
    return key_number(title, labels, values, number, remark)


def drawn_gain(gain: Interval) -> KeyNumber:
    """The timing gain with its interval by the bootstrap."""
    remark = f"Points a year before costs; 90% interval {points(gain.low)} to {points(gain.high)}"
    values = {STRATEGY: (gain.estimate, gain.low, gain.high)}
    return key_number("Timing gain", {STRATEGY: "Gain"}, values, points, remark, include_zero=True)


def strip(whole: Comparison, labels: dict[str, str], chosen: str = "") -> tuple[KeyNumber, ...]:
    """The figures of one window; ``chosen`` says what the Sharpe ratio was chosen from."""
    return (
        _against("Return a year", labels, whole, lambda own: own.cagr, percent),
        _against("Volatility", labels, whole, lambda own: own.volatility, percent),
        _sharpe(labels, whole, chosen),
        _against("Worst drawdown", labels, whole, lambda own: own.max_drawdown.depth, percent),
        _gain(whole.timing_gain),
    )


def _against(
    title: str,
    labels: dict[str, str],
    whole: Comparison,
    figure: Callable[[Summary], float],
    write: Callable[[float], str],
) -> KeyNumber:
    values = {name: (figure(own), math.nan, math.nan) for name, own in whole.figures.items()}
    apart = values[STRATEGY][0] - values[MIX][0]
    return key_number(title, labels, values, write, f"Against the mix **{points(apart)} points**")


def _sharpe(labels: dict[str, str], whole: Comparison, chosen: str) -> KeyNumber:
    values = {name: around(own.sharpe_ratio, own.sharpe_standard_error) for name, own in whole.figures.items()}
    own, error = values[STRATEGY][0], whole.figures[STRATEGY].sharpe_standard_error
    remark = f"Standard error {number(error)}. Against the mix **{number(own - values[MIX][0], signed=True)}**"
    return key_number("Sharpe ratio", labels, values, number, f"{remark}. {chosen}" if chosen else remark)


def _gain(gain: Estimate) -> KeyNumber:
    def write(value: float) -> str:
        return points(value)

    low, high = interval(gain)
    error = points(gain.standard_error, signed=False)
    remark = f"Points a year before costs, ±{error} standard error; 90% interval {low} to {high}"
    values = {STRATEGY: around(gain.value, gain.standard_error)}
    return key_number("Timing gain", {STRATEGY: "Gain"}, values, write, remark, include_zero=True)


def interval(estimate: Estimate) -> tuple[str, str]:
    """Both ends of the 90% interval in points."""
    half = NORMAL_90 * estimate.standard_error
    return points(estimate.value - half), points(estimate.value + half)


def key_number(
    title: str,
    labels: dict[str, str],
    values: dict[str, Reach],
    write: Callable[[float], str],
    remark: str,
    include_zero: bool = False,
) -> KeyNumber:
    """A figure on one scale with what it is compared with; ``values`` holds ``STRATEGY``, the large one."""
    scale = Scale.over([end for reach in values.values() for end in reach], include_zero)
    marks = tuple(Mark(name, labels[name], write(reach[0]), *scale.places(reach)) for name, reach in values.items())
    ends = (write(scale.low), write(scale.high)) if scale.known else (MISSING, MISSING)
    own = values[STRATEGY][0]
    remark = remark if math.isfinite(own) else "Too few sessions for a figure"
    return KeyNumber(title, write(own), marks, scale.zero, ends, remark)


@dataclass(frozen=True, slots=True)
class Scale:
    """From the least to the largest of some figures; nothing can be placed where none is known."""

    low: float
    high: float
    known: bool

    @classmethod
    def over(cls, values: Iterable[float], include_zero: bool = False) -> Scale:
        """The scale of all that is finite."""
        finite = [value for value in (*values, 0.0 if include_zero else math.nan) if math.isfinite(value)]
        return cls(min(finite), max(finite), True) if finite else cls(0.0, 0.0, False)

    @property
    def zero(self) -> float | None:
        """Place of zero, None where it lies outside."""
        return self.place(0.0) if self.high > self.low else None

    def place(self, value: float) -> float | None:
        """Percent of the width; None where there is no figure."""
        if not (math.isfinite(value) and self.known and self.low <= value <= self.high):
            return None
        if self.high <= self.low:
            return 50.0
        return round(MARGIN + (100.0 - 2.0 * MARGIN) * (value - self.low) / (self.high - self.low), 2)

    def places(self, reach: Reach) -> tuple[float | None, float | None, float | None]:
        """Places of a figure and of the ends of its interval."""
        return self.place(reach[0]), self.place(reach[1]), self.place(reach[2])


def around(value: float, error: float) -> Reach:
    """The 90% interval of a standard error."""
    half = NORMAL_90 * error if error > 0.0 else math.nan
    return value, value - half, value + half
