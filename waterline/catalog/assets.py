"""The assets Waterline knows: class, which sets the cost of trading, and first valid day where a ticker was reused."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from waterline.errors import ConfigError, suggestion

COST_CLASSES = ("index_etf", "thematic_etf", "stock", "crypto", "index")


@dataclass(frozen=True, slots=True)
class Asset:
    """What is fixed about an asset.

    Attributes:
        ticker: the name used everywhere.
        title: what it is, for people.
        asset_class: one of ``COST_CLASSES``; an "index" cannot be traded.
        valid_from: first session of this security; earlier rows are another security or when-issued trading.
    """

    ticker: str
    title: str
    asset_class: str
    valid_from: dt.date | None = None


_TITLES: dict[str, dict[str, str]] = {
    "index_etf": {
        "SPY": "S&P 500", "QQQ": "Nasdaq 100", "IWM": "Russell 2000", "VTV": "Large-cap value", "XLE": "Energy",
        "XLP": "Consumer staples", "IEF": "Treasuries 7-10 years", "TLT": "Treasuries 20+ years",
        "SHY": "Treasuries 1-3 years", "SHV": "Treasury bills", "BIL": "Treasury bills 1-3 months",
        "SGOV": "Treasury bills 0-3 months", "LQD": "Investment-grade bonds", "HYG": "High-yield bonds",
        "AGG": "US bonds", "GLD": "Gold", "UUP": "US dollar",
    },
    "thematic_etf": {
        "ARKK": "Disruptive growth", "IGV": "Software", "IWO": "Small-cap growth", "WCLD": "Cloud software",
        "XBI": "Biotechnology", "VBK": "Small-cap growth (CRSP)", "IJT": "Small-cap growth (S&P 600)",
        "IBIT": "Bitcoin trust", "SMH": "Semiconductors", "SOXX": "Semiconductors (ICE)",
        "COWZ": "Free-cash-flow yield", "VLUE": "Value factor",
    },
    "stock": {
        "AAPL": "Apple", "AMD": "Advanced Micro Devices", "AMZN": "Amazon", "BAC": "Bank of America",
        "BBY": "Best Buy", "BRK-B": "Berkshire Hathaway", "COIN": "Coinbase", "CVX": "Chevron",
        "GE": "General Electric", "GOOGL": "Alphabet", "HD": "Home Depot", "JNJ": "Johnson & Johnson",
        "JPM": "JPMorgan Chase", "KO": "Coca-Cola", "LLY": "Eli Lilly", "META": "Meta Platforms", "MRK": "Merck",
        "MSFT": "Microsoft", "MSTR": "Strategy", "MU": "Micron Technology", "NVDA": "NVIDIA", "ORCL": "Oracle",
        "PEP": "PepsiCo", "PFE": "Pfizer", "PG": "Procter & Gamble", "PLTR": "Palantir", "RRC": "Range Resources",
        "SNDK": "Sandisk", "STX": "Seagate", "TSLA": "Tesla", "UNH": "UnitedHealth", "WDC": "Western Digital",
        "WMT": "Walmart", "XOM": "Exxon Mobil",
    },
    "crypto": {"BTC-USD": "Bitcoin", "ETH-USD": "Ether", "SOL-USD": "Solana"},
    "index": {
        "GSPC": "S&P 500 index", "IXIC": "Nasdaq composite index", "VIX": "Implied volatility index",
        "SP500": "S&P 500 price index (classic)",
    },
}  # fmt: skip

VALID_FROM = {
    "SNDK": dt.date(2025, 2, 24),  # the ticker belonged to another company until 2016; when-issued from 2025-02-13
}

ASSETS: dict[str, Asset] = {
    ticker: Asset(ticker, title, asset_class, VALID_FROM.get(ticker))
    for asset_class, titles in _TITLES.items()
    for ticker, title in titles.items()
}

COST_BPS = {"index_etf": 1.0, "thematic_etf": 5.0, "stock": 3.0, "crypto": 15.0, "index": 1.0}


def asset(ticker: str) -> Asset:
    """The catalog entry of a ticker.

    Raises:
        ConfigError: the catalog does not know it.
    """
    if ticker not in ASSETS:
        raise ConfigError("sleeves", f"asset {ticker!r} is not in the catalog.", suggestion(ticker, ASSETS))
    return ASSETS[ticker]
