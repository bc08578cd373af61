"""The rolling Sharpe ratio against pandas and against the figure of each window alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.metrics import sharpe_ratio, sharpe_standard_error
from waterline.metrics.rolling import rolling_sharpe


def test_it_is_what_pandas_rolls():
    excess = pd.Series(np.random.default_rng(1).standard_t(4, 900) * 0.01 + 0.0004)
    expected = excess.rolling(252).mean() / excess.rolling(252).std() * 252**0.5
    rolled = rolling_sharpe(excess.to_numpy())
    np.testing.assert_allclose(rolled.ratio, expected.to_numpy(), rtol=1e-9)
    assert np.isnan(rolled.ratio[:251]).all()
    assert np.isfinite(rolled.ratio[251:]).all()


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(2, 25), st.integers(0, 2**32 - 1))
def test_each_row_is_the_figure_of_its_window(count, window, seed):
    chance = np.random.default_rng(seed)
    excess = chance.normal(0.0, 0.01, count)
    excess[chance.random(count) < 0.05] = np.nan
    excess[count // 2 : count // 2 + 30] *= chance.choice([0.0, 1.0])
    rolled = rolling_sharpe(excess, window)
    for row in range(count):
        part = excess[max(0, row + 1 - window) : row + 1]
        full = len(part) == window and np.isfinite(part).all()
        ratio = sharpe_ratio(part) if full else np.nan
        error = sharpe_standard_error(part) if full else np.nan
        assert rolled.ratio[row] == pytest.approx(ratio, rel=1e-9, abs=1e-9, nan_ok=True)
        assert rolled.standard_error[row] == pytest.approx(error, rel=1e-6, abs=1e-6, nan_ok=True)


def test_a_missing_return_and_a_flat_year_have_no_ratio():
    excess = np.random.default_rng(2).normal(0.0, 0.01, 1200)
    excess[300] = np.nan
    excess[700:1000] = 0.0
    rolled = rolling_sharpe(excess)
    assert np.isnan(rolled.ratio[300:552]).all()
    assert np.isfinite(rolled.ratio[[299, 552, 699, 950, 1000]]).all()
    assert np.isnan(rolled.ratio[951:1000]).all()
    np.testing.assert_array_equal(np.isnan(rolled.ratio), np.isnan(rolled.standard_error))
