"""What `new` writes passes the gates as it is, and what it refuses leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.errors import WaterlineError
from waterline.scaffold import Family, Names, ScaffoldError, files, write
from waterline.scaffold.naming import LONGEST

BIN = Path(sys.executable).parent
FAMILIES: tuple[Family, ...] = ("signal", "strategy")
LONG = "a_name_that_is_as_long_as_a_name_may_be_"
NAMES = ("credit_impulse", "x", f"{LONG.rstrip('_')}x")


def waterline(folder: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The program as it is when installed: -P keeps the current folder out of Python's own search path."""
    command = [sys.executable, "-P", "-m", "waterline.cli", *words]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree under this project's settings, with plugins of every family and of names short and long."""
    tree = tmp_path_factory.mktemp("checkout")
    shutil.copy(root / "pyproject.toml", tree)
    for package in ("waterline", "signals", "strategies"):
        (tree / package).mkdir()
        (tree / package / "__init__.py").write_text(f'"""The package {package}."""\n')
    for module in ("contracts", "panel", "sessions", "testing", "transforms"):
        (tree / "waterline" / f"{module}.py").touch()  # ruff takes for first-party what is there
    for family in FAMILIES:
        for name in NAMES:
            written = write(Names.of(family, name if family == "signal" else f"{name[:-1]}s"), tree)
            assert all(path.is_file() for path in written)
    return tree


@pytest.mark.parametrize("gate", [("check",), ("format", "--check", "--diff")], ids=["lint", "format"])
def test_what_is_written_passes_ruff_under_this_projects_settings(checkout: Path, gate: tuple[str, ...]) -> None:
    command = [BIN / "ruff", *gate, "--no-cache", "signals", "strategies", "tests"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_written_passes_mypy_strict(checkout: Path, root: Path, tmp_path: Path) -> None:
    for package in ("signals", "strategies"):
        shutil.copytree(checkout / package, tmp_path / package, ignore=shutil.ignore_patterns("__init__.py"))
    shutil.copytree(checkout / "tests", tmp_path / "tests")
    code = [str(path) for path in sorted(tmp_path.rglob("*.py"))]
    command = [str(BIN / "mypy"), "--strict", "--explicit-package-bases", *code]
    environment = os.environ | {"MYPYPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_written_keeps_its_contract_and_is_a_good_configuration(root: Path, tmp_path: Path) -> None:
    done = waterline(tmp_path, root, "new", "strategy", "half_switch")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:3] == list(files(Names.of("strategy", "half_switch")))
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    tested = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "3 passed" in tested.stdout, tested.stdout
    checked = waterline(tmp_path, root, "check", "configs/half_switch.yaml")
    assert checked.returncode == 0, checked.stderr
    assert "kept: 0.5" in checked.stdout
    typo = waterline(
        tmp_path, root, "check", "configs/half_switch.yaml", "--set", "strategy.use=strategies.half_switc:X"
    )
    assert "Did you mean 'strategies.half_switch'?" in typo.stderr


def test_what_ships_is_not_replaced_by_what_lies_in_the_current_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "liquidity_regime.py").write_text("raise SystemExit(99)\n")
    assert waterline(tmp_path, root, "check", str(root / "configs" / "classic.yaml")).returncode == 0


def test_the_schema_knows_a_new_plugin_and_names_a_broken_one(root: Path, tmp_path: Path) -> None:
    write(Names.of("signal", "credit_impulse"), tmp_path)
    (tmp_path / "signals" / "half_written.py").write_text("def score(\n")
    done = waterline(tmp_path, root, "schema")
    assert done.returncode == 0
    choice = json.loads(done.stdout)["$defs"]["SignalChoice"]["allOf"]
    assert [
        case for case in choice if case["if"]["properties"]["use"]["const"] == "signals.credit_impulse:CreditImpulse"
    ]
    assert "years" in json.loads(done.stdout)["$defs"]["CreditImpulse"]["properties"]
    assert done.stderr.startswith("waterline: signals.half_written is left out: SyntaxError")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2fast", "is no name for a module"),
        ("", "is no name for a module"),
        ("a b", "Write a_b."),
        ("CreditImpulse", "Write credit_impulse."),
        ("credit-impulse", "Write credit_impulse."),
        ("../evil", "Write evil."),
        ("_hidden", "Write hidden."),
        ("größe", "is no name for a module"),
        ("lambda", "is a keyword of Python"),
        ("match", "is a keyword of Python"),
        ("list", "is a name that Python itself uses"),
        ("statistics", "is a name that Python itself uses"),
        ("test_it", "is a name that pytest looks for"),
        ("conftest", "is a name that pytest looks for"),
        ("score", "would make a class Score"),
        ("slack", "there is a module signals.slack already"),
        ("x" * (LONGEST + 1), "has 41 letters, at most 40"),
    ],
)
def test_a_bad_name_is_refused_with_one_sentence(name: str, said: str) -> None:
    with pytest.raises(WaterlineError, match=said.replace(".", r"\.")) as caught:
        Names.of("signal", name)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


@given(st.text(max_size=50))
def test_a_name_is_refused_or_makes_a_module_and_a_class(name: str) -> None:
    try:
        names = Names.of("strategy", name)
    except WaterlineError:
        return
    assert names.module.isidentifier()
    assert names.class_name.isidentifier()
    assert all(path.endswith((f"{name}.py", f"{name}.yaml")) for path in files(names))


@pytest.mark.parametrize("there", list(files(Names.of("signal", "credit_impulse"))))
def test_a_file_that_is_there_is_kept_and_nothing_is_written_beside_it(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True)
    (tmp_path / there).write_text("mine")
    with pytest.raises(ScaffoldError, match="is there already"):
        write(Names.of("signal", "credit_impulse"), tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / there]
    assert (tmp_path / there).read_text() == "mine"


@pytest.mark.parametrize("blocked", ["signals", "tests", "configs"])
def test_a_place_that_cannot_be_written_leaves_nothing_half_written(tmp_path: Path, blocked: str) -> None:
    (tmp_path / blocked).write_text("a file where a folder must be")
    with pytest.raises(ScaffoldError, match="nothing was kept"):
        write(Names.of("signal", "credit_impulse"), tmp_path)
    assert list(tmp_path.rglob("*")) == [tmp_path / blocked]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="is no folder"):
        write(Names.of("signal", "credit_impulse"), tmp_path / "nowhere")
