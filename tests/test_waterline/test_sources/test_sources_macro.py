"""Macro series: units, missing observations, odd stamps, vintages."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import SERIES
from waterline.errors import DataError
from waterline.sources.macro import LATEST_ONLY, read_series, read_vintages
from waterline.sources.table import InputFile

AsFile = Callable[[str], InputFile]


def in_memory(text: str) -> InputFile:
    raw = text.encode()
    return InputFile("fred/X.csv", "data/fred/X.csv", raw, hashlib.sha256(raw).hexdigest())


def days(*stamps: str) -> list[dt.date]:
    return [dt.date.fromisoformat(stamp) for stamp in stamps]


@pytest.mark.parametrize(
    ("series", "value", "usd"), [("WALCL", 8965487, 8.965487e12), ("RRPONTSYD", 2553.716, 2.553716e12)]
)
def test_balances_come_in_dollars_whatever_the_published_unit(series: str, value: float, usd: float) -> None:
    rows = read_series(SERIES[series], in_memory(f"date,value\n2022-04-13,{value}\n")).series[series]
    assert rows.value[0] == pytest.approx(usd, rel=1e-12)


@pytest.mark.parametrize(
    ("series", "value", "message"),
    [
        (
            "WALCL",
            "8965.487",
            r"line 2 \(2022-04-13\): .*below .*5e\+11; looks 1,000 times too small \(is it in billions of",
        ),
        ("RRPONTSYD", "2553716", r"above .*3e\+12; looks 1,000 times too large \(is it in millions of USD"),
        ("GDP", "25000000", r"above .*1e\+14; looks 1,000 times too large \(is it in millions of USD"),
        ("DGS10", "425", r"above .*25; looks 100 times too large \(is it in basis points"),
        ("VIXCLS", "0.2", r"below .*5; looks 100 times too small"),
        ("RRPONTSYD", "-1", r"below the least plausible 0\."),
    ],
)
def test_a_wrong_unit_is_refused_with_the_likely_mistake(series: str, value: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_series(SERIES[series], in_memory(f"date,value\n2022-04-13,{value}\n"))
    assert caught.value.source == "data/fred/X.csv"


def test_missing_observations_are_left_out_and_do_not_become_zero() -> None:
    text = "date,value\n2020-01-02,1.5\n2020-01-03,.\n2020-01-06,\n2020-01-07,1.6\n"
    rows = read_series(SERIES["DGS10"], in_memory(text)).series["DGS10"]
    assert rows.value.tolist() == [1.5, 1.6]
    assert rows.period.tolist() == days("2020-01-02", "2020-01-07")


def test_a_file_of_missing_observations_alone_is_refused() -> None:
    with pytest.raises(DataError, match="holds no observation"):
        read_series(SERIES["DGS10"], in_memory("date,value\n2020-01-02,.\n"))


def test_test_operations_of_the_reverse_repo_are_no_balance() -> None:
    loaded = read_series(SERIES["RRPONTSYD"], in_memory("date,value\n2013-09-20,5\n2013-09-23,0.1\n2013-09-24,0.2\n"))
    assert loaded.series["RRPONTSYD"].period[0] == np.datetime64("2013-09-23")
    assert [notice.text for notice in loaded.notices] == ["1 rows before 2013-09-23 are test operations and left out."]


def test_a_month_end_on_a_weekend_counts_for_the_friday_before() -> None:
    text = (
        "date,value\n2025-11-27,3.0\n2025-11-28,3.1\n2025-11-30,3.2\n2025-12-01,3.3\n2026-01-31,3.4\n2026-02-02,3.5\n"
    )
    loaded = read_series(SERIES["BAMLH0A0HYM2"], in_memory(text))
    rows = loaded.series["BAMLH0A0HYM2"]
    assert rows.period.tolist() == days("2025-11-27", "2025-11-28", "2025-12-01", "2026-01-30", "2026-02-02")
    assert rows.value.tolist() == [3.0, 3.2, 3.3, 3.4, 3.5]
    assert loaded.notices[0].text.startswith("2 rows stamped on weekends")
    assert loaded.notices[0].text.endswith("replace its own 1 times.")


def test_weekends_of_a_seven_day_series_stay() -> None:
    rows = read_series(SERIES["DFF"], in_memory("date,value\n2025-11-28,3.9\n2025-11-29,3.9\n2025-11-30,3.9\n")).series[
        "DFF"
    ]
    assert rows.period.tolist() == days("2025-11-28", "2025-11-29", "2025-11-30")


@pytest.mark.parametrize(("series", "honest"), [("GDP", False), ("NFCI", False), ("DGS10", True), ("WALCL", True)])
def test_a_revised_series_without_vintages_says_so(series: str, honest: bool) -> None:
    value = {"GDP": 20000, "WALCL": 4000000}.get(series, 1)
    loaded = read_series(SERIES[series], in_memory(f"date,value\n2020-01-01,{value}\n"))
    assert loaded.series[series].point_in_time is honest
    assert [notice.text for notice in loaded.notices] == ([] if honest else [LATEST_ONLY])


@pytest.mark.parametrize("rows", ["2020-01-03,1\n2020-01-02,1\n", "2020-01-02,1\n2020-01-02,1\n"])
def test_unsorted_and_repeated_dates_are_refused(rows: str) -> None:
    with pytest.raises(DataError, match="line 3"):
        read_series(SERIES["DGS10"], in_memory(f"date,value\n{rows}"))


@given(
    st.sampled_from(["DGS10", "DFF", "SOFR", "IORB", "TEDRATE"]),
    st.dictionaries(
        st.dates(dt.date(1950, 1, 1), dt.date(2040, 12, 31)),
        st.one_of(st.just("."), st.floats(-4, 24)),
        min_size=2,
        max_size=40,
    ).filter(lambda cells: any(value != "." for value in cells.values())),
)
def test_every_value_is_kept_and_none_is_known_before_its_period(
    series: str, cells: dict[dt.date, float | str]
) -> None:
    text = "\n".join(["date,value", *(f"{day},{value}" for day, value in sorted(cells.items()))])
    rows = read_series(SERIES[series], in_memory(text)).series[series]
    kept = {day: value for day, value in cells.items() if value != "."}
    assert dict(zip(rows.period.tolist(), rows.value.tolist(), strict=True)) == kept
    assert (rows.available_at > rows.period).all()
    assert (rows.vintage >= rows.period).all()
    order = np.lexsort((rows.period, rows.available_at))
    assert order.tolist() == list(range(len(rows)))


VINTAGES = """date,realtime_start,value
2026-03-06,2026-03-22,-0.50
2026-03-13,2026-03-22,-0.51
2026-03-06,2026-03-25,-0.52
2026-03-13,2026-03-25,-0.53
2026-03-20,2026-03-25,-0.54
"""


def test_vintages_are_known_from_their_own_day_and_make_the_series_point_in_time() -> None:
    loaded = read_vintages(SERIES["NFCI"], in_memory(VINTAGES))
    rows = loaded.series["NFCI"]
    assert rows.point_in_time
    baseline, second = np.array(["2026-03-22T12:30", "2026-03-25T12:30"], dtype="datetime64[s]")
    assert rows.available_at.tolist() == [baseline.item()] * 2 + [second.item()] * 3
    assert rows.value.tolist() == [-0.50, -0.51, -0.52, -0.53, -0.54]
    assert rows.vintage.tolist() == days(*["2026-03-22"] * 2, *["2026-03-25"] * 3)
    assert loaded.notices[0].text == "point in time from 2026-03-25; the vintage of 2026-03-22 is a baseline."


def test_a_reader_before_the_second_vintage_sees_the_first() -> None:
    rows = read_vintages(SERIES["NFCI"], in_memory(VINTAGES)).series["NFCI"]
    instants = np.array(["2026-03-21T20:00", "2026-03-24T20:00", "2026-03-25T20:00"], dtype="datetime64[s]")
    assert np.array_equal(rows.at(instants), [np.nan, -0.51, -0.54], equal_nan=True)


def test_a_single_vintage_is_a_latest_revision() -> None:
    text = "".join(VINTAGES.splitlines(keepends=True)[:3])
    loaded = read_vintages(SERIES["NFCI"], in_memory(text))
    assert not loaded.series["NFCI"].point_in_time
    assert loaded.notices[0].text == LATEST_ONLY


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("2026-03-06,2026-03-22,1\n2026-03-06,2026-03-22,2\n", "this date of 2026-03-22 stands on line 2"),
        ("2026-03-06,2026-03-05,1\n", r"line 2 \(2026-03-06\): was released before its own date"),
        ("2026-03-06,2026-03-22,99\n", "above the greatest plausible 10"),
        ("2026-03-06,2026-03-22,.\n", "holds no observation"),
    ],
)
def test_bad_vintages_are_refused(rows: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_vintages(SERIES["NFCI"], in_memory(f"date,realtime_start,value\n{rows}"))
