"""What is needed to run it again: configuration, digests of the inputs, versions, commit."""

from __future__ import annotations

import platform
import subprocess
from importlib import metadata
from pathlib import Path

from waterline.outcome import Outcome
from waterline.report.code import code_digests

PACKAGES = (
    "waterline", "numpy", "pandas", "scipy", "numba", "vectorbt", "vectorbt-rust", "quantstats", "plotly", "pydantic",
    "exchange_calendars", "pyarrow", "skfolio", "arch", "statsmodels",
)  # fmt: skip


def manifest(outcome: Outcome) -> dict[str, object]:
    """The contents of ``run.json``. Holds no time of day, so that the same inputs give the same file."""
    config = outcome.config
    return {
        "name": config.name,
        "digest": outcome.digest,
        "config": config.resolved(),
        "seed": config.seed,
        "sessions": {
            "first": str(outcome.sessions[0]),
            "first_evaluated": str(outcome.sessions[outcome.first]),
            "last": str(outcome.sessions[-1]),
        },
        "inputs": dict(sorted(outcome.panel.files.items())),
        "not_point_in_time": [entry.name for entry in outcome.provenance if not entry.point_in_time],
        "engine": outcome.strategy.engine,
        "code": code_digests(config),
        **made_with(),
    }


def made_with(more: tuple[str, ...] = ()) -> dict[str, object]:
    """Versions of Python and of the packages that matter, those named in ``more`` among them, and the commit."""
    return {
        "python": platform.python_version(),
        "packages": {name: version for name in (*PACKAGES, *more) if (version := _version(name))},
        "git": commit(),
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def commit() -> dict[str, object] | None:
    """Commit of the checkout that this code runs from and whether it was changed since; None outside a checkout."""
    folder = Path(__file__).resolve().parents[2]
    if not (folder / ".git").exists():
        return None
    try:
        head = _git(folder, "rev-parse", "HEAD")
        changed = bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": head, "changed": changed}


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()
