"""Is it luck, for a study: what its search and its folds leave of the best that it found."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.appraisal.candidates import NOT_COMPILED, candidates, span_of
from waterline.appraisal.gains import GainTest, gain_test
from waterline.appraisal.plain import plain
from waterline.appraisal.statements import Refused, SharpeStatement, state
from waterline.appraisal.study_words import study_words
from waterline.appraisal.tries import Tries
from waterline.evidence.bootstrap import HEADLINE, DailyRows, Intervals, intervals
from waterline.evidence.overfit import Overfitting, backtest_overfitting
from waterline.evidence.reality import Superiority, superiority
from waterline.evidence.sharpe import ProbabilisticSharpe, deflated_sharpe, track_record
from waterline.evidence.trials import TrialCount, distinct_trials, effective_trials
from waterline.metrics import years_between
from waterline.metrics.evaluation import Json
from waterline.panel import Panel
from waterline.portfolios import bill_return
from waterline.sessions import Flags
from waterline.tuning.kept import KeptReturns
from waterline.tuning.outcome import Tuned

WITHOUT_SLEEVES = {name: figure for name, figure in HEADLINE.items() if name != "timing_gain"}
STITCHED = "test folds, each traded with what its own training chose"


@dataclass(frozen=True, slots=True, eq=False)
class StudyEvidence:
    """What is to be thought of a search and of its stitched out-of-sample returns.

    Attributes:
        text: a paragraph, by rule.
        tries: the ledger's count of the family, this study included.
        tried: parameter sets of this study, failed ones too.
        distinct: the kept trials that differ in their training returns, and the spread of their Sharpe ratios.
        effective: the clusters that these form.
        overfitting: probability of backtest overfitting over the kept training returns.
        superiority: whether any of a sample of candidates beats the static mix of its own exposure in training, all of
            them counted; None where that could not be tested.
        superiority_why: why not; empty where it could.
        deflated: "all" (the ledger's number with the spread of the distinct trials) and "effective" (the clusters and
            theirs): probability that the stitched Sharpe ratio exceeds the best of so many without skill.
        sharpe: the stitched Sharpe ratio as it may be shown, its deflated form the lower of the two.
        intervals: of the stitched figures.
        timing: timing gain of the stitched returns.
        seed: of everything drawn.
    """

    text: str
    tries: Tries
    tried: int
    distinct: TrialCount
    effective: TrialCount
    overfitting: Overfitting
    superiority: Superiority | None
    superiority_why: str
    deflated: Mapping[str, ProbabilisticSharpe]
    sharpe: SharpeStatement | Refused
    intervals: Intervals
    timing: GainTest
    seed: int

    def as_json(self) -> Json:
        """Keys as the fields, full precision, null where undefined or infinite."""
        return plain({name: getattr(self, name) for name in self.__slots__})


def appraise_study(tuned: Tuned, kept: KeptReturns, panel: Panel, tries: Tries) -> StudyEvidence:
    """The evidence of a study; the same study, trials and seed give the same bytes.

    Args:
        tuned: the finished study.
        kept: daily training returns of some of its trials.
        panel: its data.
        tries: see :func:`waterline.appraisal.tries_of`; read it after the study's trials have been entered.
    """
    seed, floor = tuned.config.seed, _median_dwell(tuned.walk_forward.scarce)
    first, last = span_of(kept.sessions, panel)
    excess = kept.returns - bill_return(panel, tuned.config)[first:last].astype(np.float32)
    distinct, effective = distinct_trials(excess), effective_trials(excess, seed)
    overfitting = backtest_overfitting(excess)
    best, why = _superiority(tuned, kept, panel, floor)
    rows = _stitched(tuned, panel)
    told = intervals(WITHOUT_SLEEVES, rows, floor, seed)
    deflated = _deflated(rows, tries, distinct, effective)
    sharpe = state(rows, told, _number(tries, distinct), _lowest(deflated), STITCHED)
    timing = gain_test(tuned.walk_forward.metrics.timing_gain, rows.years)
    return StudyEvidence(
        text=study_words(timing, sharpe, overfitting, best, why, effective),
        tries=tries,
        tried=len(tuned.trials),
        distinct=distinct,
        effective=effective,
        overfitting=overfitting,
        superiority=best,
        superiority_why=why,
        deflated=deflated,
        sharpe=sharpe,
        intervals=told,
        timing=timing,
        seed=seed,
    )


def _superiority(tuned: Tuned, kept: KeptReturns, panel: Panel, floor: float) -> tuple[Superiority | None, str]:
    found = candidates(tuned, kept, panel)
    if found is None:
        return None, NOT_COMPILED
    return superiority(found.lead, np.zeros(len(found.lead)), floor, tuned.config.seed), ""


def _stitched(tuned: Tuned, panel: Panel) -> DailyRows:
    """The stitched test returns; sleeves and exposures are not kept by a study, so those columns are empty."""
    walk = tuned.walk_forward
    strategy, mix = (path[1:] / path[:-1] - 1.0 for path in (walk.equity, walk.mix_equity))
    first, last = span_of(walk.sessions, panel)
    cash, nothing = bill_return(panel, tuned.best)[first + 1 : last], np.empty((len(strategy), 0))
    return DailyRows(strategy, mix, cash, nothing, nothing, years_between(walk.sessions))


def _number(tries: Tries, distinct: TrialCount) -> float:
    """The ledger's number, which may be read before the study's own trials are in it; NaN where it is not known."""
    return max(tries.number, distinct.number) if math.isfinite(tries.number) else math.nan


def _deflated(
    rows: DailyRows, tries: Tries, distinct: TrialCount, effective: TrialCount
) -> dict[str, ProbabilisticSharpe]:
    record, number = track_record(rows.strategy - rows.cash), _number(tries, distinct)
    unknown = ProbabilisticSharpe(math.nan, math.nan, math.nan)
    return {
        "all": deflated_sharpe(record, number, distinct.sharpe_variance) if math.isfinite(number) else unknown,
        "effective": deflated_sharpe(record, effective.number, effective.sharpe_variance),
    }


def _lowest(deflated: Mapping[str, ProbabilisticSharpe]) -> float:
    """The lower of those that are known, which is what is quoted."""
    return min((one.lower for one in deflated.values() if math.isfinite(one.lower)), default=math.nan)


def _median_dwell(scarce: Flags) -> float:
    """Median length of the spells in sessions, at least 1."""
    borders = np.flatnonzero(np.diff(scarce.astype(np.int8), prepend=-1, append=-1))
    return float(np.median(np.diff(borders))) if len(borders) > 1 else 1.0
