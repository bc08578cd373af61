"""Bars: adjustment, sessions, the hour at which a bar is final, holes, prices that cannot be."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import asset
from waterline.errors import DataError
from waterline.panel import Bars
from waterline.sessions import exchange_sessions
from waterline.sources.base import Loaded
from waterline.sources.prices import read_quotes, read_yield, to_bars
from waterline.sources.table import InputFile

HEADER = "date,open,high,low,close,adj_close,volume"
SESSIONS = exchange_sessions(dt.date(2019, 1, 2), dt.date(2020, 12, 31))
Csv = Callable[[str, Iterable[tuple[object, ...]]], str]


def in_memory(text: str) -> InputFile:
    raw = text.encode()
    return InputFile("prices/X.csv", "data/prices/X.csv", raw, hashlib.sha256(raw).hexdigest())


def load(ticker: str, *rows: str) -> Loaded:
    text = "\n".join([HEADER, *rows])
    return to_bars([read_quotes(asset(ticker), in_memory(text))])[0]


def bars(ticker: str, *rows: str) -> Bars:
    return load(ticker, *rows).bars[ticker]


def closes_on(days: Iterable[object], close: float = 10.0) -> list[str]:
    return [f"{day},,,,{close},{close}," for day in days]


def test_prices_are_total_return_and_opens_follow() -> None:
    read = bars("SPY", "2020-01-02,100,104,99,102,51,1000", "2020-01-03,101,,,103,53,")
    assert read.close.tolist() == [51, 53]
    assert read.open.tolist() == pytest.approx([50, 101 * 53 / 103])
    assert read.asset_class == "index_etf"


def test_an_unknown_open_stays_unknown() -> None:
    assert np.isnan(bars("SPY", "2020-01-02,,,,102,51,").open).all()


@given(
    st.lists(st.floats(80, 120), min_size=2, max_size=30),
    st.integers(0, 400),
)
def test_adjusted_closes_come_through_exactly(closes: list[float], first: int) -> None:
    days = SESSIONS[first : first + len(closes)]
    read = bars("SPY", *(f"{day},{c},{c},{c},{c},{c},1" for day, c in zip(days, closes, strict=True)))
    assert read.close.tolist() == closes
    assert read.open.tolist() == closes
    assert read.date.tolist() == days.tolist()
    assert (read.available_at > read.date).all()


@pytest.mark.parametrize(
    ("ticker", "day", "final"),
    [
        ("SPY", "2020-01-02", "2020-01-02T21:00"),
        ("SPY", "2020-07-02", "2020-07-02T20:00"),  # summer time
        ("VIX", "2020-01-02", "2020-01-02T21:15"),  # options trade a quarter of an hour longer
        ("BTC-USD", "2020-01-02", "2020-01-03T00:00"),
        ("BTC-USD", "2020-07-04", "2020-07-05T00:00"),  # any day of the week
    ],
)
def test_a_bar_is_final_when_its_market_closes(ticker: str, day: str, final: str) -> None:
    assert bars(ticker, f"{day},,,,20,20,").available_at[0] == np.datetime64(final, "s")


def test_the_crypto_bar_of_the_session_day_is_not_known_at_its_cutoff() -> None:
    read = bars("BTC-USD", "2020-01-01,,,,7200,7200,", "2020-01-02,,,,7000,7000,")
    cutoff = np.array(["2020-01-02T21:00"], dtype="datetime64[s]")
    assert read.date[read.index_at(cutoff)[0]] == np.datetime64("2020-01-01")


@pytest.mark.parametrize("day", ["2020-01-04", "2020-07-03", "2001-09-12", "2012-10-29"])
def test_an_equity_bar_on_a_day_without_session_is_refused(day: str) -> None:
    with pytest.raises(DataError, match=rf"line 2 \({day}\): the New York Stock Exchange was closed that day"):
        load("SPY", f"{day},,,,10,10,", *closes_on(["2020-07-06"]))


def test_rows_before_the_calendar_begins_are_kept() -> None:
    read = bars("GSPC", "1961-12-29,,,,71.55,71.55,", "1962-01-02,,,,70.96,70.96,")
    assert read.close.tolist() == [71.55, 70.96]


def test_when_issued_trading_is_cut_and_said() -> None:
    loaded = load("SNDK", *closes_on(["2025-02-20", "2025-02-21", "2025-02-24", "2025-02-25"]))
    assert loaded.bars["SNDK"].date.tolist() == [dt.date(2025, 2, 24), dt.date(2025, 2, 25)]
    assert loaded.notices[0].text == "2 rows before 2025-02-24 are not this security and left out."


def test_a_file_of_another_security_alone_is_refused() -> None:
    with pytest.raises(DataError, match="has no row from 2025-02-24 on"):
        load("SNDK", *closes_on(["2016-05-11", "2016-05-12"]))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2020-01-03,,,,0,10,", "close is 0, not above 0"),
        ("2020-01-03,,,,10,-1,", "adj_close is -1, not above 0"),
        ("2020-01-03,-2,,,10,10,", "open is -2, not above 0"),
        ("2020-01-03,,,0,10,10,", "low is 0, not above 0"),
        ("2020-01-03,,,,10,,", "adj_close is empty"),
        ("2020-01-03,,,,,10,", "close is empty"),
        ("2020-01-03,,,,ten,10,", "close is 'ten', not a number"),
        ("2020-01-03,,,,10,10,many", "volume is 'many', not a number"),
        ("2020-01-02,,,,10,10,", "this date stands on line 2 already"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_line_date_and_value(row: str, problem: str) -> None:
    with pytest.raises(DataError, match=rf"^data/prices/X\.csv: line 3 \({row[:10]}\): {problem}"):
        load("SPY", "2020-01-02,,,,10,10,", row)


def test_a_price_below_zero_is_refused_in_crypto_too() -> None:
    with pytest.raises(DataError, match="not above 0"):
        load("BTC-USD", "2020-01-04,,,,-5,-5,")


@pytest.mark.parametrize(("gap", "told"), [(10, False), (11, True)])
def test_a_long_gap_is_told(gap: int, told: bool) -> None:
    days = np.concatenate([SESSIONS[:200], SESSIONS[200 + gap :]])
    notices = load("SPY", *closes_on(days)).notices
    assert len(notices) == told
    if told:
        assert notices[0].text.startswith(f"{gap} trading days")
        assert f"{gap} of them in a row after {SESSIONS[199]}" in notices[0].text


@pytest.mark.parametrize(("every", "told"), [(50, False), (20, True)])
def test_many_small_holes_are_told(every: int, told: bool) -> None:
    kept = np.arange(len(SESSIONS)) % every != 7
    notices = load("SPY", *closes_on(SESSIONS[kept])).notices
    assert len(notices) == told


def test_a_crypto_history_misses_weekends_too() -> None:
    notices = load("BTC-USD", *closes_on(SESSIONS)).notices
    assert len(notices) == 1
    share = 1 - len(SESSIONS) / ((SESSIONS[-1] - SESSIONS[0]).astype(int) + 1)
    assert f"({share:.1%})" in notices[0].text


@pytest.mark.parametrize("factor", [2, 3, 4, 10, 20, 0.5, 0.1])
def test_an_unadjusted_split_in_a_calm_stock_is_caught(walk: Callable[[int], np.ndarray], factor: float) -> None:
    close = walk(len(SESSIONS))
    close[300:] = np.round(close[300:] / factor, 4)
    expected = (
        rf"line 302 \({SESSIONS[300]}\): the close goes from .* unadjusted split .* by a factor of {1 / factor:g}\."
    )
    with pytest.raises(DataError, match=expected):
        load("KO", *(f"{day},,,,{c},{c}," for day, c in zip(SESSIONS, close, strict=True)))


def test_the_same_walk_without_a_split_passes(walk: Callable[[int], np.ndarray]) -> None:
    close = walk(len(SESSIONS))
    assert len(bars("KO", *(f"{day},,,,{c},{c}," for day, c in zip(SESSIONS, close, strict=True))).close) == len(close)


def test_a_yield_may_be_zero_negative_and_jumpy() -> None:
    text = f"{HEADER}\n2020-03-19,,,,0.003,0.003,\n2020-03-20,,,,-0.028,-0.028,\n2020-03-23,,,,0.0,0.0,"
    rows = read_yield("IRX", in_memory(text)).series["IRX"]
    assert rows.value.tolist() == [0.003, -0.028, 0.0]
    assert rows.available_at[0] == np.datetime64("2020-03-19T20:00", "s")


def test_a_price_in_place_of_a_yield_is_refused() -> None:
    with pytest.raises(DataError, match="above the greatest plausible 25"):
        read_yield("IRX", in_memory(f"{HEADER}\n2020-03-19,,,,91.2,91.2,\n"))
