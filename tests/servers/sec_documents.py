"""Documents as data.sec.gov sends them: of invented filings, of real extracts, of a folder of filing files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from waterline.catalog.borrowing import BALANCES
from waterline.catalog.companies import CAPEX, COMPANIES, OPERATING_CASH_FLOW
from waterline.sessions import new_york_instants
from waterline.sources.filings import ACCEPTED_UNTIL, read_facts
from waterline.sources.table import InputFile

Document = dict[str, Any]
RECENT = 40  # filings on the first page; the real one has a thousand
FLOW_FILES = ("", "_ocf", "_debt")
PPE, ASSETS = CAPEX
OCF, DEBT = OPERATING_CASH_FLOW[0], BALANCES[0]
CALENDAR_YEARS = range(2012, 2025)


@dataclass(frozen=True)
class Line:
    """A fact: ``start`` is None for a balance; dates are written 2020-12-31; ``filing`` numbers filings of a day."""

    concept: str
    start: str | None
    end: str
    usd: float
    filed: str
    form: str = "10-Q"
    filing: int = 1


def document(cik: int, lines: Iterable[Line], unit: str = "USD") -> Document:
    """Company facts of ``cik`` that say ``lines``."""
    concepts: dict[str, list[dict[str, object]]] = {}
    for line in lines:
        entry = {
            "end": line.end,
            "val": line.usd,
            "accn": accession(cik, line.filed, line.filing),
            "fy": int(line.filed[:4]),
            "fp": "Q1",
            "form": line.form,
            "filed": line.filed,
        }
        concepts.setdefault(line.concept, []).append({"start": line.start, **entry} if line.start else entry)
    facts = {name: {"label": name, "units": {unit: entries}} for name, entries in concepts.items()}
    return {"cik": cik, "entityName": f"Company {cik}", "facts": {"us-gaap": facts}}


def accession(cik: int, filed: str, number: int) -> str:
    """An invented number of a filing."""
    return f"{cik:010}-{filed[2:4]}-{filed[5:7]}{filed[8:]}{number:02}"


def history(concept: str = PPE, years: range = CALENDAR_YEARS) -> list[Line]:
    """A calendar-year company that files the year to date: 10, 30, 60, 100 million, and a million more each year."""
    spans = (("03-31", "04-25", 10), ("06-30", "07-25", 30), ("09-30", "10-25", 60), ("12-31", "02-01", 100))
    return [
        Line(concept, f"{year}-01-01", f"{year}-{end}", (usd + year - 2012) * 1e6, _weekday(year + (usd == 100), filed))
        for year in years
        for end, filed, usd in spans
    ]


def _weekday(year: int, day: str) -> str:
    return str(np.busday_offset(f"{year}-{day}", 0, roll="forward"))


def calendar_company(cik: int, *more: Line) -> Document:
    """That company's capital expenditure, cash flow and long-term debt, and what ``more`` say."""
    debt = [Line(DEBT, None, line.end, 1e9 + 2 * line.usd, line.filed) for line in history()]
    return document(cik, [*history(), *history(OCF), *debt, *more])


def raw_document(folder: Path, ticker: str) -> Document:
    """The real extract ``capex/raw/<ticker>.json`` below ``folder``."""
    found: Document = json.loads((folder / "capex" / "raw" / f"{ticker}.json").read_text(encoding="utf-8"))
    return found


def document_of_files(folder: Path, ticker: str) -> Document:
    """Company facts that say what the filing files ``capex/<ticker>*.csv`` below ``folder`` say, on the same days."""
    cik = COMPANIES[ticker].cik
    lines: list[Line] = []
    for suffix in FLOW_FILES:
        path = folder / "capex" / f"{ticker}{suffix}.csv"
        if path.exists():
            rows = read_facts(InputFile.of(path, path.name))
            for period, known, usd, concept in zip(rows.period, rows.known, rows.value, rows.concept, strict=True):
                start = None if concept in BALANCES else str(period - np.timedelta64(90, "D"))
                lines.append(Line(concept, start, str(period), float(usd), str(known)))
    return document(cik, lines)


def end_of_day(filed: str) -> str:
    """17:30 New York of a filing date, as UTC."""
    instant = new_york_instants(np.array([filed], dtype="datetime64[D]"), ACCEPTED_UNTIL)[0]
    return f"{instant}.000Z"


def submissions(found: Document, accepted: Callable[[str], str] = end_of_day) -> dict[str, Document]:
    """The pages, by file name, that list the filings behind company facts.

    Args:
        found: company facts.
        accepted: filing date -> time of acceptance as the page writes it.
    """
    filings = {
        entry["accn"]: (entry["filed"], entry["form"])
        for concept in found["facts"]["us-gaap"].values()
        for entries in concept["units"].values()
        for entry in entries
    }
    newest_first = sorted(((filed, number, form) for number, (filed, form) in filings.items()), reverse=True)
    recent, older = newest_first[:RECENT], newest_first[RECENT:]
    first = f"CIK{found['cik']:010}.json"
    index: Document = {"cik": str(found["cik"]), "filings": {"recent": _columns(recent, accepted), "files": []}}
    if not older:
        return {first: index}
    name = f"CIK{found['cik']:010}-submissions-001.json"
    page = {"name": name, "filingCount": len(older), "filingFrom": older[-1][0], "filingTo": older[0][0]}
    index["filings"]["files"].append(page)
    return {first: index, name: _columns(older, accepted)}


def _columns(filings: Iterable[tuple[str, str, str]], accepted: Callable[[str], str]) -> Document:
    lines = list(filings)
    return {
        "accessionNumber": [number for _, number, _ in lines],
        "filingDate": [filed for filed, _, _ in lines],
        "acceptanceDateTime": [accepted(filed) for filed, _, _ in lines],
        "form": [form for _, _, form in lines],
    }
