"""What is common to the doors of FRED: which series it has, its pace, and what it says of a series as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from waterline.catalog import SERIES, Series
from waterline.providers.base import BadAnswer, UnknownSeries
from waterline.providers.http import Client, Patience
from waterline.providers.limits import RateLimit
from waterline.sessions import Dates

PROVIDER = "FRED"
ID = re.compile(r"[A-Z0-9_]+")
ELSEWHERE = frozenset({"IRX", "TBILLQ", "REALGDP", "REALINV", "DEBTPUBLIC"})  # in the catalog, but not FRED's
REQUESTS_PER_SECOND = 2.0


def fred_client(patience: Patience | None = None) -> Client:
    """A client at the pace that FRED allows to all processes of a user together."""
    return Client(PROVIDER, RateLimit("fred", REQUESTS_PER_SECOND), patience or Patience())


def is_on_fred(series: str) -> bool:
    """Whether ``series`` is one of the catalog's that FRED publishes."""
    return series in SERIES and series not in ELSEWHERE


def catalog_entry(series: str) -> Series:
    """The catalog entry of a FRED series.

    Raises:
        UnknownSeries: it is no id of FRED's, or not in the catalog.
    """
    if not ID.fullmatch(series):
        raise UnknownSeries(PROVIDER, series, "has no such id.", "Write it in capital letters, digits and underscores.")
    if not is_on_fred(series):
        raise UnknownSeries(PROVIDER, series, "is not where the catalog has this series from.", "Check the spelling.")
    return SERIES[series]


@dataclass(frozen=True, slots=True)
class State:
    """What FRED says of a series as a whole.

    Attributes:
        series: id.
        first: first period it has.
        last: last period it has.
        updated: when it was last updated, as FRED writes it.
    """

    series: str
    first: np.datetime64
    last: np.datetime64
    updated: str

    def check(self, period: Dates, whole: bool) -> None:
        """Refuse an answer that is empty or, where it should be ``whole``, shorter than what FRED says it has.

        Raises:
            BadAnswer: names the missing span.
        """
        problem = ""
        if len(period) == 0:
            problem = f"sent nothing, though it has values from {self.first} to {self.last}."
        elif period.max() < self.last:
            problem = f"sent nothing after {period.max()}, though it has values to {self.last}."
        elif whole and period.min() > self.first:
            problem = f"sent nothing before {period.min()}, though it has values from {self.first}."
        if problem:
            raise BadAnswer(PROVIDER, self.series, problem)
