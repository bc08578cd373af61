"""A finished study with what is to be thought of it."""

from __future__ import annotations

from dataclasses import dataclass

from waterline.appraisal import StudyEvidence, appraise_study, tries_of
from waterline.panel import Panel
from waterline.tuning.kept import KeptReturns
from waterline.tuning.outcome import Tuned


@dataclass(frozen=True, slots=True, eq=False)
class JudgedStudy:
    """What a study came to.

    Attributes:
        tuned: the finished study.
        kept: daily training returns of some of its trials.
        evidence: whether its best is luck.
    """

    tuned: Tuned
    kept: KeptReturns
    evidence: StudyEvidence


def judge_study(tuned: Tuned, kept: KeptReturns, panel: Panel) -> JudgedStudy:
    """Judge a study whose trials have been entered into the ledger."""
    return JudgedStudy(tuned, kept, appraise_study(tuned, kept, panel, tries_of(tuned.config)))
