"""Sharpe ratios with all that belongs to them, and the headline figures with their bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Callable

from waterline.appraisal import Evidence, Refused
from waterline.appraisal.windows import WindowEvidence
from waterline.appraisal.wording import odds, span
from waterline.report.evaluated import INDEX, STRATEGY
from waterline.report.key_numbers import KeyNumber, key_number
from waterline.report.luck.words import capital, shown_windows
from waterline.report.numerals import MISSING, count, number, percent, points
from waterline.report.tables import Cell, Column, Table

DRAWN: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("timing_gain", "Timing gain, points a year", points),
    ("tracking_difference", "Gain over the mix, points a year", points),
    ("mean_excess", "Mean over bills a year", percent),
    ("cagr", "Return a year", percent),
    ("volatility", "Volatility", percent),
    ("max_drawdown", "Worst drawdown", percent),
)
SHORT = {"pre_idea": "Before", "post_idea": "After", "all": "All"}


def sharpe_table(evidence: Evidence) -> Table | None:
    """A column a window that may show one; None where none may."""
    shown = [window for window in shown_windows(evidence) if not isinstance(window.sharpe, Refused)]
    if not shown:
        return None
    columns = [_sharpe_column(window) for window in shown]
    heads = [Column("What"), *(Column(capital(window.label), figures=True) for window in shown)]
    rows = [(Cell(name), *(Cell(column[name]) for column in columns)) for name in columns[0]]
    return Table("Sharpe ratios with what belongs to them", tuple(heads), tuple(rows))


def sharpe_refusals(evidence: Evidence) -> tuple[str, ...]:
    """Why windows show none."""
    return tuple(
        f"{capital(window.label)}: no Sharpe ratio. {window.sharpe.reason}"
        for window in shown_windows(evidence)
        if isinstance(window.sharpe, Refused)
    )


def _sharpe_column(window: WindowEvidence) -> dict[str, str]:
    told = window.sharpe
    if isinstance(told, Refused):
        raise TypeError(told.reason)
    record, plain, deflated = window.minimum_track_record, window.probabilistic, window.deflated
    return {
        "Sharpe ratio, over bills": number(told.ratio),
        "Its 90% interval, by bootstrap": f"{number(told.low)} to {number(told.high)}",
        f"The {told.benchmark} on the same sessions": number(told.benchmark_ratio),
        "Sessions": count(told.sessions),
        "Trials (N) that it may be the best of": number(told.trials, 0),
        f"Power to see a true {number(told.sought, 1)}": number(told.power),
        "Probabilistic: chance that the true ratio is above zero, form of 2012": odds(plain.form_2012),
        "The same, form of 2025": odds(plain.form_2025),
        "Deflated: the same against the best of N without skill, the lower form": odds(deflated.lower),
        "Deflated, of the timing alone": odds(window.timing.deflated.lower),
        "Sessions after which it is told from zero, were it to stay": _sessions(record.longer),
        "Years below which luck alone shows as much in the best of N": number(window.minimum_backtest_years, 1),
    }


def _sessions(value: float) -> str:
    return count(math.ceil(value)) if math.isfinite(value) else MISSING


def drawn_numbers(evidence: Evidence) -> tuple[KeyNumber, ...]:
    """The headline figures, a dot and a line for each window."""
    return tuple(_drawn(evidence, *figure) for figure in DRAWN)


def _drawn(evidence: Evidence, name: str, title: str, write: Callable[[float], str]) -> KeyNumber:
    shown = shown_windows(evidence)
    first, *others = sorted(shown, key=lambda window: -window.sessions)
    order = {STRATEGY: first, **{f"{INDEX} {place}": window for place, window in enumerate(others)}}
    found = {key: window.intervals.figures[name] for key, window in order.items()}
    values = {key: (one.estimate, one.low, one.high) for key, one in found.items()}
    labels = {key: SHORT[window.name] for key, window in order.items()}
    own = found[STRATEGY]
    told = span(own.low, own.high) if math.isfinite(own.low) else MISSING
    coverage = percent(first.intervals.coverage, 0)
    return key_number(title, labels, values, write, f"{coverage} interval **{told}**", include_zero=True)


def drawn_caption(evidence: Evidence) -> str:
    """How the intervals came about."""
    told = max(shown_windows(evidence), key=lambda window: window.sessions).intervals
    if not told.draws:
        return "Too few sessions for an interval."
    return (
        f"Dot: estimate. Line: {percent(told.coverage, 0)} interval of {count(told.draws)} histories drawn from these "
        f"sessions in blocks of {count(told.block_length, 'session')} on average, all columns of a session together "
        f"(stationary bootstrap, seed {evidence.seed}). In percent and points."
    )
