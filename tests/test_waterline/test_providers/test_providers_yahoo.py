"""Prices through the real yfinance against a local Yahoo: what is read, when it is final, what a second fetch takes."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pytest
from servers.stored import Stored
from servers.yahoo import CHART, YahooServer

from waterline.catalog import ASSETS
from waterline.providers.base import Provider, UnknownSeries
from waterline.providers.yahoo import YahooProvider
from waterline.sessions import exchange_sessions

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SESSIONS = exchange_sessions(dt.date(2023, 1, 3), dt.date(2024, 12, 31))
EX_DAY = dt.date(2024, 3, 15)


def charts(server: YahooServer) -> list[dict[str, str]]:
    """Queries of the requests for bars, without those for the time zone."""
    return [r.query for r in server.net.log if r.path.startswith(CHART) and "period1" in r.query]


def test_it_is_a_provider_of_assets_and_one_yield(yahoo: YahooProvider) -> None:
    provider: Provider = yahoo
    assert provider.name == "yahoo"
    assert [ticker for ticker in ASSETS if not provider.serves(ticker)] == ["SP500"]
    assert provider.serves("IRX")
    assert not provider.serves("DGS10")
    assert not provider.serves("SPY/close")


def test_an_unknown_name_is_refused_unasked(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    with pytest.raises(UnknownSeries):
        yahoo.fetch("SP500", None)
    assert yahoo_server.net.log == []


def test_a_ticker_comes_as_eight_series(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    listing = yahoo_server.list("SPY", SESSIONS, dividends={EX_DAY: 1.5}, splits={dt.date(2024, 5, 13): (4, 1)})
    rows = {of.series: of for of in yahoo.fetch("SPY", None).rows}
    columns = yahoo_server.columns(listing)
    names = ("open", "high", "low", "close", "adj_close", "volume", "dividend", "split")
    assert list(rows) == [f"SPY/{name}" for name in names]
    for name, column in zip(names[:6], columns.values(), strict=True):
        assert rows[f"SPY/{name}"].value.tolist() == column.tolist()
        assert rows[f"SPY/{name}"].period.tolist() == [day for day in listing.days if day <= yahoo_server.today]
    assert rows["SPY/dividend"].period.tolist() == [EX_DAY]
    assert rows["SPY/dividend"].value.tolist() == [0.375]  # as paid on today's shares
    assert rows["SPY/split"].period.tolist() == [dt.date(2024, 5, 13)]
    assert rows["SPY/split"].value.tolist() == [4.0]
    for of in rows.values():
        assert of.source == "yahoo"
        assert of.vintage.tolist() == of.period.tolist()
        assert of.available_at.dtype == "datetime64[s]"


def test_the_adjusted_close_is_the_total_return(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    listing = yahoo_server.list("TLT", SESSIONS, dividends={EX_DAY: 0.3}, gains={dt.date(2024, 4, 15): 0.2}, kind="ETF")
    rows = {of.series: of for of in yahoo.fetch("TLT", None).rows}
    quoted = np.array(listing.quoted[: len(rows["TLT/close"])])
    paid = dict(zip(rows["TLT/dividend"].period.tolist(), rows["TLT/dividend"].value, strict=True))
    assert paid == {EX_DAY: 0.3, dt.date(2024, 4, 15): 0.2}
    cash = np.array([paid.get(day, 0.0) for day in rows["TLT/close"].period.tolist()])
    expected = quoted[1:] / (quoted[:-1] - cash[1:])  # reinvested at the close before the ex-day, as Yahoo does
    assert rows["TLT/adj_close"].value[1:] / rows["TLT/adj_close"].value[:-1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "symbol", "zone", "winter", "summer"),
    [
        ("SPY", "SPY", "America/New_York", "21:00", "20:00"),
        ("GSPC", "^GSPC", "America/New_York", "21:00", "20:00"),
        ("VIX", "^VIX", "America/Chicago", "21:15", "20:15"),
    ],
)
def test_a_bar_is_final_at_the_close_in_new_york(
    yahoo_server: YahooServer, yahoo: YahooProvider, name: str, symbol: str, zone: str, winter: str, summer: str
) -> None:
    yahoo_server.list(symbol, SESSIONS, zone=zone)
    close = next(of for of in yahoo.fetch(name, None).rows if of.series == f"{name}/close")
    at = dict(zip(close.period.astype(str), close.available_at.astype(str), strict=True))
    assert at["2024-01-31"] == f"2024-01-31T{winter}:00"
    assert at["2024-06-14"] == f"2024-06-14T{summer}:00"


def test_the_bill_yield_is_one_series(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    columbus, veterans = np.datetime64("2023-10-09"), np.datetime64("2023-11-10")
    listing = yahoo_server.list("^IRX", SESSIONS[~np.isin(SESSIONS, [columbus, veterans])], kind="INDEX")
    listing.quoted[:] = [-0.05 + 0.01 * at for at in range(len(listing.days))]  # a yield can be below zero
    fetched = yahoo.fetch("IRX", None)
    (rows,) = fetched.rows
    assert rows.series == "IRX"
    assert rows.value.tolist() == pytest.approx(listing.quoted[: len(rows)])
    assert str(rows.available_at[0]) == "2023-01-03T21:00:00"
    assert fetched.notices == ()


def test_crypto_trades_every_utc_day(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-12-31"))
    yahoo_server.list("BTC-USD", days, zone="UTC", kind="CRYPTOCURRENCY")
    close = next(of for of in yahoo.fetch("BTC-USD", None).rows if of.series == "BTC-USD/close")
    assert close.period.tolist() == [day.item() for day in days if day < np.datetime64("2024-06-14")]
    assert str(close.available_at[-1]) == "2024-06-14T00:00:00"  # today's day of 24 hours is not over


@pytest.mark.parametrize(
    ("moment", "last"),
    [
        ("2024-06-14T13:29", "2024-06-13"),
        ("2024-06-14T19:59", "2024-06-13"),  # a minute before the close
        ("2024-06-14T20:29", "2024-06-13"),  # closed, but prints are still coming in
        ("2024-06-14T20:30", "2024-06-14"),
        ("2024-06-16T12:00", "2024-06-14"),
    ],
)
def test_the_unfinished_bar_is_refused(yahoo_server: YahooServer, yahoo: YahooProvider, moment: str, last: str) -> None:
    yahoo_server.list("SPY", SESSIONS)
    yahoo.now = lambda: dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    fetched = yahoo.fetch("SPY", None)
    assert {str(of.period[-1]) for of in fetched.rows if len(of)} == {last}
    assert fetched.notices == ()


def test_a_dividend_of_an_unfinished_day_waits_for_it(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    yahoo_server.list("SPY", SESSIONS, dividends={yahoo_server.today: 1.5})
    yahoo.now = lambda: dt.datetime(2024, 6, 14, 15, tzinfo=dt.UTC)
    stored = Stored()
    fetched = yahoo.fetch("SPY", None)
    stored.take(fetched)
    assert len(stored.rows("SPY/dividend")) == 0
    yahoo.now = lambda: dt.datetime(2024, 6, 14, 23, tzinfo=dt.UTC)
    stored.take(yahoo.fetch("SPY", stored.known()))
    assert len(stored.rows("SPY/dividend")) == 1


def test_nobody_is_asked_while_no_new_bar_can_be_final(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    yahoo_server.list("SPY", SESSIONS)
    stored = Stored()
    stored.take(yahoo.fetch("SPY", None))
    yahoo_server.net.log.clear()
    for later in (0, 1, 2):  # Saturday, Sunday, Monday before the close
        moment = dt.datetime(2024, 6, 15 + later, 18, tzinfo=dt.UTC)
        yahoo.now = lambda moment=moment: moment
        assert yahoo.fetch("SPY", stored.known()).rows == ()
    assert yahoo_server.net.log == []


def test_only_what_is_new_is_asked_for_and_told(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    listing = yahoo_server.list("SPY", SESSIONS, dividends={EX_DAY: 1.5})
    stored = Stored()
    stored.take(yahoo.fetch("SPY", None))
    yahoo_server.today = dt.date(2024, 6, 20)  # the 19th is a holiday
    yahoo_server.net.log.clear()
    fetched = yahoo.fetch("SPY", stored.known())
    assert {of.series: of.period.astype(str).tolist() for of in fetched.rows} == {
        f"SPY/{name}": ["2024-06-17", "2024-06-18", "2024-06-20"]
        for name in ("open", "high", "low", "close", "adj_close", "volume")
    }
    assert fetched.notices == ()
    assert fetched.marker == stored.marker == str(EX_DAY)
    (query,) = charts(yahoo_server)
    assert int(query["period1"]) >= listing.stamp(dt.date(2024, 6, 1))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"dividends": {dt.date(2024, 6, 18): 1.2}}, "A dividend on 2024-06-18"),
        ({"splits": {dt.date(2024, 6, 18): (10, 1)}}, "A split on 2024-06-18"),
        ({"gains": {dt.date(2024, 6, 18): 0.4}, "kind": "ETF"}, "A dividend on 2024-06-18"),
    ],
    ids=["dividend", "split", "distribution"],
)
def test_an_action_after_the_last_fetch_rereads_the_ticker(
    yahoo_server: YahooServer, yahoo: YahooProvider, event: dict[str, object], reason: str
) -> None:
    listing = yahoo_server.list("SPY", SESSIONS, **event)
    stored = Stored()
    stored.take(yahoo.fetch("SPY", None))
    yahoo_server.today = dt.date(2024, 6, 20)
    fetched = yahoo.fetch("SPY", stored.known())
    assert [n.text for n in fetched.notices] == [
        f"{reason} came after the last fetch: the whole history was read again."
    ]
    assert fetched.marker == "2024-06-18"
    stored.take(fetched)
    for name, column in (("close", "close"), ("adj_close", "adjclose")):
        now = [v for _, v in sorted(stored.as_of(f"SPY/{name}", "2030-01-01").items())]
        assert now == yahoo_server.columns(listing)[column].tolist()
    yahoo_server.today = dt.date(2024, 6, 21)
    assert len(next(of for of in yahoo.fetch("SPY", stored.known()).rows if of.series == "SPY/close")) == 1


def test_an_adjustment_without_an_event_rereads_the_ticker(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    listing = yahoo_server.list("WDC", SESSIONS)
    stored = Stored()
    stored.take(yahoo.fetch("WDC", None))
    listing.quoted[:] = [close / 1.3 for close in listing.quoted]  # a spin-off that is told as no split
    yahoo_server.today = dt.date(2024, 6, 17)
    fetched = yahoo.fetch("WDC", stored.known())
    assert fetched.notices[0].text.startswith("A new scale of the prices")
    stored.take(fetched)
    assert len(stored.rows("WDC/close")) == len([day for day in listing.days if day <= yahoo_server.today])


def test_a_corrected_close_is_stored_and_told(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    listing = yahoo_server.list("SPY", SESSIONS)
    stored = Stored()
    stored.take(yahoo.fetch("SPY", None))
    at = listing.days.index(dt.date(2024, 6, 13))
    was, listing.quoted[at] = listing.quoted[at], 77.0
    yahoo_server.today = dt.date(2024, 6, 17)
    fetched = yahoo.fetch("SPY", stored.known())
    assert fetched.notices[0].text == f"1 stored closes were corrected: 2024-06-13 was {was:g} and is 77."
    stored.take(fetched)
    assert stored.as_of("SPY/close", "2024-06-13T20:00:00")["2024-06-13"] == 77.0


def test_a_reused_ticker_is_cut(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    yahoo_server.today = dt.date(2025, 6, 13)
    yahoo_server.list("SNDK", exchange_sessions(dt.date(2025, 2, 13), dt.date(2025, 12, 31)))
    fetched = yahoo.fetch("SNDK", None)
    assert str(fetched.rows[0].period[0]) == "2025-02-24"
    assert fetched.notices[0].text == "6 rows before 2025-02-24 are not this security and left out."


def test_yfinances_warnings_and_filters_stay_inside(yahoo_server: YahooServer, yahoo: YahooProvider) -> None:
    yahoo_server.list("SPY", SESSIONS)
    before = list(warnings.filters)
    yahoo.fetch("SPY", None)
    assert list(warnings.filters) == before
