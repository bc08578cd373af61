"""Completeness of a price history, and whether it fits what is stored: rules without a wire."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.stored import Stored

from waterline.catalog import ASSETS
from waterline.providers.base import BadAnswer, Fetched
from waterline.providers.coverage import checked, ended_days
from waterline.providers.price_history import PriceHistory, news, reason_to_reread
from waterline.sessions import exchange_sessions

SESSIONS = exchange_sessions(dt.date(1970, 1, 2), dt.date(2024, 12, 31))
YEARS = SESSIONS[(np.datetime64("2022-01-03") <= SESSIONS) & (np.datetime64("2024-06-14") >= SESSIONS)]
NOW = np.datetime64("2024-06-15T00:00:00")
NEVER = np.datetime64("NaT", "D")


def history(days: np.ndarray, name: str = "SPY", begins: np.datetime64 = NEVER, **columns: object) -> PriceHistory:
    price = 100 + np.arange(len(days)) % 17 / 10
    whole = {"open": price, "high": price + 1, "low": price - 1, "close": price, "adj_close": price * 0.9}
    rest = {"volume": np.full(len(days), 1e6), "dividend": np.zeros(len(days)), "split": np.zeros(len(days))}
    return PriceHistory(name, ASSETS.get(name), days, {**whole, **rest, **columns}, begins)


@given(
    gone=st.sets(st.integers(1, len(YEARS) - 1), max_size=12), nulls=st.sets(st.integers(1, len(YEARS) - 1), max_size=5)
)
def test_a_few_scattered_days_may_be_missing_and_no_more(gone: set[int], nulls: set[int]) -> None:
    missing = sorted(gone | nulls)
    runs = [len(list(group)) for _, group in groupby(enumerate(missing), lambda pair: pair[1] - pair[0])]
    too_many = max(runs, default=0) > 2 or len(missing) > max(2, 0.01 * len(YEARS))
    close = history(YEARS).columns["close"].copy()
    close[list(nulls)] = np.nan
    part = history(YEARS, close=close).where(~np.isin(np.arange(len(YEARS)), list(gone)))
    if too_many:
        with pytest.raises(BadAnswer, match="left out"):
            checked("Yahoo", part, None, NOW)
        return
    kept, notices = checked("Yahoo", part, None, NOW)
    assert np.isin(YEARS, kept.date).sum() == len(YEARS) - len(missing) == len(kept)
    assert len(notices) == (len(missing) > 0)


def test_the_missing_span_is_named() -> None:
    part = history(YEARS[(np.datetime64("2023-03-01") > YEARS) | (np.datetime64("2023-04-03") < YEARS)])
    with pytest.raises(BadAnswer, match="SPY: Yahoo left out 24 trading days in a row, 2023-03-01 to 2023-04-03"):
        checked("Yahoo", part, None, NOW)


@pytest.mark.parametrize(
    ("first", "begins"), [(np.datetime64("2021-12-01"), NEVER), (None, np.datetime64("2021-12-01"))]
)
def test_a_late_begin_is_a_hole(first: np.datetime64 | None, begins: np.datetime64) -> None:
    with pytest.raises(BadAnswer, match="2021-12-01 to 2021-12-31"):
        checked("Yahoo", history(YEARS, begins=begins), first, NOW)


def test_nothing_at_all_is_a_hole() -> None:
    with pytest.raises(BadAnswer, match="left out 9 trading days in a row, 2024-06-03 to 2024-06-13"):
        checked("Yahoo", history(YEARS[:0]), np.datetime64("2024-06-03"), np.datetime64("2024-06-14T12:00:00"))


def test_days_before_the_calendar_are_taken_as_they_are() -> None:
    early = np.array(["1962-01-02", "1962-01-20", "1969-12-31"], dtype="datetime64[D]")
    days = np.concatenate([early, SESSIONS[np.datetime64("2024-06-14") >= SESSIONS]])
    kept, notices = checked("Yahoo", history(days, "KO", begins=early[0]), None, NOW)
    assert kept.date[:3].tolist() == early.tolist()
    assert notices == ()


def test_around_the_clock_every_day_is_expected() -> None:
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-06-15"))
    kept, _ = checked("Yahoo", history(days, "BTC-USD"), None, NOW)
    assert kept.date.tolist() == days.tolist()
    weekdays = history(days[(days.astype(np.int64) + 3) % 7 < 5], "BTC-USD")
    with pytest.raises(BadAnswer, match=r"left out 46 of 166 trading days"):
        checked("Yahoo", weekdays, None, NOW)


def test_no_day_is_ended_before_its_close() -> None:
    spy, bitcoin = ASSETS["SPY"], ASSETS["BTC-USD"]
    friday, close = np.datetime64("2024-06-14"), np.datetime64("2024-06-14T20:00:00")
    assert ended_days("SPY", spy, friday, close).tolist() == [friday.item()]
    assert ended_days("SPY", spy, friday, close - np.timedelta64(1, "s")).tolist() == []
    assert ended_days("BTC-USD", bitcoin, friday, close).tolist() == []
    assert len(ended_days("BTC-USD", bitcoin, friday, np.datetime64("2024-06-17T00:00:00"))) == 3


def stored_of(part: PriceHistory) -> Stored:
    stored = Stored()
    stored.take(Fetched(tuple(part.rows("yahoo")), ""))
    return stored


def test_the_same_prices_are_no_news() -> None:
    part = history(YEARS[-10:])
    assert news(part.rows("yahoo"), stored_of(part).known()) == ((), ())


@given(
    noise=st.floats(-1e-7, 1e-7), scale=st.sampled_from([1.0, 0.5, 0.999, 1.0001]), ratio=st.sampled_from([1.0, 0.998])
)
def test_wavering_is_no_reason_but_a_new_scale_or_adjustment_is(noise: float, scale: float, ratio: float) -> None:
    part = history(YEARS[-10:])
    close, adjusted = part.columns["close"] * scale, part.columns["adj_close"] * scale * ratio * (1 + noise)
    again = replace(part, columns={**part.columns, "close": close, "adj_close": adjusted})
    reason = reason_to_reread(again, stored_of(part).known(), NEVER)
    expected = "A new adjustment of the closes" if ratio != 1 else "A new scale of the prices" if scale != 1 else ""
    assert reason == expected


def test_an_action_that_is_stored_already_is_no_reason() -> None:
    paid = np.where(YEARS[-10:] == YEARS[-4], 0.5, 0.0)
    part = history(YEARS[-10:], dividend=paid)
    known = stored_of(part).known()
    assert reason_to_reread(part, known, YEARS[-4]) == ""
    assert reason_to_reread(part, known, YEARS[-5]) == f"A dividend on {YEARS[-4]}"
    assert reason_to_reread(part, known, NEVER) == f"A dividend on {YEARS[-4]}"


def test_prices_that_do_not_meet_are_a_reason() -> None:
    known = stored_of(history(YEARS[-30:-20])).known()
    assert reason_to_reread(history(YEARS[-10:]), known, NEVER).startswith("A gap")
