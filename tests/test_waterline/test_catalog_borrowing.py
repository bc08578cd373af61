"""Net borrowing from what was known of the debt, when it was known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog.borrowing import (
    BALANCES,
    CASH,
    CONCEPTS,
    ISSUANCE,
    LEASES,
    REPAYMENT,
    Amount,
    basis_of,
    first_told,
    net_borrowing,
)
from waterline.catalog.companies import COMPANIES

DEBT, NONCURRENT = BALANCES
PERIODS = ("2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30")


def amount(concept: str, period: str, usd: float, known: str) -> Amount:
    return Amount(np.datetime64(period, "D"), np.datetime64(known, "D"), usd, concept)


def told(*amounts: Amount) -> list[tuple[str, str, float, str]]:
    return [(str(one.period), str(one.known), one.usd, one.concept) for one in net_borrowing(amounts)]


def test_what_is_filed_a_year_later_tells_the_quarter_again() -> None:
    """Alphabet 2024: its leases first stood in the comparative column of 2025."""
    rows = told(
        amount(ISSUANCE[1], "2024-03-31", 2000, "2024-04-26"),
        amount(REPAYMENT[2], "2024-03-31", 3097, "2024-04-26"),
        amount(LEASES, "2024-03-31", 90, "2025-04-25"),
    )
    assert rows == [
        ("2024-03-31", "2024-04-26", -1097, CASH),
        ("2024-03-31", "2025-04-25", -1007, f"{CASH} with leases"),
    ]


def test_a_better_basis_that_is_filed_later_replaces_the_change_of_a_balance() -> None:
    """Apple's third fiscal quarter of 2017: the repayments stood in next year's report."""
    rows = told(
        amount(DEBT, "2024-03-31", 100, "2024-05-03"),
        amount(DEBT, "2024-06-30", 153, "2024-08-02"),
        amount(ISSUANCE[0], "2024-06-30", 70, "2024-08-02"),
        amount(REPAYMENT[0], "2024-06-30", 10, "2025-05-02"),
    )
    assert rows == [
        ("2024-06-30", "2024-08-02", 53, f"change in {DEBT}"),
        ("2024-06-30", "2025-05-02", 60, CASH),
    ]


def test_changes_are_counted_between_first_figures_until_one_is_restated() -> None:
    """So that the quarters of a balance add up to its movement."""
    before = [amount(DEBT, "2023-12-31", 100, "2024-02-01"), amount(DEBT, "2023-12-31", 98, "2024-04-20")]
    after = [amount(DEBT, "2024-03-31", 105, "2024-05-01")]
    assert told(*before, *after) == [("2024-03-31", "2024-05-01", 5, f"change in {DEBT}")]
    assert told(*before, *after, amount(DEBT, "2024-03-31", 103, "2025-05-01"))[1:] == []
    other = amount(DEBT, "2024-03-31", 104, "2025-05-01")
    assert told(*before, *after, other)[1:] == [("2024-03-31", "2025-05-01", 6, f"change in {DEBT}")]


def test_other_concepts_count_for_nothing() -> None:
    assert told(amount("CommercialPaper", "2024-03-31", 5, "2024-05-01")) == []
    assert COMPANIES["MSFT"].debt == CONCEPTS


def test_the_first_figures_and_their_basis_are_told() -> None:
    rows = net_borrowing(
        [
            amount(DEBT, "2024-06-30", 107, "2024-08-01"),
            amount(DEBT, "2024-03-31", 100, "2024-05-01"),
            amount(DEBT, "2024-09-30", 110, "2024-11-01"),
            amount(LEASES, "2024-06-30", 1, "2025-08-01"),
            amount(LEASES, "2024-09-30", 2, "2024-11-01"),
        ]
    )
    assert len(rows) == 3
    first = first_told(reversed(rows))
    assert [(str(one.period), one.usd) for one in first] == [("2024-06-30", 7), ("2024-09-30", 5)]
    assert basis_of(first) == f"2 quarters: change in {DEBT} in 2; finance-lease principal added in 1."


amounts = st.lists(
    st.builds(
        amount,
        st.sampled_from((DEBT, NONCURRENT, ISSUANCE[0], REPAYMENT[0], REPAYMENT[1], LEASES)),
        st.sampled_from(PERIODS),
        st.integers(-50, 50).map(float),
        st.dates(np.datetime64("2024-10-01").item(), np.datetime64("2024-10-20").item()).map(str),
    ),
    max_size=25,
)


@given(amounts, st.dates(np.datetime64("2024-10-01").item(), np.datetime64("2024-10-20").item()))
def test_nothing_known_later_changes_a_row(every: list[Amount], day: object) -> None:
    then = np.datetime64(str(day))
    assert [row for row in net_borrowing(every) if row.known <= then] == list(
        net_borrowing(one for one in every if one.known <= then)
    )


@given(amounts)
def test_a_row_differs_from_the_one_before_and_comes_with_news(every: list[Amount]) -> None:
    rows = net_borrowing(every)
    assert [(row.known, row.period) for row in rows] == sorted({(row.known, row.period) for row in rows})
    for period in {row.period for row in rows}:
        usd = [row.usd for row in rows if row.period == period]
        assert all(now != before for before, now in pairwise(usd))
    assert {row.known for row in rows} <= {one.known for one in every}
