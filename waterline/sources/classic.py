"""Real history that ships inside installed packages, so that a first run needs no network and no files.

The thesis's earlier episode is the telecom and dot-com boom of the late 1990s, and these data reach it: skfolio's
``load_sp500_dataset`` and ``load_sp500_index``, arch's ``default`` and statsmodels' ``macrodata``. The files are read
as they lie in the installed packages: to import skfolio and arch for four small tables would cost seconds.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

import numpy as np

from waterline.catalog import SERIES, asset
from waterline.errors import DataError, suggestion
from waterline.panel import Notice
from waterline.sessions import Dates
from waterline.sources.base import Loaded, Request, Source, combine
from waterline.sources.macro import by_rule, check_range
from waterline.sources.names import unknown
from waterline.sources.prices import Quotes, to_bars
from waterline.sources.table import InputFile, Schema, Table, check_increasing, read_table, require_numbers

INDEX = "SP500"
STOCKS = (
    "AAPL", "AMD", "BAC", "BBY", "CVX", "GE", "HD", "JNJ", "JPM", "KO",
    "LLY", "MRK", "MSFT", "PEP", "PFE", "PG", "RRC", "UNH", "WMT", "XOM",
)  # fmt: skip
YIELDS = ("AAA", "BAA")
ACCOUNTS = {"REALGDP": "realgdp", "REALINV": "realinv", "TBILLQ": "tbilrate"}
ACCOUNT_COLUMNS = (
    "year", "quarter", "realgdp", "realcons", "realinv", "realgovt", "realdpi", "cpi", "m1", "tbilrate", "unemp", "pop",
    "infl", "realint",
)  # fmt: skip
TABLES: dict[str, tuple[str, str, Schema]] = {
    "stocks": (
        "skfolio",
        "skfolio/datasets/data/sp500_dataset.csv.gz",
        {"Date": "date", **dict.fromkeys(STOCKS, "number")},
    ),
    "index": (
        "skfolio",
        "skfolio/datasets/data/sp500_index.csv.gz",
        {"Date": "date", INDEX: "number"},
    ),
    "yields": (
        "arch",
        "arch/data/default/default.csv.gz",
        {"Date": "text", **dict.fromkeys(YIELDS, "number")},
    ),
    "accounts": (
        "statsmodels",
        "statsmodels/datasets/macrodata/macrodata.csv",
        dict.fromkeys(ACCOUNT_COLUMNS, "number"),
    ),
}
HOMES = {
    **dict.fromkeys(STOCKS, "stocks"),
    INDEX: "index",
    **dict.fromkeys(YIELDS, "yields"),
    **dict.fromkeys(ACCOUNTS, "accounts"),
}
BEGINS = {"RRC": dt.date(1993, 1, 4)}
UNTRADED = "quotes that stand still on nine days of ten (one falls to a third and creeps back)"
SAID = {
    "stocks": (
        (
            "stocks",
            "20 survivors chosen in 2022: returns are flattered, so compare with the mix of the same stocks only.",
        ),
        ("stocks", "prices are adjusted and rounded to 0.001 USD, which is coarse for the 1990s."),
        ("stocks", "there are no opens: orders can only fill at a close."),
    ),
    "index": (("SP500", "price index without dividends: it shows less than a holder earned."),),
    "yields": (
        ("AAA, BAA", "monthly means of Aaa and Baa corporate yields stand in for the price of capital; end 2018-12."),
        ("classic", "arch's frenchdata is not used: its index is broken under pandas 3, dates parsed as nanoseconds."),
    ),
    "accounts": (
        ("REALINV", "real private investment of the whole economy stands in for the capex of IT and hyperscalers."),
        ("TBILLQ", "the quarterly mean bill rate, known after the quarter, stands in for what cash earns."),
        ("REALGDP, REALINV, TBILLQ", "one revision, downloaded in December 2009, which ends with 2009Q3."),
    ),
}


class ClassicSource(Source):
    """Packaged history: 20 US stocks and the S&P 500 of 1990-2022, yields of 1919-2018, accounts of 1959-2009."""

    kind: Literal["classic"] = "classic"

    def load(self, request: Request) -> Loaded:
        """Everything in ``request`` that the packages hold; reads installed files only, never the network."""
        required = {request.bill_rate, *request.assets}
        for name in sorted(required - HOMES.keys()):
            raise DataError("classic", f"holds no {name!r}.", suggestion(name, HOMES))
        wanted = sorted((required | request.series) & HOMES.keys())
        homes = sorted({HOMES[name] for name in wanted})
        tables = {home: _table(home) for home in homes}
        prices = [name for name in wanted if HOMES[name] in ("stocks", "index")]
        parts = [
            *(_series(name, tables[HOMES[name]]) for name in wanted if name not in prices),
            *to_bars([_quotes(name, tables[HOMES[name]]) for name in prices]),
            Loaded(notices=tuple(Notice(subject, text) for home in homes for subject, text in SAID[home])),
        ]
        missing = request.series - HOMES.keys()
        return combine([*parts, Loaded(notices=unknown(missing))], missing)


def _table(home: str) -> Table:
    """One packaged table with a ``date`` column of its own."""
    package, path, schema = TABLES[home]
    table = read_table(_packaged(package, path), schema)
    table = Table(table.file, {**table.columns, "date": _dates(home, table)})
    check_increasing(table)
    require_numbers(table, *(name for name, kind in schema.items() if kind == "number"))
    return table


def _dates(home: str, table: Table) -> Dates:
    """Days, or first days of months and quarters as in FRED's stamps."""
    if home == "yields":
        parts = [text.split("/") for text in table["Date"]]
        return np.array([f"{int(year)}-{int(month):02d}-01" for month, _, year in parts], dtype="datetime64[D]")
    if home == "accounts":
        months = (table["year"] - 1970) * 12 + (table["quarter"] - 1) * 3
        return np.asarray(months.astype(np.int64).astype("datetime64[M]").astype("datetime64[D]"))
    days: Dates = table["Date"]
    return days


def _series(name: str, table: Table) -> Loaded:
    column = ACCOUNTS.get(name, name)
    check_range(SERIES[name], table, column)
    rows, notices = by_rule(SERIES[name], table["date"], table[column])
    return Loaded({name: rows}, notices=notices, files={table.file.name: table.file.sha256})


def _quotes(name: str, table: Table) -> Quotes:
    unknown = np.full(len(table[name]), np.nan)
    return Quotes(asset(name), table, unknown, table[name], BEGINS.get(name), UNTRADED)


def _packaged(package: str, path: str) -> InputFile:
    """A data file of an installed distribution, named with the release that ships it.

    Raises:
        DataError: the distribution or the file is not installed.
    """
    try:
        release = distribution(package)
        data = Path(str(release.locate_file(path))).read_bytes()
    except (PackageNotFoundError, OSError) as error:
        remedy = f"Install {package} in the locked version."
        raise DataError(f"{package}: {path}", "the packaged data file is not installed.", remedy) from error
    name = f"{package}=={release.version}/{path}"
    text = gzip.decompress(data) if path.endswith(".gz") else data
    return InputFile(name, name, text, hashlib.sha256(data).hexdigest())
