"""FRED's public CSV download, for those without a key: the latest revision only, and marked so."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from waterline.catalog import Series
from waterline.panel import Notice
from waterline.providers.base import BadAnswer, Fetched, Known, ServerFault, UnknownSeries, utc_now
from waterline.providers.fred_series import PROVIDER, catalog_entry, fred_client, is_on_fred
from waterline.providers.http import Answer, Client, quoted
from waterline.providers.published import Values, by_rule, changes, check_overlap, first_to_ask

URL = "https://fred.stlouisfed.org/graph/fredgraph.csv"
SOURCE = "fred-csv"
MISSING = ("", ".")


@dataclass(frozen=True, slots=True)
class FredCsvProvider:
    """Series of the catalog from FRED's CSV download, which needs no key and knows no vintages.

    The download does not say how many rows it should have: a first answer that lacks its newest rows is seen as an old
    one; a later one must repeat what is stored.

    Attributes:
        client: HTTP client; its pace is shared with all processes of the user.
        now: the present moment, with its zone.
    """

    name: ClassVar[str] = SOURCE
    client: Client = field(default_factory=fred_client)
    now: Callable[[], dt.datetime] = utc_now

    def serves(self, series: str) -> bool:
        """Whether FRED publishes this series of the catalog."""
        return is_on_fred(series)

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """The latest revision, available by the catalog's rule; only what is new or changed ``since``.

        Raises:
            ProviderError: see the module ``base``.
        """
        entry = catalog_entry(series)
        query = {"id": series} if since is None else {"id": series, "cosd": str(first_to_ask(entry, since))}
        values = _values(entry, self.client.get(series, URL, query))
        said = (
            (Notice(series, "latest revision only: FRED's public download has no vintages."),) if entry.revised else ()
        )
        marker = str(values.period[-1])
        if since is None:
            return Fetched((by_rule(entry, values, SOURCE),), marker, said)
        check_overlap(PROVIDER, entry, values.period, since)
        rows, notices = changes(entry, values, since, self.now(), SOURCE)
        return Fetched(rows, marker, (*said, *notices))


def _values(entry: Series, answer: Answer) -> Values:
    """The rows of a CSV with the columns ``observation_date`` and the id."""
    if answer.status == 404:
        raise UnknownSeries(PROVIDER, entry.id, f"does not know it{quoted(answer.said)}.")
    if answer.status != 200 or answer.is_page:
        what = "sent a web page in place of data" if answer.status == 200 else f"answered {answer.status}"
        raise ServerFault(PROVIDER, entry.id, f"{what}{quoted(answer.said)}.")
    text = answer.body.decode("utf-8-sig", "replace")
    header, *rows = [*csv.reader(text.splitlines())] or [[]]
    if len(header) != 2 or header[1] != entry.id:
        raise BadAnswer(PROVIDER, entry.id, f"sent the columns {', '.join(header) or 'of an empty file'}.")
    if not text.endswith("\n"):
        raise BadAnswer(PROVIDER, entry.id, f"sent a file that breaks off in its line {len(rows) + 1}.")
    values = _parsed(rows)
    if values is None or np.isinf(values.value).any():
        raise BadAnswer(PROVIDER, entry.id, "sent dates or numbers that are none.")
    if np.isnan(values.value).all():
        raise BadAnswer(PROVIDER, entry.id, "sent no value.")
    if (np.diff(values.period) <= np.timedelta64(0, "D")).any():
        row = int(np.argmax(np.diff(values.period) <= np.timedelta64(0, "D")))
        problem = f"sent {values.period[row + 1]} after {values.period[row]}: repeated or out of order."
        raise BadAnswer(PROVIDER, entry.id, problem)
    return values


def _parsed(rows: list[list[str]]) -> Values | None:
    try:
        return Values(
            period=np.array([date for date, _ in rows], dtype="datetime64[D]"),
            value=np.array([np.nan if cell in MISSING else float(cell) for _, cell in rows]),
        )
    except ValueError:
        return None
