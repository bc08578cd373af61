"""The ledger on disk: what is counted, what never changes, and what is said of a part or folder at fault."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import waterline.ledger.parts
from waterline.ledger import (
    Entries,
    LedgerCount,
    LedgerError,
    append,
    append_quietly,
    config_digests,
    count,
    ledger_folder,
    returns_digest,
)
from waterline.ledger.parts import FOLDER, VARIABLE

FULL_DISK = """
import resource, sys
from pathlib import Path
from waterline.ledger import append_quietly
from waterline.ledger.entries import Entries
import numpy as np, pyarrow.parquet, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
digests = np.arange(9, dtype=np.uint64)
print(append_quietly(Entries("f", "run", digests, digests), Path(sys.argv[1])))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "project" / "ledger"


def entries(configs: list[int], returns: list[int], family: str = "f", study: str = "") -> Entries:
    digests = [np.array(values, dtype=np.uint64) for values in (configs, returns)]
    return Entries(family, "sweep" if study else "run", digests[0], digests[1], study)


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def test_a_ledger_that_is_not_there_yet_counts_nothing(folder: Path) -> None:
    assert count("f", folder) == LedgerCount(0, 0, 0, 0)
    append(entries([], []), folder)
    assert not folder.exists()


small = st.integers(0, 6)
batches = st.lists(
    st.tuples(st.sampled_from(["f", "g", "ü b"]), st.sampled_from(["", "s", "t"]), st.lists(st.tuples(small, small))),
    max_size=6,
)


@settings(max_examples=25)
@given(batches)
def test_the_counts_are_those_of_sets(given_batches: list[tuple[str, str, list[tuple[int, int]]]]) -> None:
    with TemporaryDirectory() as name:
        for family, study, rows in given_batches:
            append(entries([a for a, _ in rows], [b for _, b in rows], family, study), Path(name))
        for family in ("f", "g", "ü b"):
            own = [(study, *row) for named, study, rows in given_batches for row in rows if named == family]
            found = count(family, Path(name))
            assert found.rows == len(own)
            assert found.distinct_configs == len({config for _, config, _ in own})
            assert found.distinct_returns == len({returns for _, _, returns in own})
            assert found.studies == len({study for study, *_ in own} - {""})
            assert found.trials == min(found.distinct_configs, found.distinct_returns)


def test_a_run_that_repeats_an_earlier_one_adds_nothing_but_a_row(folder: Path) -> None:
    append(entries([2**64 - 1, 5], [1, 2]), folder)
    before = count("f", folder)
    append(entries([5], [2]), folder)
    assert count("f", folder) == replace(before, rows=before.rows + 1)


def test_new_data_and_new_names_are_no_new_trials() -> None:
    assert LedgerCount(rows=9, distinct_configs=1, distinct_returns=9, studies=0).trials == 1
    assert LedgerCount(rows=9, distinct_configs=9, distinct_returns=2, studies=0).trials == 2


def test_parts_are_never_rewritten_and_sort_by_time(folder: Path) -> None:
    known: dict[Path, tuple[int, bytes]] = {}
    for number in range(12):
        append(entries([number], [number]), folder)
        last = parts(folder)[-1]
        assert last not in known
        assert parquet.read_table(last)["config_digest"].to_pylist() == [number]
        assert all((path.stat().st_mtime_ns, path.read_bytes()) == was for path, was in known.items())
        known[last] = (last.stat().st_mtime_ns, last.read_bytes())
    assert {path.name for path in folder.iterdir()} == {path.name for path in known}


def test_the_same_entries_at_the_same_instant_make_two_parts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedClock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Self:
            return cls(2024, 2, 29, 12, 30, tzinfo=tz)

    monkeypatch.setattr(waterline.ledger.parts, "datetime", StoppedClock)
    same = entries([1], [1])
    append(same, folder)
    append(same, folder)
    assert count("f", folder) == LedgerCount(2, 1, 1, 0)
    assert all(path.name.startswith("20240229T123000000000Z-") for path in parts(folder))


def test_the_columns_of_a_part(folder: Path) -> None:
    at = np.datetime64("2024-02-29T12:30:00", "us")
    append(replace(entries([1, 2], [3, 2**64 - 1], "a + b on market data", "s1"), kind="refinement", at=at), folder)
    table = parquet.read_table(parts(folder)[0])
    assert [str(kind) for kind in table.schema.types] == [
        "dictionary<values=string, indices=int32, ordered=0>", "dictionary<values=string, indices=int32, ordered=0>",
        "uint64", "uint64", "dictionary<values=string, indices=int32, ordered=0>", "timestamp[us, tz=UTC]",
    ]  # fmt: skip
    plain = {name: table[name].to_pylist() for name in ("family", "study", "config_digest", "returns_digest", "kind")}
    assert plain == {
        "family": ["a + b on market data"] * 2, "study": ["s1"] * 2, "config_digest": [1, 2],
        "returns_digest": [3, 2**64 - 1], "kind": ["refinement"] * 2,
    }  # fmt: skip
    assert {str(value) for value in table["at"].to_pylist()} == {"2024-02-29 12:30:00+00:00"}


def test_entries_are_stamped_with_the_time_of_day_in_utc() -> None:
    before = np.datetime64("now", "us")
    assert before <= entries([1], [1]).at <= np.datetime64("now", "us") + np.timedelta64(2, "s")


def test_a_torn_temporary_file_is_passed_by(folder: Path) -> None:
    append(entries([1], [1]), folder)
    whole = parts(folder)[0]
    whole.with_suffix(".partial").write_bytes(whole.read_bytes()[:100])
    assert count("f", folder).rows == 1
    append(entries([2], [2]), folder)
    assert count("f", folder).rows == 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    for number in range(3):
        append(entries([number], [number]), folder)
    return folder


@settings(max_examples=50)
@given(st.data())
def test_any_damage_to_a_part_is_seen(whole: Path, data: st.DataObject) -> None:
    hurt = parts(whole)[data.draw(st.integers(0, 2), label="part")]
    held = hurt.read_bytes()
    place = data.draw(st.integers(0, len(held) - 1), label="byte")
    flipped = bytes([held[place] ^ data.draw(st.integers(1, 255), label="bits")])
    cut_short = data.draw(st.booleans(), label="cut short")
    try:
        hurt.write_bytes(held[:place] if cut_short else held[:place] + flipped + held[place + 1 :])
        with pytest.raises(LedgerError) as caught:
            count("f", whole)
    finally:
        hurt.write_bytes(held)
    assert caught.value.path == hurt
    assert count("f", whole).rows == 3


def test_the_sentence_about_a_damaged_part_says_which_and_what_to_do(folder: Path) -> None:
    append(entries([1], [1]), folder)
    hurt = parts(folder)[0]
    hurt.write_bytes(b"")
    with pytest.raises(LedgerError) as caught:
        count("f", folder)
    assert str(caught.value) == (
        f"{hurt}: this part of the trial ledger is damaged: its bytes differ from the digest in its name. Put it back"
        " from a backup. Without one, move it away: the trials in it are then no longer counted."
    )
    assert caught.value.exit_code == 3
    append(entries([2], [2]), folder)  # what is damaged keeps nobody from adding
    hurt.rename(folder.parent / hurt.name)
    assert count("f", folder) == LedgerCount(1, 1, 1, 0)


def test_a_foreign_file_among_the_parts_is_named(folder: Path) -> None:
    append(entries([1], [1]), folder)
    (folder / "daily.parquet").write_bytes(parts(folder)[0].read_bytes())
    with pytest.raises(LedgerError, match=r"daily\.parquet: is no part of the trial ledger\. Move it"):
        count("f", folder)


def test_what_is_no_folder_is_refused_by_reader_and_writer(tmp_path: Path) -> None:
    file = tmp_path / "ledger"
    file.write_text("a list of things to do")
    with pytest.raises(LedgerError, match=r"ledger: the trial ledger cannot be read \(Not a directory\)\."):
        count("f", file)
    with pytest.raises(LedgerError, match=rf"cannot be written \(File exists\)\. .*{VARIABLE} name another folder"):
        append(entries([1], [1]), file)
    with pytest.raises(LedgerError, match=r"cannot be written \(Not a directory\)"):
        append(entries([1], [1]), file / "below")
    assert file.read_text() == "a list of things to do"


def test_a_results_folder_is_no_place_for_a_ledger(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "run.json").write_text("{}")
    with pytest.raises(LedgerError, match="holds the results of a run, which the next run there replaces"):
        append(entries([1], [1]), folder)
    assert [path.name for path in folder.iterdir()] == ["run.json"]


def test_a_quiet_append_returns_what_a_loud_one_raises(tmp_path: Path, folder: Path) -> None:
    assert append_quietly(entries([1], [1]), folder) is None
    assert count("f", folder).rows == 1
    file = tmp_path / "file"
    file.touch()
    error = append_quietly(entries([1], [1]), file)
    assert isinstance(error, LedgerError)
    assert error.path == file


@pytest.mark.skipif(sys.platform == "win32", reason="a file's size cannot be limited here")
def test_a_full_disk_leaves_nothing_behind(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(folder)], capture_output=True, text=True, check=True)
    assert re.search(r"the trial ledger cannot be written \(File too large\)\.", done.stdout)
    assert list(folder.iterdir()) == []


def test_the_ledger_lies_below_the_current_folder_or_where_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for empty in (None, ""):
        monkeypatch.delenv(VARIABLE, raising=False) if empty is None else monkeypatch.setenv(VARIABLE, empty)
        assert ledger_folder() == FOLDER
    append(entries([1], [1]))
    assert count("f", tmp_path / "reports" / "ledger").rows == count("f").rows == 1
    monkeypatch.setenv(VARIABLE, "~/tries")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    append(entries([1, 2], [1, 2]))
    assert count("f", tmp_path / "home" / "tries").rows == count("f").rows == 2


def test_a_million_trials_and_some_runs(folder: Path) -> None:
    many, chance = 1_000_000, np.random.default_rng(4)
    values = chance.normal(size=(3, many))
    configs = config_digests("s", values.T)
    append(Entries("f", "sweep", configs, returns_digest(1 + values[0] ** 2, values[1], values[2] ** 2), "s"), folder)
    append(Entries("f", "refinement", configs[::10], configs[::10], "t"), folder)
    append(Entries("g", "sweep", configs[:9], configs[:9], "s"), folder)
    for number in range(20):
        append(entries([number], [number]), folder)
    assert count("f", folder) == LedgerCount(11 * many // 10 + 20, many + 20, 11 * many // 10 + 20, 2)
    assert all(path.stat().st_size < 20 * many for path in parts(folder))
