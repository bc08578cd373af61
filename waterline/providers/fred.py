"""FRED and its archive ALFRED. The only door to ``fredapi``.

A series whose history is rewritten comes with all its vintages, another with its latest revision. The key is read from
FRED_API_KEY, travels in an object that does not show it, and joins a request on the wire only.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import parse_qsl

import numpy as np
from pydantic import SecretStr

from waterline.catalog import Series
from waterline.providers.alfred import Vintages, fetch_vintages, is_current
from waterline.providers.base import (
    BadAnswer,
    Fetched,
    Known,
    MissingKey,
    ProviderError,
    ServerFault,
    UnknownSeries,
    WrongKey,
    utc_now,
)
from waterline.providers.fred_series import PROVIDER, State, catalog_entry, fred_client, is_on_fred
from waterline.providers.http import Answer, Client, quoted
from waterline.providers.published import Values, by_rule, changes, check_overlap, first_to_ask
from waterline.sessions import Dates

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

T = TypeVar("T")

ROOTS = frozenset({"seriess", "observations", "vintage_dates"})
GET_A_KEY = (
    "Get one free of charge: sign in at fred.stlouisfed.org, open API Keys under My Account, and set the environment "
    "variable FRED_API_KEY; or use the provider fred-csv, which needs no key and has the latest revision only."
)
CHECK_THE_KEY = (
    "Compare FRED_API_KEY with the key on the page API Keys under My Account at fred.stlouisfed.org: 32 lower-case "
    "letters and digits."
)


def key_from_environment() -> SecretStr | None:
    """FRED_API_KEY, or None where it is unset or blank."""
    key = os.environ.get("FRED_API_KEY", "").strip()
    return SecretStr(key) if key else None


@dataclass(frozen=True, slots=True)
class FredProvider:
    """Series of the catalog from FRED's service, which needs a key.

    Attributes:
        client: HTTP client; its pace is shared with all processes of the user.
        key: None makes :meth:`fetch` raise :class:`MissingKey`.
        now: the present moment, with its zone.
    """

    name: ClassVar[str] = "fred"
    client: Client = field(default_factory=fred_client)
    key: SecretStr | None = field(default_factory=key_from_environment)
    now: Callable[[], dt.datetime] = utc_now

    def serves(self, series: str) -> bool:
        """Whether FRED publishes this series of the catalog."""
        return is_on_fred(series)

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """All vintages of a revised series, the latest revision of another; only what is new ``since``.

        Raises:
            ProviderError: see the module ``base``.
        """
        entry = catalog_entry(series)
        if self.key is None:
            raise MissingKey(PROVIDER, series, "needs a key, and none is set.", GET_A_KEY)
        service = Service(self.client, self.key, entry)
        state = service.state()
        if since is not None and (since.marker == state.updated or is_current(since.marker, state)):
            return Fetched((), since.marker)
        if entry.revised:
            return fetch_vintages(service, state, since)
        first = None if since is None else first_to_ask(entry, since)
        values = service.latest(first)
        state.check(values.period, whole=since is None)
        if since is None:
            return Fetched((by_rule(entry, values, "fred"),), state.updated)
        check_overlap(PROVIDER, entry, values.period, since)
        rows, notices = changes(entry, values, since, self.now(), "fred")
        return Fetched(rows, state.updated, notices)


@dataclass(frozen=True, slots=True)
class Service:
    """What fredapi can ask about one series, in typed arrays and through our client."""

    client: Client
    key: SecretStr
    entry: Series

    def state(self) -> State:
        """The span of the series and its last update; one request."""
        return self._shaped(self._read_state)

    def latest(self, first: np.datetime64 | None) -> Values:
        """The latest revision from ``first`` on."""
        return self._shaped(self._read_latest, first)

    def release_days(self) -> Dates:
        """Every day on which values came out or changed."""
        return self._shaped(self._read_release_days)

    def standing(self, begin: str, end: str) -> Vintages:
        """All values that stood at some time from ``begin`` to ``end``; older stamps are clipped to ``begin``."""
        url = f"{self._fred().root_url}/series/observations?series_id={self.entry.id}"
        pages = self._pages(f"{url}&realtime_start={begin}&realtime_end={end}")
        return Vintages.joined([self._shaped(_standing, root) for root in pages])

    def _read_state(self) -> State:
        info = self._fred().get_series_info(self.entry.id)
        first, last = (np.datetime64(info[f"observation_{end}"], "D") for end in ("start", "end"))
        return State(self.entry.id, first, last, str(info["last_updated"]))

    def _read_release_days(self) -> Dates:
        return np.array(self._fred().get_series_vintage_dates(self.entry.id), dtype="datetime64[D]")

    def _read_latest(self, first: np.datetime64 | None) -> Values:
        series = self._fred().get_series(self.entry.id, observation_start=None if first is None else str(first))
        return Values(series.index.to_numpy().astype("datetime64[D]"), series.to_numpy(dtype=np.float64))

    def _fred(self) -> Any:
        """The client of fredapi with its transport replaced.

        The transport it brings has no timeout, no retry and no pace, and leaks the key in errors. Its ``__init__`` is
        not called: it would install an opener for the whole process.
        """
        from fredapi import Fred

        pages, check = self._pages, self._check_order

        class PatientFred(Fred):  # type: ignore[misc]  # fredapi publishes no types
            def __init__(self) -> None:
                self.api_key, self.proxies = "", None

            def _Fred__fetch_data(self, url: str) -> Element:  # noqa: N802 - the name is fredapi's, mangled
                root, *others = pages(url)
                for other in others:
                    root.extend(other)
                check(root)
                return root

            def _parse(self, date_str: str, **_: object) -> dt.datetime:
                return dt.datetime.fromisoformat(date_str)  # as fredapi does, without a call of pandas a value

        return PatientFred()

    def _pages(self, url: str) -> Iterator[Element]:
        """The answer to one of fredapi's URLs, page after page."""
        target, _, text = url.partition("?")
        query = {name: value for name, value in parse_qsl(text) if name != "api_key"}
        received = 0
        while True:
            page = {**query, "offset": str(received)} if received else query
            answer = self.client.get(self.entry.id, target, {**page, "api_key": self.key})
            root = self._root(answer)
            received += len(root)
            total = self._shaped(int, root.get("count", received))
            if len(root) == 0 and received < total:
                raise BadAnswer(PROVIDER, self.entry.id, f"sent {received} of {total} rows.")
            yield root
            if received >= total:
                return

    def _check_order(self, root: Element) -> None:
        """Refuse observations that repeat or run backwards, which fredapi would silently put right."""
        dates = [row.get("date", "") for row in root if row.tag == "observation"]
        for before, date in pairwise(dates):
            if date <= before:
                raise BadAnswer(PROVIDER, self.entry.id, f"sent {date} after {before}: repeated or out of order.")

    def _root(self, answer: Answer) -> Element:
        from xml.etree import ElementTree as Xml

        root: Element | None = None
        with suppress(Xml.ParseError):
            root = Xml.fromstring(answer.body)  # noqa: S314 - FRED's, over TLS; expat bounds the expansion of entities
        if answer.status == 200 and root is not None and root.tag in ROOTS:
            return root
        raise self._refusal(answer, root)

    def _refusal(self, answer: Answer, root: Element | None) -> ProviderError:
        said = answer.said if root is None else root.get("message", answer.said)
        message = " ".join(said.removeprefix("Bad Request.").split())
        if "api_key" in message:
            return WrongKey(PROVIDER, self.entry.id, f"does not accept the key{quoted(message)}.", CHECK_THE_KEY)
        if "does not exist" in message:
            return UnknownSeries(PROVIDER, self.entry.id, f"does not know it{quoted(message)}.")
        if answer.is_page:
            return ServerFault(PROVIDER, self.entry.id, f"sent a web page in place of data{quoted(message)}.")
        problem = "sent no readable XML" if answer.status == 200 else f"answered {answer.status}"
        return BadAnswer(PROVIDER, self.entry.id, f"{problem}{quoted(message)}.")

    def _shaped(self, read: Callable[..., T], *of: object) -> T:
        """What ``read`` makes ``of`` its arguments.

        Raises:
            BadAnswer: it stumbled over a value of another shape than FRED's.
        """
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            return read(*of)
        raise BadAnswer(PROVIDER, self.entry.id, "sent dates or numbers that are none.")


def _standing(root: Element) -> Vintages:
    rows = [(row.attrib["date"], row.attrib["realtime_start"], row.attrib["value"]) for row in root]
    period, released, text = zip(*rows, strict=True) if rows else ((), (), ())
    return Vintages(
        period=np.array(period, dtype="datetime64[D]"),
        released=np.array(released, dtype="datetime64[D]"),
        value=np.array([np.nan if cell == "." else float(cell) for cell in text]),
    )
