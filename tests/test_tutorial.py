"""The tutorial does what it says: its commands are run as they stand, and what it shows is what they print."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import signals
from waterline.cli import main

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLUGIN = "signals.credit_impulse"


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Each command of the document, and the lines that it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for kind, block in BLOCK.findall(text):
        lines = block.splitlines()
        if kind == "sh":
            found += [(line, []) for line in lines]
        else:
            found[-1][1].extend(lines)
    return found


def program(words: list[str]) -> tuple[int, str]:
    """Run the program in this process, which has its libraries loaded; exit code and output."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        patch.setattr(sys, "argv", ["waterline", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return int(ended.value.code or 0), out.getvalue()


def run(command: str, root: Path) -> str:
    """The output of one command line, which must end well."""
    line, _, file = (part.strip() for part in command.partition(">"))
    words = shlex.split(line)
    if words[0] == "waterline":
        code, out = program(words[1:])
    else:
        environment = os.environ | {"PYTHONPATH": str(root)}
        words[0] = sys.executable if words[0] == "python" else words[0]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        code, out = done.returncode, done.stdout
    assert code == 0, f"{command}\n{out}"
    if file:
        Path(file).write_text(out, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def walked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[list[str], str]]]:
    """Command -> what it is shown to print, and what it printed, in a folder of its own."""
    folder = tmp_path_factory.mktemp("research")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(signals, "__path__", [*signals.__path__, str(folder / "signals")])
        commands = steps((root / "docs" / "tutorial.md").read_text(encoding="utf-8"))
        yield {command: (shown, run(command, root)) for command, shown in commands}
    sys.modules.pop(PLUGIN, None)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_every_command_prints_what_it_is_shown_to_print(walked: dict[str, tuple[list[str], str]]) -> None:
    assert [shlex.split(command)[1] for command in walked] == ["new", "-m", "check", "schema", "run", "audit"]
    for command, (shown, printed) in walked.items():
        printed_lines = printed.splitlines()
        for line in shown:
            assert any(line in other for other in printed_lines), f"{command} does not print {line!r}:\n{printed}"


def test_the_run_at_its_end_is_rebuilt_to_the_last_bit(walked: dict[str, tuple[list[str], str]]) -> None:
    results = Path("reports/credit_impulse")
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    ledger = sorted(Path(os.environ["WATERLINE_LEDGER"]).rglob("*"))
    code, out = program(["verify", str(results), "--json"])
    found = json.loads(out)
    assert (code, found["identical"], found["reproduced"]) == (0, True, True)
    assert {file["name"]: file["state"] for file in found["files"]} == {
        name: "identical" for name in sorted(before) if name != "run.json"
    }
    assert found["differences"] == []
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before
    assert sorted(Path(os.environ["WATERLINE_LEDGER"]).rglob("*")) == ledger
