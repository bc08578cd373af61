"""The page of what an experiment says today: one file in the look of the run page, without charts."""

from __future__ import annotations

import math
from typing import Any

from waterline.contracts import STATE_NAMES
from waterline.regime import SchmittRule
from waterline.report.answers import Answer, stood
from waterline.report.numerals import count, number, percent, readable
from waterline.report.page import STYLES, document
from waterline.report.tables import new_york
from waterline.report.today import words
from waterline.report.today.tables import flip_table, input_table, score_table, target_table, trade_table
from waterline.today import Today


def render_today(today: Today) -> str:
    """The whole page. The same answer gives the same text."""
    return document("today/index.html.j2", _context(today), STYLES, ())


def _context(today: Today) -> dict[str, Any]:
    able = [flip for flip in today.flips if flip.by]
    return {
        "today": today,
        "config": today.config,
        "asked": new_york(today.moment.instant),
        "revised": sum(not one.point_in_time for one in today.inputs),
        "verdict": words.verdict(today),
        "answers": answers(today),
        "told": {
            "score": words.score_answer(today),
            "holdings": words.holdings_answer(today),
            "flips": words.flips_answer(today),
            "data": words.inputs_answer(today),
        },
        "scores": score_table(today),
        "targets": target_table(today),
        "trades": trade_table(today),
        "trades_note": words.rebalancing_note(today),
        "prices_note": words.prices_note(today),
        "flips": flip_table(today, able),
        "vain": flip_table(today, [flip for flip in today.flips if not flip.by]),
        "inputs": input_table([one for one in today.inputs if one.role != "held"]),
        "prices": input_table([one for one in today.inputs if one.role == "held"]),
    }


def answers(today: Today) -> tuple[Answer, ...]:
    """The reader's questions, in page order."""
    standing, rule = today.standing, today.config.regime
    thresholds = (rule.down, rule.up) if isinstance(rule, SchmittRule) else None
    scarce = bool(STATE_NAMES.index(standing.state))
    return (
        stood("What is the state?", standing.session, scarce, standing.score, thresholds),
        _why(today),
        _hold(today),
        _turn(today),
        _age(today),
    )


def _why(today: Today) -> Answer:
    known = sorted(
        (part for part in today.standing.pillars if math.isfinite(part.added)), key=lambda part: -abs(part.added)
    )
    if not known:
        return Answer("What makes the score?", "score", "Not shared out", "the score is no mean of pillars", "", {})
    others = ", ".join(f"{readable(part.name).lower()} {number(part.added, signed=True)}" for part in known[1:])
    head = f"{readable(known[0].name)} {number(known[0].added, signed=True)}"
    return Answer("What makes the score?", "score", head, others or "the only pillar", "", {})


def _hold(today: Today) -> Answer:
    exposure = sorted(today.portfolio.exposure.items(), key=lambda item: -item[1])
    name, share = exposure[0]
    assets = sum(target.weight > 0 for target in today.portfolio.targets)
    note = f"in {count(assets, 'asset')}"
    if today.portfolio.bills > 0.0005:
        note += f", {percent(today.portfolio.bills, 0)} in bills"
    return Answer("What to hold?", "holdings", f"{percent(share, 0)} {readable(name).lower()}", note, "", {})


def _turn(today: Today) -> Answer:
    nearest = next((flip for flip in today.flips if flip.by), None)
    question = "What would stop the switch?" if today.standing.beyond else "What print would turn it?"
    if nearest is None:
        return Answer(question, "flips", "None alone", "no plausible value of any next print, all else held", "", {})
    one = words.input_of(today, nearest)
    note = f"{one.title}: {words.condition(nearest, one.unit)}, {words.reach(nearest, one.unit)}"
    return Answer(question, "flips", nearest.name, note, "", {})


def _age(today: Today) -> Answer:
    late = sum(one.next is not None and one.next.due == "overdue" for one in today.inputs)
    text = f"{count(late)} overdue" if late else "None too old"
    ended = sum(one.ended for one in today.inputs)
    note = count(len(today.inputs), "input") + (f", {ended} discontinued" if ended else "")
    return Answer("How old are the inputs?", "data", text, note, "", {})
