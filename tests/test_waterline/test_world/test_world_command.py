"""``waterline simulate`` as a person meets it: results whole or none, the same for any number of workers."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from waterline import terminal
from waterline.cli import main, speaking

ASKED = ("--years", "1", "--seed", "7")
Command = Callable[..., int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """The program in this process; its handlers of signals end with the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def called(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["waterline", "simulate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    yield called
    speaking._STOPPED_BY.clear()
    for number, handler in before.items():
        signal.signal(number, handler)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_two_workers_write_the_same_bytes(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("N1", "--runs", 3, *ASKED, "--out", tmp_path / "one") == 0
    said = capsys.readouterr().out
    assert str(tmp_path / "one" / "index.html") in said
    assert "at most" in said
    assert command("N1", "--runs", 3, *ASKED, "--workers", 2, "--out", tmp_path / "two") == 0
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert set(one) == {"index.html", "study.json"}
    assert one == two
    tree = json.loads(one["study.json"])
    assert [trial["run"] for trial in tree["worlds"]["N1"]["trials"]] == [0, 1, 2]
    assert command("N1", "--runs", 1, *ASKED, "--out", tmp_path / "one", "--json") == 0
    shorter = json.loads((tmp_path / "one" / "study.json").read_text())
    assert shorter["worlds"]["N1"]["trials"] == tree["worlds"]["N1"]["trials"][:1]
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two", "index.html", ".gallery.json"}


@pytest.mark.parametrize(("word", "told"), [("AA2", "Did you mean 'A2'?"), ("n1", "'N1'"), ("Z", "Known: A1")])
def test_a_world_that_is_not_there_is_told_with_the_nearest(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str, told: str
) -> None:
    assert command(word, "--out", tmp_path / "out") == 2
    said = capsys.readouterr().err
    assert f"there is no world {word!r}" in said
    assert told in said
    assert not list(tmp_path.iterdir())


def test_other_files_are_not_written_over(command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert command("N1", "--out", tmp_path) == 2
    assert "no study.json" in capsys.readouterr().err
    assert contents(tmp_path) == {"run.json": b"{}"}
    assert command("N1", "--out", tmp_path / "run.json") == 2


def test_an_interrupt_keeps_what_was_there_and_leaves_nothing_half_written(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def interrupting(_: int) -> Iterator[Callable[[str], None]]:
        yield lambda _: signal.raise_signal(signal.SIGINT)

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "study.json").write_text("{}")
    monkeypatch.setattr(terminal, "bar", interrupting)
    assert command("N0", "--runs", 3, *ASKED, "--out", tmp_path / "out") == 130
    assert "interrupted" in capsys.readouterr().err
    assert contents(tmp_path / "out") == {"study.json": b"{}"}
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_the_list_names_every_world(command: Command, capsys: Any) -> None:
    assert command("list") == 0
    assert "N4\tN1, the best of 32 configurations" in capsys.readouterr().out
