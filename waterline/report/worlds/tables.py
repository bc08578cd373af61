"""The tables of a page of simulated worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from waterline.report.numerals import MISSING, count, number, percent
from waterline.report.tables import Cell, Column, Table, figure
from waterline.report.worlds import words
from waterline.world import Bound, Figure, Study, bounds

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
GAIN = ("gain", "true_gain", "bias")
EMPTY = Cell("", kind="empty")


def world_tables(study: Study, critical: Mapping[str, float]) -> tuple[Table, ...]:
    """One row a figure, with its standard error, its count and what it is held against: tests, gain, called states.

    Args:
        study: of one world.
        critical: critical p-values from worlds where there is nothing to find.
    """
    every = _rows(study, critical)
    tests = {name: row for name, row in every.items() if name.startswith("rejects: ")}
    gain = {name: row for name, row in every.items() if name.startswith("covers: ") or name in GAIN}
    called = [row[:-1] for name, row in every.items() if name not in tests and name not in gain]
    return (
        Table(
            f"How often each test claims a gain in world {study.world}",
            (*_heads("Claims a gain at 5%"), Column("Critical p-value", figures=True, sortable=False)),
            tuple(tests.values()),
        ),
        Table(f"Timing gain in world {study.world}", _heads("Timing gain"), tuple(row[:-1] for row in gain.values())),
        Table(f"How well states are called in world {study.world}", _heads("Called states"), tuple(called)),
    )


def _heads(first: str) -> tuple[Column, ...]:
    figures = [Column(head, figures=True, sortable=False) for head in ("Value", "±", "Of")]
    judged = [Column(head, sortable=False) for head in ("Held against", "Verdict")]
    return Column(first, wide=True, sortable=False), *figures, *judged


def _rows(study: Study, critical: Mapping[str, float]) -> dict[str, tuple[Cell, ...]]:
    """The cells of every figure by its name."""
    held = bounds(study)
    return {
        name: (
            Cell(words.figure_title(name)),
            figure(one.value, words.written(name, one.value)),
            figure(one.standard_error, words.written(name, one.standard_error).lstrip("+")),
            figure(one.count, count(one.count)),
            *_judged(name, one, held.get(name)),
            _critical(study, name, critical),
        )
        for name, one in study.table().items()
    }


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
    if kind != "rejects" or len(study.trials) < words.FEW:
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
    """The cells of every figure of every world for a terminal, headed by ``TERMINAL_HEADS``."""
    return [(study.world, *(cell.text for cell in row[:-1])) for study in studies for row in _rows(study, {}).values()]
