"""From facts as filed to what was known of each quarter, and when.

Cash flows are filed per fiscal year to date; few companies add the three months alone. A quarter is

* the three-month figure, where the filing that first tells the quarter has one;
* otherwise the year to date less the year to date a quarter earlier (same first day), each as first filed. What is
  missing stays missing. Quarters told in this way add up to the year as it was first filed, but for rounding and for a
  reclassification within the year.

A later filing that tells the quarter with another amount is a restatement and a row of its own; a restated year whose
earlier part was not restated too says nothing about its last quarter and is passed over. A figure that stands only in
the comparative column of a later filing is known from that filing.

Companies change the name of a flow. Each filing tells a quarter under one name: the one the quarter had, if the filing
has it, otherwise the first in order of preference. Amounts under two names are subtracted only when the filing that
changes the name shows that both mean the same: a comparative figure under the new name, filed before under the old one
with the same amount. (Amazon's capital expenditure became another thing with its new name; NVIDIA's did not.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from waterline.catalog.borrowing import Amount
from waterline.providers.facts import Day, Fact, by_instant

DAY = np.timedelta64(1, "D")
QUARTER = (np.timedelta64(80, "D"), np.timedelta64(100, "D"))
FISCAL_YEAR = np.timedelta64(380, "D")  # 53 weeks and some days
Key = tuple[str, Day, Day]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A quarter as told by one filing.

    Attributes:
        concept: the name under which it was told.
        to_date: the figure of three months, or of the year to date.
        before: the year to date a quarter earlier; None where three months were filed.
    """

    concept: str
    to_date: float
    before: float | None = None

    @property
    def usd(self) -> float:
        """The amount of the quarter."""
        return self.to_date - (self.before or 0.0)

    def restates(self, earlier: _Figure) -> bool:
        """Whether this is another amount for the quarter, and not for an earlier part of its year."""
        if self.usd == earlier.usd or self.before is None:
            return self.usd != earlier.usd
        return earlier.before is not None and self.before != earlier.before


def discrete_quarters(facts: Iterable[Fact], concepts: Sequence[str]) -> tuple[Amount, ...]:
    """All that was told of each quarter, in order of ``known``, then ``period``.

    Args:
        facts: of one company, in any order; those of other concepts are ignored.
        concepts: names of one flow, the preferred one first.

    Returns:
        For each quarter its first figure and every later one that differs. A row depends on no fact known after it.
    """
    ledger = _Ledger(concepts)
    told: dict[Day, _Figure] = {}
    rows: list[Amount] = []
    flows = [fact for fact in facts if fact.concept in concepts and fact.start is not None]
    for instant, batch in by_instant(flows):
        ledger.add(batch)
        for quarter in sorted(ledger.concerned(batch)):
            last = told.get(quarter)
            now = ledger.first(quarter) if last is None else ledger.again(quarter, last.concept, batch)
            if now is not None and (last is None or now.restates(last)):
                told[quarter] = now
                rows.append(Amount(quarter, instant, now.usd, now.concept))
    return tuple(rows)


def balances(facts: Iterable[Fact], concept: str) -> tuple[Amount, ...]:
    """All that was told of a balance on each day, in order of ``known``, then ``period``: first and other amounts."""
    told: dict[Day, float] = {}
    rows: list[Amount] = []
    days = [fact for fact in facts if fact.concept == concept and fact.start is None]
    for instant, batch in by_instant(days):
        for fact in sorted(batch, key=lambda fact: fact.end):
            if told.get(fact.end) != fact.usd:
                told[fact.end] = fact.usd
                rows.append(Amount(fact.end, instant, fact.usd, concept))
    return tuple(rows)


def _is_quarter(days: np.timedelta64) -> bool:
    return bool(QUARTER[0] <= days <= QUARTER[1])


class _Ledger:
    """The facts of one flow that were public at some instant."""

    def __init__(self, concepts: Sequence[str]) -> None:
        self._concepts = concepts
        self._first: dict[Key, Fact] = {}
        self._latest: dict[Key, Fact] = {}
        self._filings: dict[str, list[Fact]] = {}

    def add(self, batch: Iterable[Fact]) -> None:
        """Facts that became public after all those added before."""
        for fact in batch:
            self._first.setdefault(_key(fact), fact)
            self._latest[_key(fact)] = fact
            self._filings.setdefault(fact.filing, []).append(fact)

    def concerned(self, batch: Iterable[Fact]) -> set[Day]:
        """The quarters that facts of ``batch`` tell, or complete."""
        starts = {fact.start for fact in batch}
        ends = {fact.end for fact in batch}
        return ends | {key[2] for key in self._first if key[1] in starts and any(_is_quarter(key[2] - e) for e in ends)}

    def first(self, quarter: Day) -> _Figure | None:
        """The quarter from all facts, as first filed."""
        return self._figure(self._concepts, quarter, self._first.values(), self._first)

    def again(self, quarter: Day, concept: str, batch: Iterable[Fact]) -> _Figure | None:
        """The quarter as ``batch`` tells it, under ``concept`` if it can."""
        return self._figure((concept, *self._concepts), quarter, batch, self._latest)

    def _figure(
        self, concepts: Iterable[str], quarter: Day, facts: Iterable[Fact], amounts: dict[Key, Fact]
    ) -> _Figure | None:
        ending = [fact for fact in facts if fact.end == quarter]
        for concept in concepts:
            told = [fact for fact in ending if fact.concept == concept]
            three_months = (_Figure(concept, fact.usd) for fact in told if _is_quarter(_length(fact)))
            differences = (self._difference(fact, amounts) for fact in told if _length(fact) <= FISCAL_YEAR)
            found = next((figure for figure in (*three_months, *differences) if figure is not None), None)
            if found is not None:
                return found
        return None

    def _difference(self, to_date: Fact, amounts: dict[Key, Fact]) -> _Figure | None:
        """The year to date with that of a quarter earlier, under the same name or one that means the same."""
        earlier = [f for f in amounts.values() if f.start == to_date.start and _is_quarter(to_date.end - f.end)]
        for concept in (to_date.concept, *self._concepts):
            for fact in earlier:
                if fact.concept == concept and (concept == to_date.concept or self._renamed(to_date, concept)):
                    return _Figure(to_date.concept, to_date.usd, fact.usd)
        return None

    def _renamed(self, fact: Fact, old: str) -> bool:
        """Whether the filing of ``fact`` shows that its concept is another name of ``old``."""
        comparatives = (f for f in self._filings[fact.filing] if f.concept == fact.concept and f.usd != 0)
        before = ((f, self._first.get((old, *_key(f)[1:]))) for f in comparatives)
        return any(was is not None and was.usd == now.usd for now, was in before)


def _key(fact: Fact) -> Key:
    if fact.start is None:
        raise TypeError(f"{fact.concept} of {fact.end} is a balance")
    return fact.concept, fact.start, fact.end


def _length(fact: Fact) -> np.timedelta64:
    return fact.end - _key(fact)[1] + DAY
