"""Sharpe ratios as they may be shown: never without what makes them readable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from waterline.appraisal.wording import counted, figure, odds, share
from waterline.evidence.bootstrap import FEWEST_SESSIONS, DailyRows, Intervals
from waterline.evidence.sharpe import sharpe_power, track_record
from waterline.metrics import SESSIONS_PER_YEAR, sharpe_ratio

SOUGHT_RATIO = 0.5
"""Annual Sharpe ratio that the power of the strategy's own is stated for: about what stocks at large have earned."""


BENCHMARK = "same-exposure mix"


class IncompleteSharpeError(ValueError):
    """A Sharpe ratio was to be stated without all that belongs to it: an error of the program, not of its user.

    Args:
        lacking: what is missing, in words.
    """

    def __init__(self, lacking: Sequence[str]) -> None:
        self.lacking = tuple(lacking)
        super().__init__(f"a Sharpe ratio is not stated without {', '.join(self.lacking)}")


@dataclass(frozen=True, slots=True)
class SharpeStatement:
    """An annualised Sharpe ratio over bills with everything that must stand beside it; it cannot be made without.

    Attributes:
        ratio: mean over standard deviation of daily returns over bills, times sqrt(252).
        low: lower end of its interval.
        high: upper end.
        coverage: of the interval.
        sessions: number of returns behind it.
        trials: number of trials that it may be the best of, at least 1.
        deflated: probability that the true ratio exceeds what the best of so many trials without skill would show.
        benchmark: what it is to be compared with.
        benchmark_ratio: Sharpe ratio of that on the same sessions.
        power: probability that a true ratio of ``sought`` would have been told from zero in a sample of this length.
        sought: that ratio, annualised.
        window: which sessions, as a reader would say it.

    Raises:
        IncompleteSharpeError: something is missing.
    """

    ratio: float
    low: float
    high: float
    coverage: float
    sessions: int
    trials: float
    deflated: float
    benchmark: str
    benchmark_ratio: float
    power: float
    sought: float
    window: str

    def __post_init__(self) -> None:
        lacking = missing_beside(self)
        if lacking:
            raise IncompleteSharpeError(lacking)

    def __str__(self) -> str:
        return (
            f"Sharpe ratio {figure(self.ratio)} ({self.window}; {share(self.coverage, 0)} interval "
            f"{figure(self.low)} to {figure(self.high)}; {self.benchmark} {figure(self.benchmark_ratio)}; "
            f"{counted(self.trials, 'trial')}, deflated {odds(self.deflated)}; power {figure(self.power)} "
            f"to see a true {figure(self.sought, 1)} in {counted(self.sessions, 'session')})"
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """In the place of a Sharpe ratio that may not be shown.

    Attributes:
        window: which sessions.
        reason: why, as a sentence.
    """

    window: str
    reason: str

    def __str__(self) -> str:
        return f"No Sharpe ratio ({self.window}): {self.reason}"


def missing_beside(told: SharpeStatement) -> list[str]:
    """What a statement lacks, in words; empty where it is complete."""
    needed = {
        "its value": math.isfinite(told.ratio),
        "its interval": told.low <= told.high and math.isfinite(told.high - told.low) and 0.0 < told.coverage < 1.0,
        "the number of sessions": told.sessions > 0,
        "the number of trials": told.trials >= 1.0 and math.isfinite(told.trials),
        "its deflated form": 0.0 <= told.deflated <= 1.0,
        "its benchmark": bool(told.benchmark.strip()) and math.isfinite(told.benchmark_ratio),
        "its power": 0.0 <= told.power <= 1.0 and math.isfinite(told.sought),
        "the label of its window": bool(told.window.strip()),
    }
    return [name for name, present in needed.items() if not present]


def state(rows: DailyRows, told: Intervals, trials: float, deflated: float, window: str) -> SharpeStatement | Refused:
    """The Sharpe ratio of a strategy beside that of its mix, or why it is not shown.

    Args:
        rows: daily returns of both.
        told: intervals of the headline figures of these rows.
        trials: number of trials; NaN where not known.
        deflated: see :class:`SharpeStatement`.
        window: which sessions, as a reader would say it.
    """
    sessions, ratio = len(rows), told.figures["sharpe_ratio"]
    if sessions < FEWEST_SESSIONS:
        return Refused(window, f"{counted(sessions, 'session')} are too few, {FEWEST_SESSIONS} give an interval.")
    if not math.isfinite(ratio.estimate):
        return Refused(window, "The returns over bills do not vary.")
    if not math.isfinite(trials):
        return Refused(window, "The number of trials behind it is not known.")
    try:
        return SharpeStatement(
            ratio=ratio.estimate,
            low=ratio.low,
            high=ratio.high,
            coverage=told.coverage,
            sessions=sessions,
            trials=trials,
            deflated=deflated,
            benchmark=BENCHMARK,
            benchmark_ratio=sharpe_ratio(rows.mix - rows.cash),
            power=sharpe_power(track_record(rows.strategy - rows.cash), SOUGHT_RATIO / math.sqrt(SESSIONS_PER_YEAR)),
            sought=SOUGHT_RATIO,
            window=window,
        )
    except IncompleteSharpeError as error:
        return Refused(window, f"It is not stated without {', '.join(error.lacking)}.")
