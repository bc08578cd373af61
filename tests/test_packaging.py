"""What is shipped is what stands in the repository, and the command line answers before the heavy libraries load."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

PACKAGES = ("waterline", "signals", "strategies")
HEAVY = ("pandas", "vectorbt", "quantstats", "plotly", "scipy", "pyarrow", "matplotlib", "exchange_calendars", "numba")
PARENTS = """
import importlib, pathlib
names = ("waterline", "signals", "strategies")
print(*sorted({str(pathlib.Path(importlib.import_module(name).__file__).parents[1]) for name in names}), sep="\\n")
"""
HEAVY_AFTER = """
import sys
from waterline.cli import main
sys.argv[0] = "waterline"
try:
    main()
except SystemExit as left:
    print("exit code:", left.code or 0)
print("heavy:", *sorted(set({heavy!r}) & set(sys.modules)))
"""


def run(*command: object, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command and hand back what it said; ``path`` comes first on its import path, and stays unmeasured."""
    environment = dict(os.environ)
    if path:
        unmeasured = {key: value for key, value in environment.items() if not key.startswith("COV")}
        environment = unmeasured | {"PYTHONPATH": str(path)}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def parents(cwd: Path, path: Path | None = None) -> list[str]:
    """The folders that hold the three packages as Python finds them."""
    done = run(sys.executable, "-c", PARENTS, cwd=cwd, path=path)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="session")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without network from the repository as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=root)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("waterline-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked by pip into a folder of its own, without its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--target", folder)
    done = run(sys.executable, "-m", "pip", "install", *options, wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_three_packages_share_one_parent(root: Path) -> None:
    assert parents(root) == [str(root)]


def test_a_foreign_package_named_signals_is_noticed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / "__init__.py").touch()
    assert len(parents(tmp_path, path=Path(f"{tmp_path}{os.pathsep}{root}"))) == 2


def test_the_wheel_holds_every_file_of_the_three_packages(root: Path, wheel: Path) -> None:
    files = (file for package in PACKAGES for file in (root / package).rglob("*") if file.is_file())
    standing = {file.relative_to(root).as_posix() for file in files if "__pycache__" not in file.parts}
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == standing
    assert {f"{package}/py.typed" for package in PACKAGES} <= shipped
    assert any(name.startswith("waterline/report/templates/") for name in shipped)


def test_the_wheel_carries_its_licence_its_notice_and_its_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = message_from_string(archive.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= set(archive.namelist())
    assert "waterline = waterline.cli:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_the_installed_wheel_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    assert parents(tmp_path, path=installed) == [str(installed)]
    done = run(sys.executable, installed / "bin" / "waterline", "--help", cwd=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    assert "waterline" in done.stdout


@pytest.mark.parametrize("words", [("--help",), ("check", "configs/classic.yaml")], ids=" ".join)
def test_a_quick_answer_imports_no_heavy_library(root: Path, words: tuple[str, ...]) -> None:
    done = run(sys.executable, "-c", HEAVY_AFTER.format(heavy=HEAVY), *words, cwd=root)
    assert done.stdout.splitlines()[-1] == "heavy:", done.stdout + done.stderr
    assert "exit code: 0" in done.stdout or done.returncode == 0


def test_a_heavy_import_would_be_noticed(root: Path) -> None:
    done = run(sys.executable, "-c", "import pandas\n" + HEAVY_AFTER.format(heavy=HEAVY), "--help", cwd=root)
    assert "pandas" in done.stdout.splitlines()[-1]


def test_the_locks_are_pinned_hashed_and_free_of_addresses(root: Path) -> None:
    locks = sorted((root / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["dev", "docs", "lock", "oracle", "run"]
    done = run(sys.executable, "tools/locks.py", *locks, cwd=root)
    assert (done.returncode, done.stdout) == (0, "")
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        assert "--extra-index" not in text
        assert "--find-links" not in text
