"""Set up ``.venv`` from the locks: ``python tools/environment.py run|dev``.

Takes the standard library, pip and a package index. Does nothing when the environment is already what the locks say.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = VENV / "locks.stamp"
PROJECT = VENV / "project.stamp"
SERVES = {"run": ("run",), "dev": ("run", "dev")}  # a dev environment also serves to run
PINNED = ("--require-hashes", "--only-binary", ":all:")


def digest(*paths: Path) -> str:
    """Changes with the files, the interpreter and the place (an environment cannot be moved)."""
    found = hashlib.sha256(f"{sys.version}\0{sys.base_prefix}\0{ROOT}".encode())
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def pip(*arguments: str) -> None:
    """Install into the environment, silent unless it fails."""
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def install_locked(level: str) -> None:
    """Exactly the locked packages of the level; anew unless the environment already holds a part of them."""
    wanted = digest(*sorted((ROOT / "requirements").glob("*.txt")))
    made, _, reached = LOCKS.read_text().partition(" ") if LOCKS.exists() else ("", "", "")
    current = made == wanted and PYTHON.exists()
    if current and level in SERVES.get(reached, ()):
        return
    print(f"Setting up .venv with Python {sys.version.split()[0]}: takes a minute or two ...", flush=True)
    started = time.monotonic()
    if not current:
        venv.create(VENV, clear=True, with_pip=True)
    LOCKS.unlink(missing_ok=True)
    pip(*PINNED, "-r", f"requirements/{level}.txt")
    if level == "dev":
        pip(*PINNED, "--no-deps", "-r", "requirements/oracle.txt")
    LOCKS.write_text(f"{wanted} {level}")
    print(f"Installed requirements/{level}.txt in {time.monotonic() - started:.0f} s.")


def install_project() -> None:
    """The project itself, editable; takes nothing from the index, as its build backend is among the locked packages."""
    wanted = digest(ROOT / "pyproject.toml")
    if not PROJECT.exists() or PROJECT.read_text() != wanted:
        pip("--no-index", "--no-deps", "--no-build-isolation", "-e", ".")
        PROJECT.write_text(wanted)


def main(level: str) -> None:
    """Bring the environment to the level."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv.")
    try:
        install_locked(level)
        install_project()
    except subprocess.CalledProcessError as failure:
        sys.exit(
            f"Setting up .venv failed, see above ({failure}). Is a package index within reach? Then run make again."
        )


if __name__ == "__main__":
    main(sys.argv[1])
