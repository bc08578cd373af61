"""What Yahoo can do wrong, through the real yfinance: faults are named, none is stored, the next fetch resumes."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from servers.chains import everything_it_holds
from servers.net import Reply
from servers.stored import Stored
from servers.yahoo import CHART, CHARTS, YahooServer, each_column, edited, sent

from waterline.providers.base import (
    BadAnswer,
    ProviderError,
    RateLimited,
    ServerFault,
    UnknownSeries,
    Unreachable,
)
from waterline.providers.yahoo import YahooProvider
from waterline.sessions import exchange_sessions

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SESSIONS = exchange_sessions(dt.date(2023, 1, 3), dt.date(2024, 12, 31))


@pytest.fixture
def listed(yahoo_server: YahooServer) -> YahooServer:
    """Yahoo with SPY."""
    yahoo_server.list("SPY", SESSIONS, dividends={dt.date(2024, 3, 15): 1.5})
    return yahoo_server


def without(rows: Callable[[int], slice]) -> Callable[[Reply], Reply]:
    """A chart that lacks some of its bars."""

    def edit(result: dict[str, Any]) -> None:
        def drop(column: list[Any]) -> list[Any]:
            gone = set(range(len(column))[rows(len(column))])
            return [cell for at, cell in enumerate(column) if at not in gone]

        result["timestamp"] = drop(result["timestamp"])
        each_column(result, drop)

    return edited(edit)


def nulled(rows: Callable[[int], slice]) -> Callable[[Reply], Reply]:
    """A chart in which some bars are null."""

    def edit(result: dict[str, Any]) -> None:
        def null(column: list[Any]) -> list[Any]:
            empty = set(range(len(column))[rows(len(column))])
            return [None if at in empty else cell for at, cell in enumerate(column)]

        each_column(result, null)

    return edited(edit)


def rearranged(order: Callable[[list[Any]], list[Any]]) -> Callable[[Reply], Reply]:
    """A chart whose bars come in another order."""

    def edit(result: dict[str, Any]) -> None:
        result["timestamp"] = order(result["timestamp"])
        each_column(result, order)

    return edited(edit)


def shifted(days: int) -> Callable[[Reply], Reply]:
    """A chart whose stamps are days off, as in a wrong time zone."""
    return edited(lambda result: result.update(timestamp=[at + 86400 * days for at in result["timestamp"]]))


def of_columns(change: Callable[[list[Any]], list[Any]]) -> Callable[[Reply], Reply]:
    return edited(lambda result: each_column(result, change))


EMPTY = {"chart": {"result": [{"meta": {}, "indicators": {"quote": [{}], "adjclose": [{}]}}], "error": None}}
ERROR = {"chart": {"result": None, "error": {"code": "Bad Request", "description": "Data doesn't exist"}}}
BACK = b"<html><body>Will be right back...</body></html>"
FAULTS: list[tuple[str, Any, type[ProviderError], str]] = [
    ("429", Reply(b"Too Many Requests", 429), RateLimited, r"answered 429 \('Too Many Requests'\)"),
    ("429-asking", Reply(b"", 429, headers={"Retry-After": "900"}), RateLimited, "asks to wait 900 s"),
    ("500", Reply(b"<html>Internal Server Error</html>", 500), ServerFault, "answered 500"),
    ("502", Reply(b"<html>Bad Gateway</html>", 502), ServerFault, r"answered 502 \('Bad Gateway'\)"),
    ("page", Reply(BACK), ServerFault, r"web page in place of data \('Will be right back"),
    ("401", Reply(b'{"error": "Invalid Crumb"}', 401), ServerFault, "answered 401 .*Invalid Crumb"),
    ("stall", Reply(stall_s=30), Unreachable, "did not answer within 0.5 s"),
    ("cut", lambda true: Reply(true.body, kind=true.kind, cut=30), BadAnswer, "closed the connection before the end"),
    ("cut-json", lambda true: Reply(true.body[:50], kind=true.kind), BadAnswer, "sent no readable JSON"),
    ("empty", sent(EMPTY), BadAnswer, "sent no price"),
    ("error", sent(ERROR), BadAnswer, "sent no price"),
    ("null", sent({"chart": None}), BadAnswer, "sent no price"),
    ("list", Reply(b"[]", kind="application/json"), BadAnswer, "sent no price"),
    ("first-half", without(lambda n: slice(n // 2, n)), BadAnswer, r"left out \d+ trading days in a row, .* to 2024-"),
    ("second-half", without(lambda n: slice(0, n // 2)), BadAnswer, r"left out \d+ trading days in a row, 202\d-"),
    ("every-other", without(lambda n: slice(0, n, 2)), BadAnswer, r"left out \d+ of \d+ trading days, between"),
    ("a-week", without(lambda n: slice(n - 6, n - 1)), BadAnswer, "left out 5 trading days in a row, 2024-06-"),
    ("nulls", nulled(lambda n: slice(n - 6, n - 1)), BadAnswer, "left out 5 trading days in a row, 2024-06-"),
    ("all-null", nulled(lambda n: slice(0, n)), BadAnswer, "left out"),
    ("twice", rearranged(lambda c: [*c[:4], c[3], *c[4:]]), BadAnswer, r"repeated or out of order"),
    ("backwards", rearranged(lambda c: c[::-1]), BadAnswer, r"repeated or out of order"),
    ("swapped", rearranged(lambda c: [*c[:3], c[4], c[3], *c[5:]]), BadAnswer, r"repeated or out of order"),
    ("short", of_columns(lambda c: c[: len(c) // 2]), BadAnswer, "columns that do not fit together"),
    ("words", of_columns(lambda c: ["n/a", *c[1:]]), BadAnswer, "columns that do not fit together"),
    ("zero", of_columns(lambda c: [*c[:-1], 0.0]), BadAnswer, "sent a close of 0 for 2024-06-"),
    ("shifted", shifted(1), BadAnswer, "left out|to days without a session"),
]


@pytest.mark.parametrize(("fault", "kind", "problem"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_faults_are_named_and_the_next_fetch_goes_on(
    listed: YahooServer, yahoo: YahooProvider, fault: Any, kind: type[ProviderError], problem: str, second: bool
) -> None:
    stored = Stored()
    if second:
        stored.take(yahoo.fetch("SPY", None))
        listed.today = dt.date(2024, 6, 20)
    since = stored.known() if second else None
    listed.net.fail(CHARTS, fault, path=CHART)
    usual = yahoo.patience
    yahoo.patience = replace(usual, read_s=0.5) if isinstance(fault, Reply) and fault.stall_s else usual
    with pytest.raises(kind, match=problem) as told:
        yahoo.fetch("SPY", since)
    assert str(told.value).startswith("SPY: Yahoo ")
    assert "delisted" not in everything_it_holds(told.value)
    assert told.value.__context__ is None
    assert told.value.exit_code == 3
    listed.net.recover()
    yahoo.patience = usual
    stored.take(yahoo.fetch("SPY", since))
    days = [day for day in listed.listings["SPY"].days if day <= listed.today]
    assert stored.rows("SPY/close").period.tolist() == days


def test_an_unknown_ticker_is_not_called_delisted(listed: YahooServer, yahoo: YahooProvider) -> None:
    with pytest.raises(UnknownSeries, match="TSLA: Yahoo knows no such ticker") as told:
        yahoo.fetch("TSLA", None)
    assert "delisted" not in str(told.value)


@pytest.mark.parametrize(
    ("fault", "times"), [(Reply(b"", 500), 2), (Reply(b"Too Many Requests", 429), 2), (Reply(BACK), 1)]
)
def test_a_passing_fault_is_not_remembered(listed: YahooServer, yahoo: YahooProvider, fault: Reply, times: int) -> None:
    listed.list("QQQ", SESSIONS, seed=1)
    listed.net.fail(CHARTS, fault, times, path=CHART)  # yfinance itself asks twice when the status is an error
    assert len(yahoo.fetch("QQQ", None).rows) == 8


def test_a_few_missing_prices_are_told(listed: YahooServer, yahoo: YahooProvider) -> None:
    listed.net.fail(CHARTS, nulled(lambda n: slice(n - 8, n - 6)), path=CHART)
    fetched = yahoo.fetch("SPY", None)
    assert [n.text for n in fetched.notices] == ["Yahoo has no price for 2024-06-05, 2024-06-06."]
    assert len(fetched.rows[0]) == len([day for day in listed.listings["SPY"].days if day <= listed.today]) - 2


def test_a_bar_that_is_late_is_told_and_comes_next_time(listed: YahooServer, yahoo: YahooProvider) -> None:
    stored = Stored()
    listed.net.fail(CHARTS, without(lambda n: slice(n - 1, n)), path=CHART)
    fetched = yahoo.fetch("SPY", None)
    stored.take(fetched)
    assert fetched.notices[0].text == "Yahoo has no price for 2024-06-14."
    listed.net.recover()
    stored.take(yahoo.fetch("SPY", stored.known()))
    assert str(stored.rows("SPY/close").period[-1]) == "2024-06-14"


def test_a_running_quote_after_the_last_bar_is_yahoos_habit(listed: YahooServer, yahoo: YahooProvider) -> None:
    def quote(result: dict[str, Any]) -> None:
        result["timestamp"] += [result["timestamp"][-1] + 3600]
        each_column(result, lambda column: [*column, column[-1] * 1.001])

    listed.net.fail(CHARTS, edited(quote), path=CHART)
    yahoo.now = lambda: dt.datetime(2024, 6, 14, 15, tzinfo=dt.UTC)
    close = next(of for of in yahoo.fetch("SPY", None).rows if of.series == "SPY/close")
    assert str(close.period[-1]) == "2024-06-13"


def test_an_open_that_yahoo_does_not_know_is_left_out(listed: YahooServer, yahoo: YahooProvider) -> None:
    def unknown(result: dict[str, Any]) -> None:
        result["indicators"]["quote"][0]["open"][3] = 0.0
        result["indicators"]["quote"][0]["high"][4] = None

    listed.net.fail(CHARTS, edited(unknown), path=CHART)
    rows = {of.series: of for of in yahoo.fetch("SPY", None).rows}
    assert len(rows["SPY/open"]) == len(rows["SPY/high"]) == len(rows["SPY/close"]) - 1


def test_a_stray_bar_on_a_holiday_is_left_out_and_told(listed: YahooServer, yahoo: YahooProvider) -> None:
    listing = listed.list("^VIX", SESSIONS)
    listing.days.insert(20, dt.date(2023, 2, 4))  # a Saturday
    listing.days.sort()
    listing.quoted.insert(0, 20.0)
    fetched = yahoo.fetch("VIX", None)
    assert "1 rows on days without a session are left out, the last of 2023-02-04." in fetched.notices[0].text
    assert dt.date(2023, 2, 4) not in fetched.rows[0].period.tolist()


def test_a_dead_host(yahoo: YahooProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://user:s3cret@127.0.0.1:{port}")
    with pytest.raises(Unreachable, match="the connection was refused") as told:
        yahoo.fetch("SPY", None)
    assert "s3cret" not in everything_it_holds(told.value)


SCRIPT = """
import datetime as dt
import sys
from waterline.providers.yahoo import YahooProvider
from waterline.providers.base import ProviderError

provider = YahooProvider()
provider.now = lambda: dt.datetime(2024, 6, 14, 23, tzinfo=dt.UTC)
for ticker in sys.argv[1:]:
    try:
        print(sum(len(rows) for rows in provider.fetch(ticker, None).rows))
    except ProviderError as error:
        print(error)
"""


def test_a_process_of_its_own_writes_below_its_cache_and_is_silent(
    listed: YahooServer, root: Path, tmp_path: Path
) -> None:
    listed.net.fail("query1.finance.yahoo.com", Reply(b"Too Many Requests", 429), path="getcrumb")  # yfinance warns
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", SCRIPT, "SPY", "QQQ"],
        env={**os.environ, **listed.net.env(), **places},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    bars = sum(day <= listed.today for day in listed.listings["SPY"].days)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        str(6 * bars + 1),
        "QQQ: Yahoo knows no such ticker (it answered 404). Check the id on the provider's site.",
    ]
    assert list(home.iterdir()) == []
    assert {path.name for path in cache.iterdir()} == {"waterline"}
    assert {path.name for path in (cache / "waterline").iterdir()} == {"limits", "yfinance"}
