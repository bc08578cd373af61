"""Splits are told from crashes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.sources.jumps import FACTORS, find_jump

UNKNOWN = np.full(4, np.nan)
factors = st.sampled_from([*FACTORS.tolist(), *(1 / FACTORS).tolist()])


def path(*ratios: float) -> np.ndarray:
    return 100 * np.cumprod([1.0, *ratios])


@given(factors, st.floats(-0.02, 0.02))
def test_a_split_on_an_ordinary_day_is_found_with_its_factor(factor: float, own: float) -> None:
    jump = find_jump("KO", UNKNOWN, path(1.01, factor * (1 + own), 0.99))
    assert jump is not None
    assert jump.row == 2
    assert jump.factor == pytest.approx(factor)


@given(factors, st.floats(-0.1, 0.1))
def test_a_split_of_a_restless_stock_is_found_by_its_open(factor: float, own: float) -> None:
    close = path(1.01, factor * (1 + own), 0.99)
    open_ = np.array([np.nan, np.nan, close[1] * factor * 1.005, np.nan])
    jump = find_jump("TSLA", open_, close)
    assert jump is not None
    assert jump.row == 2
    assert jump.factor == pytest.approx(factor)


@given(st.floats(0.52, 1.9), st.floats(0.52, 1.9))
def test_moves_short_of_a_half_or_a_double_pass(first: float, second: float) -> None:
    assert find_jump("KO", UNKNOWN, path(first, second, 1.0)) is None


@pytest.mark.parametrize(
    ("ratio", "open_ratio"),
    [
        (0.4813, 0.527),  # Apple, 2000-09-29
        (0.3826, np.nan),  # MicroStrategy, 2000-03-20
        (1.7643, np.nan),  # MicroStrategy, 2001-04-19
        (0.5765, 0.999),  # Ether, 2020-03-12
    ],
)
def test_true_crashes_and_leaps_pass(ratio: float, open_ratio: float) -> None:
    open_ = np.array([np.nan, 100 * open_ratio])
    assert find_jump("AAPL", open_, np.array([100.0, 100 * ratio])) is None


@pytest.mark.parametrize(("ratio", "found"), [(2.0, False), (0.5, False), (2.156, False), (10.3, True)])
def test_implied_volatility_may_double_but_not_grow_elevenfold(ratio: float, found: bool) -> None:
    assert (find_jump("VIX", UNKNOWN[:2], np.array([10.0, 10 * ratio])) is not None) is found


@given(st.floats(10.3, 1e6), st.booleans())
def test_any_factor_beyond_ten_is_refused(ratio: float, down: bool) -> None:
    step = 1 / ratio if down else ratio
    jump = find_jump("BTC-USD", UNKNOWN[:2], np.array([1000.0, 1000.0 * step]))
    assert jump is not None
    assert jump.factor == pytest.approx(step, rel=0.15)


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_bar_has_no_jump(count: int) -> None:
    assert find_jump("KO", UNKNOWN[:count], np.full(count, 5.0)) is None
