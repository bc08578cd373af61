"""Company flows: known from the filing that first carries them, never from the quarter's end."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.errors import DataError
from waterline.sources.filings import read_capex, read_facts, read_flow
from waterline.sources.table import InputFile

HEADER = "period_end,filed,value_usd,concept,form"


def in_memory(*rows: str) -> InputFile:
    raw = "\n".join([HEADER, *rows]).encode()
    return InputFile("capex/X.csv", "data/capex/X.csv", raw, hashlib.sha256(raw).hexdigest())


def known(*rows: str) -> list[dt.date]:
    days: list[dt.date] = read_facts(in_memory(*rows)).known.tolist()
    return days


def test_a_flow_is_known_on_its_filing_day_at_half_past_five() -> None:
    rows = read_flow("MSFT/ocf", in_memory("2024-09-30,2024-10-30,34180000000,Cash,10-Q")).series["MSFT/ocf"]
    assert rows.period.tolist() == [dt.date(2024, 9, 30)]
    assert rows.vintage.tolist() == [dt.date(2024, 10, 30)]
    assert rows.available_at[0] == np.datetime64("2024-10-30T21:30", "s")
    assert rows.value.tolist() == [34.18e9]
    assert (rows.step, rows.max_age_days, rows.point_in_time) == ("Q", 150, True)


def test_a_flow_is_not_known_at_the_close_of_its_filing_day() -> None:
    rows = read_flow("MSFT/ocf", in_memory("2024-09-30,2024-10-30,1,Cash,10-Q")).series["MSFT/ocf"]
    cutoffs = np.array(["2024-10-30T20:00", "2024-10-31T20:00"], dtype="datetime64[s]")
    assert np.array_equal(rows.at(cutoffs), [np.nan, 1.0], equal_nan=True)


def test_a_comparative_under_the_original_date_waits_for_the_filing_a_year_later() -> None:
    assert known("2017-03-31,2017-04-28,2148,Gross,10-Q/cmp", "2018-03-31,2018-04-27,3098,Gross,10-Q") == [
        dt.date(2018, 4, 27),
        dt.date(2018, 4, 27),
    ]


def test_a_fiscal_year_of_53_weeks_is_still_a_year() -> None:
    rows = ("2022-09-24,2022-10-28,1,Gross,10-K/cmp", "2023-09-30,2023-11-03,2,Gross,10-K")
    assert known(*rows)[0] == dt.date(2023, 11, 3)


def test_a_comparative_under_its_own_late_date_is_known_then() -> None:
    rows = ("2023-10-29,2024-08-28,278,Gross,10-Q/cmp", "2024-10-27,2024-11-20,813,Gross,10-Q")
    assert known(*rows)[0] == dt.date(2024, 8, 28)


def test_the_same_concept_is_asked_first_then_any_of_the_file() -> None:
    own = (
        "2016-12-31,2017-02-10,5,Net,10-K/cmp",
        "2017-12-31,2018-02-02,7,Net,10-K",
        "2017-12-31,2018-03-01,8,Gross,10-K",
    )
    other = ("2016-12-31,2017-02-10,5,Net,10-K/cmp", "2017-12-31,2018-03-01,8,Gross,10-K")
    assert known(*own)[0] == dt.date(2018, 2, 2)
    assert known(*other)[0] == dt.date(2018, 3, 1)


def test_a_comparative_whose_later_filing_is_absent_waits_a_year() -> None:
    assert known("2024-12-31,2025-02-05,91,Leases,10-K/cmp") == [dt.date(2026, 2, 5)]


def test_a_change_of_concept_shows_in_the_companion() -> None:
    rows = (
        "2016-12-31,2017-02-10,2006,Net,10-K",
        "2018-03-31,2018-04-27,3098,Gross,10-Q",
        "2018-06-30,2018-07-27,3243,Gross,10-Q",
    )
    loaded = read_capex("AMZN/capex", in_memory(*rows))
    flow, definition = loaded.series["AMZN/capex"], loaded.series["AMZN/capex_definition"]
    assert definition.value.tolist() == [0, 1, 1]
    assert definition.period.tolist() == flow.period.tolist()
    assert definition.available_at.tolist() == flow.available_at.tolist()
    assert loaded.notices[0].text == "is reported under 2 concepts in turn: Net, Gross."


def test_two_definitions_of_a_quarter_are_a_figure_and_its_revision() -> None:
    rows = (
        "2017-03-31,2017-04-28,1861,Net,10-Q",
        "2017-03-31,2017-04-28,2148,Gross,10-Q/cmp",
        "2018-03-31,2018-04-27,3098,Gross,10-Q",
    )
    loaded = read_capex("AMZN/capex", in_memory(*rows)).series
    assert loaded["AMZN/capex"].value.tolist() == [1861, 2148, 3098]
    assert loaded["AMZN/capex_definition"].value.tolist() == [0, 1, 1]
    assert loaded["AMZN/capex"].vintage.tolist() == [dt.date(2017, 4, 28), dt.date(2018, 4, 27), dt.date(2018, 4, 27)]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            ["2020-03-31,2020-04-30,1,A,10-Q", "2020-03-31,2020-05-30,2,A,10-Q"],
            r"line 3 \(2020-03-31\): this date of A stands on line 2 already",
        ),
        (
            ["2020-06-30,2020-07-30,1,A,10-Q", "2020-03-31,2020-04-30,2,A,10-Q"],
            r"line 3 \(2020-03-31\): comes after 2020-06-30 of A on line 2",
        ),
        (["2020-06-30,2020-06-30,1,A,10-Q"], "was filed on 2020-06-30, not after the end of its period"),
        (["2020-06-30,2020-07-30,,A,10-Q"], "value_usd is empty"),
        (["2020-06-30,2020-07-30,1bn,A,10-Q"], "value_usd is '1bn', not a number"),
        (["2020-06-31,2020-07-30,1,A,10-Q"], "line 2: period_end is '2020-06-31'"),
    ],
)
def test_bad_filings_are_refused(rows: list[str], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_flow("X/ocf", in_memory(*rows))


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(st.integers(-(10**12), 10**12), min_size=12, max_size=12),
)
def test_no_quarter_is_lost_or_known_before_it_was_filed(lags: list[int], later: list[bool], usd: list[int]) -> None:
    ends = [dt.date(2010 + i // 4, 3 * (i % 4) + 3, 28) for i in range(len(lags))]
    filed = [end + dt.timedelta(days=lag) for end, lag in zip(ends, lags, strict=True)]
    lines = [
        f"{end},{day},{value},A,10-Q{'/cmp' if cmp else ''}"
        for end, day, value, cmp in zip(ends, filed, usd, later, strict=False)
    ]
    rows = read_flow("X/ocf", in_memory(*lines)).series["X/ocf"]
    assert sorted(zip(rows.period.tolist(), rows.value.tolist(), strict=True)) == list(
        zip(ends, map(float, usd), strict=False)
    )
    first_filed = dict(zip(ends, filed, strict=True))
    assert all(day >= first_filed[end] for end, day in zip(rows.period.tolist(), rows.vintage.tolist(), strict=True))
    assert (np.diff(rows.available_at) >= np.timedelta64(0, "s")).all()
