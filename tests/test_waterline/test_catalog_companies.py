"""The companies of the catalog."""

from __future__ import annotations

from waterline.catalog import ASSETS
from waterline.catalog.companies import COMPANIES


def test_numbers_are_those_of_the_sec() -> None:
    assert {ticker: entry.cik for ticker, entry in COMPANIES.items()} == {
        "AAPL": 320193, "AMZN": 1018724, "GOOGL": 1652044, "META": 1326801, "MSFT": 789019, "NVDA": 1045810,
        "ORCL": 1341439,
    }  # fmt: skip


def test_companies_go_by_their_own_tickers_and_no_concept_serves_two_flows() -> None:
    for ticker, entry in COMPANIES.items():
        assert entry.ticker == ticker
        assert ticker in ASSETS
        concepts = (*entry.capex, *entry.ocf, *entry.debt)
        assert len(set(concepts)) == len(concepts)
