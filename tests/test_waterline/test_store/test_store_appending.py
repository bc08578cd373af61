"""What an append writes: what is new, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from waterline.store import Revision, Rows, Store, StoreError

MakeRows = Callable[..., Rows]
JANUARY = ("2020-01-02", "2020-01-03")
NEXT_DAY = ("2020-01-03T21:40", "2020-01-06T21:40")


def physical(store: Store) -> int:
    """Rows in the file, superseded ones included."""
    return int(store._database.rows("SELECT count(*) FROM observations")[0][0])


def instant(text: str) -> np.datetime64:
    return np.datetime64(text, "us")


def test_what_was_appended_reads_back_to_the_bit(store: Store, rows: MakeRows) -> None:
    values = [0.1 + 0.2, -0.0]
    assert store.append([rows("DGS10", JANUARY, NEXT_DAY, values)]).new == {"DGS10": 2}
    read = store.read(["DGS10", "DGS2"])
    assert set(read) == {"DGS10"}
    back = read["DGS10"]
    assert back.value.tobytes() == np.array(values).tobytes()
    assert back.period.tolist() == [dt.date(2020, 1, 2), dt.date(2020, 1, 3)]
    assert back.available_at.astype(str).tolist() == ["2020-01-03T21:40:00", "2020-01-06T21:40:00"]
    assert back.vintage.tolist() == [dt.date(2020, 1, 3), dt.date(2020, 1, 6)]
    assert [array.dtype.str for array in (back.period, back.available_at, back.vintage)] == [
        "<M8[D]",
        "<M8[s]",
        "<M8[D]",
    ]
    assert back.source == "fred"


def test_rows_come_back_in_order_of_availability(store: Store, rows: MakeRows) -> None:
    store.append(
        [rows("A", ["2020-01-03", "2020-01-01", "2020-01-02"], ["2020-02-01", "2020-02-02", "2020-02-01"], [3, 1, 2])]
    )
    assert store.read(["A"])["A"].value.tolist() == [2, 3, 1]


def test_appending_what_is_known_writes_nothing(store: Store, rows: MakeRows) -> None:
    batch = [rows("A", JANUARY, NEXT_DAY, [1, 2]), rows("B", JANUARY[:1], NEXT_DAY[:1], [np.nan])]
    store.append(batch)
    again = store.append(batch)
    assert again.new == {"A": 0, "B": 0}
    assert again.revised == ()
    assert physical(store) == 3


def test_the_same_value_from_another_service_is_not_new(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2], "files")])
    assert store.append([rows("A", JANUARY, NEXT_DAY, [1, 2], "fred")]).new == {"A": 0}


def test_a_true_vintage_is_written_beside_an_equal_latest_revision(store: Store, rows: MakeRows) -> None:
    store.append([rows("GDP", JANUARY, NEXT_DAY, [1, 2], "fred-csv")])
    assert store.append([rows("GDP", JANUARY, NEXT_DAY, [1, 3], "alfred")]).new == {"GDP": 2}
    assert store.read(["GDP"], sources={"alfred"})["GDP"].value.tolist() == [1, 3]
    assert store.read(["GDP"], sources={"fred-csv"})["GDP"].value.tolist() == [1, 2]
    assert store.read(["GDP"])["GDP"].source == "alfred"


def test_a_correction_is_a_new_row_and_is_reported(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])])
    corrected = store.append([rows("A", JANUARY, NEXT_DAY, [1, 5])])
    assert corrected.new == {"A": 1}
    assert corrected.revised == (Revision("A", dt.date(2020, 1, 3), 2.0, 5.0),)
    assert store.read(["A"])["A"].value.tolist() == [1, 5]
    assert physical(store) == 3


def test_a_later_vintage_stands_beside_the_first_and_is_reported(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])])
    revised = store.append([rows("A", ["2020-01-02", "2020-01-03"], ["2020-02-03", "2020-02-03"], [1, 3])])
    assert revised.new == {"A": 2}
    assert revised.revised == (Revision("A", dt.date(2020, 1, 3), 2.0, 3.0),)
    assert store.read(["A"])["A"].value.tolist() == [1, 2, 1, 3]


def test_a_first_append_with_many_vintages_revises_nothing(store: Store, rows: MakeRows) -> None:
    twice = rows("A", ["2020-01-02", "2020-01-02"], ["2020-01-03", "2020-02-03"], [1, 2])
    assert store.append([twice]).revised == ()


def test_a_period_revised_twice_in_a_batch_is_told_once_with_its_newest_value(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", ["2020-01-02"], ["2020-01-03"], [1])])
    batch = rows("A", ["2020-01-02", "2020-01-02"], ["2020-02-03", "2020-03-03"], [2, 3])
    assert store.append([batch]).revised == (Revision("A", dt.date(2020, 1, 2), 1.0, 3.0),)


def test_an_older_vintage_learnt_later_is_no_revision(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", ["2020-01-02"], ["2020-02-03"], [2])])
    learnt = store.append([rows("A", ["2020-01-02"], ["2020-01-03"], [1])])
    assert (learnt.new, learnt.revised) == ({"A": 1}, ())


def test_a_value_that_was_missing_is_not_revised_when_it_comes(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, np.nan])])
    assert store.append([rows("A", JANUARY, NEXT_DAY, [np.nan, 2])]).revised[0].old == 1
    assert np.array_equal(store.read(["A"])["A"].value, [np.nan, 2], equal_nan=True)


def test_a_batch_is_stored_whole_or_not_at_all(store: Store, rows: MakeRows) -> None:
    with pytest.raises(
        StoreError, match=r"B 2020-01-02 came with two values, both available from 2020-01-03 21:40 UTC"
    ):
        store.append([rows("A", JANUARY, NEXT_DAY, [1, 2]), rows("B", JANUARY[:1] * 2, NEXT_DAY[:1] * 2, [1, 2])])
    assert physical(store) == 0
    assert store.append([rows("B", JANUARY[:1] * 2, NEXT_DAY[:1] * 2, [1, 1])]).new == {"B": 1}


def test_two_values_recorded_at_one_instant_are_refused(store: Store, rows: MakeRows) -> None:
    at = instant("2020-02-01")
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])], recorded_at=at)
    with pytest.raises(StoreError, match="A 2020-01-03 came with two values"):
        store.append([rows("A", JANUARY, NEXT_DAY, [1, 3])], recorded_at=at)
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])], recorded_at=at)
    assert physical(store) == 2


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_refused(store: Store, rows: MakeRows, value: float) -> None:
    with pytest.raises(StoreError, match="A 2020-01-03 came with value") as caught:
        store.append([rows("A", JANUARY, NEXT_DAY, [1, value])])
    assert caught.value.exit_code == 3
    assert physical(store) == 0


def test_an_undated_row_is_refused(store: Store, rows: MakeRows) -> None:
    with pytest.raises(StoreError, match="dates that may be missing"):
        store.append([rows("A", JANUARY, ["2020-01-03", "NaT"], [1, 2])])


@pytest.mark.parametrize("batch", [[], [Rows("A", *[np.empty(0, "M8[D]")] * 3, np.empty(0), "fred")]])
def test_an_empty_batch_changes_nothing(store: Store, batch: list[Rows]) -> None:
    assert sum(store.append(batch).new.values()) == 0
    assert store.first_recorded() is None
    assert store.read(["A"]) == {}
    assert store.as_of(["A"], np.array(["2020-01-01"], dtype="datetime64[s]")) == {}
    assert store.summaries() == []


def test_names_are_data_and_never_sql(store: Store, rows: MakeRows) -> None:
    name = "A'); DROP TABLE observations; --"
    store.append([rows(name, JANUARY, NEXT_DAY, [1, 2], "it's")])
    assert store.read([name])[name].source == "it's"
    assert store.names() == {name}


def test_now_is_recorded_in_utc(store: Store, rows: MakeRows) -> None:
    before = np.datetime64(dt.datetime.now(dt.UTC).replace(tzinfo=None), "us")
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])])
    after = np.datetime64(dt.datetime.now(dt.UTC).replace(tzinfo=None), "us")
    first = store.first_recorded()
    assert first is not None
    assert before <= first <= after


def test_a_clock_that_went_back_does_not_turn_history_round(store: Store, rows: MakeRows) -> None:
    ahead = instant("2100-01-01T00:00:00")
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])], recorded_at=ahead)
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 7])])
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 8])])
    tick = np.timedelta64(1, "us")
    assert [summary.last_recorded for summary in store.summaries()] == [ahead + 2 * tick]
    seen = [store.read(["A"], recorded_by=ahead + i * tick)["A"].value[1] for i in range(3)]
    assert seen == [2, 7, 8]


def test_what_was_recorded_later_does_not_exist_before(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])], recorded_at=instant("2020-02-01"))
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 9])], recorded_at=instant("2020-03-01"))
    store.append([rows("B", JANUARY, NEXT_DAY, [4, 4])], recorded_at=instant("2020-03-01"))
    assert store.read(["A", "B"], recorded_by=instant("2020-01-31")) == {}
    february = store.read(["A", "B"], recorded_by=instant("2020-02-01"))
    assert set(february) == {"A"}
    assert february["A"].value.tolist() == [1, 2]
    assert store.read(["A", "B"])["A"].value.tolist() == [1, 9]


def test_what_became_available_later_does_not_exist_before(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2])])
    assert store.read(["A"], available_by=instant("2020-01-03T21:40"))["A"].value.tolist() == [1]
    assert store.read(["A"], available_by=instant("2020-01-03T21:39")) == {}


def test_current_is_what_was_said_of_the_newest_period(store: Store, rows: MakeRows) -> None:
    periods = ["2020-01-01", "2020-02-01", "2020-01-01", "2020-03-01"]
    store.append([rows("A", periods, ["2020-02-10", "2020-03-10", "2020-03-15", "2020-04-10"], [1, 2, 9, np.nan])])
    instants = np.array(["2020-04-20", "2020-02-09", "2020-02-10", "2020-03-20"], dtype="datetime64[s]")
    assert np.array_equal(store.as_of(["A", "B"], instants)["A"], [2, np.nan, 1, 2], equal_nan=True)


def test_a_summary_tells_what_is_held(store: Store, rows: MakeRows) -> None:
    store.append([rows("A", JANUARY, NEXT_DAY, [1, 2], "files")], recorded_at=instant("2020-02-01"))
    store.append([rows("A", JANUARY[:1], ["2020-02-03T10:00"], [3], "fred")], recorded_at=instant("2020-03-01"))
    store.append([rows("B", JANUARY, NEXT_DAY, [1, 2])])
    first, second = store.summaries()
    assert store.summaries(["A"]) == [first]
    assert (first.series, first.source, first.rows, first.vintages) == ("A", "files, fred", 3, 2)
    assert (first.first_period, first.last_period) == (dt.date(2020, 1, 2), dt.date(2020, 1, 3))
    assert first.available_since == np.datetime64("2020-01-03T21:40")
    assert first.last_recorded == instant("2020-03-01")
    assert (second.series, second.vintages) == ("B", 1)


def test_what_is_stored_is_there_when_it_is_opened_again(path: Path, rows: MakeRows) -> None:
    with Store.open(path) as first:
        first.append([rows("A", JANUARY, NEXT_DAY, [1, 2])])
    with Store.open(path, read_only=True) as second:
        assert second.read(["A"])["A"].value.tolist() == [1, 2]
