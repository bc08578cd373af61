"""What an experiment says today, in sentences and figures for people. ``**`` marks what is set bold."""

from __future__ import annotations

import math

import numpy as np

from waterline.report.numerals import MISSING, count, day, number, percent, readable, spelled
from waterline.report.tables import new_york
from waterline.report.words import pulls
from waterline.today import Today
from waterline.today.contributions import Part
from waterline.today.flips import Flip
from waterline.today.inputs import Input
from waterline.today.prints import Print

SIZES = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"))
FIVE_DIGITS = 5


def amount(value: float, unit: str, step: float = 0.0) -> str:
    """A value as people write it: ``4.12%``, ``$6.58 tn``, ``−0.533``.

    Args:
        value: in the unit of the panel.
        unit: "percent", "usd" or "index".
        step: distance between two published values, to which decimals are shown; 0 where it is not known.
    """
    if not math.isfinite(value):
        return MISSING
    if unit == "usd":
        return _dollars(value, step)
    decimals = 2 if step == 0.0 else max(0, min(4, round(-math.log10(step))))
    text = number(value, decimals)
    return f"{text}%" if unit == "percent" else text


def _dollars(value: float, step: float = 0.0) -> str:
    """To five digits, or to the published step where that is coarser."""
    size, word = next(((size, word) for size, word in SIZES if abs(value) >= size), (1.0, ""))
    digits = max(0, FIVE_DIGITS - len(str(int(abs(value) / size)))) if word else 0
    if step > 0.0:
        digits = min(digits, max(0, round(math.log10(size / step))))
    sign, unit = "−" if value < 0 else "", f" {word}" if word else ""
    return f"{sign}${number(abs(value) / size, digits)}{unit}"


def when(printed: Print | None) -> str:
    """When a print comes, and how sure that is."""
    if printed is None:
        return "none"
    how = "scheduled" if printed.scheduled else "expected"
    tail = {"ahead": "", "since": ", after the last decision", "overdue": ": overdue, not in the data"}[printed.due]
    told = new_york(printed.at) if printed.scheduled else day(printed.at)
    return f"{told} {how}{tail}"


def verdict(today: Today) -> str:
    """State, since when, score, and what it would take."""
    standing = today.standing
    since = "since" if standing.switched else "since the first score on"
    head = (
        f"**{standing.state.capitalize()} {since} {day(standing.since)}**, {count(standing.sessions, 'session')} long."
    )
    if not math.isfinite(standing.score):
        carried = (
            f"There was no score on {day(standing.session)}: the state is carried over from {day(standing.scored)}."
        )
        return f"{head} {carried} {turning(today)}".strip()
    return f"{head} On {day(standing.session)} the score is **{number(standing.score)}**. {turning(today)}"


def turning(today: Today) -> str:
    """What the rule asks of the score before the state turns, confirmation and dwell included."""
    standing, threshold = today.standing, today.standing.threshold
    if threshold is None:
        return "No score of the last session alone would turn the state under this rule."
    level = f"{'above' if threshold.above else 'below'} {'' if threshold.exact else 'about '}{number(threshold.level)}"
    if not threshold.exact:
        return f"This rule has no fixed threshold; a score {level} would turn it {standing.other}."
    row = "one session" if threshold.confirm == 1 else f"{spelled(threshold.confirm)} sessions in a row"
    told = f"It turns {standing.other} after {row} {level}."
    if standing.beyond:
        left = threshold.confirm - standing.beyond
        needs = f"{spelled(left)} more" if left > 0 else "only the dwell"
        so_far = f"It is **{level}**, {count(standing.beyond, 'session')} so far"
        told = f"{so_far}; {needs} and it turns {standing.other}."
    if threshold.free_in:
        told += f" The last switch is recent: none may come in the next {count(threshold.free_in, 'session')}."
    return told


def score_answer(today: Today) -> str:
    """What pushes the score and what pulls it."""
    known = [part for part in today.standing.pillars if math.isfinite(part.added)]
    if not known:
        return "This signal does not form its score as the mean of its pillars, so no part is laid to them."
    pulled = pulls({part.name: part.added for part in known})
    return f"{pulled[:1].upper()}{pulled[1:]}."


def holdings_answer(today: Today) -> str:
    """What to hold, and whether the rule itself trades now."""
    portfolio = today.portfolio
    shares = [
        f"{percent(share, 0)} {readable(name).lower()}" for name, share in portfolio.exposure.items() if share > 0
    ]
    bills = [f"{percent(portfolio.bills, 0)} bills"] if portfolio.bills > 0.0005 or not shares else []
    decides = {
        "switch": "The last decision was a switch: it trades to exact targets at the next fill.",
        "weekly": "The last session took the weekly decision, which trades what has left its band.",
        "": f"Unless it switches, the rule trades next after the weekly decision on {day(portfolio.next_weekly)}.",
    }
    return f"**{', '.join([*shares, *bills])}**. {decides[portfolio.decides]}"


def rebalancing_note(today: Today) -> str:
    """What the trades are counted in, and what they cost."""
    made = today.rebalancing
    if made is None:
        return ""
    traded = sum(abs(trade.trade_usd) for trade in made.trades[:-1])
    return (
        f"Worth {_dollars(made.equity_usd)}. {_dollars(traded)} of trades at the catalog's costs take about "
        f"{_dollars(made.costs_usd)}, which is not taken off them."
    )


def prices_note(today: Today) -> str:
    """Which prices units are counted at."""
    days = [target.priced for target in today.portfolio.targets if target.weight > 0 and not np.isnat(target.priced)]
    if not days:
        return ""
    return (
        f"Prices are the data’s last closes by {day(max(days))}, adjusted for splits and dividends: where some came "
        "after that day they lie below the quotes of the day. Holdings listed as values do not depend on them."
    )


def inputs_answer(today: Today) -> str:
    """How old the inputs are, and what is overdue."""
    live = [one for one in today.inputs if not one.ended and math.isfinite(one.age_days)]
    late = [one for one in live if one.next is not None and one.next.due == "overdue"]
    told = f"None of {count(len(today.inputs), 'input')} is too old."
    if late:
        are = "was expected earlier and is" if len(late) == 1 else "were expected earlier and are"
        told += f" **{spelled(len(late)).capitalize()}** {are} not in the data."
    ended = [one.name for one in today.inputs if one.ended]
    if ended:
        told += f" Discontinued by the publisher, and so without weight: {', '.join(ended)}."
    return told


def flips_answer(today: Today) -> str:
    """The nearest print that would turn the state."""
    standing, nearest = today.standing, next((flip for flip in today.flips if flip.by), None)
    if standing.threshold is None:
        return turning(today)
    if nearest is None:
        return f"**No plausible value of any single print** would turn it {standing.other}, all else held."
    able, total = sum(bool(flip.by) for flip in today.flips), len(today.flips)
    one = input_of(today, nearest)
    does = "bring the score back" if standing.beyond else f"take the score to where it turns {standing.other}"
    return (
        f"{spelled(able, total).capitalize()} of {spelled(total)} prints could {does}, all else held. "
        f"Nearest: **{one.title}**, {condition(nearest, one.unit)}."
    )


def input_of(today: Today, flip: Flip) -> Input:
    """The input that a flip is about."""
    return next(one for one in today.inputs if one.name == flip.name)


def condition(flip: Flip, unit: str) -> str:
    """Which values of the print would do it."""
    value, short = (amount(figure, unit, flip.step) for figure in (flip.value, flip.short))
    if flip.by == "same":
        if not math.isfinite(flip.short):
            return "any value"
        return f"any value {'above' if flip.short < flip.newest else 'below'} {short}"
    return {"rise": f"{value} or more", "fall": f"{value} or less", "": "no value would"}[flip.by]


def reach(flip: Flip, unit: str) -> str:
    """How far that value is, or what was tried in vain."""
    if flip.by == "same":
        return "unchanged is enough"
    if flip.by:
        moves = flip.usual_moves
        return f"{number(moves, 1)} usual moves away" if math.isfinite(moves) else ""
    if not flip.moves:
        return "does not move the score alone"
    return f"tried {amount(flip.lowest, unit, flip.step)} to {amount(flip.highest, unit, flip.step)}"


def part_title(part: Part, member_of: str = "") -> str:
    """A pillar or member as people call it."""
    from waterline.report.page import input_title

    return input_title(part.name) if member_of else readable(part.name)
