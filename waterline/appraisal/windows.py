"""The evidence of one window: how sure its Sharpe ratio and its timing gain are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from waterline.appraisal.sample import Sample
from waterline.appraisal.statements import Refused, SharpeStatement, state
from waterline.appraisal.timing import TimingEvidence, deflated_by_chance, timing_evidence
from waterline.appraisal.wording import counted
from waterline.evidence.bootstrap import FEWEST_SESSIONS, HEADLINE, Intervals, intervals
from waterline.evidence.sharpe import (
    ProbabilisticSharpe,
    TrackRecord,
    TrackRecordLength,
    minimum_backtest_years,
    minimum_track_record,
    probabilistic_sharpe,
    track_record,
)
from waterline.metrics import Window

ATTAINABLE = 20.0
"""Orders of spells below which the shuffle could not reach 5 % whatever came of them."""


@dataclass(frozen=True, slots=True)
class WindowEvidence:
    """What one window can tell.

    Attributes:
        name: key of the window.
        label: how a reader would say it.
        sessions: number of returns.
        years: calendar years that they took.
        sharpe: the strategy's Sharpe ratio as it may be shown, or why it is not.
        probabilistic: probability that its true ratio over bills is above zero.
        deflated: the same against the best of the trials without skill, see
            :func:`waterline.appraisal.timing.deflated_by_chance`.
        minimum_track_record: sessions until the ratio would be told from zero, were it to stay.
        minimum_backtest_years: years below which luck alone would show the ratio in the best of the trials.
        intervals: 90 % intervals of the headline figures, from joint draws.
        timing: the timing gain.
        notes: what is missing, and why; a sentence each.
    """

    name: str
    label: str
    sessions: int
    years: float
    sharpe: SharpeStatement | Refused
    probabilistic: ProbabilisticSharpe
    deflated: ProbabilisticSharpe
    minimum_track_record: TrackRecordLength
    minimum_backtest_years: float
    intervals: Intervals
    timing: TimingEvidence
    notes: tuple[str, ...]


def window_evidence(sample: Sample, window: Window, trials: float, floor: float, seed: int) -> WindowEvidence:
    """The evidence of ``window``; an empty one gives NaN and a note.

    Args:
        sample: all that was evaluated.
        window: which of its returns.
        trials: N, the number of trials; NaN where not known.
        floor: smallest block of the bootstrap in sessions, the median dwell.
        seed: of everything drawn.
    """
    part = sample.within(window)
    record = track_record(part.excess)
    told = intervals(HEADLINE, part.rows, floor, seed)
    deflated = deflated_by_chance(record, trials)
    timing = timing_evidence(part, told.figures["timing_gain"], trials, seed)
    return WindowEvidence(
        name=window.name,
        label=window.label,
        sessions=len(part),
        years=part.rows.years,
        sharpe=state(part.rows, told, trials, deflated.lower, window.label),
        probabilistic=probabilistic_sharpe(record),
        deflated=deflated,
        minimum_track_record=minimum_track_record(record),
        minimum_backtest_years=_backtest_years(trials, told.figures["sharpe_ratio"].estimate),
        intervals=told,
        timing=timing,
        notes=tuple(_notes(part, record, timing)),
    )


def _backtest_years(trials: float, ratio: float) -> float:
    return minimum_backtest_years(trials, ratio) if math.isfinite(trials) and ratio > 0.0 else math.nan


def _notes(part: Sample, record: TrackRecord, timing: TimingEvidence) -> list[str]:
    if len(part) == 0:
        return ["No session of this run lies in this window."]
    told = []
    if len(part) < FEWEST_SESSIONS:
        told.append(f"Fewer than {FEWEST_SESSIONS} sessions: no interval can be given.")
    if not math.isfinite(record.sharpe_per_session):
        told.append("The returns over bills do not vary: there is no Sharpe ratio.")
    elif record.sharpe_per_session <= 0.0:
        told.append("The Sharpe ratio is not above zero: no length of record would show that it is.")
    if not math.isfinite(timing.p_value):
        told.append("The exposure never changed in this window: there is no timing to test.")
        return told
    if not math.isfinite(timing.shift.p_value):
        told.append("Too short for placebo shifts.")
    if timing.shuffle.effective_draws < ATTAINABLE:
        orders = counted(timing.shuffle.effective_draws, "order")
        told.append(f"The spells can be put in {orders} only: the shuffle could not reach 5% whatever came.")
    return told


def by_window(
    sample: Sample, windows: Mapping[str, Window], trials: float, floor: float, seed: int
) -> dict[str, WindowEvidence]:
    """The evidence of each window by its name; windows of the same sessions are worked out once."""
    done: dict[tuple[int, int], WindowEvidence] = {}
    told = {}
    for name, window in windows.items():
        rows = (window.first, window.last)
        if rows not in done:
            done[rows] = window_evidence(sample, window, trials, floor, seed)
        told[name] = _relabelled(done[rows], window)
    return told


def _relabelled(found: WindowEvidence, window: Window) -> WindowEvidence:
    return replace(found, name=window.name, label=window.label, sharpe=replace(found.sharpe, window=window.label))
