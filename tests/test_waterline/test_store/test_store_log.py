"""The log of fetches."""

from __future__ import annotations

import numpy as np

from waterline.store import Fetch, Store

NOON = np.datetime64("2026-03-01T12:00:00", "us")


def fetch(series: str, minutes: int, state: str, marker: str = "") -> Fetch:
    at = NOON + np.timedelta64(minutes, "m")
    return Fetch(series, "fred", at, at + np.timedelta64(3, "s"), 5, 1, state, f"{state} it was", marker)


def test_the_last_fetch_is_the_one_written_last(store: Store) -> None:
    store.log(fetch("A", 10, "fresh", "etag-1"))
    store.log(fetch("A", 0, "failed"))  # the clock had gone back
    store.log(fetch("B", 5, "fresh", "etag-2"))
    assert store.last_fetch("A") == fetch("A", 0, "failed")
    assert store.last_fetch("A", "fresh") == fetch("A", 10, "fresh", "etag-1")
    assert store.last_fetch("A", "stale") is None
    assert store.last_fetch("C") is None
    assert store.last_fetches() == {"A": fetch("A", 0, "failed"), "B": fetch("B", 5, "fresh", "etag-2")}
    assert store.last_fetches("failed") == {"A": fetch("A", 0, "failed")}


def test_the_log_outlives_the_process_and_keeps_every_line(store: Store) -> None:
    for minutes in range(4):
        store.log(fetch("A", minutes, "fresh"))
    path = store.path
    store.close()
    with Store.open(path, read_only=True) as reader:
        assert reader.last_fetch("A") == fetch("A", 3, "fresh")
        assert reader._database.rows("SELECT count(*) FROM fetches") == [(4,)]
