"""Each gate fails when it should: planted faults in small trees, judged under this project's own settings."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

BIN = Path(sys.executable).parent
HEADER = '"""What it is."""\n\nfrom __future__ import annotations\n'
SHA = "--hash=sha256:" + "0" * 64


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a stranger would: free of what pytest and coverage put into the environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "PYTEST"))}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=kept, capture_output=True, text=True, check=False)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write the files below the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """An empty folder under this project's settings."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


# --- format, lint, types -------------------------------------------------------------------------------------------


def test_the_formatter_refuses_what_it_would_write_otherwise(tree: Path) -> None:
    write(tree, {"waterline/good.py": "x = 1\n", "waterline/bad.py": "x = {'a':1}\n"})
    assert run(BIN / "ruff", "format", "--check", "--no-cache", "waterline/good.py", cwd=tree).returncode == 0
    assert run(BIN / "ruff", "format", "--check", "--no-cache", "waterline/bad.py", cwd=tree).returncode == 1


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("F821", "print_it = unknown_name"),
        ("S101", "assert True"),
        ("S506", "import yaml\nyaml.load('a', Loader=yaml.Loader)"),
        ("T201", "print(1)"),
        ("DTZ005", "import datetime as dt\nnow = dt.datetime.now()"),
        ("FIX002", "# TODO later"),
        ("PGH003", "x: int = 'a'  # type: ignore"),
        ("NPY002", "import numpy as np\nx = np.random.rand(3)"),
        ("BLE001", "try:\n    x = 1\nexcept Exception:\n    x = 2"),
        ("D103", "def public() -> None: ..."),
    ],
)
def test_the_linter_knows_the_rule(tree: Path, rule: str, line: str) -> None:
    write(tree, {"waterline/__init__.py": HEADER, "waterline/bad.py": f"{HEADER}\n{line}\n"})
    done = run(BIN / "ruff", "check", "--no-cache", "--output-format", "concise", "waterline", cwd=tree)
    assert done.returncode == 1
    assert f" {rule} " in done.stdout


def test_the_linter_passes_a_clean_file(tree: Path) -> None:
    write(tree, {"waterline/__init__.py": HEADER})
    assert run(BIN / "ruff", "check", "--no-cache", "waterline", cwd=tree).returncode == 0


def test_the_type_checker_is_strict(tree: Path) -> None:
    planted = f"{HEADER}\n\ndef unannotated(x):\n    return x\n\n\ndef wrong() -> int:\n    return 'text'\n"
    write(tree, {"waterline/__init__.py": "", "waterline/bad.py": planted})
    done = run(BIN / "mypy", "--strict", "--cache-dir", tree / "cache", "waterline", cwd=tree)
    assert done.returncode == 1
    assert "[no-untyped-def]" in done.stdout
    assert "[return-value]" in done.stdout
    assert "Found 2 errors" in done.stdout


# --- import contracts ----------------------------------------------------------------------------------------------


def contracts(root: Path) -> list[dict[str, Any]]:
    """The import contracts of the project."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


@pytest.fixture
def skeleton(root: Path, tree: Path) -> Path:
    """The three packages with every module that the contracts name, empty but for the doors' imports."""
    files = {f"{package}/__init__.py": "" for package in ("waterline", "signals", "strategies")}
    for contract in contracts(root):
        for layer in contract.get("layers", []):
            for module in layer.replace(":", "|").split("|"):
                files[f"waterline/{module.strip(' ()')}/__init__.py"] = ""
    for contract in contracts(root):
        for door in contract.get("allowed_importers", []):
            place = Path(*door.split("."))
            name = f"{place}/__init__.py" if f"{place}/__init__.py" in files else f"{place}.py"
            files[name] = files.get(name, "") + f"import {contract['protected_modules'][0]}\n"
    write(tree, files)
    return tree


def broken(tree: Path) -> set[str]:
    """Names of the contracts that the tree breaks."""
    done = run(BIN / "lint-imports", "--no-logo", "--no-cache", cwd=tree)
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    lines = [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert bool(lines) == bool(done.returncode)
    return set(lines)


def test_the_contracts_hold_in_a_clean_skeleton(skeleton: Path) -> None:
    assert broken(skeleton) == set()


@pytest.mark.parametrize(
    ("contract", "module", "planted"),
    [
        ("layers", "waterline/errors/bad.py", "import waterline.cli"),
        ("layers", "waterline/metrics/bad.py", "import waterline.evidence"),
        ("layers", "waterline/unplaced.py", ""),
        ("engine", "waterline/experiment/bad.py", "import signals"),
        ("siblings", "strategies/bad.py", "import signals"),
        ("plugins", "signals/bad.py", "import waterline.simulation.engine"),
        ("plugins", "strategies/bad.py", "from waterline.metrics import sharpe_ratio"),
        ("door-vectorbt", "waterline/metrics/bad.py", "def late():\n    import vectorbt.returns"),
        ("door-quantstats", "waterline/report/bad.py", "import quantstats"),
    ],
)
def test_a_planted_import_breaks_its_contract(
    root: Path, skeleton: Path, contract: str, module: str, planted: str
) -> None:
    name = next(entry["name"] for entry in contracts(root) if entry["id"] == contract)
    write(skeleton, {module: planted + "\n"})
    assert broken(skeleton) == {name}


# --- house rules and locks -----------------------------------------------------------------------------------------

LONG_FUNCTION = "def long() -> None:\n" + "    x = 1\n" * 40


@pytest.mark.parametrize(
    ("complaint", "source"),
    [
        ("301 lines", "x = 1\n" * 301),
        ("long has 41 lines", LONG_FUNCTION),
        ("gives no reason", "import os  # noqa: F401\n"),
        ("gives no reason", "x: int = 'a'  # type: ignore[assignment]\n"),
        ("gives no reason", "if x:  # pragma: no cover\n    y = 1\n"),
    ],
)
def test_the_house_rules_are_kept(root: Path, tmp_path: Path, complaint: str, source: str) -> None:
    write(tmp_path, {"bad.py": source})
    done = run(sys.executable, root / "tools" / "house_rules.py", tmp_path, cwd=tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_the_house_rules_let_pass_what_keeps_them(root: Path, tmp_path: Path) -> None:
    documented = LONG_FUNCTION.replace("    x = 1\n", '    """A.\n\n    B.\n    """\n', 1)
    excused = "import os  # noqa: F401 - imported for its side effect\n"
    write(tmp_path, {"good.py": documented + excused + "x = 1\n" * 200})
    done = run(sys.executable, root / "tools" / "house_rules.py", tmp_path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("complaint", "text"),
    [
        ("names an address", f"a==1 {SHA}\n# from https://mirror.example/simple\n"),
        ("names an address", f"--index-url x\na==1 {SHA}\n"),
        ("names an address", f"--extra-index-url x\na==1 {SHA}\n"),
        ("names an address", f"--find-links wheels\na==1 {SHA}\n"),
        ("names an address", f"-i mirror\na==1 {SHA}\n"),
        ("names an address", f"a @ file:///wheels/a.whl {SHA}\n"),
        ("is not pinned", f"a>=1 {SHA}\n"),
        ("has no sha256 hash", "a==1 \\\n    --hash=md5:0\n"),
        ("has no sha256 hash", f"a==1\nb==2 \\\n    {SHA}\n"),
        ("locks nothing", "# empty\n"),
    ],
)
def test_an_open_lock_is_refused(root: Path, tmp_path: Path, complaint: str, text: str) -> None:
    write(tmp_path, {"bad.txt": text})
    done = run(sys.executable, root / "tools" / "locks.py", "bad.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_locks_that_disagree_are_refused(root: Path, tmp_path: Path) -> None:
    write(tmp_path, {"one.txt": f"a==1 \\\n    {SHA}\n", "two.txt": f"a==2 \\\n    {SHA}\n"})
    done = run(sys.executable, root / "tools" / "locks.py", "one.txt", "two.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert "different versions of a" in done.stdout


# --- what calls the gates ------------------------------------------------------------------------------------------


def test_the_commit_hooks_are_well_formed_and_download_nothing(root: Path) -> None:
    done = run(BIN / "pre-commit", "validate-config", ".pre-commit-config.yaml", cwd=root)
    assert done.returncode == 0, done.stdout
    repositories = YAML(typ="safe").load(root / ".pre-commit-config.yaml")["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]


def test_the_workflow_calls_targets_that_exist_on_every_supported_python(root: Path) -> None:
    workflow = YAML(typ="safe").load(root / ".github" / "workflows" / "checks.yml")
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert {"make test PYTHON=python", "make demo PYTHON=python"} <= set(steps)
    assert all(run("make", "--dry-run", *step.split()[1:], cwd=root).returncode == 0 for step in steps)
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert workflow["permissions"] == {"contents": "read"}


# --- the test run itself -------------------------------------------------------------------------------------------

SUITE = """
import socket, warnings, pytest

def test_connects(): socket.create_connection(("192.0.2.1", 80), timeout=1)
def test_warns(): warnings.warn("planted")
def test_good(): pass
@pytest.mark.xfail(reason="planted")
def test_passes_after_all(): pass
"""
CODE = "def used() -> int:\n    return 1\n\n\ndef unused(x: int) -> int:\n    if x:\n        return 2\n    return 3\n"


def test_this_very_run_has_no_network_and_takes_warnings_for_errors() -> None:
    with pytest.raises((RuntimeError, UserWarning), match=r"tried to use socket\.socket"):
        socket.socket(socket.AF_INET)
    with pytest.raises((RuntimeError, UserWarning), match=r"tried to use socket\.getaddrinfo"):
        socket.getaddrinfo("example.org", 443)
    with pytest.raises(UserWarning, match="planted"):
        warnings.warn("planted", stacklevel=1)


def test_a_bad_suite_fails_for_each_of_its_reasons(tree: Path) -> None:
    packages = {f"{name}/__init__.py": CODE for name in ("waterline", "signals", "strategies")}
    write(tree, {**packages, "tests/test_bad.py": SUITE})
    done = run(sys.executable, "-m", "pytest", "-rf", "-p", "no:cacheprovider", "--cov", cwd=tree)
    assert done.returncode == 1
    assert "FAILED tests/test_bad.py::test_connects" in done.stdout
    assert "FAILED tests/test_bad.py::test_warns - UserWarning: planted" in done.stdout
    assert "FAILED tests/test_bad.py::test_passes_after_all" in done.stdout
    assert "3 failed, 1 passed" in done.stdout
    assert "FAIL Required test coverage of 85.0% not reached" in done.stdout


def test_an_unknown_marker_stops_the_run(tree: Path) -> None:
    write(tree, {"tests/test_bad.py": "import pytest\n\n@pytest.mark.slwo\ndef test_it(): pass\n"})
    done = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", cwd=tree)
    assert done.returncode == 2
    assert "'slwo' not found in `markers`" in done.stdout
