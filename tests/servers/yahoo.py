"""A stand-in for the hosts that yfinance calls: cookie, crumb and daily charts. Invented data.

Prices are kept as they were quoted on the day; a chart adjusts them, as Yahoo does, for the splits and dividends that
have happened by ``today``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from servers.net import Net, Reply, Request

CHARTS = "query2.finance.yahoo.com"
HOSTS = (
    CHARTS,
    "query1.finance.yahoo.com",
    "finance.yahoo.com",
    "fc.yahoo.com",
    "guce.yahoo.com",
    "consent.yahoo.com",
)
CHART = "/v8/finance/chart/"
OPENS = dt.time(9, 30)


@dataclass
class Listing:
    """A security: days and quoted closes, cash dividends a share and splits (new for old) by ex-day."""

    days: list[dt.date]
    quoted: list[float]
    dividends: dict[dt.date, float] = field(default_factory=dict)
    splits: dict[dt.date, tuple[int, int]] = field(default_factory=dict)
    gains: dict[dt.date, float] = field(default_factory=dict)
    kind: str = "EQUITY"
    zone: str = "America/New_York"
    begins: dt.date | None = None

    def stamp(self, day: dt.date) -> int:
        """Yahoo's stamp of a daily bar: the open of the session, or midnight UTC around the clock."""
        at = dt.time(0) if self.zone == "UTC" else OPENS
        return int(dt.datetime.combine(day, at, ZoneInfo(self.zone)).timestamp())


@dataclass
class YahooServer:
    """Listings by Yahoo's symbol, as seen on ``today``."""

    net: Net
    today: dt.date
    listings: dict[str, Listing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for host in HOSTS:
            self.net.register(host, self.answer)

    def list(self, symbol: str, days: np.ndarray, seed: int = 0, **kinds: Any) -> Listing:
        """A security that follows a calm random walk over ``days``."""
        steps = np.random.default_rng(seed).normal(0.0003, 0.01, len(days))
        closes = np.round(100 * np.exp(np.cumsum(steps)), 4)
        self.listings[symbol] = Listing([day.item() for day in days], closes.tolist(), **kinds)
        return self.listings[symbol]

    def answer(self, request: Request) -> Reply:
        """Whatever yfinance asks of any of the hosts."""
        if request.host == "fc.yahoo.com":
            cookie = "A3=d=fake; Domain=.yahoo.com; Path=/; Max-Age=864000; Secure; HttpOnly"
            return Reply(b"", 404, headers={"Set-Cookie": cookie})
        if request.path == "/v1/test/getcrumb":
            return Reply(b"crumb.x", kind="text/plain")
        symbol = request.path.removeprefix(CHART)
        if not request.path.startswith(CHART) or symbol not in self.listings:
            error = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
            return sent({"chart": {"result": None, "error": error}}, 404)
        return sent({"chart": {"result": [self.chart(symbol, request.query)], "error": None}})

    def chart(self, symbol: str, query: dict[str, str]) -> dict[str, Any]:
        """The bars that ``query`` asks for, as adjusted on ``today``."""
        listing = self.listings[symbol]
        columns = self.columns(listing)
        first, last = int(query.get("period1", -(2**62))), int(query.get("period2", 2**62))
        stamps = np.array([listing.stamp(day) for day in listing.days if day <= self.today])
        asked = (stamps >= first) & (stamps < last)
        if query.get("range") == "1d":
            asked &= np.arange(len(stamps)) == len(stamps) - 1
        begins = listing.begins or listing.days[0]
        result: dict[str, Any] = {
            "meta": {
                "currency": "USD",
                "symbol": symbol,
                "instrumentType": listing.kind,
                "firstTradeDate": listing.stamp(begins),
                "exchangeTimezoneName": listing.zone,
                "priceHint": 2,
                "dataGranularity": "1d",
                "validRanges": ["1d", "5d", "1mo", "1y", "max"],
            },
            "indicators": {"quote": [{}], "adjclose": [{}]},
        }
        if asked.any():
            kept = {
                name: [None if np.isnan(v) else v for v in column[asked].tolist()] for name, column in columns.items()
            }
            result["indicators"]["adjclose"] = [{"adjclose": kept.pop("adjclose")}]
            result["indicators"]["quote"] = [kept]
            result["timestamp"] = stamps[asked].tolist()
            result["events"] = self.events(listing, stamps[asked])
        return result

    def columns(self, listing: Listing) -> dict[str, np.ndarray]:
        """Open to volume, adjusted for splits; ``adjclose`` for distributions too."""
        days = [day for day in listing.days if day <= self.today]
        close = np.array(listing.quoted[: len(days)]) / np.array([self.shares_since(listing, day) for day in days])
        paid = np.array([listing.dividends.get(day, 0.0) + listing.gains.get(day, 0.0) for day in days])
        paid = paid / np.array([self.shares_since(listing, day) for day in days])
        kept = np.ones(len(days))  # share of value that is left after each ex-day
        ex = np.flatnonzero(paid)
        kept[ex] = 1 - paid[ex] / close[ex - 1]
        after = np.append(np.cumprod(kept[::-1])[::-1][1:], 1.0)
        volume = np.round(1e6 + 1e3 * (close % 7))
        return {
            "open": np.round(close * 0.999, 6),
            "high": np.round(close * 1.01, 6),
            "low": np.round(close * 0.99, 6),
            "close": close,
            "adjclose": close * after,
            "volume": volume,
        }

    def events(self, listing: Listing, stamps: np.ndarray) -> dict[str, Any]:
        """The actions from the first to the last of ``stamps`` that have happened."""
        span = range(int(stamps[0]), int(stamps[-1]) + 1)
        happened = {
            name: {listing.stamp(day): value for day, value in of.items() if day <= self.today}
            for name, of in (("dividends", listing.dividends), ("capitalGains", listing.gains))
        }
        shares = {listing.stamp(day): self.shares_since(listing, day) for day in listing.dividends}
        events: dict[str, Any] = {
            name: {
                str(at): {"amount": value / shares.get(at, 1.0), "date": at} for at, value in of.items() if at in span
            }
            for name, of in happened.items()
        }
        splits = {listing.stamp(day): ratio for day, ratio in listing.splits.items() if day <= self.today}
        events["splits"] = {
            str(at): {"date": at, "numerator": new, "denominator": old, "splitRatio": f"{new}:{old}"}
            for at, (new, old) in splits.items()
            if at in span
        }
        return {name: of for name, of in events.items() if of}

    def shares_since(self, listing: Listing, day: dt.date) -> float:
        """Shares on ``today`` for one share at the close of ``day``."""
        ratios = [new / old for on, (new, old) in listing.splits.items() if day < on <= self.today]
        return float(np.prod(ratios)) if ratios else 1.0


def sent(document: dict[str, Any], status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(document).encode(), status, "application/json")


def edited(edit: Callable[[dict[str, Any]], None]) -> Callable[[Reply], Reply]:
    """A fault that changes the one result of a chart of several bars."""

    def alter(true: Reply) -> Reply:
        document = json.loads(true.body)
        result = document["chart"]["result"][0]
        if len(result.get("timestamp", ())) > 1:  # not the question for the time zone
            edit(result)
        return sent(document)

    return alter


def each_column(result: dict[str, Any], change: Callable[[list[Any]], list[Any]]) -> None:
    """Change every column of a chart."""
    quote = result["indicators"]["quote"][0]
    for name in quote:
        quote[name] = change(quote[name])
    adjusted = result["indicators"]["adjclose"][0]
    adjusted["adjclose"] = change(adjusted["adjclose"])
