"""The figures of the runs over the sessions that they share, each with its interval where there is one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.appraisal.wording import chance
from waterline.metrics import Estimate, Summary, summary, tracking_difference
from waterline.report.comparison.runs import Run
from waterline.report.gallery.rows import between
from waterline.report.key_numbers import KeyNumber, Mark, Reach, Scale, around
from waterline.report.numerals import MISSING, multiple, number, percent, points
from waterline.report.tables import with_error
from waterline.sessions import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What a run did over the shared sessions.

    Attributes:
        run: the run.
        own: figures of the strategy; those that need bills are NaN where it has none.
        mix: figures of its mix.
        gain: strategy less its mix, a year, after costs.
        against: strategy less the first run's, a year, after costs; None of the first run itself.
    """

    run: Run
    own: Summary
    mix: Summary
    gain: Estimate
    against: Estimate | None


def measured(runs: Sequence[Run]) -> tuple[Measured, ...]:
    """The figures of every run."""
    first = _returns(runs[0].equity)
    return tuple(_measured(run, None if run is runs[0] else first) for run in runs)


def _measured(run: Run, first: Floats | None) -> Measured:
    own, mix = _returns(run.equity), _returns(run.mix)
    cash = np.full(len(own), math.nan) if run.cash is None else _returns(run.cash)
    return Measured(
        run=run,
        own=summary(own, cash, run.sessions),
        mix=summary(mix, cash, run.sessions),
        gain=tracking_difference(own, mix),
        against=None if first is None else tracking_difference(own, first),
    )


def _returns(curve: Floats) -> Floats:
    return np.asarray(curve[1:] / curve[:-1] - 1.0)


def dot_plots(found: Sequence[Measured]) -> tuple[KeyNumber, ...]:
    """A scale for each figure, a dot and an interval for each run."""
    return (
        _plot("Return a year", found, lambda one: (one.own.cagr, math.nan, math.nan), percent),
        _plot("Volatility", found, lambda one: (one.own.volatility, math.nan, math.nan), percent),
        _plot("Sharpe ratio", found, lambda one: around(one.own.sharpe_ratio, one.own.sharpe_standard_error), number),
        _plot("Worst drawdown", found, lambda one: (one.own.max_drawdown.depth, math.nan, math.nan), percent),
        _plot("Gain over its mix, points", found, lambda one: around(one.gain.value, one.gain.standard_error), points),
    )


def _plot(
    title: str, found: Sequence[Measured], figure: Callable[[Measured], Reach], write: Callable[[float], str]
) -> KeyNumber:
    reaches = [figure(one) for one in found]
    scale = Scale.over([value for reach in reaches for value in reach], include_zero="Gain" in title)
    marks = tuple(
        Mark(f"run-{one.run.letter}", one.run.letter, write(reach[0]), *scale.places(reach))
        for one, reach in zip(found, reaches, strict=True)
    )
    ends = (write(scale.low), write(scale.high)) if scale.known else (MISSING, MISSING)
    return KeyNumber(title, "", marks, scale.zero, ends, "")


SHARED_HEADS = (
    "Growth of 1", "Of its mix", "Return a year", "Volatility", "Sharpe ratio", "Worst drawdown",
    "Gain over its mix, points a year", "Against A, points a year",
)  # fmt: skip


def shared_figures(one: Measured) -> tuple[str, ...]:
    """Figures over the shared sessions as written, in the order of ``SHARED_HEADS``; ± is a standard error."""
    own = one.own
    return (
        multiple(1.0 + own.cumulative_return),
        multiple(1.0 + one.mix.cumulative_return),
        percent(own.cagr),
        percent(own.volatility),
        with_error(number(own.sharpe_ratio), number(own.sharpe_standard_error)),
        percent(own.max_drawdown.depth),
        estimated(one.gain),
        estimated(one.against) if one.against else "",
    )


def estimated(found: Estimate) -> str:
    """``+10.6 ±3.7, t 2.9``: a difference in points with its standard error."""
    text = with_error(points(found.value), points(found.standard_error, signed=False))
    return f"{text}, t {number(found.t, 1)}" if math.isfinite(found.t) else text


JUDGED_HEADS = ("Sessions", "Timing gain, points a year", "90% interval", "p", "Could it be luck?")


def judged(run: Run, span: str) -> tuple[str, ...]:
    """What the run said of itself over all its own sessions, in the order of ``JUDGED_HEADS``."""
    gain, low, high = run.entry.gain
    p_value = chance(run.entry.p_value).removeprefix("p ") if math.isfinite(run.entry.p_value) else ""
    return span, points(gain), between(low, high), p_value, run.entry.luck
