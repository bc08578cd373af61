"""Net long-term borrowing of a company per quarter, put together from whatever it reports about its debt.

In order of preference: issuance minus repayments where both are reported, the change in long-term debt, the change in
its noncurrent part (which also falls when maturities move to current). Principal paid on finance leases is added:
capacity that was financed by leasing never shows as issuance.

A quarter is first told when one of the three can be computed, from amounts as first filed, so that the quarters of a
balance add up to its movement. What is filed later, a better basis, the leases or a restatement, tells it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

ISSUANCE = ("ProceedsFromIssuanceOfLongTermDebt", "ProceedsFromDebtNetOfIssuanceCosts", "ProceedsFromIssuanceOfDebt")
REPAYMENT = ("RepaymentsOfLongTermDebt", "RepaymentsOfDebt", "RepaymentsOfDebtAndCapitalLeaseObligations")
BALANCES = ("LongTermDebt", "LongTermDebtNoncurrent")
LEASES = "FinanceLeasePrincipalPayments"
CONCEPTS = (*ISSUANCE, *REPAYMENT, *BALANCES, LEASES)
CASH = "issuance minus repayments"
WITH_LEASES = " with leases"
QUARTER = (np.timedelta64(80, "D"), np.timedelta64(100, "D"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of a quarter, or a balance at its end, as one filing told it.

    Attributes:
        period: last day of the quarter.
        known: day or instant from which all of it could be known.
        usd: the amount.
        concept: what was reported, or what the amount was computed from.
    """

    period: np.datetime64
    known: np.datetime64
    usd: float
    concept: str


Told = Mapping[str, Mapping[np.datetime64, Sequence[Amount]]]


def net_borrowing(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """Net borrowing in USD per quarter, in order of ``known``; ``concept`` says what it was computed from.

    Args:
        amounts: quarterly flows and balances of ``CONCEPTS``; others are ignored; a quarter may be told again.

    Returns:
        For each quarter its first figure, and every later one that differs. A row depends on nothing known after it.
    """
    told: dict[str, dict[np.datetime64, list[Amount]]] = {concept: {} for concept in CONCEPTS}
    for amount in sorted(amounts, key=lambda amount: amount.known):
        if amount.concept in told:
            told[amount.concept].setdefault(amount.period, []).append(amount)
    quarters = sorted({period for periods in told.values() for period in periods})
    rows = [row for quarter in quarters for row in _tellings(told, quarter)]
    return tuple(sorted(rows, key=lambda row: (row.known, row.period)))


def first_told(amounts: Iterable[Amount]) -> tuple[Amount, ...]:
    """The first figure of each quarter, in order of ``period``."""
    first: dict[np.datetime64, Amount] = {}
    for amount in sorted(amounts, key=lambda amount: amount.known):
        first.setdefault(amount.period, amount)
    return tuple(first[period] for period in sorted(first))


def basis_of(figures: Sequence[Amount]) -> str:
    """One sentence on what net borrowing was computed from."""
    served = Counter(figure.concept.removesuffix(WITH_LEASES) for figure in figures)
    bases = ", ".join(f"{basis} in {count}" for basis, count in served.most_common())
    leased = sum(figure.concept.endswith(WITH_LEASES) for figure in figures)
    return f"{len(figures)} quarters: {bases}; finance-lease principal added in {leased}."


def _tellings(told: Told, quarter: np.datetime64) -> Iterator[Amount]:
    """The figure of a quarter at each instant at which something new was known of it, where it differs."""
    instants = {
        amount.known
        for periods in told.values()
        for period, amounts in periods.items()
        if period == quarter or _is_quarter(quarter - period)
        for amount in amounts
    }
    last: Amount | None = None
    for instant in sorted(instants):
        row = _View(told, instant, as_first_filed=last is None).figure(quarter)
        if row is not None and (last is None or row.usd != last.usd):
            last = row
            yield row


def _is_quarter(days: np.timedelta64) -> bool:
    return bool(QUARTER[0] <= days <= QUARTER[1])


@dataclass(frozen=True, slots=True)
class _View:
    """What the amounts say at one instant.

    Attributes:
        told: amounts by concept and period, in order of ``known``.
        instant: nothing known later is seen.
        as_first_filed: whether the first amount of a period counts, or the last.
    """

    told: Told
    instant: np.datetime64
    as_first_filed: bool

    def figure(self, quarter: np.datetime64) -> Amount | None:
        """Net borrowing over ``quarter``, None where nothing can be said."""
        debt = self._cash(quarter)
        for balance in BALANCES:
            debt = debt or self._change(balance, quarter)
        leased = self._usd(LEASES, quarter)
        if debt is None or leased is None:
            return debt
        return replace(debt, usd=debt.usd + leased, concept=debt.concept + WITH_LEASES)

    def _usd(self, concept: str, period: np.datetime64) -> float | None:
        known = [amount.usd for amount in self.told[concept].get(period, ()) if amount.known <= self.instant]
        return known[0 if self.as_first_filed else -1] if known else None

    def _preferred(self, concepts: Iterable[str], quarter: np.datetime64) -> float | None:
        return next((usd for concept in concepts if (usd := self._usd(concept, quarter)) is not None), None)

    def _cash(self, quarter: np.datetime64) -> Amount | None:
        issued, repaid = self._preferred(ISSUANCE, quarter), self._preferred(REPAYMENT, quarter)
        if issued is None or repaid is None:
            return None
        return Amount(quarter, self.instant, issued - repaid, CASH)

    def _change(self, balance: str, quarter: np.datetime64) -> Amount | None:
        earlier = [period for period in self.told[balance] if _is_quarter(quarter - period)]
        before = [usd for period in sorted(earlier) if (usd := self._usd(balance, period)) is not None]
        after = self._usd(balance, quarter)
        if after is None or not before:
            return None
        return Amount(quarter, self.instant, after - before[-1], f"change in {balance}")
