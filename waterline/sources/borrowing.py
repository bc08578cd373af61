"""Net long-term borrowing of a company per quarter, from whatever it files about its debt.

In order of preference: issuance minus repayments where both are filed, the change in long-term debt, the change in its
noncurrent part (which also falls when maturities move to current). Principal paid on finance leases is added: capacity
that was financed by leasing never shows as issuance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from waterline.errors import DataError
from waterline.panel import Notice
from waterline.sources.base import Loaded
from waterline.sources.filings import Facts, observations, read_facts
from waterline.sources.table import InputFile

ISSUANCE = ("ProceedsFromIssuanceOfLongTermDebt", "ProceedsFromDebtNetOfIssuanceCosts", "ProceedsFromIssuanceOfDebt")
REPAYMENT = ("RepaymentsOfLongTermDebt", "RepaymentsOfDebt", "RepaymentsOfDebtAndCapitalLeaseObligations")
BALANCES = ("LongTermDebt", "LongTermDebtNoncurrent")
LEASES = "FinanceLeasePrincipalPayments"
QUARTER = (np.timedelta64(80, "D"), np.timedelta64(100, "D"))


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount of a quarter.

    Attributes:
        usd: the amount.
        known: filing day from which all of it could be known.
        basis: what it was taken from.
    """

    usd: float
    known: np.datetime64
    basis: str

    def plus(self, other: Flow, sign: int = 1) -> Flow:
        """The sum of two flows, known when both are."""
        return Flow(self.usd + sign * other.usd, max(self.known, other.known), self.basis)


Flows = Mapping[np.datetime64, Flow]


def read_net_borrowing(name: str, file: InputFile) -> Loaded:
    """Net borrowing ("MSFT/net_borrowing"), in USD per quarter; a quarter without any filed debt figure is absent.

    Raises:
        DataError: as ``read_facts``, or not one quarter can be built.
    """
    facts = read_facts(file)
    issued, repaid, leased = _first(facts, ISSUANCE), _first(facts, REPAYMENT), _first(facts, (LEASES,))
    cash = {quarter: flow.plus(repaid[quarter], -1) for quarter, flow in issued.items() if quarter in repaid}
    changes = [_changes(facts.of(concept)) for concept in BALANCES]
    debt: dict[np.datetime64, Flow] = {}
    for flows in (cash, *changes):
        debt = {**flows, **debt}
    quarters = sorted(debt)
    if not quarters:
        remedy = "Add issuance and repayments, or balances of consecutive quarters."
        raise DataError(file.label, "gives no net borrowing for any quarter.", remedy)
    total = [debt[quarter].plus(leased[quarter]) if quarter in leased else debt[quarter] for quarter in quarters]
    rows = observations(
        name,
        np.array(quarters, dtype="datetime64[D]"),
        np.array([flow.known for flow in total], dtype="datetime64[D]"),
        np.array([flow.usd for flow in total]),
    )
    served = Counter(flow.basis for flow in total)
    with_leases = sum(quarter in leased for quarter in quarters)
    bases = ", ".join(f"{basis} in {count}" for basis, count in served.most_common())
    notice = Notice(name, f"{len(total)} quarters: {bases}; finance-lease principal added in {with_leases}.")
    return Loaded({name: rows}, notices=(notice,), files={file.name: file.sha256})


def _first(facts: Facts, concepts: Iterable[str]) -> Flows:
    """For each quarter the filed amount of the first of ``concepts`` that has one."""
    found: dict[np.datetime64, Flow] = {}
    for concept in concepts:
        rows = facts.of(concept)
        for quarter, known, usd in zip(rows.period, rows.known, rows.value, strict=True):
            found.setdefault(quarter, Flow(float(usd), known, "issuance minus repayments"))
    return found


def _changes(balance: Facts) -> Flows:
    """The change of a balance over each quarter whose two ends are filed."""
    ends = zip(range(len(balance.period) - 1), np.diff(balance.period), strict=True)
    return {
        balance.period[i + 1]: Flow(
            usd=float(balance.value[i + 1] - balance.value[i]),
            known=max(balance.known[i], balance.known[i + 1]),
            basis=f"change in {balance.concept[i]}",
        )
        for i, days in ends
        if QUARTER[0] <= days <= QUARTER[1]
    }
