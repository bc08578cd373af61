"""Where are two versions of a file furthest apart?"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.rebuilding.comparing import compared, leaves

DATES = pd.date_range("2020-01-01", periods=4, name="date")
DAILY = pd.DataFrame(
    {"return": [0.0, 0.1, np.nan, -0.2], "weight_A": [1.0, 1.0, 0.5, 0.5], "state": [0, 1, 1, 0]}, DATES
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("kept", "rebuilt"):
        (tmp_path / name).mkdir()
    return tmp_path / "kept", tmp_path / "rebuilt"


def tables(places, kept: pd.DataFrame, rebuilt: pd.DataFrame, **options: str):
    for place, frame, more in zip(places, (kept, rebuilt), (options, {}), strict=True):
        frame.to_parquet(place / "daily.parquet", **more)
    return compared(places[0] / "daily.parquet", places[1] / "daily.parquet")


def trees(places, kept: object, rebuilt: object, indent: int | None = None):
    for place, tree, spaces in zip(places, (kept, rebuilt), (indent, None), strict=True):
        (place / "metrics.json").write_text(json.dumps(tree, indent=spaces))
    return compared(places[0] / "metrics.json", places[1] / "metrics.json")


def test_the_same_bytes_are_identical(places) -> None:
    found = tables(places, DAILY, DAILY)
    assert (found.state, found.agrees, found.told) == ("identical", True, "")


def test_the_same_values_in_other_bytes_are_said_to_be_so(places) -> None:
    found = tables(places, DAILY, DAILY, compression="gzip")
    assert (found.state, found.agrees) == ("same values", True)


def test_the_largest_difference_is_told_with_column_and_day(places) -> None:
    other = DAILY.copy()
    other.loc["2020-01-02", "return"] += 0.001
    other.loc["2020-01-03", "weight_A"] = 0.75
    found = tables(places, DAILY, other)
    assert found.state == "differs"
    assert found.largest == 0.25
    assert found.told == "2 of 3 columns; most in weight_A on 2020-01-03: 0.5 kept, 0.75 rebuilt (0.25 apart)"


def test_a_number_that_went_missing_is_the_largest_difference(places) -> None:
    other = DAILY.copy()
    other.loc["2020-01-02", "return"] = np.nan
    found = tables(places, DAILY, other)
    assert math.isinf(found.largest)
    assert "return on 2020-01-02" in found.told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.iloc[:-1], "4 rows kept, 3 rebuilt"),
        (lambda frame: frame.rename(columns={"state": "held"}), "other columns: held, state"),
        (lambda frame: frame.set_index(DATES + pd.Timedelta(days=1)), "other dates"),
    ],
)
def test_another_shape_is_told(places, change, said: str) -> None:
    found = tables(places, DAILY, change(DAILY))
    assert found.state == "differs"
    assert said in found.told


def test_text_that_differs_has_no_size(places) -> None:
    orders = pd.DataFrame({"asset": ["A", "B"], "shares": [1.0, 2.0]})
    found = tables(places, orders, orders.assign(asset=["A", "C"]))
    assert "asset in row 2: 'B' kept, 'C' rebuilt" in found.told
    assert math.isnan(found.largest)


def test_json_is_compared_leaf_by_leaf(places) -> None:
    kept = {"windows": {"all": {"cagr": 0.1, "sharpe": None}}, "list": [1, 2]}
    rebuilt = {"windows": {"all": {"cagr": 0.1, "sharpe": 0.5}}, "list": [1, 5]}
    found = trees(places, kept, rebuilt)
    assert found.told == "2 of 4 values; most list[1]: 2 kept, 5 rebuilt (3 apart)"
    assert found.largest == 3


def test_json_written_otherwise_holds_the_same_values(places) -> None:
    assert trees(places, {"a": [1.5, {}]}, {"a": [1.5, {}]}, indent=4).state == "same values"


@given(JSON, JSON)
def test_two_trees_have_the_same_leaves_only_if_they_are_the_same(left: object, right: object) -> None:
    same = json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
    said = [[(path, repr(value)) for path, value in leaves(tree)] for tree in (left, right)]
    assert (sorted(said[0]) == sorted(said[1])) == same


def test_pages_are_compared_by_byte(places) -> None:
    for place, text in zip(places, ("<p>12</p>", "<p>13</p>!"), strict=True):
        (place / "index.html").write_text(text)
    found = compared(places[0] / "index.html", places[1] / "index.html")
    assert found.told == "from byte 4 on (9 bytes kept, 10 rebuilt)"


def test_a_missing_and_a_damaged_file_are_told(places) -> None:
    tables(places, DAILY, DAILY)
    (places[0] / "daily.parquet").write_bytes(b"PAR1 no more")
    assert "cannot be read" in compared(places[0] / "daily.parquet", places[1] / "daily.parquet").told
    (places[0] / "daily.parquet").unlink()
    assert compared(places[0] / "daily.parquet", places[1] / "daily.parquet").state == "missing"
