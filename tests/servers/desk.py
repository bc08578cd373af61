"""A small experiment, the servers that hold what it reads, and the command as a process that sees only them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from servers.fred import KEY, FredServer, Value
from servers.net import Net
from servers.yahoo import Listing, YahooServer

from waterline.catalog import SERIES
from waterline.compiling import cache_folder
from waterline.sessions import exchange_sessions
from waterline.testing import sample_series

CONFIG = """\
name: small
data: {{kind: store, path: {store}}}
start: 2014-12-01
signal:
  use: signals.net_liquidity:NetLiquidity
  params: {{scaling: {{slow_min_years: 1, min_sessions: 252}}}}
sleeves:
  speculative: {{members: [ARKK]}}
  generators: {{members: [XLE]}}
"""
MACRO = ("GDP", "RRPONTSYD", "WALCL", "WTREGEN")
TICKERS = ("ARKK", "SPY", "XLE")
TODAY = dt.datetime.now(dt.UTC).date()


@dataclass
class Desk:
    """One user with a configuration, a store and an internet of his own.

    Attributes:
        net: the local internet.
        folder: home of everything he has.
        extra: variables of his environment beyond those of the internet; an empty one is taken away.
    """

    net: Net
    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "small.yaml"

    @property
    def store(self) -> Path:
        return self.folder / "store.duckdb"

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        """The command, running."""
        homes = {name: str(self.folder) for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
        chosen = {**os.environ, **homes, **self.net.env(), "FRED_API_KEY": KEY, **self.extra, **extra}
        environment = {name: value for name, value in chosen.items() if value}
        command = [sys.executable, "-m", "waterline.cli", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        root = Path(__file__).resolve().parents[2]
        return subprocess.Popen(command, cwd=root, env=environment, text=True, **pipes)  # type: ignore[call-overload]  # the pipes' types

    def waterline(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """The command, finished."""
        with self.start(*words, **extra) as process:
            said, complained = process.communicate(timeout=240)
        return subprocess.CompletedProcess(words, process.returncode, said, complained)

    def fetch(self, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.waterline("fetch", str(self.config), **extra)


def table(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, str]]:
    """The printed table, a dictionary a series."""
    heads, *rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    """A desk whose internet has all that its configuration reads, up to today."""
    with Net(folder) as net:
        _fill_fred(FredServer(net))
        _fill_yahoo(YahooServer(net, TODAY))
        desk = Desk(net, folder)
        desk.config.write_text(CONFIG.format(store=desk.store), encoding="utf-8")
        _share_kernels(folder / "waterline")
        yield desk


def _share_kernels(cache: Path) -> None:
    """Let the user's cache have this machine's compiled kernels, which would take half a minute a user."""
    cache.mkdir()
    (cache / "kernels").symlink_to(cache_folder().parent, target_is_directory=True)


def _fill_fred(server: FredServer) -> None:
    """Each value came out once, on the day of its release."""
    for name in MACRO:
        entry, rows = SERIES[name], sample_series(name, np.random.default_rng(7), TODAY)
        kept = rows.rows(rows.available_at < np.datetime64(TODAY))
        texts = [f"{value / entry.scale:.3f}" for value in kept.value]
        released = kept.vintage if entry.revised else np.full(len(kept), np.datetime64(TODAY) - np.timedelta64(1, "D"))
        server.series[name] = [
            Value(day.item(), start.item(), text) for day, start, text in zip(kept.period, released, texts, strict=True)
        ]
        server.updated[name] = f"{TODAY} 08:34:03-06"


def _fill_yahoo(server: YahooServer) -> None:
    days = exchange_sessions(dt.date(2014, 11, 3), TODAY)
    for seed, ticker in enumerate(TICKERS):
        server.list(ticker, days, seed)
    server.listings["^IRX"] = Listing([day.item() for day in days], [4.0 + k % 7 / 100 for k in range(len(days))])
