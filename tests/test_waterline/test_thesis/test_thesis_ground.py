"""What a row knows and what follows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.panel import Observations
from waterline.sessions import Dates
from waterline.thesis.ground import Ground, ahead, behind, blocks
from waterline.thesis.reading import by_period


def test_sums_by_hand() -> None:
    moves = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    assert ahead(moves, 2)[:3].tolist() == [6.0, 12.0, 24.0]
    assert behind(moves, 2)[2:].tolist() == [3.0, 6.0, 12.0]
    assert blocks(moves, 2).tolist() == [3.0, 12.0]
    assert np.isnan([*ahead(moves, 2)[3:], *behind(moves, 2)[:2]]).all()
    assert np.isnan([*ahead(moves, 5), *behind(moves, 9)]).all()


@given(st.integers(1, 30), st.integers(1, 8), st.data())
def test_a_decision_sees_the_moves_before_it_and_earns_those_after_the_next_close(
    rows: int, steps: int, data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, rows - 1))
    moves = np.arange(1.0, rows + 1.0)
    poisoned = moves.copy()
    poisoned[row:] = np.nan
    assert behind(poisoned, steps)[row] == pytest.approx(behind(moves, steps)[row], nan_ok=True)
    poisoned = moves.copy()
    poisoned[: row + 1] = np.nan
    assert ahead(poisoned, steps)[row] == pytest.approx(ahead(moves, steps)[row], nan_ok=True)


def test_what_is_lacking_is_told_in_words() -> None:
    ground = Ground(days("2020-01-01", "2020-01-02"), {"slack": np.zeros(1)}, absent={"supply": "WALCL"})
    assert ground.lacking("slack", "supply", "demand") == ("WALCL", "demand")
    assert len(ground) == 1


def days(*texts: str) -> Dates:
    return np.array(texts, dtype="datetime64[D]")


def test_by_period_takes_the_latest_revision_of_the_day_and_carries_it_over_a_holiday() -> None:
    period = days("2020-01-02", "2020-01-03", "2020-01-02", "2020-01-08")
    seen = days("2020-01-03", "2020-01-06", "2020-02-01", "2020-01-09")
    order = np.argsort(seen)
    rows = Observations(
        "X",
        period[order],
        seen[order].astype("datetime64[s]"),
        seen[order],
        np.array([1.0, 2.0, 9.0, 3.0])[order],
        3,
        "D",
    )
    asked = days("2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07", "2020-01-08")
    assert by_period(rows, asked) == pytest.approx([np.nan, 9.0, 2.0, 2.0, np.nan, 3.0], nan_ok=True)
    assert np.isnan(by_period(rows.rows(slice(0, 0)), asked)).all()
