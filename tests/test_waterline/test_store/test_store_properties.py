"""Whatever the order in which a history is written, it tells the same; checked against a plain loop."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.panel import Observations
from waterline.store import Rows, Store

SERIES = ("A", "B", "C")
DAY = np.timedelta64(1, "D")
FIRST = np.datetime64("2020-01-01", "D")
INSTANTS = FIRST.astype("datetime64[s]") + np.arange(-1, 14) * np.timedelta64(43_200, "s")


@dataclass(frozen=True)
class Event:
    """A value that was recorded at a moment (all in whole units from the first of January)."""

    series: str
    period: int
    available: int
    recorded: int
    value: float

    @property
    def key(self) -> tuple[str, int, int, int]:
        return self.series, self.period, self.available, self.recorded


@lru_cache(maxsize=1)
def empty_store() -> bytes:
    """The file of a store without rows: to copy it takes less time than to make one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        Store.open(path).close()
        return path.read_bytes()


@contextmanager
def fresh() -> Iterator[Store]:
    """A store without rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        path.write_bytes(empty_store())
        with Store.open(path) as store:
            yield store


def recorded_at(moment: int) -> np.datetime64:
    return np.datetime64("2021-01-01T00:00:00", "us") + np.timedelta64(moment, "s")


def as_rows(series: str, events: Iterable[Event]) -> Rows:
    of = [event for event in events if event.series == series]
    days = np.array([event.available for event in of], dtype=np.int64)
    return Rows(
        series=series,
        period=FIRST + np.array([event.period for event in of], dtype=np.int64) * DAY,
        available_at=FIRST.astype("datetime64[s]") + days * np.timedelta64(43_200, "s"),
        vintage=FIRST + (days // 2) * DAY,
        value=np.array([event.value for event in of], dtype=np.float64),
        source="fred",
    )


def known(events: Iterable[Event], series: str, by: int) -> list[Event]:
    """The oracle of reading: the event recorded last for each period and instant, by instant, then period."""
    last: dict[tuple[int, int], Event] = {}
    for event in sorted(events, key=lambda event: event.recorded):
        if event.series == series and event.recorded <= by:
            last[event.available, event.period] = event
    return [last[key] for key in sorted(last)]


def current(events: Iterable[Event], series: str, by: int, instant: np.datetime64) -> float:
    """The oracle of as-of: what a reader who walks through the releases takes for current."""
    newest, value = -1, math.nan
    for event in known(events, series, by):
        public = FIRST.astype("datetime64[s]") + np.timedelta64(event.available * 43_200, "s") <= instant
        if public and not math.isnan(event.value) and event.period >= newest:
            newest, value = event.period, event.value
    return value


EVENTS = st.lists(
    st.builds(
        Event,
        series=st.sampled_from(SERIES),
        period=st.integers(0, 4),
        available=st.integers(0, 11),
        recorded=st.integers(0, 4),
        value=st.sampled_from([0.0, 1.0, 2.0, 3.5, math.nan]),
    ),
    max_size=40,
    unique_by=lambda event: event.key,
)


@st.composite
def appends(draw: st.DrawFn, events: list[Event]) -> list[tuple[int, list[Event]]]:
    """The events in batches of one moment each, shuffled and split anyhow."""
    shuffled = draw(st.permutations(events))
    cuts = draw(st.lists(st.integers(0, len(events)), max_size=5))
    edges = [0, *sorted(cuts), len(events)]
    batches = []
    for start, end in pairwise(edges):
        part = shuffled[start:end]
        moments = draw(st.permutations(sorted({event.recorded for event in part})))
        batches += [(moment, [event for event in part if event.recorded == moment]) for moment in moments]
    return batches


def written(store: Store, batches: Iterable[tuple[int, list[Event]]]) -> None:
    for moment, batch in batches:
        names = dict.fromkeys(event.series for event in batch)
        store.append([as_rows(name, batch) for name in names], recorded_at(moment))


def check_against_oracle(store: Store, events: list[Event], by: int) -> None:
    read = store.read(SERIES, recorded_by=recorded_at(by))
    as_of = store.as_of(SERIES, INSTANTS, recorded_by=recorded_at(by))
    for series in SERIES:
        expected = known(events, series, by)
        assert (series in read) == bool(expected)
        if expected:
            rows = as_rows(series, expected)
            assert read[series].period.tolist() == rows.period.tolist()
            assert read[series].available_at.tolist() == rows.available_at.tolist()
            assert np.array_equal(read[series].value, rows.value, equal_nan=True)
        values = [current(events, series, by, instant) for instant in INSTANTS]
        assert np.array_equal(as_of.get(series, np.full(len(INSTANTS), np.nan)), values, equal_nan=True)


@settings(max_examples=20)
@given(st.data(), EVENTS)
def test_any_interleaving_splitting_and_order_tells_the_same(data: st.DataObject, events: list[Event]) -> None:
    with fresh() as store:
        written(store, data.draw(appends(events)))
        for by in range(-1, 5):
            check_against_oracle(store, events, by)


@settings(max_examples=20)
@given(st.data(), EVENTS)
def test_nothing_recorded_later_changes_an_earlier_answer(data: st.DataObject, events: list[Event]) -> None:
    by = data.draw(st.integers(0, 3))
    with fresh() as store:
        written(store, data.draw(appends([event for event in events if event.recorded <= by])))
        check_against_oracle(store, events, by)
        written(store, data.draw(appends([event for event in events if event.recorded > by])))
        check_against_oracle(store, events, by)


@settings(max_examples=20)
@given(st.data(), EVENTS)
def test_appending_over_time_tells_what_replaying_tells(data: st.DataObject, events: list[Event]) -> None:
    """Appends that leave out what is known already give the same answers as all rows in full."""
    with fresh() as store:
        moments = {}
        for moment in range(5):
            batch = data.draw(st.permutations([event for event in events if event.recorded == moment]))
            store.append([as_rows(name, batch) for name in SERIES])
            moments[moment] = max((summary.last_recorded for summary in store.summaries()), default=recorded_at(0))
        for moment, at in moments.items():
            for series, rows in store.read(SERIES, recorded_by=at).items():
                expected = as_rows(series, known(events, series, moment))
                assert rows.period.tolist() == expected.period.tolist()
                assert np.array_equal(rows.value, expected.value, equal_nan=True)


@settings(max_examples=20)
@given(EVENTS)
def test_as_of_is_what_the_panel_reads_of_the_same_rows(events: list[Event]) -> None:
    with fresh() as store:
        written(store, [(moment, [e for e in events if e.recorded == moment]) for moment in range(5)])
        as_of = store.as_of(SERIES, INSTANTS)
        for name, rows in store.read(SERIES).items():
            kept = ~np.isnan(rows.value)
            columns = (rows.period[kept], rows.available_at[kept], rows.vintage[kept], rows.value[kept])
            panel = Observations(name, *columns, max_age_days=10_000, step="D")
            assert np.array_equal(as_of[name], panel.at(INSTANTS), equal_nan=True)
