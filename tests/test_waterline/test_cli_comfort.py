"""The program in a shell: help, volume, colour, completion, the browser, and how each kind of ending is told."""

from __future__ import annotations

import logging
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from waterline import cli, terminal
from waterline.cli.examples import CODES, EXAMPLES
from waterline.cli.speaking import conclude, set_volume, tell
from waterline.errors import DataError

COLOUR = re.compile(r"\x1b\[[\d;]*(?:3[0-7]|38|4[0-7]|48|9[0-7])[\d;]*m")


@pytest.fixture(autouse=True)
def _volume() -> Iterator[None]:
    """Each test begins and ends at the usual volume."""
    logger = logging.getLogger("waterline")
    level, handlers = logger.level, logger.handlers
    set_volume(quiet=False, verbose=False)
    yield
    logger.setLevel(level)
    logger.handlers = handlers


def commands(group: Any = None, parent: Any = None) -> Iterator[tuple[str, Any, Any]]:
    """Full name, command and context of every command."""
    group = group or typer.main.get_command(cli.app)
    context = group.make_context(group.name, [], parent=parent, resilient_parsing=True)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        path = f"{context.command_path} {name}".removeprefix("waterline ")
        yield path, command, context
        if hasattr(command, "list_commands"):
            yield from commands(command, context)


def invoke(*words: str) -> Any:
    return CliRunner().invoke(cli.app, list(words))


def ending(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Exit code of the program itself."""
    monkeypatch.setattr(sys, "argv", ["waterline", *words])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


# --- help ------------------------------------------------------------------------------------------------------------


def test_every_command_has_examples_and_every_example_a_command() -> None:
    assert {path for path, _, _ in commands()} == set(EXAMPLES), "name them in waterline/cli/examples.py"


@pytest.mark.parametrize("path", sorted(EXAMPLES))
def test_help_ends_with_examples(path: str) -> None:
    done = invoke(*path.split(), "--help")
    assert done.exit_code == 0
    assert done.stdout.split("Examples:")[1].strip().splitlines()[0] == f"waterline {EXAMPLES[path][0]}"
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("path", "example"), [(path, line) for path, lines in EXAMPLES.items() for line in lines])
def test_every_example_can_be_parsed(path: str, example: str) -> None:
    words = shlex.split(example.partition(" > ")[0])
    found = {name: (command, context) for name, command, context in commands()}
    name = path if words[: len(path.split())] == path.split() else ""
    name = next(
        (longer for longer in found if f"{example} ".startswith(f"{longer} ") and len(longer) > len(name)), name
    )
    command, context = found[name]
    command.make_context(command.name, words[len(name.split()) :], parent=context)


def test_the_programs_help_tells_the_exit_codes_as_the_readme_does(root: Path) -> None:
    told = [line.split()[0].rstrip(",") for line in CODES.splitlines()[2:]]
    assert told == ["0", "1", "2", "3", "70", "130"]
    assert all(line.strip() in invoke("--help").stdout for line in CODES.splitlines()[2:])
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\b{code}\b", readme.split("Exit codes:")[1].split("\n\n")[0]) for code in told)


# --- exit codes ------------------------------------------------------------------------------------------------------

ENDINGS = [
    ("check configs/classic.yaml", 0, ""),
    ("simulate list", 0, ""),
    ("--help", 0, ""),
    ("check configs/clasic.yaml", 2, "Did you mean configs/classic.yaml?"),
    ("check configs/classic.yaml --set regime.upp=1", 2, "Did you mean 'up'?"),
    ("check configs/classic.yaml --no-such-option", 2, "No such option"),
    ("chek configs/classic.yaml", 2, "Did you mean 'check'"),
    ("run configs/classic.yaml --out README.md", 2, "is a file"),
    ("run configs/classic.yaml --set end=1991-01-02 --out OUT", 2, "too short to warm up"),
    ("tune", 2, "no configuration is named"),
    ("new signal slack --folder OUT", 2, "there is a module signals.slack already"),
    ("verify OUT/nothing", 2, "there is no such folder"),
    ("run configs/ai_capex.yaml --data OUT/nothing --out OUT/out", 2, "no such folder"),
    ("run configs/ai_capex.yaml --data OUT --out OUT/out", 3, "prices/"),
    ("audit configs/ai_capex.yaml --data OUT/nothing", 2, "no such folder"),
    ("data list --store OUT/no.duckdb", 3, "no.duckdb"),
]


@pytest.mark.parametrize(("line", "code", "said"), ENDINGS, ids=[case[0] for case in ENDINGS])
def test_each_kind_of_ending_has_its_exit_code(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(root)
    assert ending(monkeypatch, *line.replace("OUT", str(tmp_path)).split()) == code
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_a_bug_keeps_its_traceback_and_is_not_taken_for_a_finding(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("waterline.config.load", broken)
    assert ending(monkeypatch, "check", str(root / "configs" / "classic.yaml")) == cli.BUG == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


# --- volume ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--quiet", "check"], ["check", "-q"]])
def test_a_global_option_may_stand_anywhere(root: Path, words: list[str]) -> None:
    config = str(root / "configs" / "classic.yaml")
    assert invoke(*words, config).exit_code == 0
    assert logging.getLogger("waterline").level == logging.ERROR
    assert invoke("check", config).exit_code == 0
    assert logging.getLogger("waterline").level == logging.WARNING


def test_quiet_leaves_the_place_of_the_results_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    set_volume(quiet=True, verbose=False)
    tell("a warning")
    conclude("the verdict", Path("out/index.html"))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("out/index.html\n", "")


def test_verbose_says_what_is_read_and_how_long_it_took(root: Path) -> None:
    done = invoke("-v", "thesis", str(root / "configs" / "classic.yaml"), "--json")
    said = done.stderr.splitlines()
    assert done.exit_code == 0
    assert f"waterline: read {root / 'configs' / 'classic.yaml'}" in said
    assert any(
        re.fullmatch(r"waterline: read statsmodels==.*macrodata\.csv \(digest [0-9a-f]{12}\)", line) for line in said
    )
    assert [line.split(":")[1].strip() for line in said if re.search(r": \d+\.\d\d s$", line)] == [
        "reading data",
        "judging the claims",
    ]
    assert invoke("thesis", str(root / "configs" / "classic.yaml"), "--json").stderr == ""


def test_a_stage_is_timed_once_however_often_it_reports(caplog: pytest.LogCaptureFixture) -> None:
    set_volume(quiet=False, verbose=True)
    stages = terminal.Stages()
    for name in ("cuts", "cuts", "checks"):
        stages.begin(name)
    stages.end()
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["cuts", "checks"]


# --- colour, completion, browser -------------------------------------------------------------------------------------


def shell(root: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    environment = kept | {"PYTHONPATH": str(root), "TERM": "xterm-256color", **more}
    program = f'waterline() {{ "{sys.executable}" -m waterline.cli "$@"; }}; {command}'
    return subprocess.run(
        ["bash", "-c", program], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_no_color_takes_every_colour_away(root: Path) -> None:
    drawn = (
        "from rich.console import Console; from waterline import terminal\n"
        "with terminal.study_bar() as watch:\n"
        "    from waterline.tuning.progress import Progress; watch(Progress('cuts', 1, 2, 0.5))\n"
    )
    script = f"'{sys.executable}' -c \"{drawn}\""
    assert COLOUR.search(shell(root, script, FORCE_COLOR="1").stderr)
    plain = shell(root, script, FORCE_COLOR="1", NO_COLOR="1")
    assert plain.returncode == 0
    assert "cuts" in plain.stderr
    assert not COLOUR.search(plain.stderr)


def test_the_shell_is_taught_to_complete(root: Path, tmp_path: Path) -> None:
    taught = shell(root, "waterline --install-completion; exit $?", HOME=str(tmp_path))
    assert taught.returncode == 0, taught.stderr
    script = tmp_path / ".bash_completions" / "waterline.sh"
    assert str(script) in (tmp_path / ".bashrc").read_text()
    assert shell(root, "waterline --show-completion; exit $?").stdout.strip() == script.read_text().strip()
    asked = f"source {script}; COMP_WORDS=(waterline ver); COMP_CWORD=1; {{}} waterline; echo ${{{{COMPREPLY[@]}}}}"
    completer = re.search(r"-F (\w+) waterline", script.read_text())
    assert completer is not None
    # `env`, by which the script asks the program, knows no functions: the program has to be a file on the path.
    program = tmp_path / "waterline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m waterline.cli "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    assert shell(root, f"unset -f waterline; {asked.format(completer[1])}", PATH=path).stdout.strip() == "verify"


def test_open_shows_the_page_in_the_browser(root: Path, tmp_path: Path) -> None:
    browser, page = tmp_path / "browser", tmp_path / "a page" / "index.html"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/shown"\n')
    browser.chmod(0o755)
    script = (
        "from pathlib import Path; from waterline.cli.speaking import conclude\n"
        f"conclude('', Path('{page}'), opened=True)"
    )
    done = shell(root, f"'{sys.executable}' -c \"{script}\"", BROWSER=str(browser))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "shown").read_text().strip() == page.as_uri()


def test_where_there_is_no_browser_open_is_harmless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import webbrowser

    monkeypatch.setattr(webbrowser, "_tryorder", [])
    monkeypatch.setattr(webbrowser, "_browsers", {})
    conclude("verdict", Path("out/index.html"), opened=True)
    said = capsys.readouterr()
    assert "Results: out/index.html" in said.out
    assert "no browser" in said.err


def test_a_data_error_is_told_as_one_of_data() -> None:
    assert DataError("a", "b", "c").exit_code == 3
