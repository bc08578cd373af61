"""What Yahoo said about a ticker: data, or a fault named by its answer rather than by what yfinance makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from waterline.providers.base import BadAnswer, ProviderError, ServerFault, UnknownSeries, Unreachable
from waterline.providers.http import RETRIED, Passing, Patience, is_page, quoted, readable, told
from waterline.sessions import Dates

PROVIDER = "Yahoo"
DOWN = b"Will be right back"
PROBLEMS = {  # of curl, by its number
    5: "cannot be reached: the name of the proxy does not resolve.",
    6: "cannot be reached: its name does not resolve.",
    7: "cannot be reached: the connection was refused.",
    35: "cannot be trusted: its encryption was not accepted.",
    60: "cannot be trusted: its certificate was not accepted.",
    77: "cannot be asked: SSL_CERT_FILE cannot be read.",
}
CUT_OFF, SILENT = (18, 56), 28
REFUSED_BY_PROXY = "CONNECT"


@dataclass(frozen=True, slots=True)
class Heard:
    """The last answer to a request for a chart.

    Attributes:
        status: HTTP status.
        body: as sent.
        retry_after: header of that name.
    """

    status: int
    body: bytes
    retry_after: str | None


@dataclass(frozen=True, slots=True)
class Stumble:
    """What yfinance raised, without the exception: its text says "delisted", and it holds on to the request.

    Attributes:
        kind: name of the class.
        curl: number of curl's error; 0 for none.
        by_proxy: whether the proxy refused the tunnel.
    """

    kind: str
    curl: int
    by_proxy: bool

    @classmethod
    def of(cls, error: Exception) -> Stumble:
        """The gist of ``error``."""
        return cls(type(error).__name__, int(getattr(error, "code", 0) or 0), REFUSED_BY_PROXY in str(error))


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """What a good answer says beside its columns.

    Attributes:
        zone: time zone of the exchange.
        begins: first day of trading; NaT where none is given.
    """

    zone: str
    begins: np.datetime64


def judged(series: str, heard: Heard | None, stumble: Stumble | None, patience: Patience) -> Chart | Passing:
    """The chart that came, or a fault that may pass.

    Args:
        series: named in errors.
        heard: the last answer; None when the last request had none.
        stumble: what yfinance raised, if anything.
        patience: named in errors.

    Raises:
        ProviderError: a fault that will not pass.
    """
    if heard is None:
        return Passing(_unheard(series, stumble, patience))
    said = readable(heard.body)
    if heard.status in RETRIED:
        return told(PROVIDER, series, heard.status, said, heard.retry_after)
    if heard.status == 404:
        raise UnknownSeries(PROVIDER, series, "knows no such ticker (it answered 404).")
    if is_page(heard.body) or DOWN in heard.body:
        return Passing(ServerFault(PROVIDER, series, f"sent a web page in place of data{quoted(said)}."))
    if heard.status != 200:
        return Passing(ServerFault(PROVIDER, series, f"answered {heard.status}{quoted(said)}."))
    document = _document(heard.body)
    if document is None:
        return Passing(BadAnswer(PROVIDER, series, f"sent no readable JSON{quoted(said)}."))
    chart = _chart(series, document)
    if stumble is not None:
        raise BadAnswer(PROVIDER, series, f"sent columns that do not fit together ({stumble.kind}).")
    return chart


def _unheard(series: str, stumble: Stumble | None, patience: Patience) -> ProviderError:
    code = stumble.curl if stumble else 0
    if stumble and stumble.by_proxy:
        return Unreachable(PROVIDER, series, "cannot be reached: the proxy refused the connection.")
    if code in CUT_OFF:
        return BadAnswer(PROVIDER, series, "closed the connection before the end of its answer.")
    if code == SILENT:
        return Unreachable(PROVIDER, series, f"did not answer within {patience.read_s:g} s.")
    return Unreachable(PROVIDER, series, PROBLEMS.get(code, "cannot be reached: the connection broke."))


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _chart(series: str, document: Any) -> Chart:
    """The one result of a chart, its stamps in order."""
    result = ((document.get("chart") or {}).get("result") or [{}])[0] if isinstance(document, dict) else {}
    meta, stamps = result.get("meta") or {}, result.get("timestamp") or []
    if not stamps:
        raise BadAnswer(PROVIDER, series, "sent no price.")
    if not all(isinstance(stamp, int) for stamp in stamps) or "exchangeTimezoneName" not in meta:
        raise BadAnswer(PROVIDER, series, "sent stamps without a time or a time zone.")
    zone = str(meta["exchangeTimezoneName"])
    days = local_days(stamps, zone)
    _check_order(series, days)
    first = meta.get("firstTradeDate")
    return Chart(zone, local_days([first], zone)[0] if isinstance(first, int) else np.datetime64("NaT", "D"))


def local_days(stamps: list[int], zone: str) -> Dates:
    """Days at the exchange of seconds since 1970."""
    import pandas as pd

    index = pd.to_datetime(stamps, unit="s", utc=True).tz_convert(zone).tz_localize(None)
    return index.to_numpy().astype("datetime64[D]")


def _check_order(series: str, days: Dates) -> None:
    """Refuse days that repeat or run backwards; the last may repeat the one before it, as a running quote."""
    steps = np.diff(days) // np.timedelta64(1, "D")
    broken = steps <= 0
    broken[-1:] = steps[-1:] < 0
    if broken.any():
        row = int(np.argmax(broken))
        raise BadAnswer(PROVIDER, series, f"sent {days[row + 1]} after {days[row]}: repeated or out of order.")
