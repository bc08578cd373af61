"""Vintages: no release day is invented, none is lost, however the archive's windows fall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers.fred import API, FOREVER, FredServer, Value
from servers.net import Reply
from servers.stored import Stored

from waterline.catalog import SERIES, Series
from waterline.providers import alfred
from waterline.providers.alfred import Vintages, fetch_vintages
from waterline.providers.base import BadAnswer
from waterline.providers.fred import FredProvider
from waterline.providers.fred_series import State
from waterline.sessions import Dates

GDP = SERIES["GDP"]
BEGIN = dt.date(2020, 1, 1)


@dataclass
class PaperArchive:
    """The archive's behaviour on a list of values, without a wire: the same clipping, the same limit."""

    values: list[Value]
    limit: int
    entry: Series = GDP
    clips: bool = True

    def release_days(self) -> Dates:
        return np.unique(np.array([value.start for value in self.values], dtype="datetime64[D]"))

    def standing(self, begin: str, end: str) -> Vintages:
        first, last = np.datetime64(begin), np.datetime64(end)
        days = self.release_days()
        assert ((days >= first) & (days <= last)).sum() <= self.limit
        rows = [v for v in self.values if np.datetime64(v.start) <= last and np.datetime64(v.end) >= first]
        starts = np.array([v.start for v in rows], dtype="datetime64[D]")
        return Vintages(
            np.array([v.date for v in rows], dtype="datetime64[D]"),
            np.maximum(starts, first) if self.clips else starts,
            np.array([np.nan if v.text == "." else float(v.text) for v in rows]),
        )

    def state(self) -> State:
        dates = [value.date for value in self.values]
        return State("GDP", np.datetime64(min(dates)), np.datetime64(max(dates)), f"update {len(self.values)}")


def truth(values: list[Value]) -> set[tuple[str, str, float]]:
    """(period, release day, value) of every value that was published, by reading the list."""
    return {(str(v.date), str(v.start), float(v.text)) for v in values if v.text != "."}


def told(stored: Stored, series: str = "GDP") -> set[tuple[str, str, float]]:
    rows = stored.rows(series)
    return {(str(p), str(d), float(v)) for p, d, v in zip(rows.period, rows.vintage, rows.value, strict=True)}


@st.composite
def histories(draw: st.DrawFn) -> list[Value]:
    """Some releases, each changing some of the periods that are over by then; a value may come back."""
    values: list[Value] = []
    current: dict[dt.date, Value] = {}
    day = BEGIN
    for _ in range(draw(st.integers(1, 12))):
        day += dt.timedelta(draw(st.integers(1, 40)))
        for at in draw(st.sets(st.integers(0, 5), min_size=1)):
            text = str(draw(st.integers(1, 3)))
            date = BEGIN - dt.timedelta(90 * at)
            old = current.get(date)
            if old is not None and old.text == text:
                continue
            if old is not None:
                values[values.index(old)] = replace(old, end=day - dt.timedelta(1))
            current[date] = Value(date, day, text)
            values.append(current[date])
    return values


def standing_on(values: list[Value], last: dt.date) -> list[Value]:
    """The archive as it was on ``last``: later releases have not happened."""
    return [replace(v, end=v.end if v.end < last else FOREVER) for v in values if v.start <= last]


@given(values=histories(), limit=st.integers(2, 6), cuts=st.lists(st.integers(0, 500), max_size=3), clips=st.booleans())
def test_any_windows_and_any_pauses_give_the_same_vintages(
    values: list[Value], limit: int, cuts: list[int], clips: bool
) -> None:
    stored = Stored(tail=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alfred, "MOST_RELEASES", limit)
        for day in (*sorted(BEGIN + dt.timedelta(cut) for cut in cuts), FOREVER):
            archive = PaperArchive(standing_on(values, day), limit, clips=clips)
            if archive.values:
                since = stored.known() if stored.values else None
                stored.take(fetch_vintages(archive, archive.state(), since))
    assert told(stored) == truth(values)


def test_more_came_out_on_the_last_stored_day() -> None:
    day = BEGIN + dt.timedelta(30)
    morning = [Value(BEGIN - dt.timedelta(90), BEGIN, "1"), Value(BEGIN, day, "2")]
    evening = [replace(morning[0], end=day - dt.timedelta(1)), Value(BEGIN - dt.timedelta(90), day, "1.5"), morning[1]]
    stored = Stored()
    first = PaperArchive(morning, 100)
    stored.take(fetch_vintages(first, first.state(), None))
    second = PaperArchive(evening, 100)
    stored.take(fetch_vintages(second, second.state(), stored.known()))
    assert told(stored) == truth(evening)


def two() -> list[Value]:
    return [Value(BEGIN - dt.timedelta(90), BEGIN, "1"), Value(BEGIN, BEGIN + dt.timedelta(30), "2")]


def test_a_release_day_that_is_not_listed_is_refused() -> None:
    class Inventing(PaperArchive):
        def release_days(self) -> Dates:
            return super().release_days()[1:]

    with pytest.raises(BadAnswer, match="dates the value of 2019-10-03 to 2020-01-01, which is none of its release"):
        fetch_vintages(Inventing(two(), 100), PaperArchive(two(), 100).state(), None)


def test_a_value_sent_twice_is_refused() -> None:
    archive = PaperArchive([*two(), two()[1]], 100)
    with pytest.raises(BadAnswer, match="sent the value of 2020-01-01 released on 2020-01-31 twice"):
        fetch_vintages(archive, archive.state(), None)


@pytest.mark.parametrize("days", [[], ["2020-01-31", "2020-01-01"], ["2020-01-01", "2020-01-01"]])
def test_release_days_must_be_in_order(days: list[str]) -> None:
    class Disordered(PaperArchive):
        def release_days(self) -> Dates:
            return np.array(days, dtype="datetime64[D]")

    archive = Disordered(two(), 100)
    with pytest.raises(BadAnswer, match="empty or out of order"):
        fetch_vintages(archive, PaperArchive(two(), 100).state(), None)


def test_an_answer_without_stored_periods_is_refused() -> None:
    whole = PaperArchive(two(), 100)
    stored = Stored()
    stored.take(fetch_vintages(whole, whole.state(), None))
    state = replace(whole.state(), first=np.datetime64("2020-01-01"), updated="later")
    with pytest.raises(BadAnswer, match="left out 1 stored values from 2019-10-03"):
        fetch_vintages(PaperArchive(two()[1:], 100), state, stored.known())


def quarters(fred: FredServer, until: dt.date) -> None:
    """GDP as it comes out: an advance value, then two revisions, at 30, 60 and 90 days after the quarter."""
    releases: dict[dt.date, list[tuple[dt.date, str]]] = {}
    for n in range(16):
        quarter = dt.date(2020 + n // 4, 3 * (n % 4) + 1, 1)
        for j in range(3):
            day = quarter + dt.timedelta(120 + 30 * j)
            releases.setdefault(day, []).append((quarter, f"{20000 + 100 * n + j}.5"))
    for day in sorted(releases):
        if day <= until:
            fred.publish("GDP", day, releases[day])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_gdp_comes_with_its_revisions_at_the_hour_of_the_release(
    fred_server: FredServer, provider: FredProvider
) -> None:
    quarters(fred_server, dt.date(2023, 12, 31))
    stored = Stored()
    fetched = provider.fetch("GDP", None)
    stored.take(fetched)
    assert told(stored) == truth(fred_server.series["GDP"])
    assert {rows.source for rows in fetched.rows} == {"alfred"}
    (rows,) = fetched.rows
    first = np.flatnonzero(rows.period == np.datetime64("2020-01-01"))
    assert [str(at) for at in rows.available_at[first]] == [
        "2020-04-30T12:30:00",  # 08:30 in New York, in summer
        "2020-05-30T12:30:00",
        "2020-06-29T12:30:00",
    ]
    assert rows.value[first].tolist() == [20000.5, 20001.5, 20002.5]
    assert stored.as_of("GDP", "2020-05-29T00:00:00") == {"2020-01-01": 20000.5}


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_second_fetch_takes_only_new_vintages(fred_server: FredServer, provider: FredProvider) -> None:
    quarters(fred_server, dt.date(2023, 5, 1))
    stored = Stored()
    stored.take(provider.fetch("GDP", None))
    fred_server.net.log.clear()
    assert provider.fetch("GDP", stored.known()).rows == ()
    assert len(fred_server.net.log) == 1
    before = len(stored.values)
    fred_server.series["GDP"].clear()
    quarters(fred_server, dt.date(2023, 7, 1))
    fred_server.net.log.clear()
    (rows,) = provider.fetch("GDP", stored.known()).rows
    assert rows.vintage.min() > np.datetime64("2023-03-01")
    assert fred_server.net.log[-1].query["realtime_start"] > "2023-02-01"
    stored.take(provider.fetch("GDP", stored.known()))
    assert len(stored.values) == before + 2
    assert told(stored) == truth(fred_server.series["GDP"])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_more_vintages_than_the_service_gives_at_once(fred_server: FredServer, provider: FredProvider) -> None:
    values = []
    for n in range(2500):  # each day's index comes out the next day and is revised a week later
        day = dt.date(2015, 1, 1) + dt.timedelta(n)
        values += [
            Value(day, day + dt.timedelta(1), f"{100 + n % 7}.25", day + dt.timedelta(7)),
            Value(day, day + dt.timedelta(8), f"{100 + n % 7}.5"),
        ]
    fred_server.series["DTWEXBGS"], fred_server.updated["DTWEXBGS"] = values, "now"
    stored = Stored()
    fetched = provider.fetch("DTWEXBGS", None)
    stored.take(fetched)
    assert told(stored, "DTWEXBGS") == truth(values)
    assert len(fetched.rows[0]) == 5000
    windows = [r.query for r in fred_server.net.log if r.path.endswith("/observations")]
    assert len(windows) == 2
    assert windows[0]["realtime_end"] == windows[1]["realtime_start"]


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("path", ["/vintagedates", "/observations"])
def test_a_fault_on_the_way_stores_nothing(fred_server: FredServer, provider: FredProvider, path: str) -> None:
    quarters(fred_server, dt.date(2023, 5, 1))
    fred_server.net.fail(API, Reply(b'<observations count="0"/>', kind="text/xml"), path=path)
    with pytest.raises(BadAnswer, match=r"empty or out of order|sent nothing, though it has values from 2020-01-01"):
        provider.fetch("GDP", None)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_plain_fredapi_reads_the_same_vintages(fred_server: FredServer, provider: FredProvider) -> None:
    from urllib import request

    from fredapi import Fred
    from servers.fred import KEY

    quarters(fred_server, dt.date(2023, 5, 1))
    opener = request._opener
    try:  # the unmodified client, with nothing but the environment
        plain = Fred(api_key=KEY).get_series_all_releases("GDP")
    finally:
        request.install_opener(opener)
    stored = Stored()
    stored.take(provider.fetch("GDP", None))
    rows = zip(plain["date"], plain["realtime_start"], plain["value"], strict=True)
    assert told(stored) == {(str(p.date()), str(d.date()), float(v)) for p, d, v in rows}
