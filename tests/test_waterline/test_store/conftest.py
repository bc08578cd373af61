"""Small stores of made-up series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from waterline.store import Rows, Store

MakeRows = Callable[..., Rows]


def made(
    series: str, periods: Sequence[str], available: Sequence[str], values: Sequence[float], source: str = "fred"
) -> Rows:
    """Rows whose vintage is the day of availability."""
    at = np.array(available, dtype="datetime64[s]")
    period = np.array(periods, dtype="datetime64[D]")
    return Rows(series, period, at, at.astype("datetime64[D]"), np.array(values, dtype=np.float64), source)


@pytest.fixture(scope="session")
def rows() -> MakeRows:
    """Makes rows of texts and numbers."""
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may lie."""
    return tmp_path / "store.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store, open for writing."""
    with Store.open(path) as opened:
        yield opened


@pytest.fixture
def filled(path: Path) -> Path:
    """The file of a store with two series."""
    days = [f"2020-01-{day:02d}" for day in range(1, 29)]
    known = [f"{day}T21:40" for day in days]
    with Store.open(path) as opened:
        opened.append([made(name, days, known, [float(i) for i in range(28)]) for name in ("A", "B")])
    return path
