"""Company facts of the SEC (data.sec.gov): what companies reported per quarter, from the instant it was accepted.

One download of a company serves all of its flows. The SEC asks every program to say whose it is and to keep to ten
requests a second; a program that does neither is locked out.
"""
# ruff: noqa: N818 - the classes are named by the fault that the sentence tells

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from waterline.catalog.companies import COMPANIES, Company
from waterline.errors import ConfigError
from waterline.providers.acceptance import accepted_at, end_of_filing_day, read_index, read_submissions
from waterline.providers.base import (
    BadAnswer,
    Fetched,
    Known,
    NotReported,
    ProviderError,
    ServerFault,
    UnknownSeries,
)
from waterline.providers.facts import Day, Fact, Instant, ShapeError, filing_days, read_facts
from waterline.providers.flows import FLOWS, NotReportedError
from waterline.providers.http import Answer, Client, Patience, quoted
from waterline.providers.limits import RateLimit

SERVICE = "SEC"
FACTS = "https://data.sec.gov/api/xbrl/companyfacts/CIK{cik:010}.json"
SUBMISSIONS = "https://data.sec.gov/submissions/"
PER_SECOND = 10.0
CONTACT = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")  # printable, so that it can stand in a header
RULES = 1  # how quarters are told; a change makes every stored marker void


class MissingContact(ConfigError):
    """The user has not said whose program this is."""

    def __init__(self, problem: str) -> None:
        remedy = "Set it, or the variable WATERLINE_CONTACT, to your e-mail address; it goes to the SEC alone."
        super().__init__("providers.contact", problem, remedy)


class Refused(ProviderError):
    """The SEC takes the program for undeclared, or for too fast; its page says the same for both."""

    next_step = "Set providers.contact to an e-mail address that reaches you, wait ten minutes, then repeat."


@dataclass(frozen=True, slots=True, eq=False)
class _Reported:
    """What was last learnt of a company; ``facts`` is None where nothing is new since ``marker``."""

    company: Company
    marker: str
    facts: tuple[Fact, ...] | None


class SecProvider:
    """Capital expenditure, operating cash flow and net borrowing of the catalog's companies.

    One provider serves one fetch run: what it has learnt of a company it does not ask for again.

    Args:
        contact: the user's e-mail address; the variable WATERLINE_CONTACT stands in where it is empty.
        limit: pace shared with other processes.
        patience: time limits.
    """

    name = "sec"

    def __init__(
        self, contact: str | None = None, limit: RateLimit | None = None, patience: Patience | None = None
    ) -> None:
        self._contact = (contact or os.environ.get("WATERLINE_CONTACT", "")).strip()
        self._client = Client(
            provider=SERVICE,
            limit=limit or RateLimit("sec", PER_SECOND),
            patience=patience or Patience(),
            headers={"User-Agent": f"Waterline {self._contact}"},
        )
        self._last: _Reported | None = None

    def serves(self, series: str) -> bool:
        """Whether ``series`` is a flow ("MSFT/capex") of a company in the catalog."""
        ticker, _, flow = series.partition("/")
        return ticker in COMPANIES and flow in FLOWS

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """All vintages of a flow; no rows where the SEC has nothing new since ``since.marker``.

        Raises:
            MissingContact: no e-mail address is set.
            ProviderError: nothing usable came.
        """
        self._check_contact()
        if not self.serves(series):
            raise UnknownSeries(SERVICE, series, "serves no such company flow.")
        ticker, _, flow = series.partition("/")
        marker = since.marker if since else ""
        reported = self._reported(series, COMPANIES[ticker], marker)
        if reported.facts is None or _same(reported.marker, marker):
            return Fetched((), reported.marker)
        problem = ""
        try:
            rows, notices = FLOWS[flow](reported.company, reported.facts)
        except NotReportedError as error:
            rows, notices, problem = (), (), str(error)
        if problem:
            raise NotReported(SERVICE, series, f"says that {ticker} {problem}")
        newest = rows[0].period.max()
        if since is not None and newest < since.last_period:
            raise BadAnswer(SERVICE, series, f"sent facts up to {newest} only, while {since.last_period} is stored.")
        return Fetched(rows, reported.marker, notices)

    def close(self) -> None:
        """Close the connections and forget what was learnt."""
        self._client.close()
        self._last = None

    def _check_contact(self) -> None:
        if not self._contact:
            raise MissingContact("no e-mail address is set, and the SEC answers only programs that say whose they are.")
        if not CONTACT.fullmatch(self._contact):
            raise MissingContact(f"{self._contact!r} is no e-mail address.")

    def _reported(self, series: str, company: Company, marker: str) -> _Reported:
        last = self._last
        if last is None or last.company != company or (last.facts is None and not _same(last.marker, marker)):
            self._last = last = self._ask(series, company, marker)
        return last

    def _ask(self, series: str, company: Company, marker: str) -> _Reported:
        answer = self._get(series, FACTS.format(cik=company.cik), _conditions(marker))
        if answer.status == 304:
            return _Reported(company, marker, None)
        fresh = _marker(answer)
        if _same(fresh, marker):
            return _Reported(company, fresh, None)
        concepts = (*company.capex, *company.ocf, *company.debt)
        document, problem = _json(series, answer), ""
        try:
            known = self._accepted(series, company, filing_days(document, concepts))
            return _Reported(company, fresh, read_facts(document, concepts, known))
        except ShapeError as error:
            problem = str(error)
        raise BadAnswer(SERVICE, series, problem)

    def _accepted(self, series: str, company: Company, filed: Mapping[str, Day]) -> dict[str, Instant]:
        """Accession number -> instant from which the filing was public, from as few pages as it takes."""
        url = f"{SUBMISSIONS}CIK{company.cik:010}.json"
        found, pages = read_index(_json(series, self._get(series, url)))
        for page in pages:
            lacking = filed.keys() - {one.accession for one in found}
            if page.holds(filed[one] for one in lacking):
                found += read_submissions(_json(series, self._get(series, SUBMISSIONS + page.name)))
        return {**_end_of_day(filed), **accepted_at(found)}

    def _get(self, series: str, url: str, conditions: Mapping[str, str] | None = None) -> Answer:
        answer = self._client.get(series, url, headers=conditions)
        if answer.status == 304 and conditions:
            return answer
        if answer.status != 200 or answer.is_page:
            raise _judged(series, answer)
        return answer


def _end_of_day(filed: Mapping[str, Day]) -> dict[str, Instant]:
    days = np.array(list(filed.values()), dtype="datetime64[D]")
    return dict(zip(filed, end_of_filing_day(days), strict=True))


def _judged(series: str, answer: Answer) -> ProviderError:
    """What an answer without data means."""
    if answer.status == 404:
        return UnknownSeries(SERVICE, series, "knows no company facts under this company's number.")
    if answer.status == 403:
        return Refused(SERVICE, series, f"refused to answer{quoted(answer.said)}.")
    return ServerFault(SERVICE, series, f"answered {answer.status} with a page in place of data{quoted(answer.said)}.")


def _json(series: str, answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise BadAnswer(
            SERVICE, series, f"sent {len(answer.body):,} bytes that are no JSON document, or not all of it."
        )
    return document


def _marker(answer: Answer) -> str:
    """What to hand back next time: the validators of the answer, a digest of its bytes, the version of our rules."""
    said = {name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers}
    return json.dumps({**said, "sha256": hashlib.sha256(answer.body).hexdigest(), "rules": RULES})


def _parts(marker: str) -> dict[str, Any]:
    """The parts of a marker of ours, none where it was made by other rules."""
    try:
        parts = json.loads(marker)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) and parts.get("rules") == RULES else {}


def _conditions(marker: str) -> dict[str, str]:
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {names[part]: str(value) for part, value in _parts(marker).items() if part in names}


def _same(one: str, other: str) -> bool:
    """Whether two markers stand for the same bytes."""
    return bool(_parts(one)) and _parts(one).get("sha256") == _parts(other).get("sha256")
