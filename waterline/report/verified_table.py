"""The figures of the tear sheet beside our own, as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from waterline.report.numerals import MISSING, count, number, percent
from waterline.report.tables import Cell, Column, Table, figure
from waterline.report.verified import Unit, Verified


def verified_section(found: Sequence[Verified]) -> dict[str, Any] | None:
    """Its parts by the names that its template uses; None where there is no tear sheet."""
    if not found:
        return None
    table = verified_table(found)
    apart = sum(bool(row[-1].order) for row in table.rows)
    told = f"{count(len(table.rows) - apart)} of {count(len(table.rows), 'figure')} are the same to the last digit"
    rest = "; the others differ by the convention named" if apart else ""
    return {"table": table, "caption": f"{told}{rest}."}


def verified_table(found: Sequence[Verified]) -> Table:
    """One row a figure: each portfolio's on both sides, and why they differ where they do."""
    portfolios = list(dict.fromkeys(one.portfolio for one in found))
    heads = [Column(head, figures=True) for name in portfolios for head in (name, f"QuantStats, {name.lower()}")]
    rows: dict[str, list[Verified]] = {}
    for one in found:
        rows.setdefault(one.title, []).append(one)
    columns = (Column("Figure", wide=True), *heads, Column("Why they differ", wide=True))
    return Table("Figures of the tear sheet beside our own", columns, tuple(_row(*row) for row in rows.items()))


def _row(title: str, found: Sequence[Verified]) -> tuple[Cell, ...]:
    figures = [figure(value, _text(value, one.unit)) for one in found for value in (one.ours, one.quantstats)]
    reasons = " ".join(dict.fromkeys(one.reason for one in found if one.reason))
    return (Cell(title), *figures, Cell(reasons or "They do not", reasons))


def _text(value: float, unit: Unit) -> str:
    if not math.isfinite(value):
        return MISSING
    return percent(value, 2) if unit == "percent" else number(value)
