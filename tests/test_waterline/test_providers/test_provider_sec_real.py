"""Real extracts of company facts, through the local server and the real client, against the files made from them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from servers.net import Net
from servers.sec_documents import Document, document_of_files, raw_document
from servers.sec_server import SecServer

from waterline.catalog.borrowing import BALANCES, first_told
from waterline.catalog.companies import COMPANIES
from waterline.panel import Observations
from waterline.providers.acceptance import end_of_filing_day
from waterline.providers.facts import Day, Fact, filing_days, read_facts
from waterline.providers.flows import FLOWS
from waterline.providers.limits import RateLimit
from waterline.providers.quarters import balances, discrete_quarters
from waterline.providers.sec import NotReported, SecProvider
from waterline.sources import FilesSource, Request
from waterline.sources.filings import read_facts as read_filing_file
from waterline.sources.stored import StoreHeld
from waterline.sources.table import InputFile
from waterline.store.rows import Rows

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TICKERS = sorted(COMPANIES)
# Rows that the files carry under the date of the original report, where the extracts have them from a later filing.
# Amazon 2017: gross figures under the dates of the net ones. See SOURCES-macro.md.
BACKDATED = {
    ("AMZN", "PaymentsToAcquireProductiveAssets", "2017-03-31"),
    ("AMZN", "PaymentsToAcquireProductiveAssets", "2017-06-30"),
    ("AMZN", "PaymentsToAcquireProductiveAssets", "2017-09-30"),
    ("AMZN", "PaymentsToAcquireProductiveAssets", "2017-12-31"),
    ("GOOGL", "FinanceLeasePrincipalPayments", "2024-03-31"),
    ("GOOGL", "FinanceLeasePrincipalPayments", "2024-06-30"),
    ("GOOGL", "FinanceLeasePrincipalPayments", "2024-09-30"),
    ("GOOGL", "FinanceLeasePrincipalPayments", "2024-12-31"),
    ("GOOGL", "LongTermDebtNoncurrent", "2023-12-31"),
    ("META", "LongTermDebtNoncurrent", "2021-12-31"),
}
# Known at the time, but not in the files: Amazon's net figure of 2017Q1; a single balance of Oracle, zero.
ONLY_IN_EXTRACTS = {
    ("AMZN", "PaymentsToAcquirePropertyPlantAndEquipment", "2017-03-31"),
    ("ORCL", "LongTermDebt", "2022-05-31"),
}
# Backdated rows for which the reader of the files has to wait longer than the extract proves.
KNOWN_EARLIER = {
    ("GOOGL", "FinanceLeasePrincipalPayments", "2024-12-31"): ("2025-10-30", "2026-02-05"),
    ("META", "LongTermDebtNoncurrent", "2021-12-31"): ("2022-10-27", "2023-02-02"),
}
ROUNDING = 3e6  # figures are filed in millions
Told = dict[tuple[str, str, str], tuple[float, str]]


def facts_of(document: Document, ticker: str) -> tuple[Fact, ...]:
    """The facts, each known from 17:30 New York of its filing date."""
    company = COMPANIES[ticker]
    concepts = (*company.capex, *company.ocf, *company.debt)
    filed = filing_days(document, concepts)
    instants = end_of_filing_day(np.array(list(filed.values()), dtype="datetime64[D]"))
    return read_facts(document, concepts, dict(zip(filed, instants, strict=True)))


def told_by_extract(folder: Path, ticker: str) -> Told:
    """First figure of each quarter, under the concept behind it, and its day, from the raw extract."""
    company, facts = COMPANIES[ticker], facts_of(raw_document(folder, ticker), ticker)
    flows = [company.capex, company.ocf, *((one,) for one in company.debt if one not in BALANCES)]
    told = [discrete_quarters(facts, concepts) for concepts in flows]
    told += [balances(facts, concept) for concept in BALANCES]
    every = [one for amounts in told for one in amounts]
    first = [one for amounts in told for one in first_told(amounts)]
    backdated = [one for one in every if (ticker, one.concept, str(one.period)) in BACKDATED]
    return {
        (ticker, one.concept, str(one.period)): (one.usd, str(one.known.astype("datetime64[D]")))
        for one in (*first, *backdated)
    }


def told_by_files(folder: Path, ticker: str) -> tuple[Told, Told]:
    """The same from the files: as written, and with the day from which the reader takes a row for known."""
    written: Told = {}
    read: Told = {}
    for path in sorted((folder / "capex").glob(f"{ticker}*.csv")):
        rows = read_filing_file(InputFile.of(path, path.name))
        lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        for (period, filed, usd, concept, _), known in zip(lines, rows.known, strict=True):
            written[ticker, concept, period] = (float(usd), filed)
            read[ticker, concept, period] = (float(usd), str(known))
    return written, read


@pytest.mark.parametrize("ticker", TICKERS)
def test_first_figures_of_the_extract_are_those_of_the_files(real_data: Path, ticker: str) -> None:
    extract = told_by_extract(real_data, ticker)
    written, read = told_by_files(real_data, ticker)
    assert len(written) > 100
    assert written.keys() <= extract.keys()
    assert extract.keys() - written.keys() == {key for key in ONLY_IN_EXTRACTS if key[0] == ticker}
    honest = {key: told for key, told in written.items() if key not in BACKDATED}
    assert {key: extract[key] for key in honest} == honest
    for key in written.keys() & BACKDATED:
        assert extract[key][0] == written[key][0]
        assert (extract[key][1], read[key][1]) == KNOWN_EARLIER.get(key, (read[key][1], read[key][1]))


Flows = dict[str, tuple[Rows, ...]]


def fetched(folder: Path, documents: dict[str, Document]) -> Flows:
    """Every flow of every company that reports one, from a local server through the real client."""
    flows: Flows = {}
    with Net(folder) as net, pytest.MonkeyPatch.context() as environment:
        for name, value in net.env().items():
            environment.setenv(name, value)
        server = SecServer(net)
        provider = SecProvider("tests@example.com", RateLimit("sec", 1000, folder))
        for ticker, document in documents.items():
            server.add(document)
            for flow in ("capex", "ocf", "net_borrowing"):
                try:
                    flows[f"{ticker}/{flow}"] = provider.fetch(f"{ticker}/{flow}", None).rows
                except NotReported:
                    continue
        provider.close()
    return flows


@pytest.fixture(scope="module")
def extracts(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Flows:
    documents = {ticker: raw_document(real_data, ticker) for ticker in TICKERS}
    return fetched(tmp_path_factory.mktemp("extracts"), documents)


def panel_of(flows: Flows) -> dict[str, Observations]:
    """What a run reads of these rows when they lie in the store."""
    held = StoreHeld(Path("store"), {rows.series: rows for of_flow in flows.values() for rows in of_flow})
    loaded = [held.series(name) for name in flows]
    return {name: rows for one in loaded if one is not None for name, rows in one.series.items()}


def lines(rows: Observations) -> list[tuple[Any, ...]]:
    columns = (rows.period, rows.available_at, rows.vintage, rows.value)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def from_files(real_data: Path) -> dict[str, Observations]:
    names = frozenset(f"{ticker}/{flow}" for ticker in TICKERS for flow in ("capex", "ocf", "net_borrowing"))
    return FilesSource(path=real_data).load(Request(names, frozenset(), "IRX")).series


def test_the_panel_of_the_extracts_is_that_of_the_files(extracts: Flows, from_files: dict[str, Observations]) -> None:
    """But for one row: Amazon's net capital expenditure of 2017Q1, which its report said and the files do not."""
    panel = panel_of(extracts)
    companies = {name: lines(rows) for name, rows in from_files.items() if "/" in name}
    assert len(companies) == 27
    assert companies.keys() == panel.keys()
    differing = {name for name, rows in companies.items() if lines(panel[name]) != rows}
    assert differing == {"AMZN/capex", "AMZN/capex_definition"}
    day, known = dt.date(2017, 3, 31), dt.datetime(2017, 4, 28, 21, 30)  # noqa: DTZ001 instants are naive UTC here
    for name, value in (("AMZN/capex", 1861e6), ("AMZN/capex_definition", 0.0)):
        net = (day, known, dt.date(2017, 4, 28), value)
        assert net in lines(panel[name])
        assert [line for line in lines(panel[name]) if line != net] == companies[name]


def test_the_panel_of_the_same_figures_is_the_same(
    real_data: Path, from_files: dict[str, Observations], tmp_path: Path
) -> None:
    panel = panel_of(fetched(tmp_path, {ticker: document_of_files(real_data, ticker) for ticker in TICKERS}))
    companies = {name: lines(rows) for name, rows in from_files.items() if "/" in name}
    assert {name: lines(rows) for name, rows in panel.items()} == companies


def test_restatements_are_later_vintages(extracts: Flows) -> None:
    """Microsoft reclassified cash flow in 2016, Meta purchases in 2022; Amazon went from net to gross in 2018."""
    wanted = {"MSFT/ocf": "2015-09-30", "META/capex": "2021-03-31", "AMZN/capex": "2017-03-31"}
    told = {
        name: [
            (str(day), usd)
            for day, usd, period in zip(rows.vintage, rows.value.tolist(), rows.period, strict=True)
            if str(period) == wanted[name]
        ]
        for name in wanted
        for rows in extracts[name][:1]
    }
    assert told == {
        "MSFT/ocf": [("2015-10-22", 8594e6), ("2016-04-21", 8876e6)],
        "META/capex": [("2021-04-29", 4272e6), ("2022-04-28", 4303e6)],
        "AMZN/capex": [("2017-04-28", 1861e6), ("2018-04-27", 2148e6)],
    }


def test_four_quarters_add_up_to_the_year_as_first_filed(real_data: Path) -> None:
    """But for the rounding of three-month figures, and where three of them came before a change of definition."""
    years, off = 0, {}
    for ticker in TICKERS:
        company, facts = COMPANIES[ticker], facts_of(raw_document(real_data, ticker), ticker)
        for name, concepts in (("capex", company.capex), ("ocf", company.ocf)):
            first = {one.period: one.usd for one in first_told(discrete_quarters(facts, concepts))}
            for start, end, usd in fiscal_years([fact for fact in facts if fact.concept in concepts]):
                quarters = [amount for period, amount in first.items() if start < period <= end]
                years += len(quarters) == 4
                if len(quarters) == 4 and abs(sum(quarters) - usd) > ROUNDING:
                    off[f"{ticker}/{name}", str(end)] = usd - sum(quarters)
    assert years > 190
    assert off == {
        ("AMZN/capex", "2017-12-31"): 288e6,  # net until the first quarter, gross from the second
        ("GOOGL/capex", "2016-12-31"): 29e6,  # the 10-K reclassified what the three 10-Qs had said
        ("MSFT/ocf", "2016-06-30"): 302e6,  # the third 10-Q reclassified what the first two had said
    }


def fiscal_years(facts: list[Fact]) -> set[tuple[Day, Day, float]]:
    """First and last day and first filed amount of each year of which nine months were filed too."""
    begun = {fact.start for fact in facts if fact.start is not None and 250 < (fact.end - fact.start).astype(int) < 290}
    first: dict[tuple[Day, Day], Fact] = {}
    for fact in sorted(facts, key=lambda fact: fact.known):
        if fact.start in begun and (fact.end - fact.start).astype(int) > 350:
            first.setdefault((fact.start, fact.end), fact)
    return {(start, end, fact.usd) for (start, end), fact in first.items()}


@pytest.mark.parametrize("ticker", TICKERS)
def test_no_row_depends_on_what_was_filed_after_it(real_data: Path, ticker: str) -> None:
    """The rows known by a day are the rows made of the facts known by that day."""
    company, facts = COMPANIES[ticker], facts_of(raw_document(real_data, ticker), ticker)
    flows = [flow for name, flow in FLOWS.items() if (ticker, name) != ("ORCL", "net_borrowing")]
    for day in ("2016-11-20", "2018-05-01", "2024-08-30"):
        then = np.datetime64(day, "s")
        public = tuple(fact for fact in facts if fact.known <= then)
        for flow in flows:
            assert rows_by(flow(company, facts)[0], then) == rows_by(flow(company, public)[0], then)


def rows_by(flow: tuple[Rows, ...], then: np.datetime64) -> set[tuple[Any, ...]]:
    columns = [
        (rows.series, *row)
        for rows in flow
        for row in zip(rows.period.tolist(), rows.available_at, rows.vintage.tolist(), rows.value, strict=True)
    ]
    return {row for row in columns if row[2] <= then}
