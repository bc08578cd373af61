"""The reader's questions with their short answers and a small picture each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.appraisal import Evidence
from waterline.appraisal.verdict import Kind
from waterline.appraisal.wording import LEVEL, chance, figure, share
from waterline.contracts import STATE_NAMES
from waterline.metrics import Estimate, WindowMetrics
from waterline.report.evaluated import MIX, STRATEGY, Curves, Evaluated
from waterline.report.key_numbers import around
from waterline.report.luck.words import is_judged
from waterline.report.numerals import MISSING, count, day, multiple, number, percent, points, spelled
from waterline.report.sparks import sparks
from waterline.report.words import DISTINCT

T_SCALE = 4.0
"""Standard errors at either end of the picture for luck."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question.

    Attributes:
        question: as the reader would ask it.
        section: id of the section that shows the evidence.
        text: the answer.
        note: one line with the numbers behind it.
        picture: name of the template macro that draws it.
        drawing: what that macro needs; places are percent of the width.
    """

    question: str
    section: str
    text: str
    note: str
    picture: str
    drawing: Mapping[str, object]


def answers(run: Evaluated, evidence: Evidence) -> tuple[Answer, ...]:
    """The questions that this run can answer, in page order."""
    if len(run.sessions) < 2:
        return ()
    gain, drawn = run.outcome.windows["all"].timing_gain, evidence.windows["all"].timing.interval
    return (
        _growth(run),
        _states(run),
        gained("Better than the same mix?", gain, (drawn.low, drawn.high)),
        _judged(evidence),
        _today(run),
    )


def _growth(run: Evaluated) -> Answer:
    return grown("What did it do?", run, run.outcome.windows["all"])


def grown(question: str, run: Curves, whole: WindowMetrics) -> Answer:
    """What became of 1, beside the mix."""
    note = f"{percent(whole.strategy.cagr)} a year; the mix {percent(whole.mix.cagr)}"
    if not math.isfinite(whole.strategy.cagr):
        note = f"in {count(len(run.sessions) - 1, 'session')}; the mix {multiple(float(run.equity[MIX][-1]))}"
    paths = sparks([run.equity[MIX], run.equity[STRATEGY]])
    return Answer(question, "growth", multiple(float(run.equity[STRATEGY][-1])), note, "spark", {"paths": paths})


def _states(run: Evaluated) -> Answer:
    ample = 1.0 - run.outcome.windows["all"].scarce_share
    spells = [spell for spell in run.outcome.episodes if spell.state == "scarce"]
    note = "never scarce"
    if spells:
        longest = max(spells, key=lambda spell: spell.sessions)
        year = str(longest.decided)[:4]
        told = count(len(spells), "scarce spell").split(" ", 1)[1]
        note = f"{spelled(len(spells))} {told}, " + (f"the longest from {year}" if len(spells) > 1 else f"from {year}")
    drawing = {"spells": _bands(run), "ends": (str(run.sessions[0])[:4], str(run.sessions[-1])[:4])}
    return Answer("When was it in what?", "score", f"{percent(ample, 0)} ample", note, "ribbon", drawing)


def gained(question: str, gain: Estimate, drawn: tuple[float, float] | None = None) -> Answer:
    """The timing gain with its 90% interval: ``drawn`` by the bootstrap, or that of its standard error."""
    ends = drawn or around(gain.value, gain.standard_error)[1:]
    low, high = (points(end) for end in ends)
    known = math.isfinite(gain.value)
    text = f"{points(gain.value)} points" if known else "Not decidable"
    note = f"a year before costs; 90% interval {low} to {high}"
    if MISSING in (low, high):
        note = "too few sessions to say"
    shown = [0.0, *ends, gain.value]
    reach = max(abs(value) for value in shown) if all(map(math.isfinite, shown)) else 0.0
    places = [50.0 + 46.0 * value / reach if reach > 0 else 50.0 for value in shown]
    drawing = dict(zip(("zero", "low", "high", "at"), places, strict=True)) if reach > 0 else {}
    if gain.standard_error == 0.0:
        text, note = "No timing", "it never moved between the groups"
    return Answer(question, "numbers", text, note, "interval", drawing)


VERDICTS: dict[Kind, str] = {
    "unknown": "Not decidable",
    "no_timing": "No timing",
    "luck": "Yes",
    "harm": "No gain",
    "search": "After the search, yes",
    "one_episode": "One episode",
    "in_sample": "Only in-sample",
    "out_of_sample": "Both bars passed",
}
"""The verdict where room is scarce."""


def _judged(evidence: Evidence) -> Answer:
    """The verdict in a word or two, with the p-value to quote against its bar."""
    timing, note = evidence.windows["all"].timing, "there is no timing to test"
    drawing: dict[str, object] = {}
    if is_judged(evidence):
        power = timing.test.power
        note = (
            f"{chance(timing.p_value)}, the bar is {LEVEL}; power {figure(power.power)}, a gain is detectable from "
            f"{share(power.minimum_detectable_gain)} a year"
        )
        place = round(2.0 + 96.0 * timing.p_value, 2)
        drawing = {"at": place, "low": 0.0, "wide": 100.0 * LEVEL, "ends": ("0", "p = 1"), "middle": ""}
    return Answer("Could it be luck?", "luck", VERDICTS[evidence.verdict.kind], note, "stretch", drawing)


def lucky(question: str, t: float) -> Answer:
    """How many standard errors the timing gain lies from zero, against the bar."""
    if not math.isfinite(t):
        text, note = "Not decidable", "the timing gain has no standard error"
    elif t <= -DISTINCT:
        text, note = "No gain", f"{number(-t, 1)} standard errors below zero"
    elif t < DISTINCT:
        text, note = "Yes", f"{number(abs(t), 1)} standard errors from zero; the bar is {DISTINCT:.0f}"
    else:
        text, note = "One bar passed", f"{number(t, 1)} standard errors above zero; the bar is {DISTINCT:.0f}"
    bars = [50.0 + 50.0 * side * DISTINCT / T_SCALE for side in (-1, 1)]
    at = 50.0 + 48.0 * max(-1.0, min(1.0, t / T_SCALE)) if math.isfinite(t) else None
    drawing = {"bars": bars, "at": at, "bar": f"{DISTINCT:.0f}"}
    return Answer(question, "numbers", text, note, "bars", drawing)


def _today(run: Evaluated) -> Answer:
    question, scarce = "What does it say at the end?", bool(run.scarce[-1])
    return stood(question, run.sessions[-1], scarce, float(run.total[-1]), run.thresholds)


def stood(
    question: str, session: np.datetime64, scarce: bool, total: float, thresholds: tuple[float, float] | None
) -> Answer:
    """The state on a session, with the score between the thresholds that lead to ample and to scarce."""
    state, when = STATE_NAMES[int(scarce)], day(session)
    note = f"{when}: score {number(total)}" if math.isfinite(total) else f"{when}: no score, the state is carried over"
    drawing: dict[str, object] = {}
    if thresholds is not None:
        down, up = thresholds
        note += f"; turns {'ample below ' + number(down) if scarce else 'scarce above ' + number(up)}"
        low, high = min(down, -0.5, total), max(up, 1.25, total)
        low, high = (value for value in _finite(low, high, down, up))
        places = [4.0 + 92.0 * (value - low) / (high - low) for value in (down, up, total)]
        at = places[2] if math.isfinite(total) else None
        drawing = {"down": places[0], "up": places[1], "at": at, "texts": (number(down), number(up))}
    return Answer(question, "score", state.capitalize(), note, "gauge", drawing)


def _finite(low: float, high: float, down: float, up: float) -> tuple[float, float]:
    return (low, high) if math.isfinite(low) and math.isfinite(high) and high > low else (down - 1.0, up + 1.0)


def _bands(run: Evaluated) -> list[dict[str, object]]:
    """Each spell's place and width in percent."""
    total = max(len(run.sessions), 1)
    bands, at = [], 0
    for spell in run.outcome.episodes:
        place, width = round(100.0 * at / total, 3), round(100.0 * spell.sessions / total, 3)
        bands.append({"state": spell.state, "x": place, "w": width})
        at += spell.sessions
    return bands
