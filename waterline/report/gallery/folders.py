"""Folders of results as they lie on disk: which there are, whether they changed, and their JSON, trusted in nothing."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from waterline.errors import WaterlineError
from waterline.report.results import MARK

Tree = dict[str, Any]
Signature = tuple[tuple[str, int, int], ...]
"""Name, size and time of change (ns) of each file that an entry is made from; a missing file is left out."""

SIMULATION_MARK = "study.json"
"""File by which the results of simulated worlds are known."""
READ = (MARK, SIMULATION_MARK, "metrics.json", "config.yaml", "daily.parquet", "index.html")
LARGEST = 32 * 2**20
"""Bytes of the longest JSON that is read; what a run or study writes has a few hundred thousand at most."""
UNFINISHED = ".unfinished"
"""Ending of the folder in which a study keeps what it needs to go on."""


class ResultsError(WaterlineError):
    """A folder does not hold results that can be read."""

    def __init__(self, problem: str, remedy: str = "Run it again.") -> None:
        super().__init__(problem, remedy)


def folders_in(folder: Path) -> Iterator[Path]:
    """The folders of ``folder``, by name, but for hidden ones, among which are results still being written."""
    with os.scandir(folder) as found:
        names = [entry.name for entry in found if entry.is_dir() and not entry.name.startswith(".")]
    return (folder / name for name in sorted(names))


def signature(folder: Path) -> Signature:
    """What changes whenever results are written there; empty where there are none."""
    marks = [(name, mark) for name in READ if (mark := _mark(folder / name)) is not None]
    return tuple((name, *mark) for name, mark in marks) if marks and marks[0][0] in {MARK, SIMULATION_MARK} else ()


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def read_tree(path: Path) -> Tree:
    """A JSON object from a file.

    Raises:
        ResultsError: there is no such file, it is too large, or it holds something else.
    """
    try:
        if not path.is_file():
            raise ResultsError(f"it has no {path.name}.")
        if path.stat().st_size > LARGEST:
            raise ResultsError(f"{path.name} has more than {LARGEST // 2**20} MiB: no run writes so much.")
        tree = json.loads(path.read_bytes())
    except OSError as error:
        raise ResultsError(f"{path.name} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise ResultsError(f"{path.name} is no whole JSON.") from None
    if not isinstance(tree, dict):
        raise ResultsError(f"{path.name} is no JSON object.")
    return tree


def at(tree: object, *keys: str) -> Any:
    """What stands at a path of keys; None where it leads nowhere."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def figure_at(tree: object, *keys: str) -> float:
    """The number there; NaN where there is none."""
    value = at(tree, *keys)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) < 1e300 else math.nan


def text_at(tree: object, *keys: str) -> str:
    """The text there; empty where there is none."""
    value = at(tree, *keys)
    return printable(value) if isinstance(value, str) else ""


def printable(text: str) -> str:
    """Text on one line that does nothing to a terminal, a page or a file: control characters and the like become ``?``.

    Marks that turn the direction of writing count among them; joiners, of which emoji are made, stay.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\u200d" else "?" for letter in " ".join(text.split()))
