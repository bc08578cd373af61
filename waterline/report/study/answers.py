"""The reader's questions about a study with their short answers and a small picture each."""

from __future__ import annotations

import math

from waterline.report.answers import Answer, gained, grown, lucky
from waterline.report.numerals import count, number, percent
from waterline.report.study.facts import LUCK, NEEDLE, Facts, middle


def answers(study: Facts) -> tuple[Answer, ...]:
    """Six of them, in page order."""
    whole = study.tuned.walk_forward.metrics
    return (
        grown("What did it do out of sample?", study.stitched, whole),
        gained("Better than the same mix?", whole.timing_gain),
        lucky("Could the gain be luck?", whole.timing_gain.t),
        _search(study),
        _foresight(study),
        _plateau(study),
    )


def _search(study: Facts) -> Answer:
    null, question = study.tuned.null, "Could the search be luck?"
    if null is None:
        return Answer(question, "luck", "Not asked", f"{study.tried} tried; the null was not run", "stretch", {})
    text = "Yes" if null.p_value > LUCK else "One bar passed"
    note = f"p = {number(null.p_value, 3)} on {count(len(null.best))} histories; the bar is {number(LUCK)}"
    return Answer(question, "luck", text, note, "stretch", _stretch(null.p_value, (0.0, LUCK), ("0", "1")))


def _foresight(study: Facts) -> Answer:
    rank = middle(one.correlation for one in study.searched.transfers)
    question = "Did training foretell the test?"
    if math.isnan(rank):
        return Answer(question, "foresight", "Not decidable", "too few sets to rank", "stretch", {})
    text = "Hardly" if abs(rank) < 0.2 else "In part" if 0 < rank < 0.6 else "Largely" if rank > 0 else "Backwards"
    drawing = _stretch(0.5 + 0.5 * rank, (0.5, 0.5), ("−1", "+1"), middle="0")
    return Answer(
        question, "foresight", text, f"rank correlation {number(rank, signed=True)} within a fold", "stretch", drawing
    )


def _plateau(study: Facts) -> Answer:
    found, question = study.tuned.plateau, "Plateau or needle?"
    if found is None or not math.isfinite(study.keeps):
        return Answer(
            question, "plateau", "Not decidable", "there is no gain that neighbours could keep", "stretch", {}
        )
    text = "Needle" if found.is_needle else "Plateau"
    note = f"neighbours keep {percent(study.keeps, 0)} of the choice’s value; the bar is {percent(NEEDLE, 0)}"
    return Answer(question, "plateau", text, note, "stretch", _stretch(study.keeps, (NEEDLE, 1.0), ("0", "100%")))


def _stretch(at: float, passing: tuple[float, float], ends: tuple[str, str], middle: str = "") -> dict[str, object]:
    """A line from 0 to 1 with its passing part dark and a dot; places are percent of the width."""
    low, high = (100.0 * edge for edge in passing)
    place = 2.0 + 96.0 * min(max(at, 0.0), 1.0)
    return {"at": round(place, 2), "low": low, "wide": round(high - low, 2), "ends": ends, "middle": middle}
