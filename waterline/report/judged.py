"""An outcome with what is to be thought of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from waterline.appraisal import Evidence, Tries, appraise, tries_of
from waterline.audit import Tax, look_ahead_tax
from waterline.errors import SpanError
from waterline.experiment import Decision
from waterline.outcome import Outcome
from waterline.thesis import Scorecard, scorecard


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a run came to.

    Attributes:
        outcome: what the run produced.
        evidence: whether it is luck.
        card: whether the thesis holds.
        tax: what data that nobody had then would have claimed; None where too few sessions have a score.
    """

    outcome: Outcome
    evidence: Evidence
    card: Scorecard
    tax: Tax | None = None


def judge(outcome: Outcome, report: Callable[[str], None], tries: Tries | None = None) -> Judged:
    """Judge a run. Enter it into the ledger before: its own trial counts.

    Args:
        outcome: what the run produced.
        report: called with the name of each step as it begins.
        tries: out of how many this result is; what the ledger says where not given.
    """
    report("judging luck")
    evidence = appraise(outcome, tries or tries_of(outcome.config))
    report("judging the thesis")
    card = scorecard(outcome.config, outcome.panel)
    report("taxing foresight")
    return Judged(outcome, evidence, card, _taxed(outcome))


def _taxed(outcome: Outcome) -> Tax | None:
    made = Decision(outcome.score, outcome.regime, outcome.sleeves, outcome.exposure)
    try:
        return look_ahead_tax(outcome.config, outcome.panel, made)
    except SpanError:
        return None
