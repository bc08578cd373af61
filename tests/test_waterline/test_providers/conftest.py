"""The local servers, the environment that leads to them, and providers without pace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from servers.fred import JUNE, KEY, FredServer, yields
from servers.net import Net
from servers.yahoo import YahooServer

from waterline.providers.fred import FredProvider
from waterline.providers.http import Client, Patience
from waterline.providers.limits import RateLimit
from waterline.providers.yahoo import YahooProvider


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Net]:
    """A loopback internet that this process and its children see in place of the real one."""
    with Net(tmp_path) as net:
        for name, value in net.env().items():
            monkeypatch.setenv(name, value)
        yield net


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Client]:
    """FRED's client without its pace, giving up after two attempts."""
    patience = Patience(attempts=2, backoff_s=0.01)
    client = Client("FRED", RateLimit("quick", 1000, tmp_path), patience)
    yield client
    client.close()


@pytest.fixture
def fred_server(net: Net) -> FredServer:
    """FRED's two hosts, without a series yet."""
    return FredServer(net)


@pytest.fixture
def provider(quick: Client) -> FredProvider:
    """FRED with a key, in the evening of 28 June 2024."""
    return FredProvider(quick, SecretStr(KEY), lambda: dt.datetime(2024, 6, 28, 21, tzinfo=dt.UTC))


@pytest.fixture
def fred(fred_server: FredServer) -> FredServer:
    """FRED with ten days of DGS10."""
    fred_server.publish("DGS10", JUNE[-1], yields(JUNE))
    return fred_server


@pytest.fixture
def yahoo_server(net: Net) -> YahooServer:
    """Yahoo in the night after Friday, 14 June 2024, without a listing yet."""
    return YahooServer(net, dt.date(2024, 6, 14))


@pytest.fixture
def yahoo(yahoo_server: YahooServer, tmp_path: Path, yahoo_folder: Path) -> Iterator[YahooProvider]:
    """Yahoo's provider without its pace, giving up after two attempts, at 23:00 UTC of the server's day."""
    patience = Patience(attempts=2, backoff_s=0.01)
    provider = YahooProvider(
        patience,
        RateLimit("quick", 1000, tmp_path),
        yahoo_folder,
        lambda: dt.datetime.combine(yahoo_server.today, dt.time(23), dt.UTC),
    )
    yield provider
    provider.close()


@pytest.fixture(scope="session")
def yahoo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where yfinance keeps cookies and time zones; it can be told once a process."""
    return tmp_path_factory.mktemp("yfinance")
