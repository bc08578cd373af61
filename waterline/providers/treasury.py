"""Debt to the Penny (Fiscal Data, US Treasury): Treasury debt held by the public, each business day. Needs no key."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from waterline.catalog import SERIES, Series
from waterline.providers.base import BadAnswer, Fetched, Known, ServerFault, UnknownSeries, utc_now
from waterline.providers.http import Answer, Client, quoted
from waterline.providers.limits import RateLimit
from waterline.providers.published import Values, by_rule, changes, check_overlap, first_to_ask

PROVIDER = "Treasury"
SOURCE = "treasury"
DEBT = "DEBTPUBLIC"
URL = "https://api.fiscaldata.treasury.gov/services/api/fiscal_service/v2/accounting/od/debt_to_penny"
STAMP, AMOUNT = "record_date", "debt_held_public_amt"
PAGE = 10_000
PER_SECOND = 2.0
MISSING = frozenset({"null", "", None})


def treasury_client() -> Client:
    """A client at a modest pace, shared with all processes of the user."""
    return Client(provider=PROVIDER, limit=RateLimit("treasury", PER_SECOND))


@dataclass(frozen=True, slots=True)
class TreasuryProvider:
    """The one series that the Treasury itself publishes for us.

    Attributes:
        client: HTTP client.
        now: the present moment, with its zone.
    """

    name: ClassVar[str] = SOURCE
    client: Client = field(default_factory=treasury_client)
    now: Callable[[], dt.datetime] = utc_now

    def serves(self, series: str) -> bool:
        """Whether ``series`` is the debt held by the public."""
        return series == DEBT

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """The daily amounts in USD, available by the catalog's rule; only what is new or changed ``since``.

        Raises:
            ProviderError: see the module ``base``.
        """
        if not self.serves(series):
            raise UnknownSeries(PROVIDER, series, "publishes no such series.")
        entry = SERIES[series]
        values = self._values(entry, None if since is None else first_to_ask(entry, since))
        marker = str(values.period[-1])
        if since is None:
            return Fetched((by_rule(entry, values, SOURCE),), marker)
        check_overlap(PROVIDER, entry, values.period, since)
        rows, notices = changes(entry, values, since, self.now(), SOURCE)
        return Fetched(rows, marker, notices)

    def _values(self, entry: Series, first: np.datetime64 | None) -> Values:
        """All pages from ``first`` on, counted against what the service says there is."""
        found: list[dict[str, Any]] = []
        pages, total, number = 1, 0, 1
        while number <= pages:
            tree = _tree(entry, self._page(entry, first, number))
            pages, total = int(tree["meta"]["total-pages"]), int(tree["meta"]["total-count"])
            found += tree["data"]
            number += 1
        if len(found) != total:
            raise BadAnswer(PROVIDER, entry.id, f"sent {len(found)} rows of the {total} that it says there are.")
        return _read(entry, found)

    def _page(self, entry: Series, first: np.datetime64 | None, number: int) -> Answer:
        query = {
            "fields": f"{STAMP},{AMOUNT}",
            "sort": STAMP,
            "page[size]": str(PAGE),
            "page[number]": str(number),
            **({} if first is None else {"filter": f"{STAMP}:gte:{first}"}),
        }
        answer = self.client.get(entry.id, URL, query)
        if answer.status != 200 or answer.is_page:
            what = "sent a web page in place of data" if answer.status == 200 else f"answered {answer.status}"
            raise ServerFault(PROVIDER, entry.id, f"{what}{quoted(answer.said)}.")
        return answer


def _tree(entry: Series, answer: Answer) -> dict[str, Any]:
    try:
        tree = json.loads(answer.body)
        well_formed = isinstance(tree["data"], list) and {"total-pages", "total-count"} <= tree["meta"].keys()
    except (ValueError, KeyError, TypeError, AttributeError):
        tree, well_formed = {}, False
    if not well_formed:
        raise BadAnswer(
            PROVIDER, entry.id, f"sent an answer that breaks off or has another shape{quoted(answer.said)}."
        )
    return dict(tree)


def _read(entry: Series, found: list[dict[str, Any]]) -> Values:
    """Days and amounts, those without an amount left out: before 1997 the debt was not split by holder."""
    kept = [row for row in found if row.get(AMOUNT) not in MISSING]
    try:
        period = np.array([row[STAMP] for row in kept], dtype="datetime64[D]")
        value = np.array([float(row[AMOUNT]) for row in kept])
    except (ValueError, KeyError, TypeError):
        period, value = np.empty(0, dtype="datetime64[D]"), np.empty(0)
    if len(period) == 0:
        raise BadAnswer(PROVIDER, entry.id, "sent no dated amount.")
    if not (period[1:] > period[:-1]).all():
        raise BadAnswer(PROVIDER, entry.id, "sent days that repeat or run backwards.")
    return Values(period, value)
