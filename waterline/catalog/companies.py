"""The companies whose filings Waterline reads: SEC number, and the reported concepts behind each of their flows.

Concepts are names of the US-GAAP taxonomy. The tag under which a company reports a flow changes over the years, so each
flow has a list in order of preference.
"""

from __future__ import annotations

from dataclasses import dataclass

from waterline.catalog.borrowing import CONCEPTS as DEBT

CAPEX = ("PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets")
OPERATING_CASH_FLOW = (
    "NetCashProvidedByUsedInOperatingActivities",
    "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
)


@dataclass(frozen=True, slots=True)
class Company:
    """A company that files with the SEC.

    Attributes:
        ticker: as in the names of its series ("MSFT/capex").
        cik: central index key, its number at the SEC.
        capex: concepts of capital expenditure, the preferred one first.
        ocf: concepts of cash flow from operations, the preferred one first.
        debt: concepts of which net borrowing is put together.
    """

    ticker: str
    cik: int
    capex: tuple[str, ...] = CAPEX
    ocf: tuple[str, ...] = OPERATING_CASH_FLOW
    debt: tuple[str, ...] = DEBT


COMPANIES: dict[str, Company] = {
    company.ticker: company
    for company in (
        Company("AAPL", 320193),
        Company("AMZN", 1018724),
        Company("GOOGL", 1652044),
        Company("META", 1326801),
        Company("MSFT", 789019),
        Company("NVDA", 1045810),
        Company("ORCL", 1341439),
    )
}
