"""Two versions of a file: are they the same, and if not, where are they furthest apart?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

State = Literal["identical", "same values", "differs", "missing", "not rebuilt"]
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Compared:
    """A file of the results and its rebuilt version.

    Attributes:
        name: file name.
        state: "identical" to the last bit; "same values" in other bytes; "differs"; "missing" in the results; "not
            rebuilt", as no run writes it.
        told: where they are furthest apart, a sentence; empty where they agree.
        largest: the largest absolute difference of two numbers; NaN where nothing is a number.
    """

    name: str
    state: State
    told: str = ""
    largest: float = math.nan

    @property
    def agrees(self) -> bool:
        """Whether the results hold what was rebuilt."""
        return self.state in ("identical", "same values")


def compared(kept: Path, rebuilt: Path) -> Compared:
    """The file at ``kept`` beside the one at ``rebuilt``: tables and JSON by value, everything else by byte."""
    name = rebuilt.name
    if not kept.is_file():
        return Compared(name, "missing", "not in the results")
    before, after = kept.read_bytes(), rebuilt.read_bytes()
    if before == after:
        return Compared(name, "identical")
    try:
        if name.endswith(".parquet"):
            return _tables(kept, rebuilt)
        if name.endswith(".json"):
            return _leaves(name, json.loads(before), json.loads(after))
    except (OSError, ValueError) as error:
        return Compared(name, "differs", f"cannot be read: {' '.join(str(error).split())}")
    differing = (place for place, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    place = next(differing, min(len(before), len(after)))
    return Compared(name, "differs", f"from byte {place:,} on ({len(before):,} bytes kept, {len(after):,} rebuilt)")


def _tables(kept: Path, rebuilt: Path) -> Compared:
    import pandas as pd

    before, after = (pd.read_parquet(path, engine="pyarrow") for path in (kept, rebuilt))
    name, columns, others = rebuilt.name, list(after.columns), list(before.columns)
    if columns != others:
        odd = sorted({*columns} ^ {*others})
        return Compared(name, "differs", f"other columns: {', '.join(odd) or 'the same in another order'}")
    if len(before) != len(after):
        return Compared(name, "differs", f"{len(before):,} rows kept, {len(after):,} rebuilt")
    if not before.index.equals(after.index):
        return Compared(name, "differs", "the same number of rows of other dates")
    apart = [found for column in columns if (found := _column(before[column], after[column])) is not None]
    if not apart:
        return Compared(name, "same values", "written in other bytes")
    told, largest = max(apart, key=lambda found: found[1])
    told = f"{len(apart)} of {len(columns)} columns; most {told}"
    return Compared(name, "differs", told, largest if largest >= 0 else math.nan)


def _column(before: pd.Series[Any], after: pd.Series[Any]) -> tuple[str, float] | None:
    """Where two columns are furthest apart and by how much (-1 for what is no number); None where they agree."""
    numeric = all(column.dtype.kind in "fiu" for column in (before, after))
    kept, rebuilt = (np.asarray(column, dtype=np.float64 if numeric else object) for column in (before, after))
    unequal = kept != rebuilt
    if numeric:
        unequal &= ~(np.isnan(kept) & np.isnan(rebuilt))
    if not unequal.any():
        return None
    size = np.full(len(kept), -1.0)
    size[unequal] = distances(kept[unequal], rebuilt[unequal]) if numeric else 0.0
    row = int(size.argmax())
    stamp = before.index[row]
    place = f"on {stamp:%Y-%m-%d}" if hasattr(stamp, "strftime") else f"in row {row + 1:,}"
    told = f"in {before.name} {place}: {_pair(kept[row], rebuilt[row])}"
    return told, float(size[row]) if numeric else -1.0


def distances(kept: np.ndarray, rebuilt: np.ndarray) -> np.ndarray:
    """Absolute differences of two arrays of numbers; infinite where one of the two is missing."""
    with np.errstate(invalid="ignore"):
        size = np.abs(kept - rebuilt)
    return np.where(np.isnan(size), np.inf, size)


def _leaves(name: str, before: Any, after: Any) -> Compared:
    kept, rebuilt = dict(leaves(before)), dict(leaves(after))
    paths = [path for path in {**kept, **rebuilt} if not _same(kept.get(path, ABSENT), rebuilt.get(path, ABSENT))]
    if not paths:
        return Compared(name, "same values", "written in other bytes")
    sizes = [_distance(kept.get(path), rebuilt.get(path)) for path in paths]
    worst = max(range(len(paths)), key=sizes.__getitem__)
    path, largest = paths[worst], sizes[worst]
    told = f"{len(paths):,} of {len(rebuilt):,} values; most {path}: {_pair(kept.get(path), rebuilt.get(path))}"
    return Compared(name, "differs", told, largest if largest >= 0 else math.nan)


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON tree that holds no further ones, with the dotted path to it."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list) and tree:
        for position, value in enumerate(tree):
            yield from leaves(value, f"{path}[{position}]")
    else:
        yield path, tree


def _same(kept: Any, rebuilt: Any) -> bool:
    return type(kept) is type(rebuilt) and bool(kept == rebuilt)


def _distance(kept: Any, rebuilt: Any) -> float:
    numbers = [value for value in (kept, rebuilt) if isinstance(value, int | float) and not isinstance(value, bool)]
    return abs(numbers[0] - numbers[1]) if len(numbers) == 2 else -1.0


def _pair(kept: Any, rebuilt: Any) -> str:
    size = _distance(*(value.item() if isinstance(value, np.generic) else value for value in (kept, rebuilt)))
    said = f"{_shown(kept)} kept, {_shown(rebuilt)} rebuilt"
    return f"{said} ({size:.3g} apart)" if size >= 0 else said


def _shown(value: Any) -> str:
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def names_of(folder: Path, others: Sequence[str] = ()) -> list[str]:
    """Names of the files in ``folder``, without ``others``."""
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in others)
