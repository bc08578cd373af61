"""Facts as companies file them: an amount over a span or on a day, under a name, in a filing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

TAXONOMY, UNIT = "us-gaap", "USD"
Day = np.datetime64
Instant = np.datetime64


class ShapeError(Exception):
    """A document of the SEC that is not built as its interface describes; the message says where."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported amount.

    Attributes:
        concept: US-GAAP name.
        start: first day of the span; None for a balance.
        end: last day of the span, or day of the balance.
        usd: the amount.
        filing: accession number of the filing that carries it.
        known: instant from which that filing was public.
    """

    concept: str
    start: Day | None
    end: Day
    usd: float
    filing: str
    known: Instant


def filing_days(document: Mapping[str, Any], concepts: Iterable[str]) -> dict[str, Day]:
    """Accession number -> filing date of every filing that carries one of ``concepts`` in US dollars.

    Raises:
        ShapeError: the document is not built as expected.
    """
    problem = ""
    try:
        return {str(entry["accn"]): _day(entry["filed"]) for _, entry in _entries(document, concepts)}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise ShapeError(f"sent filings of an unknown shape ({problem}).")


def read_facts(document: Mapping[str, Any], concepts: Iterable[str], known: Mapping[str, Instant]) -> tuple[Fact, ...]:
    """The facts of ``concepts`` in US dollars, in the document's order.

    Left out are the slips of filers that can be no report: spans that end before they start, or after they were filed.

    Args:
        document: company facts as data.sec.gov publishes them.
        concepts: US-GAAP names; the absent ones are passed over.
        known: accession number -> instant from which the filing was public.

    Raises:
        ShapeError: the document, or one of these facts, is not built as expected.
    """
    problem = ""
    try:
        facts = [_fact(concept, entry, known) for concept, entry in _entries(document, concepts)]
        return tuple(fact for fact in facts if fact.end < fact.known and (fact.start is None or fact.start < fact.end))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise ShapeError(f"sent facts of an unknown shape ({problem}).")


def by_instant(facts: Iterable[Fact]) -> Iterator[tuple[Instant, list[Fact]]]:
    """The facts in batches that became public together, in order of time; order within a batch is kept."""
    batches: dict[Instant, list[Fact]] = {}
    for fact in facts:
        batches.setdefault(fact.known, []).append(fact)
    yield from sorted(batches.items())


def _entries(document: Mapping[str, Any], concepts: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reported = document["facts"].get(TAXONOMY, {})
    for concept in concepts:
        for entry in reported.get(concept, {}).get("units", {}).get(UNIT, ()):
            yield concept, entry


def _fact(concept: str, entry: Mapping[str, Any], known: Mapping[str, Instant]) -> Fact:
    filing, usd = str(entry["accn"]), float(entry["val"])
    start, end = entry.get("start"), _day(entry["end"])
    if not np.isfinite(usd):
        raise ValueError(f"{concept} of {end} is {usd}")
    return Fact(concept, None if start is None else _day(start), end, usd, filing, known[filing])


def _day(text: str) -> Day:
    """A day of the calendar, written 2020-12-31."""
    day = np.datetime64(text, "D")
    if str(day) != text:
        raise ValueError(f"{text!r} is no date")
    return day
