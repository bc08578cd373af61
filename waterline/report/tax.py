"""Could it have known: what the same rules would claim on data that nobody had on the day, as the page shows it."""

from __future__ import annotations

import math
from typing import Any

from waterline.audit import Line, Tax
from waterline.report.numerals import number, percent, points, readable
from waterline.report.tables import Cell, Column, Table

BEYOND = "beyond the run"
HEADS = (
    "Return a year", f"Return {BEYOND}, points", f"Sharpe ratio {BEYOND}", "Worst drawdown",
    f"Drawdown {BEYOND}, points", "Timing gain, points a year", f"Timing gain {BEYOND}, points",
)  # fmt: skip


def tax_section(tax: Tax) -> dict[str, Any]:
    """Its parts by the names that its template uses."""
    return {"answer": tax_answer(tax), "table": tax_table(tax), "remark": tax.remark}


def tax_answer(tax: Tax) -> str:
    """What the least honest reading claims beyond the run, and what cannot be told."""
    if len(tax.lines) == 1:
        return "**Not to be told**: on no other reading of these data can the same rules be run."
    naive, revised = tax.lines[0], bool(tax.vintaged)
    beyond, error = tax.difference(naive), tax.honest.sharpe.standard_error
    told = f"Read as {naive.what}, these data would change the return by **{points(beyond.cagr)} points a year**"
    if math.isfinite(beyond.sharpe) and math.isfinite(error):
        size = "less" if abs(beyond.sharpe) < error else "more"
        ratio = f"**{number(beyond.sharpe, signed=True)}**"
        told += f" and the Sharpe ratio by {ratio}, {size} than its standard error of {number(error)}"
    return f"{told}. {_revisions(revised, bool(tax.latest_only))}".strip()


def _revisions(vintaged: bool, latest_only: bool) -> str:
    if not latest_only:
        return ""
    if vintaged:
        return "What revisions are worth is told for some series only."
    return "What revisions are worth cannot be told: of revised series the data hold the latest revision alone."


def tax_table(tax: Tax) -> Table:
    """One row a reading of the data, the least honest first, the run itself last."""
    columns = (Column("Data as", sortable=False), *(Column(head, figures=True, sortable=False) for head in HEADS))
    return Table(
        "The same rules on other readings of the same data", columns, tuple(_row(tax, one) for one in tax.lines)
    )


def _row(tax: Tax, line: Line) -> tuple[Cell, ...]:
    own = line is tax.honest
    beyond = tax.difference(line)
    told = (
        percent(line.cagr),
        "" if own else points(beyond.cagr),
        "" if own else number(beyond.sharpe, signed=True),
        percent(line.max_drawdown),
        "" if own else points(beyond.max_drawdown),
        points(line.timing_gain.value),
        "" if own else points(beyond.timing_gain),
    )
    label = f"{readable(line.reading)}, this run" if own else readable(line.reading)
    return (Cell(label, detail=line.what), *(Cell(text, kind="" if text else "empty") for text in told))
