"""One HTTP client for all providers: paced, patient, bounded in time, and silent about secrets.

Honours HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR. Redirects are not followed: they could carry a key
elsewhere.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from waterline.providers.base import ProviderError, RateLimited, ServerFault, Unreachable
from waterline.providers.limits import RateLimit
from waterline.providers.wire import connections, failure, hide

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

T = TypeVar("T")

USER_AGENT = "waterline (backtests; python urllib3)"
RETRIED = frozenset({429, 500, 502, 503, 504})
SAID = 160
MARKUP = re.compile(rb"<(script|style|title)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds.

    Attributes:
        connect_s: for a connection.
        read_s: for the next byte.
        total_s: for an answer, retries and their pauses included.
        attempts: requests at most.
        backoff_s: pause before the second request; doubles each time, and up to half as much is added at random.
        longest_pause_s: no pause is longer; a server that asks for more ends the attempts.
    """

    connect_s: float = 10.0
    read_s: float = 60.0
    total_s: float = 300.0
    attempts: int = 4
    backoff_s: float = 1.0
    longest_pause_s: float = 60.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the failed ``attempt``, counted from 1."""
        backoff: float = self.backoff_s * 2 ** (attempt - 1)
        return min(backoff * SystemRandom().uniform(1, 1.5), self.longest_pause_s)


@dataclass(frozen=True, slots=True)
class Passing:
    """A fault worth another attempt.

    Attributes:
        fault: what to raise when it stays.
        asked_s: pause that the server asked for, in seconds.
    """

    fault: ProviderError
    asked_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent, whole.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        body: decompressed bytes.
        said: its text for people, without markup and secrets, shortened.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    said: str

    @property
    def is_page(self) -> bool:
        """Whether a web page came, as gateways send in place of data."""
        return is_page(self.body)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request; its secrets are revealed to the wire only."""

    series: str
    url: str
    query: Mapping[str, str | SecretStr]
    headers: Mapping[str, str]
    deadline: float

    def target(self) -> str:
        plain = {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in self.query.items()}
        return f"{self.url}?{urlencode(plain)}" if plain else self.url

    def said(self, body: bytes) -> str:
        """What a body says, without the secrets of the query."""
        return readable(body, (v.get_secret_value() for v in self.query.values() if isinstance(v, SecretStr)))


@dataclass(slots=True)
class Client:
    """GET with retries for one service.

    Attributes:
        provider: the service, as errors name it.
        limit: pace shared with other processes.
        patience: time limits.
        headers: sent with each request.
    """

    provider: str
    limit: RateLimit
    patience: Patience = Patience()
    headers: Mapping[str, str] = field(default_factory=dict)
    _pools: dict[str, PoolManager] = field(default_factory=dict, init=False, repr=False)

    def get(
        self,
        series: str,
        url: str,
        query: Mapping[str, str | SecretStr] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to ``url``; statuses other than 429 and passing 5xx are the caller's to judge.

        Args:
            series: named in errors.
            url: without a query.
            query: parameters; secrets among them appear in no message, log or attribute.
            headers: in addition to the client's own.

        Raises:
            ProviderError: nothing whole came within the patience.
        """
        deadline = time.monotonic() + self.patience.total_s
        ask = _Ask(series, url, query or {}, {**self.headers, **(headers or {})}, deadline)
        return persist(lambda: self._attempt(ask), self.patience, deadline)

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        for pool in self._pools.values():
            pool.clear()
        self._pools.clear()

    def _attempt(self, ask: _Ask) -> Answer | Passing:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        take_turn(self.limit, self.provider, ask.series)
        timeout = Timeout(connect=self.patience.connect_s, read=self.patience.read_s)
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **ask.headers}
        try:
            response = self._pool(ask.url).request(
                "GET", ask.target(), headers=headers, timeout=timeout, retries=False, preload_content=False
            )
            body = _body(response, ask.deadline)
        except HTTPError as error:
            return Passing(failure(error, self.provider, ask.series, self.patience.connect_s, self.patience.read_s))
        if body is None:
            problem = f"was still sending after {self.patience.total_s:g} s."
            return Passing(Unreachable(self.provider, ask.series, problem))
        sent = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status, sent, body, ask.said(body))
        if answer.status not in RETRIED:
            return answer
        return told(self.provider, ask.series, answer.status, answer.said, sent.get("retry-after"))

    def _pool(self, url: str) -> PoolManager:
        parts = urlsplit(url)
        proxy = "" if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme, "")
        if proxy not in self._pools:
            self._pools[proxy] = connections(proxy)
        return self._pools[proxy]


def take_turn(limit: RateLimit, provider: str, series: str) -> None:
    """Wait for this process's turn.

    Raises:
        RateLimited: another process does not give up its own.
    """
    if not limit.wait():
        raise RateLimited(provider, series, "was kept busy by another download on this machine.")


def persist(attempt: Callable[[], T | Passing], patience: Patience, deadline: float) -> T:
    """What ``attempt`` gives in the end.

    Args:
        attempt: gives a result, or a fault that may pass; raises one that will not.
        patience: number of attempts and pauses between them.
        deadline: of the monotonic clock; no pause reaches beyond it.

    Raises:
        ProviderError: the last fault, when it did not pass.
    """
    count = 0
    while True:
        outcome = attempt()
        if not isinstance(outcome, Passing):
            return outcome
        count += 1
        pause = patience.pause(count) if outcome.asked_s is None else outcome.asked_s
        too_long = pause > patience.longest_pause_s or time.monotonic() + pause > deadline
        if count >= patience.attempts or too_long:
            raise outcome.fault
        time.sleep(pause)


def told(provider: str, series: str, status: int, said: str, retry_after: str | None) -> Passing:
    """The fault behind a status among ``RETRIED``, and the pause that the server asks for."""
    asked_s = _seconds(retry_after)
    wish = f" It asks to wait {asked_s:.0f} s." if asked_s else ""
    kind = RateLimited if status == 429 else ServerFault
    return Passing(kind(provider, series, f"answered {status}{quoted(said)}.{wish}"), asked_s)


def is_page(body: bytes) -> bool:
    """Whether ``body`` is a web page."""
    return body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))


def readable(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The text of an error's body on one line, without markup and ``secrets``, shortened."""
    line = hide(" ".join(MARKUP.sub(b" ", body[:4096]).decode("utf-8", "replace").split()), secrets)
    return line if len(line) <= SAID else f"{line[:SAID]}…"


def quoted(said: str) -> str:
    """What a server said, to follow "answered 502"; nothing where it said nothing."""
    return f" ({said!r})" if said else ""


def _body(response: BaseHTTPResponse, deadline: float) -> bytes | None:
    """The whole body; None when ``deadline`` passes before its end."""
    parts: list[bytes] = []
    while part := response.read1(CHUNK):
        parts.append(part)
        if time.monotonic() > deadline:
            response.close()
            return None
    response.release_conn()
    return b"".join(parts)


def _seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header, given in seconds or as a date; None without one."""
    from urllib3 import Retry
    from urllib3.exceptions import InvalidHeader

    try:
        return Retry().parse_retry_after(header) if header else None
    except InvalidHeader:
        return None
