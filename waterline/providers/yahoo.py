"""Daily prices from Yahoo. The only door to ``yfinance``.

yfinance hides what the server said, remembers errors, repairs disorder in silence and calls any emptiness "delisted".
So its session is watched: faults are named by what the server answered, and order is judged on what it sent.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from waterline.catalog import ASSETS
from waterline.panel import Notice
from waterline.providers.base import Fetched, Known, UnknownSeries, as_instant, utc_now
from waterline.providers.coverage import checked, ended_days
from waterline.providers.http import Passing, Patience, persist, take_turn
from waterline.providers.limits import RateLimit, cache_folder, made
from waterline.providers.price_history import PriceHistory, news, reason_to_reread
from waterline.providers.yahoo_answer import PROVIDER, Chart, Heard, Stumble, judged

SOURCE = "yahoo"
SYMBOLS = {"GSPC": "^GSPC", "IXIC": "^IXIC", "VIX": "^VIX", "IRX": "^IRX"}
NOT_THERE = frozenset({"SP500"})  # monthly history of an index, not a ticker
OVERLAP = np.timedelta64(12, "D")
SETTLING = dt.timedelta(minutes=30)  # quotes are delayed, and the closing auction comes in late
TICKERS_PER_SECOND = 2.0
CHART = "/v8/finance/chart/"
COLUMNS = {
    "open": "Open", "high": "High", "low": "Low", "close": "Close", "adj_close": "Adj Close", "volume": "Volume",
    "dividend": "Dividends", "split": "Stock Splits",
}  # fmt: skip
STUMBLES = (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError)  # of yfinance over an odd answer
_ONE_AT_A_TIME = threading.Lock()  # yfinance keeps one session for the whole process


@dataclass(slots=True)
class YahooProvider:
    """Prices of the catalog's assets, each as eight series ``TICKER/open`` and so on, and the bill yield IRX.

    Prices are as Yahoo gives them: adjusted for splits, and ``adj_close`` for dividends too. A dividend counts what a
    fund distributes of its gains as well. When a dividend, a split or any new adjustment comes after the last fetch,
    the whole ticker is read again.

    Attributes:
        patience: time limits; ``read_s`` bounds a whole answer here.
        limit: pace shared with other processes.
        folder: for yfinance's caches of cookies and time zones.
        now: the present moment, with its zone; a bar counts half an hour after it is final.
    """

    name: ClassVar[str] = SOURCE
    patience: Patience = field(default_factory=Patience)
    limit: RateLimit = field(default_factory=lambda: RateLimit("yahoo", TICKERS_PER_SECOND))
    folder: Path = field(default_factory=lambda: cache_folder() / "yfinance")
    now: Callable[[], dt.datetime] = utc_now
    _session: Any = field(default=None, init=False, repr=False)

    def serves(self, series: str) -> bool:
        """Whether ``series`` is an asset of the catalog that Yahoo quotes, or IRX."""
        return (series in ASSETS or series in SYMBOLS) and series not in NOT_THERE

    def fetch(self, series: str, since: Known | None) -> Fetched:
        """All of the ticker, or the bars that are new or changed ``since``; asks nobody while no new bar can be final.

        Raises:
            ProviderError: see the module ``base``.
        """
        if not self.serves(series):
            raise UnknownSeries(PROVIDER, series, "is not where the catalog has this from.", "Check the spelling.")
        now = as_instant(self.now() - SETTLING)
        notices: tuple[Notice, ...] = ()
        if since is not None:
            if not (ended_days(series, ASSETS.get(series), since.last_period, now) > since.last_period).any():
                return Fetched((), since.marker)
            part, said = self._read(series, since.last_period - OVERLAP, now)
            reason = reason_to_reread(part, since, _day(since.marker))
            if not reason:
                rows, corrected = news(part.rows(SOURCE), since)
                return Fetched(rows, _marker(part, since.marker), (*said, *corrected))
            notices = (Notice(series, f"{reason} came after the last fetch: the whole history was read again."),)
        history, said = self._read(series, None, now)
        return Fetched(tuple(history.rows(SOURCE)), _marker(history, ""), (*notices, *said))

    def close(self) -> None:
        """Close the connections; a later fetch opens new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _read(
        self, series: str, first: np.datetime64 | None, now: np.datetime64
    ) -> tuple[PriceHistory, tuple[Notice, ...]]:
        deadline = time.monotonic() + self.patience.total_s
        history = persist(lambda: self._attempt(series, first, deadline), self.patience, deadline)
        return checked(PROVIDER, history, first, now)

    def _attempt(self, series: str, first: np.datetime64 | None, deadline: float) -> PriceHistory | Passing:
        take_turn(self.limit, PROVIDER, series)
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # yfinance turns its own deprecation warnings on
            frame, heard, stumble = self._ask(series, first, deadline)
        chart = judged(series, heard, stumble, self.patience)
        return chart if isinstance(chart, Passing) else _history(series, frame, chart)

    def _ask(
        self, series: str, first: np.datetime64 | None, deadline: float
    ) -> tuple[Any, Heard | None, Stumble | None]:
        """A frame, the last answer about the chart, and what yfinance raised instead of a frame."""
        yfinance = _library(self.folder)
        session = self._session = self._session or _watched_session()
        session.patience, session.deadline, session.heard = self.patience, deadline, None
        yfinance.data.YfData(session=session).cache_get.cache_clear()  # it keeps errors
        span = {"period": "max"} if first is None else {"start": str(first)}
        try:
            ticker = yfinance.Ticker(SYMBOLS.get(series, series), session=session)
            frame = ticker.history(**span, interval="1d", auto_adjust=False, actions=True, keepna=True)
        except (yfinance.exceptions.YFException, *STUMBLES) as error:
            return None, session.heard, Stumble.of(error)
        return frame, session.heard, None


def _day(marker: str) -> np.datetime64:
    """The last action that a marker names; NaT for none."""
    try:
        return np.datetime64(dt.date.fromisoformat(marker), "D")
    except ValueError:
        return np.datetime64("NaT", "D")


def _marker(history: PriceHistory, before: str) -> str:
    acted = history.date[history.acted]
    return str(acted.max()) if len(acted) else before


def _history(series: str, frame: Any, chart: Chart) -> PriceHistory:
    columns = {name: frame[title].to_numpy(dtype=np.float64) for name, title in COLUMNS.items()}
    if "Capital Gains" in frame:
        columns["dividend"] = columns["dividend"] + frame["Capital Gains"].to_numpy(dtype=np.float64)
    date = frame.index.tz_localize(None).to_numpy().astype("datetime64[D]")
    return PriceHistory(series, ASSETS.get(series), date, columns, chart.begins)


@cache
def _library(folder: Path) -> Any:
    """yfinance, writing below ``folder`` only, raising what goes wrong, and silent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import yfinance
    yfinance.set_tz_cache_location(str(made(folder)))
    yfinance.config.debug.hide_exceptions = False
    logging.getLogger("yfinance").setLevel(logging.CRITICAL)  # faults are told by errors
    return yfinance


def _watched_session() -> Any:
    """The browser-like session that yfinance would make, with bounded time, and remembering the last chart."""
    from curl_cffi import requests as curl

    class WatchedSession(curl.Session[curl.Response]):
        patience = Patience()
        deadline = 0.0
        heard: Heard | None = None

        def request(self, method: Any, url: str, *args: Any, **options: Any) -> curl.Response:
            if CHART in url:
                self.heard = None
            whole = max(min(self.patience.read_s, self.deadline - time.monotonic()), 0.1)
            connect = min(self.patience.connect_s, whole)
            options["timeout"] = (connect, whole - connect)
            response = super().request(method, url, *args, **options)
            if CHART in url:
                self.heard = Heard(response.status_code, response.content, response.headers.get("retry-after"))
            return response

    verify: Any = os.environ.get("SSL_CERT_FILE") or True  # a path is taken too, though not declared
    return WatchedSession(impersonate="chrome", verify=verify)
