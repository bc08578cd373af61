"""Company flows as rows for the store: capital expenditure, operating cash flow, net borrowing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from waterline.catalog.borrowing import BALANCES, Amount, basis_of, first_told, net_borrowing
from waterline.catalog.companies import Company
from waterline.panel import Notice
from waterline.providers.acceptance import new_york_days
from waterline.providers.facts import Fact
from waterline.providers.quarters import balances, discrete_quarters
from waterline.store.rows import Rows

SOURCE = "sec"
QUARTER_AND_A_HALF = np.timedelta64(137, "D")
Flow = tuple[tuple[Rows, ...], tuple[Notice, ...]]


class NotReportedError(Exception):
    """No quarter can be told; the message says what was looked for."""


def capex(company: Company, facts: Sequence[Fact]) -> Flow:
    """Capital expenditure per quarter, and beside each row the index of the concept behind it.

    The index counts concepts in the order in which they became known.

    Raises:
        NotReportedError: no quarter can be told.
    """
    name = f"{company.ticker}/capex"
    amounts = _quarters(facts, company.capex)
    number = {concept: float(i) for i, concept in enumerate(dict.fromkeys(one.concept for one in amounts))}
    definition = [number[one.concept] for one in amounts]
    rows = _rows(name, amounts)
    return (rows, _rows(f"{name}_definition", amounts, definition)), _notices(name, amounts)


def operating_cash_flow(company: Company, facts: Sequence[Fact]) -> Flow:
    """Cash flow from operations per quarter.

    Raises:
        NotReportedError: no quarter can be told.
    """
    name = f"{company.ticker}/ocf"
    amounts = _quarters(facts, company.ocf)
    return (_rows(name, amounts),), _notices(name, amounts)


def borrowing(company: Company, facts: Sequence[Fact]) -> Flow:
    """Net borrowing per quarter, and the reported concepts of which it is put together ("MSFT/net_borrowing/…").

    Raises:
        NotReportedError: no quarter can be told.
    """
    name = f"{company.ticker}/net_borrowing"
    parts = {
        concept: balances(facts, concept) if concept in BALANCES else discrete_quarters(facts, (concept,))
        for concept in company.debt
    }
    amounts = net_borrowing(amount for told in parts.values() for amount in told)
    if not amounts:
        found = ", ".join(concept for concept, told in parts.items() if told) or "none of these concepts"
        raise NotReportedError(f"reports too little debt for any quarter: {found}.")
    reported = (_rows(f"{name}/{concept}", told) for concept, told in parts.items() if told)
    first = first_told(amounts)
    notice = Notice(name, basis_of(first))
    return (_rows(name, amounts), *reported), (notice, *_gaps(name, first))


FLOWS: dict[str, Callable[[Company, Sequence[Fact]], Flow]] = {
    "capex": capex,
    "ocf": operating_cash_flow,
    "net_borrowing": borrowing,
}


def _quarters(facts: Sequence[Fact], concepts: Sequence[str]) -> tuple[Amount, ...]:
    amounts = discrete_quarters(facts, concepts)
    if not amounts:
        raise NotReportedError(f"reports no quarter of {' or '.join(concepts)} in US dollars.")
    return amounts


def _rows(series: str, amounts: Sequence[Amount], value: Iterable[float] | None = None) -> Rows:
    known = np.array([one.known for one in amounts], dtype="datetime64[s]")
    return Rows(
        series=series,
        period=np.array([one.period for one in amounts], dtype="datetime64[D]"),
        available_at=known,
        vintage=new_york_days(known),
        value=np.array([one.usd for one in amounts] if value is None else list(value), dtype=np.float64),
        source=SOURCE,
    )


def _notices(name: str, amounts: Sequence[Amount]) -> tuple[Notice, ...]:
    first = first_told(amounts)
    concepts = list(dict.fromkeys(one.concept for one in first))
    changed = Notice(name, f"is reported under {len(concepts)} concepts in turn: {', '.join(concepts)}.")
    text = f"{len(amounts) - len(first)} figures were restated later; each first figure holds until then."
    restated = Notice(name, text)
    told = [(changed, len(concepts) > 1), (restated, len(amounts) > len(first))]
    return (*(notice for notice, holds in told if holds), *_gaps(name, first))


def _gaps(name: str, first: Sequence[Amount]) -> tuple[Notice, ...]:
    """A notice where quarters between the first and the last are told by no filing."""
    pairs = pairwise(first)
    holes = [f"{a.period} and {b.period}" for a, b in pairs if b.period - a.period > QUARTER_AND_A_HALF]
    return (Notice(name, f"no filing tells the quarters between {'; '.join(holes)}."),) if holes else ()
