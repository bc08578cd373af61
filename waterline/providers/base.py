"""What every provider promises, and the ways in which the other end can fail.

A :class:`ProviderError` is a sentence for people: provider, series, what the other end said, the next step. It never
carries a key, nor a URL that holds one: errors of the libraries below are judged inside ``except`` and answered
outside, so that no ``__context__`` keeps them.
"""

# ruff: noqa: N818 - the classes are named by the fault that the sentence tells

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from waterline.errors import WaterlineError
from waterline.panel import Notice
from waterline.sessions import NEW_YORK
from waterline.store.rows import Rows


class ProviderError(WaterlineError):
    """A series could not be fetched; what is stored is kept.

    Args:
        provider: the service, as people call it.
        series: catalog id or ticker.
        problem: what the other end did or said, as one sentence without a subject.
        remedy: the next step; each class has its own where none is given.
    """

    exit_code = 3
    next_step: ClassVar[str] = "Repeat later; what is stored is kept."

    def __init__(self, provider: str, series: str, problem: str, remedy: str = "") -> None:
        self.provider = provider
        self.series = series
        super().__init__(f"{series}: {provider} {problem}", remedy or self.next_step)


class Unreachable(ProviderError):
    """No connection, a refused or broken one, or silence: the network or the host is down."""

    next_step = "Check the network, HTTPS_PROXY and SSL_CERT_FILE, then repeat; what is stored is kept."


class RateLimited(ProviderError):
    """The service wants fewer requests, and did not relent while we waited."""

    next_step = "Wait a few minutes, then repeat; what is stored is kept."


class ServerFault(ProviderError):
    """The service is broken: a 5xx, or a web page in place of data."""

    next_step = "Repeat later; what is stored is kept."


class BadAnswer(ProviderError):
    """Data came, but not all of it or not in its shape: cut off, empty, holes, nulls, repeated rows.

    Nothing of such an answer is used. The problem names the missing span where there is one.
    """

    next_step = "Repeat later; nothing of this answer was stored."


class NotReported(BadAnswer):
    """The company reports nothing of which the series could be made."""

    next_step = "Leave the series out, or name the concept that the company uses in waterline/catalog/companies.py."


class UnknownSeries(ProviderError):
    """The service does not know the series."""

    next_step = "Check the id on the provider's site."


class WrongKey(ProviderError):
    """The service does not accept the key."""


class MissingKey(ProviderError):
    """The service needs a key and none is set."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the store holds already of a series or of a ticker's group, for fetching only what is new.

    Attributes:
        last_period: newest stored period (datetime64[D]).
        last_available_at: newest stored instant (datetime64[s], UTC).
        marker: what the last :class:`Fetched` said.
        tail: the newest stored rows, one :class:`Rows` a series, to compare with what comes again; at least 30 periods
            where so many are stored.
    """

    last_period: np.datetime64
    last_available_at: np.datetime64
    marker: str
    tail: tuple[Rows, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fetched:
    """What came, checked and complete.

    Attributes:
        rows: new, changed or repeated rows; empty when nothing changed.
        marker: opaque text to hand back as ``Known.marker`` next time.
        notices: what a reader of the data must know.
    """

    rows: tuple[Rows, ...]
    marker: str
    notices: tuple[Notice, ...] = ()


class Provider(Protocol):
    """A service that hands over whole series."""

    @property
    def name(self) -> str:
        """The service, as the configuration calls it."""

    def serves(self, series: str) -> bool:
        """Whether ``series`` (catalog id, ticker or company flow) can be had here; asks nobody."""

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """All of ``series``, or what is new ``since`` the last fetch.

        Raises:
            ProviderError: nothing usable came; names the provider, the series, what was said and the next step.
        """


def utc_now() -> dt.datetime:
    """This instant, with its zone."""
    return dt.datetime.now(dt.UTC)


def as_instant(moment: dt.datetime) -> np.datetime64:
    """A zoned moment as a UTC instant of the panel, to the second."""
    return np.datetime64(moment.astimezone(dt.UTC).replace(tzinfo=None), "s")


def new_york_day(moment: dt.datetime) -> np.datetime64:
    """The day it is in New York at a zoned moment."""
    return np.datetime64(moment.astimezone(ZoneInfo(NEW_YORK)).date(), "D")
