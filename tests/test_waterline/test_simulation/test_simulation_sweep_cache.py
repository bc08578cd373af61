"""Machine code is kept on disk: once a machine, anew when a kernel changes, never in the way where none can be kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COMPILES = """
import numpy as np
from waterline import compiling
from waterline.recursions import switch

states, switches = np.empty(6, dtype=np.int8), np.empty(6, dtype=np.int64)
found = switch(np.array([0.0, 2.0, 2.0, -2.0, -2.0, 2.0]), 1.0, -1.0, 1, 0, states, switches)
print(found, states.tolist() == [0, 1, 1, 0, 0, 1], sum(switch.stats.cache_hits.values()), compiling.cache_folder())
"""
NAMES = "from waterline.compiling import cache_folder; print(cache_folder().name)"


def run_python(code: str, package: Path, **environment: str) -> list[str]:
    """What ``code`` prints, word by word, in a process that imports Waterline from ``package``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA", "XDG", "COV"))}
    made = kept | {"PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=made, cwd=package, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A folder with a copy of the package, without what others compiled."""
    shutil.copytree(root / "waterline", tmp_path / "copy" / "waterline", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def test_the_second_process_finds_what_the_first_compiled(copy: Path, tmp_path: Path) -> None:
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    first, second = (run_python(COMPILES, copy, **cache) for _ in range(2))
    assert first[:3] == ["3", "True", "0"]
    assert second[:3] == ["3", "True", "1"]
    assert first[3] == second[3]
    assert Path(first[3]).parent == tmp_path / "cache"


def test_nothing_writable_still_runs_and_leaves_nothing_behind(copy: Path, tmp_path: Path) -> None:
    """A home that is no folder, as on a read-only machine; the package's own folder is never written to."""
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    nowhere = {name: str(tmp_path / "home" / "below") for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    said = run_python(COMPILES, copy, **nowhere)
    assert said[:3] == ["3", "True", "0"]
    assert not Path(said[3]).exists()
    assert not [path for path in copy.rglob("*") if path.suffix in {".nbi", ".nbc"}]


def test_a_changed_kernel_gets_a_cache_of_its_own(copy: Path, tmp_path: Path) -> None:
    cache, sweep = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}, copy / "waterline" / "simulation" / "sweep"
    before = run_python(NAMES, copy, **cache)
    with (copy / "waterline" / "cli.py").open("a", encoding="utf-8") as file:
        file.write("# no kernel\n")
    assert run_python(NAMES, copy, **cache) == before
    names = {*before}
    for kernel in ("kernel.py", "lanes.py", "arrays.py"):
        with (sweep / kernel).open("a", encoding="utf-8") as file:
            file.write("# changed\n")
        names.update(run_python(NAMES, copy, **cache))
    assert len(names) == 4
