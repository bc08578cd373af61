"""Is it luck: everything that a run can say about that, as one frozen object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from waterline.appraisal.ablations import Ablation, ablations
from waterline.appraisal.ladders import Ladders, ladders
from waterline.appraisal.plain import plain
from waterline.appraisal.registered import Registered, registered
from waterline.appraisal.sample import Sample
from waterline.appraisal.spells import Spells, spells_of
from waterline.appraisal.tries import Tries
from waterline.appraisal.verdict import Verdict, kill_rule, verdict
from waterline.appraisal.windows import WindowEvidence, by_window
from waterline.metrics.evaluation import Json
from waterline.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Evidence:
    """What chance, search, a few episodes, costs and delay leave of a result.

    Attributes:
        verdict: class and paragraph.
        kill_rule: what the rule fixed beforehand says, a sentence.
        tries: the number of trials behind it.
        seed: of everything drawn.
        windows: the evidence of "pre_idea", "post_idea" and "all".
        spells: the episodes, each left out in turn.
        ladders: later decisions, other costs.
        ablations: the rivals of the score.
        registered: the tests that were fixed before looking; all others are exploratory.
    """

    verdict: Verdict
    kill_rule: str
    tries: Tries
    seed: int
    windows: Mapping[str, WindowEvidence]
    spells: Spells
    ladders: Ladders
    ablations: tuple[Ablation, ...]
    registered: Registered

    def as_json(self) -> Json:
        """Keys as the fields, full precision, null where undefined or infinite."""
        return plain(self)


def appraise(outcome: Outcome, tries: Tries) -> Evidence:
    """The evidence of a run; the same outcome, trials and seed give the same bytes.

    What the run does not allow (no trade, one month, no prices) is NaN with a sentence that says why.

    Args:
        outcome: what the run produced.
        tries: see :func:`waterline.appraisal.tries_of`.
    """
    sample, seed = Sample.of(outcome), outcome.config.seed
    windows = {name: metrics.window for name, metrics in outcome.windows.items()}
    spells = spells_of(sample, outcome.episodes)
    floor = spells.median_sessions if math.isfinite(spells.median_sessions) else 1.0
    judged = by_window(sample, windows, tries.number, floor, seed)
    rivals, increment = ablations(outcome, sample, windows)
    fixed = registered(outcome, sample, windows, increment)
    return Evidence(
        verdict=verdict(judged, spells, tries, fixed.timing.get("all")),
        kill_rule=kill_rule(increment),
        tries=tries,
        seed=seed,
        windows=judged,
        spells=spells,
        ladders=ladders(outcome),
        ablations=rivals,
        registered=fixed,
    )
