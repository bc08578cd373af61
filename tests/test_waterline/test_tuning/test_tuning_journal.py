"""The journal: whatever byte it is cut at, it holds the first batches, whole, and goes on from there."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.errors import DataError, OutputError, WaterlineError
from waterline.tuning import journal as journal_module
from waterline.tuning.identity import Identity
from waterline.tuning.journal import Journal, open_journal
from waterline.tuning.optimiser import Batch

IDENTITY = Identity(config="c" * 64, data="d" * 64, seed=7, batch=4, optuna="5.0.0")
WRITES_FOR_EVER = """
import sys
from pathlib import Path
from waterline.tuning.identity import Identity
from waterline.tuning.journal import open_journal
from waterline.tuning.optimiser import Batch

with open_journal(Path(sys.argv[1]), Identity("c", "d", 7, 4), resume=True) as journal:
    number = len(journal.batches)
    while True:
        journal.append(Batch(0, number, ({"x": number / 7},) * 500, ((1.0,),) * 500, ("",) * 500))
        print(number, flush=True)
        number += 1
"""
values = st.floats(allow_nan=False, allow_infinity=False)
plain = st.one_of(st.integers(-(2**60), 2**60), values, st.booleans(), st.text(max_size=5))


@st.composite
def batches(draw: st.DrawFn) -> list[Batch]:
    """A few batches of one space and some objectives."""
    names = draw(st.lists(st.text(max_size=4), min_size=1, max_size=3, unique=True))
    objectives = draw(st.integers(1, 2))
    trial = st.tuples(
        st.fixed_dictionaries(dict.fromkeys(names, plain)),
        st.none() | st.tuples(*[values] * objectives),
        st.text(max_size=9),
    )
    drawn = draw(st.lists(st.lists(trial, min_size=1, max_size=3), max_size=4))
    return [
        Batch(0, number, *(tuple(column) for column in zip(*trials, strict=True)))
        for number, trials in enumerate(drawn)
    ]


def written(path: Path, held: list[Batch]) -> bytes:
    """A journal of these batches."""
    path.unlink(missing_ok=True)
    with open_journal(path, IDENTITY, resume=False) as journal:
        for batch in held:
            journal.append(batch)
    return path.read_bytes()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a journal lies."""
    return tmp_path_factory.mktemp("study") / "journal.jsonl"


@settings(max_examples=40)
@given(held=batches(), data=st.data())
def test_a_journal_cut_at_any_byte_holds_the_first_batches_and_goes_on(
    place: Path, held: list[Batch], data: st.DataObject
) -> None:
    whole = written(place, held)
    cut = data.draw(st.integers(0, len(whole)))
    place.write_bytes(whole[:cut])
    with open_journal(place, IDENTITY, resume=True) as journal:
        there = len(journal.batches)
        assert list(journal.batches) == held[:there]
        assert list(map(_types, journal.batches)) == list(map(_types, held[:there]))
        assert there == max(whole[:cut].count(b"\n") - 1, 0)
        for batch in held[there:]:
            journal.append(batch)
    assert place.read_bytes() == whole


def _types(batch: Batch) -> list[Any]:
    return [{name: type(value) for name, value in params.items()} for params in batch.params]


def test_a_process_killed_while_it_writes_loses_no_batch_that_it_had_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    acknowledged = -1
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(5)]
            process.send_signal(signal.SIGKILL)
            lines += [line for line in process.stdout.readlines() if line.endswith(b"\n")]
        assert int(lines[0]) in (acknowledged + 1, acknowledged + 2)
        acknowledged = int(lines[-1])
    with open_journal(path, Identity("c", "d", 7, 4), resume=True) as journal:
        assert [batch.number for batch in journal.batches][: acknowledged + 1] == list(range(acknowledged + 1))
        assert len(journal.batches) <= acknowledged + 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("config", "e" * 64, "the configuration was cccccccccccc… and is now eeeeeeeeeeee…"),
        ("data", "e" * 64, "the data was dddddddddddd… and is now eeeeeeeeeeee…"),
        ("seed", 8, "the seed was 7 and is now 8"),
        ("batch", 16, "the batch size was 4 and is now 16"),
        ("optuna", "9.9", "the version of Optuna was 5.0.0 and is now 9.9"),
        ("waterline", "9.9", "and is now 9.9"),
    ],
)
def test_going_on_with_something_else_is_refused_and_named(tmp_path: Path, field: str, value: Any, said: str) -> None:
    written(tmp_path / "journal.jsonl", [BATCH])
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(WaterlineError) as caught:
        open_journal(tmp_path / "journal.jsonl", replace(IDENTITY, **{field: value}), resume=True)
    assert said in str(caught.value)
    assert before == (tmp_path / "journal.jsonl").read_bytes()


BATCH = Batch(3, 0, ({"x": 0.1, "c": "a"}, {"x": 0.2, "c": 1}), ((1.5, -2.0), None), ("", "why"))


def test_an_unfinished_search_is_not_begun_again_unasked(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    written(path, [BATCH])
    with pytest.raises(WaterlineError, match=r"unfinished search of 1 batches.*--resume.*--out"):
        open_journal(path, IDENTITY, resume=False)
    with open_journal(path, IDENTITY, resume=True) as journal:
        assert journal.of(3) == (BATCH,)
        assert journal.of(0) == ()


@pytest.mark.parametrize("resume", [False, True])
def test_a_search_without_a_batch_begins_again(tmp_path: Path, resume: bool) -> None:
    path = tmp_path / "study" / "journal.jsonl"
    for _ in range(2):
        with open_journal(path, IDENTITY, resume) as journal:
            assert journal.batches == ()
        assert len(path.read_bytes().splitlines()) == 1


def test_a_finished_search_begins_again_unless_resumed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with open_journal(path, IDENTITY, resume=False) as journal:
        journal.append(BATCH)
        journal.finish()
    with open_journal(path, IDENTITY, resume=True) as journal:
        assert journal.batches == (BATCH,)
    with open_journal(path, replace(IDENTITY, seed=8), resume=False) as journal:
        assert journal.batches == ()
    with pytest.raises(WaterlineError, match="the seed was 8 and is now 7"):
        open_journal(path, IDENTITY, resume=True)


def test_two_processes_cannot_write_one_journal_and_nothing_else_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "PATIENCE_SECONDS", 0.1)
    path = tmp_path / "journal.jsonl"
    with (
        open_journal(path, IDENTITY, resume=False),
        pytest.raises(WaterlineError, match="Another process is searching"),
    ):
        open_journal(path, IDENTITY, resume=True)
    assert [child.name for child in tmp_path.iterdir()] == ["journal.jsonl"]


@pytest.mark.parametrize("line", [0, 1])
def test_damage_that_no_kill_explains_is_reported(tmp_path: Path, line: int) -> None:
    path = tmp_path / "journal.jsonl"
    lines = written(path, [BATCH, replace(BATCH, number=1)]).splitlines(keepends=True)
    lines[line] = b"#" + lines[line][1:]
    path.write_bytes(b"".join(lines))
    with pytest.raises(DataError, match=f"line {line + 1} is damaged"):
        open_journal(path, IDENTITY, resume=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"format":99}\n', "not a journal of this version"),
        (b'{"other":1}\n{"other":2}\n', "not a journal of this version"),
        (b"notes\n", "line 1 is damaged"),
        (None, "is damaged"),
    ],
)
def test_a_file_of_another_kind_is_left_alone(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "journal.jsonl"
    content = content or written(path, []) + b'{"fold":0,"batch":0,"params":{"x":[1]},"values":3,"problems":[]}\n'
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        open_journal(path, IDENTITY, resume=True)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(OutputError, match=r"file/journal.jsonl cannot be written.*--out"):
        open_journal(tmp_path / "file" / "journal.jsonl", IDENTITY, resume=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with (
        open_journal(tmp_path / "journal.jsonl", IDENTITY, resume=False) as journal,
        Path("/dev/full").open("ab") as full,
    ):
        with pytest.raises(OutputError, match="No space left"):
            Journal(journal.path, (), full, journal._lock).append(BATCH)
        full.raw.close()  # nothing is left to flush into it


def test_a_value_that_is_not_finite_never_gets_into_a_journal(tmp_path: Path) -> None:
    with (
        open_journal(tmp_path / "journal.jsonl", IDENTITY, resume=False) as journal,
        pytest.raises(ValueError, match="not JSON compliant"),
    ):
        journal.append(replace(BATCH, values=((math.nan, 1.0), None)))
