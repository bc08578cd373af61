"""Net borrowing from whatever a company files about its debt."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import pytest

from waterline.errors import DataError
from waterline.panel import Observations
from waterline.sources.base import Loaded
from waterline.sources.borrowing import read_net_borrowing
from waterline.sources.table import InputFile

HEADER = "period_end,filed,value_usd,concept,form"
ENDS = ("2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31")
FILED = ("2023-05-01", "2023-08-01", "2023-11-01", "2024-02-01")


def load(rows: list[str]) -> Loaded:
    raw = "\n".join([HEADER, *rows]).encode()
    return read_net_borrowing(
        "X/net_borrowing", InputFile("capex/X_debt.csv", "X_debt.csv", raw, hashlib.sha256(raw).hexdigest())
    )


def rows_of(concept: str, values: list[int | None]) -> list[str]:
    quarters = zip(ENDS, FILED, values, strict=False)
    return [f"{end},{filed},{value},{concept},10-Q" for end, filed, value in quarters if value is not None]


def borrowed(*concepts: list[str]) -> dict[str, float]:
    found: Observations = load([row for rows in concepts for row in rows]).series["X/net_borrowing"]
    return {str(period): value for period, value in zip(found.period, found.value.tolist(), strict=True)}


def test_issuance_minus_repayments_is_preferred() -> None:
    result = borrowed(
        rows_of("ProceedsFromIssuanceOfLongTermDebt", [100, 50]),
        rows_of("RepaymentsOfLongTermDebt", [30, 80]),
        rows_of("LongTermDebt", [1000, 9999]),
    )
    assert result == {"2023-03-31": 70, "2023-06-30": -30}


def test_issuance_without_repayments_does_not_count() -> None:
    result = borrowed(
        rows_of("ProceedsFromDebtNetOfIssuanceCosts", [100, 50]),
        rows_of("RepaymentsOfDebt", [None, 20]),
        rows_of("LongTermDebt", [1000, 1010]),
    )
    assert result == {"2023-06-30": 30}


def test_of_two_names_for_repayments_one_counts() -> None:
    result = borrowed(
        rows_of("ProceedsFromIssuanceOfDebt", [100]),
        rows_of("RepaymentsOfDebt", [40]),
        rows_of("RepaymentsOfDebtAndCapitalLeaseObligations", [40]),
    )
    assert result == {"2023-03-31": 60}


def test_the_change_in_debt_stands_in_then_that_of_its_noncurrent_part() -> None:
    result = borrowed(
        rows_of("LongTermDebt", [1000, 1100, None, None]),
        rows_of("LongTermDebtNoncurrent", [900, 905, 915, 895]),
    )
    assert result == {"2023-06-30": 100, "2023-09-30": 10, "2023-12-31": -20}


def test_a_balance_two_quarters_back_gives_no_quarterly_change() -> None:
    result = borrowed(rows_of("LongTermDebt", [1000, None, 1200, 1230]))
    assert result == {"2023-12-31": 30}


def test_finance_leases_are_added_to_debt_but_are_no_figure_of_their_own() -> None:
    result = borrowed(
        rows_of("LongTermDebt", [1000, 1100, None, 1200]),
        rows_of("FinanceLeasePrincipalPayments", [5, 7, 9, None]),
    )
    assert result == {"2023-06-30": 107}


def test_a_sum_is_known_when_its_last_part_is() -> None:
    rows = [
        "2023-03-31,2023-05-01,100,ProceedsFromIssuanceOfLongTermDebt,10-Q",
        "2023-03-31,2023-05-03,40,RepaymentsOfLongTermDebt,10-Q",
        "2023-03-31,2023-05-02,3,FinanceLeasePrincipalPayments,10-Q",
    ]
    found = load(rows).series["X/net_borrowing"]
    assert found.available_at[0] == np.datetime64("2023-05-03T21:30", "s")
    assert found.value.tolist() == [63]


def test_a_change_is_known_when_both_balances_are() -> None:
    rows = ["2022-12-31,2023-04-27,9923,LongTermDebt,10-Q/cmp", "2023-03-31,2023-04-26,9925,LongTermDebt,10-Q"]
    found = load(rows).series["X/net_borrowing"]
    assert found.vintage.tolist() == [dt.date(2023, 4, 27)]
    assert found.value.tolist() == [2]


def test_what_served_is_told() -> None:
    rows = [
        *rows_of("ProceedsFromIssuanceOfLongTermDebt", [100]),
        *rows_of("RepaymentsOfLongTermDebt", [30]),
        *rows_of("LongTermDebt", [1000, 1100, 1150]),
        *rows_of("FinanceLeasePrincipalPayments", [None, 7]),
    ]
    assert [notice.text for notice in load(rows).notices] == [
        "3 quarters: change in LongTermDebt in 2, issuance minus repayments in 1; finance-lease principal added in 1."
    ]


def test_a_file_without_any_pair_is_refused() -> None:
    with pytest.raises(DataError, match="gives no net borrowing for any quarter"):
        load(rows_of("LongTermDebt", [1000]))
