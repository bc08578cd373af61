"""The names that a request may hold: catalog ids, tickers, and flows of companies ("MSFT/capex")."""

from __future__ import annotations

import re
from collections.abc import Iterable

from waterline.catalog import ASSETS, SERIES
from waterline.errors import suggestion
from waterline.panel import Notice

CAPEX, OPERATING_CASH_FLOW, NET_BORROWING = "capex", "ocf", "net_borrowing"
DEFINITION = "_definition"  # "MSFT/capex_definition" numbers the concept behind each row of "MSFT/capex"
COMPANY_FLOW = re.compile(
    rf"(?P<company>[A-Z0-9.-]+)/(?P<flow>{CAPEX}|{OPERATING_CASH_FLOW}|{NET_BORROWING}|{CAPEX}{DEFINITION})"
)


def company_flow(name: str) -> tuple[str, str] | None:
    """Company and flow of "MSFT/capex"; a definition counts as its flow. None for any other name."""
    match = COMPANY_FLOW.fullmatch(name)
    return (match["company"], match["flow"].removesuffix(DEFINITION)) if match else None


def unknown(names: Iterable[str]) -> tuple[Notice, ...]:
    """A notice for each of ``names`` that could not be found because it means nothing, with the nearest that does."""
    meaningless = (name for name in sorted(names) if not (name in SERIES or name in ASSETS or company_flow(name)))
    known = [*SERIES, *ASSETS]
    return tuple(
        Notice(name, f"no series, asset or company flow has this name. {suggestion(name, known)}")
        for name in meaningless
    )
