"""The tables of a page of simulated worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from waterline.report.numerals import MISSING, count, number, percent
from waterline.report.tables import Cell, Column, Table, figure
from waterline.report.worlds import words
from waterline.world import Bound, Figure, Study, bounds

FEWEST_FOR_CRITICAL = 100
"""Runs from which a critical p-value is stated: fewer leave hardly a run beyond it."""
COMPARED = ("rejects: hac", "rejects: shift", "rejects: larger", "rejects: search: max shift")
CALLED = ("delay", "noticed", "false_alarms", "accuracy", "covers: hac")
HEADS = {
    "rejects: search: max shift": "Search, maximum",
    "delay": "Delay, sessions",
    "noticed": "Noticed",
    "accuracy": "Right labels",
    "covers: hac": "Interval holds",
}
TERMINAL_HEADS = ("world", "figure", "value", "±", "of", "held against", "verdict")
EMPTY = Cell("", kind="empty")


def world_table(study: Study, critical: Mapping[str, float]) -> Table:
    """One row a figure: value, standard error, count, what it is held against.

    Args:
        study: of one world.
        critical: critical p-values from worlds where there is nothing to find.
    """
    share = "Claims a gain at 5%" if not study.has_skill else "Finds the gain at 5%"
    heads = (
        Column(share, wide=True), Column("Value", figures=True), Column("±", figures=True), Column("Of", figures=True),
        Column("Held against"), Column("Verdict"), Column("Critical p-value", figures=True),
    )  # fmt: skip
    held = bounds(study)
    rows = [
        (
            Cell(words.figure_title(name)),
            figure(one.value, words.written(name, one.value)),
            figure(one.standard_error, words.written(name, one.standard_error).lstrip("+")),
            figure(one.count, count(one.count)),
            *_judged(name, one, held.get(name)),
            _critical(study, name, critical),
        )
        for name, one in study.table().items()
    ]
    return Table(f"Figures of world {study.world}", heads, tuple(rows))


def _judged(name: str, one: Figure, bound: Bound | None) -> tuple[Cell, Cell]:
    if bound is None:
        return EMPTY, EMPTY
    if bound.holds(one):
        return Cell(words.bound_told(name, bound)), Cell("holds")
    wrong = "too often" if one.value > bound.high else "too seldom" if math.isfinite(one.value) else "not defined"
    return Cell(words.bound_told(name, bound)), Cell(wrong, kind="flag")


def _critical(study: Study, name: str, critical: Mapping[str, float]) -> Cell:
    """What 5 % of these runs lie below where there is nothing to find; elsewhere the power at that of the nulls."""
    kind, _, test = name.partition(": ")
    if kind != "rejects" or len(study.trials) < FEWEST_FOR_CRITICAL:
        return EMPTY
    if study.is_null(test):
        return figure(study.critical_p(test), number(study.critical_p(test), 3))
    if not study.has_skill or test not in critical:
        return EMPTY
    found = study.rejections(test, critical[test]).value
    return Cell(number(critical[test], 3), critical[test], detail=f"finds {percent(found)}")


def compared_table(studies: Sequence[Study]) -> Table:
    """One row a world."""
    names = (*COMPARED, *CALLED)
    heads = [Column("World", wide=True, sortable=False)]
    heads += [Column(HEADS.get(name, words.figure_title(name)), figures=True, sortable=False) for name in names]
    return Table("Every world", tuple(heads), tuple(_compared(study, names) for study in studies))


def _compared(study: Study, names: Sequence[str]) -> tuple[Cell, ...]:
    table, wrong = study.table(), words.broken(study)
    cells = [Cell(study.world, detail=words.truth_told(study.world))]
    for name in names:
        known = name in table and math.isfinite(table[name].value)
        text = words.with_error(name, table[name]) if known else MISSING if name in table else ""
        cells.append(Cell(text, kind="flag" if name in wrong else "" if text else "empty"))
    return tuple(cells)


def terminal_rows(studies: Sequence[Study]) -> list[tuple[str, ...]]:
    """The cells of every world's table for a terminal, headed by ``TERMINAL_HEADS``."""
    tables = [(study.world, world_table(study, {})) for study in studies]
    return [
        (world, *(cell.text for cell in row[: len(TERMINAL_HEADS) - 1])) for world, table in tables for row in table.rows
    ]
