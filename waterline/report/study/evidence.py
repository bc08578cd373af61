"""What the statistics of the whole search say, as a table: each figure with what it means."""

from __future__ import annotations

import math

from waterline.appraisal import Refused, StudyEvidence
from waterline.appraisal.wording import counted, odds, share
from waterline.report.luck.words import p_text
from waterline.report.numerals import MISSING, number, percent, points
from waterline.report.tables import Cell, Column, Table

Told = tuple[str, str, str]


def evidence_table(evidence: StudyEvidence) -> Table:
    """One row a statistic."""
    rows = (*_out_of_sample(evidence), *_of_the_search(evidence))
    columns = Column("What"), Column("Figure", figures=True), Column("What it says", wide=True)
    return Table("Statistics of the whole search", columns, tuple(tuple(map(Cell, row)) for row in rows))


def _out_of_sample(evidence: StudyEvidence) -> tuple[Told, ...]:
    timing, told = evidence.timing, evidence.sharpe
    power = timing.power
    gain = (
        "Timing gain of the test folds, points a year",
        points(timing.estimate.value),
        (
            f"p {p_text(timing.p_value)} by its standard error, power {number(power.power)} to find a true gain of "
            f"{percent(power.true_gain)}; detectable from {percent(power.minimum_detectable_gain)}"
        ),
    )
    if isinstance(told, Refused):
        return gain, ("Sharpe ratio of the test folds", MISSING, told.reason)
    ratio = (
        "Sharpe ratio of the test folds",
        number(told.ratio),
        (
            f"{percent(told.coverage, 0)} interval {number(told.low)} to {number(told.high)} over "
            f"{counted(told.sessions, 'session')}; the {told.benchmark} {number(told.benchmark_ratio)}; power "
            f"{number(told.power)} to see a true {number(told.sought, 1)}"
        ),
    )
    return gain, ratio


def _of_the_search(evidence: StudyEvidence) -> tuple[Told, ...]:
    tried = (
        "Trials in the ledger that differ",
        number(evidence.tries.number, 0),
        (
            f"Those of this family, the {counted(evidence.tried, 'set')} of this study among them; sets that traded "
            f"alike count once. {evidence.tries.note}"
        ),
    )
    effective = (
        "Trials that really differ",
        number(evidence.effective.number, 0),
        (
            f"Clusters of training returns among {counted(evidence.effective.examined, 'kept trial')}, "
            f"{counted(evidence.distinct.number, 'distinct one')} in all"
        ),
    )
    deflated = tuple(
        (f"Deflated Sharpe ratio, {name}", odds(evidence.deflated[key].lower), meaning)
        for key, name, meaning in (
            ("all", "all trials", "Probability that the stitched Sharpe ratio beats the best of all without skill"),
            ("effective", "clusters", "The same against the best of those that really differ"),
        )
    )
    return tried, effective, *deflated, *_overfitting(evidence), _superiority(evidence)


def _overfitting(evidence: StudyEvidence) -> tuple[Told, Told]:
    found = evidence.overfitting
    if not math.isfinite(found.probability):
        why = "Too few kept trials or sessions"
        return ("Probability of overfitting (PBO)", MISSING, why), ("Share that lost afterwards", MISSING, why)
    combinations = counted(len(found.logits), "combination")
    return (
        (
            "Probability of overfitting (PBO)",
            percent(found.probability, 0),
            (
                f"Of {combinations} of training blocks: how often the best of one half was no better than "
                f"the median of {counted(found.trials, 'trial')} in the other (CSCV)"
            ),
        ),
        ("Share that lost afterwards", share(found.loss_share, 0), "How often that best lost against bills"),
    )


def _superiority(evidence: StudyEvidence) -> Told:
    best, name = evidence.superiority, "Superior predictive ability (SPA), p"
    if best is None:
        return name, MISSING, evidence.superiority_why
    return (
        name,
        p_text(best.p_value),
        (
            f"Whether any of {counted(best.candidates, 'candidate')} beats the mix of its own exposure in training, "
            f"all of them counted; by StepM {counted(len(best.superior), 'candidate')} do at {percent(best.level, 0)}"
        ),
    )
