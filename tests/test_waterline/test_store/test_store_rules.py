"""What the store's code must never do, read off the code."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from waterline.store import Rows, Store

WRITES_OVER = re.compile(r"\b(UPDATE|DELETE|TRUNCATE|REPLACE|MERGE|UPSERT)\b")  # SQL is written in capitals here
DROPS = re.compile(r"\bDROP\s+(TABLE|SCHEMA|VIEW)\s+(?!changes\b)")
SQL = re.compile(r"\b(SELECT|INSERT|FROM|WHERE|CREATE)\b")


@pytest.fixture(scope="module")
def sources(root: Path) -> dict[str, str]:
    """The code of the store by file."""
    return {path.name: path.read_text(encoding="utf-8") for path in (root / "waterline" / "store").glob("*.py")}


def test_rows_are_only_ever_added(sources: dict[str, str]) -> None:
    assert len(sources) > 5
    found = [(name, hit.group()) for name, text in sources.items() for hit in WRITES_OVER.finditer(text)]
    found += [(name, hit.group()) for name, text in sources.items() for hit in DROPS.finditer(text)]
    assert found == []


def test_no_value_is_ever_written_into_sql(sources: dict[str, str]) -> None:
    for name, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            built = isinstance(node, ast.JoinedStr | ast.BinOp) or (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
            )
            assert not (built and SQL.search(ast.unparse(node))), (name, ast.unparse(node))


@pytest.mark.skipif(sys.platform != "linux", reason="reads the resident memory from /proc")
def test_memory_does_not_grow_with_the_number_of_series(store: Store) -> None:
    at = np.datetime64("1990-01-01T21:40:00", "s") + np.arange(10_000) * np.timedelta64(86_400, "s")
    day = at.astype("datetime64[D]")
    noise = np.random.default_rng(7)
    resident = []
    for k in range(60):
        store.append([Rows(f"S{k}", day, at, day, noise.normal(size=10_000), "fred")])
        resident.append(int(Path("/proc/self/statm").read_text().split()[1]) * 4096)
    a_series = 10_000 * (8 + 3 * 8)  # the bytes of its four columns
    assert (np.median(resident[-10:]) - np.median(resident[15:25])) / 35 < 2.5 * a_series
