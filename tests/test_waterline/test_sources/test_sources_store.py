"""The store as a source: the same answers as a folder of the same data, now and as known on a day."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from waterline.errors import ConfigError, DataError
from waterline.sources import Request, SourceConfig, StoreSource
from waterline.sources.store import known_rows
from waterline.store import Rows, Store, StoreError

DAYS = ("2020-01-02", "2020-01-03", "2020-01-06")
HOLD = """
import sys
from pathlib import Path
from waterline.store import Store
with Store.open(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def request(*series: str, assets: tuple[str, ...] = ()) -> Request:
    return Request(series=frozenset(series), assets=frozenset(assets), bill_rate="IRX")


def rows(
    series: str, periods: tuple[str, ...], known: tuple[str, ...], values: tuple[float, ...], source: str = "fred"
) -> Rows:
    at = np.array(known, dtype="datetime64[s]")
    return Rows(
        series, np.array(periods, dtype="datetime64[D]"), at, at.astype("datetime64[D]"), np.array(values), source
    )


BILLS = rows("IRX/close", DAYS[:1], ("2020-01-02T21:00",), (1.5,), "yahoo")
BILLS_ADJUSTED = rows("IRX/adj_close", DAYS[:1], ("2020-01-02T21:00",), (1.5,), "yahoo")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


@pytest.fixture
def stored(path: Path) -> Callable[..., StoreSource]:
    """A source on a store with bills and the given rows."""

    def make(*batch: Rows, recorded_at: str | None = None, **options: Any) -> StoreSource:
        at = None if recorded_at is None else np.datetime64(recorded_at, "us")
        with Store.open(path) as store:
            store.append([BILLS, BILLS_ADJUSTED, *batch], at)
        return StoreSource(path=path, **options)

    return make


@pytest.mark.parametrize(
    ("series", "part"),
    [("IRX", "IRX/open"), ("DGS10", "DGS10"), ("MSFT/capex", "MSFT/capex"), ("SPY", "SPY/adj_close")],
)
def test_every_input_has_the_digest_of_its_rows(stored: Callable[..., StoreSource], series: str, part: str) -> None:
    known, wanted = ("2020-01-03T21:40",), request("DGS10", "MSFT/capex", "SPY")
    names = ("DGS10", "MSFT/capex", "SPY/close", "SPY/adj_close")
    before = stored(*(rows(name, DAYS[:1], known, (5.0,)) for name in names)).load(wanted).files
    assert set(before) == {"store:IRX", "store:DGS10", "store:MSFT/capex", "store:SPY"}
    after = stored(rows(part, DAYS[:1], known, (6.0,))).load(wanted).files
    assert {name for name in before if before[name] != after[name]} == {f"store:{series}"}


def test_a_corrected_value_is_known_from_the_moment_it_was_seen(stored: Callable[..., StoreSource]) -> None:
    first = rows("DGS10", DAYS, ("2020-01-03T21:40", "2020-01-06T21:40", "2020-01-07T21:40"), (1.88, 1.80, 1.81))
    seen = rows("DGS10", DAYS[2:], ("2020-01-09T15:00",), (1.91,))
    loaded = stored(first, seen).load(request("DGS10")).series["DGS10"]
    instants = np.array(["2020-01-09T14:59", "2020-01-09T15:00"], dtype="datetime64[s]")
    assert loaded.at(instants).tolist() == [1.81, 1.91]


def test_true_vintages_stand_alone_where_they_are_held(stored: Callable[..., StoreSource]) -> None:
    quarters, by_rule = ("2019-10-01", "2020-01-01"), ("2020-01-30T13:30", "2020-04-29T12:30")
    latest = rows("GDP", quarters, by_rule, (21700.0, 21500.0), "fred-csv")
    loaded = stored(latest).load(request("GDP"))
    assert not loaded.series["GDP"].point_in_time
    archive = ("2020-01-30T13:30", "2020-02-27T13:30", "2020-04-29T12:30")
    vintages = rows("GDP", (*quarters[:1] * 2, quarters[1]), archive, (21729.1, 21726.8, 21537.9), "alfred")
    loaded = stored(vintages).load(request("GDP"))
    assert loaded.series["GDP"].point_in_time
    assert loaded.series["GDP"].value.tolist() == [21729.1e9, 21726.8e9, 21537.9e9]
    assert [notice.text for notice in loaded.notices] == [
        "point in time from 2020-02-27; the vintage of 2020-01-30 is a baseline."
    ]


def test_a_flow_told_by_a_provider_is_read_as_first_filed_from_its_instant(stored: Callable[..., StoreSource]) -> None:
    periods, known = (
        ("2017-03-31", "2017-06-30", "2017-03-31"),
        ("2017-04-28T20:03:11", "2017-07-28T20:00", "2018-04-27"),
    )
    flow = rows("AMZN/capex", periods, known, (1861.0, 2501.0, 1862.0), "sec")
    definition = rows("AMZN/capex_definition", periods, known, (0.0, 1.0, 0.0), "sec")
    loaded = stored(flow, definition).load(request("AMZN/capex"))
    assert loaded.series["AMZN/capex"].value.tolist() == [1861, 2501]
    assert loaded.series["AMZN/capex"].available_at.astype(str)[0] == "2017-04-28T20:03:11"
    assert loaded.series["AMZN/capex_definition"].value.tolist() == [0, 1]
    assert [notice.text for notice in loaded.notices] == ["is reported under 2 concepts in turn."]


def test_a_price_is_what_stood_last_for_its_day(stored: Callable[..., StoreSource]) -> None:
    final = ("2020-01-02T21:00", "2020-01-03T21:00")
    raw = rows("SPY/close", DAYS[:2], final, (100.0, 102.0), "yahoo")
    adjusted = rows("SPY/adj_close", DAYS[:2], final, (100.0, 102.0), "yahoo")
    rescaled = rows("SPY/adj_close", DAYS[:2], final, (50.0, 51.0), "yahoo")
    assert stored(raw, adjusted).load(request(assets=("SPY",))).bars["SPY"].close.tolist() == [100, 102]
    assert stored(rescaled).load(request(assets=("SPY",))).bars["SPY"].close.tolist() == [50, 51]


def test_a_bad_value_is_placed_by_store_series_and_date(stored: Callable[..., StoreSource], path: Path) -> None:
    bad = rows("DGS10", DAYS[:2], ("2020-01-03T21:40", "2020-01-06T21:40"), (1.88, 425.0))
    with pytest.raises(DataError, match=r"store\.duckdb: DGS10: 2020-01-03: value 425 \(percent\) is above") as caught:
        stored(bad).load(request("DGS10"))
    assert str(path) in caught.value.source


AS_OF = [("2020-01-31", 1.0, 2), ("2020-02-14", 2.0, 2), ("2020-02-15", 3.0, 3), (None, 4.0, 3)]


@pytest.mark.parametrize(("day", "newest", "count"), AS_OF)
def test_a_day_shows_what_was_recorded_and_available_by_its_end(
    stored: Callable[..., StoreSource], day: str | None, newest: float, count: int
) -> None:
    known = ("2020-01-03T21:40", "2020-01-06T21:40")
    stored(rows("DGS10", DAYS[:2], known, (1.5, 1.0)), recorded_at="2020-01-31T12:00")
    stored(rows("DGS10", DAYS[1:2], known[1:], (2.0,)), recorded_at="2020-02-14T20:00")
    stored(rows("DGS10", DAYS[2:], ("2020-01-07T21:40",), (3.0,)), recorded_at="2020-02-15T05:30")  # 00:30 in New York
    source = stored(rows("DGS10", DAYS[2:], ("2020-01-07T21:40",), (4.0,)), recorded_at="2020-03-01")
    as_of = None if day is None else dt.date.fromisoformat(day)
    loaded = source.model_copy(update={"as_of": as_of}).load(request("DGS10"))
    assert (loaded.series["DGS10"].value[-1], len(loaded.series["DGS10"])) == (newest, count)
    assert loaded.notices == ()


def test_a_store_that_was_filled_later_goes_by_availability_and_says_so(stored: Callable[..., StoreSource]) -> None:
    known = ("2020-01-03T21:40", "2020-01-06T21:40", "2020-01-07T21:40")
    source = stored(rows("DGS10", DAYS, known, (1.0, 2.0, 3.0)), recorded_at="2026-05-01", as_of=dt.date(2020, 1, 6))
    loaded = source.load(request("DGS10"))
    assert loaded.series["DGS10"].value.tolist() == [1, 2]
    assert [notice.subject for notice in loaded.notices] == ["store"]
    assert loaded.notices[0].text.startswith("was first filled on 2026-05-01, after 2020-01-06: ")


def test_what_is_required_and_not_held_is_told_with_the_next_step(
    stored: Callable[..., StoreSource], path: Path
) -> None:
    with pytest.raises(DataError, match=r"holds no 'SPY' .*Fill it with `waterline fetch CONFIG` or") as caught:
        stored().load(request(assets=("SPY",)))
    assert caught.value.source == str(path)
    with pytest.raises(DataError, match="holds no 'DTB3'"):
        StoreSource(path=path).load(Request(frozenset(), frozenset(), "DTB3"))
    with pytest.raises(ConfigError, match="Did you mean 'BTC-USD'"):
        StoreSource(path=path).load(request(assets=("BTCUSD",)))


def test_a_missing_store_is_a_sentence_and_is_not_made(path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no store here yet\. Fill one with `waterline fetch CONFIG` or `waterline data im"
    ):
        StoreSource(path=path).load(request())
    assert not path.exists()


def test_a_damaged_store_is_named(path: Path) -> None:
    path.write_bytes(b"no store")
    with pytest.raises(StoreError, match="is damaged"):
        StoreSource(path=path).load(request())


def test_a_store_in_use_is_waited_for_aloud(
    stored: Callable[..., StoreSource], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = stored()
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        let_go = holder.stdin

        class LetGo(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                let_go.close()

        handler = LetGo()
        logging.getLogger("waterline").addHandler(handler)
        try:
            assert "IRX" in source.load(request()).series
        finally:
            logging.getLogger("waterline").removeHandler(handler)
    assert [record.getMessage() for record in caplog.records] == [f"store is in use by pid {holder.pid}, waiting …"]


def test_the_default_store_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with Store.open() as store:
        store.append([BILLS, BILLS_ADJUSTED])
    source = TypeAdapter(SourceConfig).validate_python({"kind": "store"})
    assert source.load(request()).series["IRX"].value.tolist() == [1.5]


def test_stored_rows_can_be_looked_at_now_and_as_of_a_day(stored: Callable[..., StoreSource], path: Path) -> None:
    stored(
        rows("DGS10", DAYS[:2], ("2020-01-03T21:40", "2020-01-06T21:40"), (1.0, 2.0)), recorded_at="2020-01-04T12:00"
    )
    stored(rows("DGS10", DAYS[:1], ("2020-01-03T21:40",), (9.0,)), recorded_at="2020-02-01")
    with Store.open(path, read_only=True) as store:
        assert known_rows(store, "DGS10").value.tolist() == [9, 2]
        assert known_rows(store, "DGS10", "2020-01-04").value.tolist() == [1]
        with pytest.raises(DataError, match="DGS10: nothing of it was known on 2020-01-02"):
            known_rows(store, "DGS10", "2020-01-02")
        with pytest.raises(ConfigError, match="Did you mean 'DGS10'"):
            known_rows(store, "DSG10")
        with pytest.raises(ConfigError, match=r"'June' is no date\. Write it as 2025-06-30"):
            known_rows(store, "DGS10", "June")
