"""Small folders of generated files, laid out like the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from waterline.sources.table import InputFile

PRICE_HEADER = "date,open,high,low,close,adj_close,volume"
FACT_HEADER = "period_end,filed,value_usd,concept,form"


class DataFolder:
    """Writes files below a root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def fred(self, series: str, rows: Iterable[tuple[str, object]]) -> Path:
        return self.write(f"fred/{series}.csv", table("date,value", rows))

    def prices(self, ticker: str, days: Iterable[object], closes: Iterable[float]) -> Path:
        rows = [(day, "", "", "", close, close, "") for day, close in zip(days, closes, strict=True)]
        return self.write(f"prices/{ticker}.csv", table(PRICE_HEADER, rows))

    def facts(self, name: str, rows: Iterable[tuple[object, ...]]) -> Path:
        return self.write(f"capex/{name}.csv", table(FACT_HEADER, rows))

    def bills(self) -> Path:
        """A bill yield, which every request needs."""
        return self.prices("IRX", ["2020-01-02", "2020-01-03"], [1.5, 1.51])


def table(header: str, rows: Iterable[tuple[object, ...]]) -> str:
    """CSV text."""
    return "\n".join([header, *(",".join(str(cell) for cell in row) for row in rows)]) + "\n"


def calm_walk(count: int, seed: int = 7) -> np.ndarray:
    """(count,) prices of a stock with one percent of daily volatility."""
    return np.round(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count))), 4)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    return DataFolder(tmp_path / "data")


@pytest.fixture
def as_file() -> Callable[[str], InputFile]:
    """Turns text into an input file without a disk."""

    def wrap(text: str) -> InputFile:
        raw = text.encode()
        return InputFile("fred/X.csv", "data/fred/X.csv", raw, hashlib.sha256(raw).hexdigest())

    return wrap


@pytest.fixture
def walk() -> Callable[[int], np.ndarray]:
    """Prices of a calm stock."""
    return calm_walk


@pytest.fixture
def csv_of() -> Callable[[str, Iterable[tuple[object, ...]]], str]:
    """CSV text of a header and rows."""
    return table
