"""The tables of the answer, for the page and for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from waterline.report.numerals import MISSING, count, day, number, percent, readable
from waterline.report.tables import Cell, Column, Table, figure, new_york
from waterline.report.today.words import amount, condition, input_of, part_title, reach, when
from waterline.today import Today
from waterline.today.contributions import Part
from waterline.today.flips import Flip
from waterline.today.holdings import Trade
from waterline.today.inputs import Input


def score_table(today: Today) -> Table:
    """One row a pillar, followed by its members."""
    columns = (
        Column("Part"), Column("Value", figures=True), Column("", sortable=False),
        Column("Adds to the score", figures=True),
    )  # fmt: skip
    parts = today.standing.pillars
    every = [abs(one.added) for part in parts for one in (part, *part.members) if math.isfinite(one.added)]
    widest = max(every, default=0.0)
    rows = [_part(one, pillar, widest) for part in parts for one, pillar in _lines(part)]
    return Table("What each pillar and each of its members adds to the score", columns, tuple(rows))


def _lines(part: Part) -> Iterator[tuple[Part, str]]:
    yield part, ""
    for member in part.members:
        yield member, part.name


def _part(part: Part, pillar: str, widest: float) -> tuple[Cell, ...]:
    share = part.added / widest if widest > 0 and math.isfinite(part.added) else 0.0
    return (
        Cell(part_title(part, pillar), detail=f"in {readable(pillar).lower()}" if pillar else "pillar"),
        figure(part.value, number(part.value, signed=True)),
        Cell("", kind="bar", share=round(share, 3)),
        figure(part.added, number(part.added, signed=True)),
    )


def target_table(today: Today) -> Table:
    """One row an asset that is wanted."""
    columns = (Column("Asset"), Column("Sleeve"), Column("Target weight", figures=True), Column("Close", figures=True))
    wanted = [target for target in today.portfolio.targets if target.weight > 0]
    rows = [
        (
            Cell(target.asset),
            Cell(readable(target.sleeve)),
            figure(target.weight, percent(target.weight)),
            figure(target.price, number(target.price)),
        )
        for target in wanted
    ]
    bills = today.portfolio.bills
    if bills > 0.0005 or not rows:
        rows.append((Cell("Bills"), Cell(""), figure(bills, percent(bills)), Cell("", float("nan"))))
    return Table("Target weights", columns, tuple(rows))


def trade_table(today: Today) -> Table:
    """One row an asset held or wanted, the largest trade first, cash last; no rows where no holdings were given."""
    columns = (
        Column("Asset"), Column("Held", figures=True), Column("Target weight", figures=True),
        Column("Trade, USD", figures=True), Column("Units", figures=True), Column("Close", figures=True),
        Column("For the rule"),
    )  # fmt: skip
    made = today.rebalancing
    rows = tuple(_trade(trade) for trade in made.trades) if made is not None else ()
    return Table("Trades from the holdings to the target weights", columns, rows)


def _trade(trade: Trade) -> tuple[Cell, ...]:
    band = "inside the band" if trade.in_band else "outside the band"
    cash = math.isnan(trade.trade_units)
    return (
        Cell("Cash and bills" if trade.asset == "cash" else trade.asset),
        figure(trade.held_weight, percent(trade.held_weight)),
        figure(trade.wanted_weight, percent(trade.wanted_weight)),
        figure(trade.trade_usd, number(trade.trade_usd, 2, signed=True)),
        figure(trade.trade_units, MISSING if cash else number(trade.trade_units, 4, signed=True)),
        figure(trade.price, number(trade.price)),
        Cell("" if trade.asset == "cash" else band),
    )


def input_table(inputs: Iterable[Input]) -> Table:
    """One row an input: its newest value, its age and its next print; what is nearest to its limit comes first."""
    columns = (
        Column("Input", wide=True), Column("Newest value", figures=True), Column("About"),
        Column("Public since, New York"), Column("Age", figures=True), Column("Limit", figures=True),
        Column("Next print is about"), Column("It comes, New York"),
    )  # fmt: skip
    ordered = sorted(inputs, key=lambda one: (one.ended, np.isnat(one.period), -one.age_days / one.max_age_days))
    return Table("Inputs, their age and their next print", columns, tuple(_input(one) for one in ordered))


def _input(one: Input) -> tuple[Cell, ...]:
    known = not np.isnat(one.period)
    late = one.next is not None and one.next.due == "overdue"
    following = "discontinued" if one.ended else "not known yet" if not known else when(one.next)
    return (
        Cell(one.title, detail=one.name),
        figure(one.value, amount(one.value, one.unit)),
        Cell(day(one.period), str(one.period) if known else ""),
        Cell(new_york(one.available_at), str(one.available_at) if known else ""),
        figure(one.age_days, count(int(one.age_days), "day") if known else MISSING),
        figure(one.max_age_days, count(one.max_age_days, "day")),
        Cell(MISSING, "") if one.next is None else Cell(day(one.next.period), str(one.next.period)),
        Cell(following, "" if one.next is None else str(one.next.at), kind="flag" if late else ""),
    )


def flip_table(today: Today, flips: Iterable[Flip]) -> Table:
    """One row a print: the value that would turn the state, how far that is, and how soon it could."""
    verb = "Stops the switch at" if today.standing.beyond else f"Turns it {today.standing.other} at"
    columns = (
        Column("Print", wide=True), Column("Newest value", figures=True), Column(verb, figures=True),
        Column("How far"), Column("It comes, New York"), Column("Earliest switch"),
    )  # fmt: skip
    rows = []
    for flip in flips:
        one = input_of(today, flip)
        soon = "" if today.standing.beyond or np.isnat(flip.earliest) else day(flip.earliest)
        rows.append(
            (
                Cell(one.title, detail=one.name),
                figure(flip.newest, amount(flip.newest, one.unit, flip.step)),
                Cell(condition(flip, one.unit), flip.value),
                Cell(reach(flip, one.unit), flip.usual_moves),
                Cell(when(one.next), "" if one.next is None else str(one.next.at)),
                Cell(soon or MISSING, str(flip.earliest) if soon else ""),
            )
        )
    return Table("What value of which print would turn the state, all else held", columns, tuple(rows))
