"""Weights inside a sleeve: sums, caps, joining and leaving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from waterline.panel import Panel
from waterline.sleeves import SleeveConfig, build_sleeves, capped, normalised, rolling_volatility
from waterline.testing import sample_panel

SPECULATIVE = ("ARKK", "BTC-USD", "ETH-USD", "IGV", "IWO")


def weights(panel: Panel, **config: object) -> np.ndarray:
    sleeve = SleeveConfig.model_validate({"members": SPECULATIVE, **config})
    return build_sleeves(panel, {"s": sleeve}).inside["s"]


def listed_from(panel: Panel, ticker: str, first: str, last: str = "2100-01-01") -> Panel:
    """The panel in which ``ticker`` trades between two dates only."""
    bars = panel.bars[ticker]
    kept = (bars.date >= np.datetime64(first)) & (bars.date <= np.datetime64(last))
    cut = replace(
        bars,
        date=bars.date[kept],
        open=bars.open[kept],
        close=bars.close[kept],
        available_at=bars.available_at[kept],
    )
    return replace(panel, bars={**panel.bars, ticker: cut})


@given(
    raw=st.lists(st.lists(st.floats(0, 1), min_size=5, max_size=5), min_size=1, max_size=20),
    cap=st.floats(0.05, 1),
    group_cap=st.floats(0.05, 1),
)
def test_caps_hold_and_nothing_is_invented(raw: list[list[float]], cap: float, group_cap: float) -> None:
    base = normalised(np.array(raw))
    group = np.array([True, True, False, False, False])
    limits = [(group, group_cap), *((np.arange(5) == k, cap) for k in range(5))]
    placed = capped(base, limits)
    assert (placed >= 0).all()
    assert (placed.sum(axis=1) <= base.sum(axis=1) + 1e-9).all()
    assert (placed <= cap + 1e-9).all()
    assert (placed[:, group].sum(axis=1) <= group_cap + 1e-9).all()
    assert (placed[base == 0] == 0).all()
    room = (placed < cap - 1e-9) & (base > 0)
    room[:, group] &= (placed[:, group].sum(axis=1) < group_cap - 1e-9)[:, None]
    full = np.isclose(placed.sum(axis=1), base.sum(axis=1))
    others_open = room[:, ~group].any(axis=1)
    assert (full | ~others_open).all(), "weight was left in cash although a name had room"


def test_a_row_does_not_depend_on_what_other_rows_exceed() -> None:
    """Not even in the last bit: 400 rows, of which some take more passes than others, and each of them alone."""
    base = normalised(np.random.default_rng(0).exponential(size=(400, 5)))
    limits = [(np.arange(5) == k, 0.35) for k in range(5)]
    alone = np.vstack([capped(row[None, :], limits) for row in base])
    np.testing.assert_array_equal(capped(base, limits), alone)


def test_excess_goes_to_the_others_in_proportion() -> None:
    base = np.array([[0.6, 0.2, 0.1, 0.1]])
    placed = capped(base, [(np.arange(4) == 0, 0.4)])
    np.testing.assert_allclose(placed, [[0.4, 0.3, 0.15, 0.15]])


def test_default_weights_sum_to_one_once_enough_members_are_in() -> None:
    inside = weights(sample_panel(SPECULATIVE))
    np.testing.assert_allclose(inside[100:].sum(axis=1), 1.0)
    crypto = inside[:, [1, 2]].sum(axis=1)
    assert crypto.max() <= 0.25 + 1e-12
    assert inside.max() <= 0.35 + 1e-12


def test_two_members_under_a_cap_leave_the_rest_in_bills() -> None:
    inside = build_sleeves(sample_panel({"MU", "WDC"}), {"g": SleeveConfig(members=("MU", "WDC"))}).inside["g"]
    np.testing.assert_allclose(inside[200].sum(), 0.7)


def test_a_member_joins_63_sessions_after_its_first_trade_and_leaves_when_it_stops() -> None:
    panel = listed_from(sample_panel(SPECULATIVE), "IGV", "2015-03-02", "2019-05-31")
    inside = weights(panel)[:, SPECULATIVE.index("IGV")]
    sessions = panel.clock.sessions
    first = int(np.flatnonzero(sessions == np.datetime64("2015-03-02"))[0])
    assert (inside[: first + 63] == 0).all()
    assert inside[first + 63] > 0
    assert (inside[sessions > np.datetime64("2019-06-07")] == 0).all()
    assert inside[sessions == np.datetime64("2019-05-31")] > 0


def test_equal_weights_are_equal() -> None:
    inside = weights(sample_panel(SPECULATIVE), weighting="equal", crypto_cap=1.0)
    np.testing.assert_allclose(inside[500], 0.2)


def test_inverse_volatility_is_shrunk_half_to_equal() -> None:
    panel = sample_panel(SPECULATIVE)
    inside = weights(panel, cap=1.0, crypto_cap=1.0)[500]
    closes = panel.closes(SPECULATIVE, panel.clock.cutoffs)
    returns = closes[501 - 63 : 501] / closes[500 - 63 : 500] - 1
    inverse = 1 / returns.std(axis=0, ddof=1)
    np.testing.assert_allclose(inside, 0.5 * 0.2 + 0.5 * inverse / inverse.sum(), rtol=1e-12)


def test_a_sleeve_without_members_holds_nothing() -> None:
    panel = sample_panel({"SNDK", "MU"})
    empty = listed_from(panel, "SNDK", "2099-01-01")
    inside = build_sleeves(empty, {"s": SleeveConfig(members=("SNDK",))}).inside["s"]
    assert (inside == 0).all()


def test_volatility_needs_its_whole_window() -> None:
    closes = np.exp(np.cumsum(np.random.default_rng(1).standard_normal((100, 2)) / 100, axis=0))
    deviation = rolling_volatility(closes, 63)
    assert np.isnan(deviation[:63]).all()
    np.testing.assert_allclose(deviation[-1], (closes[-63:] / closes[-64:-1] - 1).std(axis=0, ddof=1))
