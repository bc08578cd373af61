"""Stamps of acceptance whose zone is not said: UTC only where the filer's reports leave no doubt."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog.release import business_day
from waterline.providers.acceptance import Submission, accepted_at, new_york_days, read_index

NEW_YORK = ZoneInfo("America/New_York")
QUARTERS = [np.datetime64(f"{year}-{month:02}-27") for year in range(2015, 2025) for month in (1, 4, 7, 10)]


def report(wall: dt.datetime, zone: str, number: int = 0, form: str = "10-Q") -> Submission:
    """A report accepted at ``wall`` in New York, as a filer of one convention has it listed."""
    day = np.datetime64(wall.date())
    late = wall.time() > dt.time(17, 30)
    filed = business_day(np.array([day + np.timedelta64(int(late), "D")]))[0]
    stamp = wall if zone == "New York" else wall.replace(tzinfo=NEW_YORK).astimezone(dt.UTC).replace(tzinfo=None)
    return Submission(f"0-{wall:%y}-{number}", filed, np.datetime64(stamp, "s"), form)


def at(day: np.datetime64, time: dt.time) -> dt.datetime:
    moved: dt.date = business_day(np.array([day]))[0].item()
    return dt.datetime.combine(moved, time)


def history(zone: str, *times: dt.time) -> list[Submission]:
    walls = [at(day, times[i % len(times)]) for i, day in enumerate(QUARTERS)]
    return [report(wall, zone, i) for i, wall in enumerate(walls)]


def true_instant(one: Submission, zone: str) -> np.datetime64:
    stamp: dt.datetime = one.stamp.item()
    utc = stamp if zone == "UTC" else stamp.replace(tzinfo=NEW_YORK).astimezone(dt.UTC).replace(tzinfo=None)
    return np.datetime64(utc, "s")


AFTER_THE_CLOSE, MORNING, EVENING = dt.time(16, 5), dt.time(7, 30), dt.time(18, 44, 54)


@pytest.mark.parametrize("zone", ["UTC", "New York"])
@pytest.mark.parametrize(
    "times",
    [(AFTER_THE_CLOSE,), (AFTER_THE_CLOSE, EVENING), (AFTER_THE_CLOSE, MORNING)],
    ids=["close", "evening", "morning"],
)
def test_both_conventions_give_the_true_instant(zone: str, times: tuple[dt.time, ...]) -> None:
    listed = history(zone, *times)
    assert accepted_at(listed) == {one.accession: true_instant(one, zone) for one in listed}


def test_amazons_third_quarter_of_2024() -> None:
    """Accepted on 2024-10-31 at 18:44:54 New York, filed as of 2024-11-01."""
    own = Submission("q3", np.datetime64("2024-11-01"), np.datetime64("2024-10-31T22:44:54", "s"), "10-Q")
    known = accepted_at([*history("UTC", AFTER_THE_CLOSE), own])
    assert known["q3"] == np.datetime64("2024-10-31T22:44:54")
    assert new_york_days(np.array([known["q3"]])).astype(str).tolist() == ["2024-10-31"]


def test_stamps_that_could_be_either_are_read_as_the_later() -> None:
    """A filer of mornings, in UTC: noon in New York would do as well."""
    listed = history("UTC", MORNING)
    known = accepted_at(listed)
    assert all(known[one.accession] > true_instant(one, "UTC") for one in listed)
    assert all(known[one.accession] == true_instant(one, "New York") for one in listed)


@pytest.mark.parametrize(
    ("stamp", "form"),
    [
        ("NaT", "10-Q"),
        ("2024-11-01T03:00:00", "10-Q"),  # in the evening before, after the close of the system
        ("2024-11-02T15:00:00", "10-Q"),  # a Saturday
        ("2024-11-05T15:00:00", "10-K"),  # after its own filing date
        ("2024-10-31T18:00:00", "8-K"),  # before 17:30 of the day before: would bear that date
        ("2023-11-01T15:00:00", "10-Q/A"),
    ],
)
def test_a_stamp_that_does_not_fit_its_filing_date_is_not_used(stamp: str, form: str) -> None:
    odd = Submission("odd", np.datetime64("2024-11-01"), np.datetime64(stamp, "s"), form)
    listed = history("UTC", AFTER_THE_CLOSE) * 2  # two per cent of these may be strays
    for i, one in enumerate(listed):
        listed[i] = Submission(f"{one.accession}-{i}", one.filed, one.stamp, one.form)
    known = accepted_at([*listed, odd])
    assert known["odd"] == np.datetime64("2024-11-01T21:30:00")
    assert known[listed[0].accession] == true_instant(listed[0], "UTC")


def test_one_strange_stamp_does_not_make_a_new_york_filer_one_of_utc() -> None:
    """A long report, begun in time and accepted at 18:20, keeps its date; read as UTC it would fit."""
    listed = history("New York", AFTER_THE_CLOSE)
    slow = Submission("slow", np.datetime64("2024-07-31"), np.datetime64("2024-07-31T18:20:00", "s"), "10-K")
    known = accepted_at([*listed, slow])
    assert known[listed[0].accession] == true_instant(listed[0], "New York")


def test_few_filings_decide_nothing() -> None:
    (one,) = history("UTC", AFTER_THE_CLOSE)[:1]
    assert accepted_at([one]) == {one.accession: np.datetime64(f"{one.filed}T22:30:00")}
    assert accepted_at([]) == {}


def test_forms_that_keep_their_date_until_ten_decide_nothing() -> None:
    """Insiders' forms at 21:00 New York bear the same day; as reports they would contradict New York."""
    insiders = [
        Submission(f"4-{i}", one.filed, np.datetime64(f"{one.filed}T21:00:00", "s"), "4")
        for i, one in enumerate(history("New York", AFTER_THE_CLOSE))
    ]
    listed = history("New York", AFTER_THE_CLOSE)
    known = accepted_at([*listed, *insiders])
    assert known[listed[0].accession] == true_instant(listed[0], "New York")


times = st.builds(dt.time, st.integers(6, 21), st.integers(0, 59), st.integers(0, 59))


@given(st.sampled_from(["UTC", "New York"]), st.lists(times, min_size=1, max_size=12))
def test_no_filing_is_known_before_it_was_accepted(zone: str, of_day: list[dt.time]) -> None:
    listed = history(zone, *of_day)
    known = accepted_at(listed)
    assert all(known[one.accession] >= true_instant(one, zone) for one in listed)


def test_pages_of_older_filings_say_what_they_hold() -> None:
    columns = {"accessionNumber": ["1"], "filingDate": ["2024-11-01"], "acceptanceDateTime": [""], "form": ["10-Q"]}
    page = {"name": "CIK0000000001-submissions-001.json", "filingFrom": "2001-01-01", "filingTo": "2009-12-31"}
    listed, (older,) = read_index({"filings": {"recent": columns, "files": [page]}})
    assert np.isnat(listed[0].stamp)
    assert [older.holds([np.datetime64(day)]) for day in ("2000-12-31", "2001-01-01", "2009-12-31", "2010-01-01")] == [
        False, True, True, False,
    ]  # fmt: skip
