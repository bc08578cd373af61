"""The thesis fetched from local servers gives the same run as the folder that filled them, byte for byte."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from servers.fred import KEY, FredServer, Value
from servers.net import Net
from servers.sec_documents import document_of_files
from servers.sec_server import SecServer
from servers.yahoo import Listing, YahooServer

from waterline.catalog import ASSETS, SERIES
from waterline.catalog.companies import COMPANIES
from waterline.config import load
from waterline.experiment import gather, run
from waterline.fetching import ABSENT, FAILED, FRESH, Line, fetch_all, wanted
from waterline.providers.base import Provider
from waterline.providers.fred import FredProvider
from waterline.providers.http import Client, Patience
from waterline.providers.limits import RateLimit
from waterline.providers.sec import SecProvider
from waterline.providers.yahoo import SYMBOLS, YahooProvider
from waterline.report.results import daily
from waterline.store import Store

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
LAST = dt.date(2025, 12, 31)
NEW_YEAR = dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC)
NOT_IN_THE_FOLDER = {"A679RC1Q027SBEA", "DEBTPUBLIC", "IOER", "SOFR99", "TLAACBW027SBOG"}


@dataclass
class Quoted(Listing):
    """A listing whose columns are those of a file, to the last bit."""

    file: dict[str, np.ndarray] = field(default_factory=dict)


class FileMarket(YahooServer):
    """Yahoo as a folder of prices remembers it; what the folder lacks of a bar's shape is the close."""

    def columns(self, listing: Listing) -> dict[str, np.ndarray]:
        return dict(listing.file) if isinstance(listing, Quoted) else super().columns(listing)

    def add(self, symbol: str, path: Path, kind: str, zone: str) -> None:
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        days = [dt.date.fromisoformat(row["date"]) for row in rows]
        close = np.array([float(row["close"]) for row in rows])
        shape = {name: _or_close(rows, name, close) for name in ("open", "high", "low")}
        adjusted = np.array([float(row["adj_close"]) for row in rows])
        volume = np.array([float(row["volume"] or 0) for row in rows])
        columns = {**shape, "close": close, "adjclose": adjusted, "volume": volume}
        self.listings[symbol] = Quoted(days, close.tolist(), kind=kind, zone=zone, file=columns)


def _or_close(rows: list[dict[str, str]], name: str, close: np.ndarray) -> np.ndarray:
    return np.array([float(row[name]) if row[name] else last for row, last in zip(rows, close, strict=True)])


def fill_fred(net: Net, folder: Path) -> None:
    """Every file of the folder; a revised series came out once, on the day of its release."""
    server = FredServer(net)
    for path in sorted((folder / "fred").glob("*.csv")):
        if path.stem not in SERIES:
            continue
        with path.open(newline="") as file:
            rows = [(row["date"], row["value"]) for row in csv.DictReader(file)]
        period = np.array([day for day, _ in rows], dtype="datetime64[D]")
        released = SERIES[path.stem].release.day(period)
        server.series[path.stem] = [
            Value(day.item(), start.item(), text) for day, start, (_, text) in zip(period, released, rows, strict=True)
        ]
        server.updated[path.stem] = f"{LAST} 15:34:03-06"


def fill_yahoo(net: Net, folder: Path) -> None:
    """Every price file, under Yahoo's symbol."""
    server = FileMarket(net, LAST)
    for path in sorted((folder / "prices").glob("*.csv")):
        crypto = path.stem in ASSETS and ASSETS[path.stem].asset_class == "crypto"
        symbol = SYMBOLS.get(path.stem, path.stem)
        kind = "CRYPTOCURRENCY" if crypto else "EQUITY"
        server.add(symbol, path, kind, "UTC" if crypto else "America/New_York")


def fill_sec(net: Net, folder: Path) -> None:
    """Every company, by what its files say."""
    server = SecServer(net)
    for ticker in COMPANIES:
        server.add(document_of_files(folder, ticker))


@pytest.fixture
def providers(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Provider]]:
    """The real providers on New Year's Day of 2026, with servers that hold the folder."""
    patience = Patience(total_s=120, attempts=2, backoff_s=0.01)
    limit = RateLimit("quick", 10_000, tmp_path)
    with Net(tmp_path) as net:
        for name, value in net.env().items():
            monkeypatch.setenv(name, value)
        for fill in (fill_fred, fill_yahoo, fill_sec):
            fill(net, real_data)
        clients = (
            FredProvider(Client("FRED", limit, patience), SecretStr(KEY), lambda: NEW_YEAR),
            YahooProvider(patience, limit, tmp_path_factory.mktemp("yfinance"), lambda: NEW_YEAR),
            SecProvider("quant@example.com", limit, patience),
        )
        yield list(clients)


def test_the_thesis_fetched_equals_the_thesis_from_files(
    root: Path, real_data: Path, providers: list[Provider], tmp_path: Path
) -> None:
    path = root / "configs" / "ai_capex.yaml"
    store_file = tmp_path / "store.duckdb"
    config = load(path, [f"data.path={store_file}"])
    lines = fetched(wanted(config), store_file, providers)
    assert {line.series for line in lines if line.state == FAILED} == NOT_IN_THE_FOLDER
    assert {line.series for line in lines if line.state == ABSENT} == {"ORCL/net_borrowing"}
    again = fetched(tuple(line.series for line in lines if line.state == FRESH), store_file, providers)
    assert sum(line.rows_new for line in again) == 0
    from_store, from_files = config, load(path, data=real_data)
    for name, chosen in (("store", from_store), ("files", from_files)):
        daily(run(chosen, gather(chosen))).to_parquet(tmp_path / f"{name}.parquet", engine="pyarrow")
    assert (tmp_path / "store.parquet").read_bytes() == (tmp_path / "files.parquet").read_bytes()


def fetched(units: tuple[str, ...], store_file: Path, providers: list[Provider]) -> list[Line]:
    with Store.open(store_file) as store:
        return list(fetch_all(units, store, providers))
