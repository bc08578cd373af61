"""The few figures that stand large: each beside the mix and the index, and with its interval where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from waterline.metrics import Estimate, Summary, Window, WindowMetrics
from waterline.report.evaluated import INDEX, MIX, STRATEGY, Evaluated
from waterline.report.numerals import MISSING, number, percent, points

NORMAL_90 = 1.645
"""Standard errors on either side of an estimate in its 90% interval."""
MARGIN = 6.0
"""Percent of a scale's width left free at either end."""


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


def key_numbers(run: Evaluated) -> tuple[KeyNumber, ...]:
    """Return a year, volatility, Sharpe ratio, worst drawdown and timing gain of the whole evaluation."""
    return strip(comparison(run, "all"), run.short_labels)


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
    values = {name: (figure(own), 0.0) for name, own in whole.figures.items()}
    apart = values[STRATEGY][0] - values[MIX][0]
    return _key_number(title, labels, values, write, f"Against the mix **{points(apart)} points**")


def _sharpe(labels: dict[str, str], whole: Comparison, chosen: str) -> KeyNumber:
    values = {name: (figures.sharpe_ratio, figures.sharpe_standard_error) for name, figures in whole.figures.items()}
    own, error = values[STRATEGY]
    remark = f"Standard error {number(error)}. Against the mix **{number(own - values[MIX][0], signed=True)}**"
    return _key_number("Sharpe ratio", labels, values, number, f"{remark}. {chosen}" if chosen else remark)


def _gain(gain: Estimate) -> KeyNumber:
    def write(value: float) -> str:
        return points(value)

    low, high = interval(gain)
    error = points(gain.standard_error, signed=False)
    remark = f"Points a year before costs, ±{error} standard error; 90% interval {low} to {high}"
    values = {STRATEGY: (gain.value, gain.standard_error)}
    return _key_number("Timing gain", {STRATEGY: "Gain"}, values, write, remark, include_zero=True)


def interval(estimate: Estimate) -> tuple[str, str]:
    """Both ends of the 90% interval in points."""
    half = NORMAL_90 * estimate.standard_error
    return points(estimate.value - half), points(estimate.value + half)


def _key_number(
    title: str,
    labels: dict[str, str],
    values: dict[str, tuple[float, float]],
    write: Callable[[float], str],
    remark: str,
    include_zero: bool = False,
) -> KeyNumber:
    reach = [value + side * _half(error) for value, error in values.values() for side in (-1, 1)]
    known = [value for value in (*reach, 0.0 if include_zero else math.nan) if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)

    def place(value: float) -> float | None:
        if not (math.isfinite(value) and low <= value <= high):
            return None
        return round(MARGIN + (100.0 - 2.0 * MARGIN) * (value - low) / (high - low), 2) if high > low else 50.0

    marks = tuple(
        Mark(
            name,
            labels[name],
            write(value),
            place(value),
            place(value - _half(error)) if error > 0 else None,
            place(value + _half(error)) if error > 0 else None,
        )
        for name, (value, error) in values.items()
    )
    ends = (write(low), write(high)) if known else (MISSING, MISSING)
    remark = remark if math.isfinite(values[STRATEGY][0]) else "Too few sessions for a figure"
    return KeyNumber(title, write(values[STRATEGY][0]), marks, place(0.0) if high > low else None, ends, remark)


def _half(error: float) -> float:
    return NORMAL_90 * error if math.isfinite(error) else 0.0
