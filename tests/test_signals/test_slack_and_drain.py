"""Exact values and monotonicity of slack and of the drain's forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.liquidity_regime import LiquidityRegime, cover_drain, drained, vote
from signals.slack import Slack
from waterline.errors import DataError
from waterline.panel import Observations, Panel
from waterline.sessions import clock
from waterline.testing import FIRST, LAST, sample_panel

BILLION = 1e9
money = st.floats(0, 1e13)


@pytest.mark.parametrize(
    ("demand", "slack", "phi", "expected"),
    [(2, 0, 1, 2), (2, 1, 1, -2), (2, 0.5, 1, 0), (2, 1, 0, 0), (-2, 0, 1, -2), (-2, 1, 1, 2)],
)
def test_form_a_known_values(demand: float, slack: float, phi: float, expected: float) -> None:
    assert drained(np.array([demand]), np.array([slack]), phi)[0] == expected


@given(phi=st.floats(0, 5), demand=st.floats(0.01, 3))
def test_form_a_changes_sign_at_its_stated_slack(phi: float, demand: float) -> None:
    border = 1 / (1 + phi)
    below, above = drained(np.full(2, demand), np.array([border - 1e-6, border + 1e-6]), phi)
    assert below > 0 > above


@given(spare=money, need=st.floats(1e9, 1e12), more=st.floats(1e8, 1e12))
def test_form_b_rises_with_need_and_falls_with_spare_liquidity(spare: float, need: float, more: float) -> None:
    def drain(x: float, c: float) -> float:
        return float(cover_drain(np.array([x]), np.array([c]), 2.0, 0.5)[0])

    assert drain(spare, need + more) >= drain(spare, need)
    assert drain(spare + more, need) <= drain(spare, need)
    assert -1 <= drain(spare, need) <= 1


def test_form_b_without_need_is_ample_and_unknown_stays_unknown() -> None:
    spare, need = np.array([1e12, np.nan, 1e12]), np.array([-5.0, 1e9, np.nan])
    ample, *unknown = cover_drain(spare, need, 2.0, 0.5)
    assert ample == -1.0
    assert np.isnan(unknown).all()


def test_form_b_is_zero_at_the_stated_cover() -> None:
    assert cover_drain(np.array([2e12]), np.array([1e12]), 2.0, 0.5)[0] == 0.0


def test_form_d_needs_two_votes_and_all_three_pillars() -> None:
    pillars = {
        "demand": np.array([0.6, 0.6, 0.5, np.nan]),
        "price": np.array([0.6, 0.1, 0.9, 2.0]),
        "stress": np.array([0.0, 0.1, 0.5, 2.0]),
    }
    assert vote(pillars).tolist()[:3] == [1.0, 0.0, 0.0]
    assert np.isnan(vote(pillars)[3])


def _level(series: str, value: float) -> Observations:
    days = np.arange("2008-06-01", "2024-01-01", 7, dtype="datetime64[D]")
    instants = days.astype("datetime64[s]")
    return Observations(series, days, instants, days, np.full(len(days), value), max_age_days=14, step="W")


def _tub(reserves: float, parked: float, assets: float) -> float:
    """Slack of a world that stands still, in trillions of USD."""
    series = {
        "WRESBAL": _level("WRESBAL", reserves * 1000 * BILLION),
        "RRPONTSYD": _level("RRPONTSYD", parked * 1000 * BILLION),
        "TLAACBW027SBOG": _level("TLAACBW027SBOG", assets * 1000 * BILLION),
    }
    slack, _ = Slack().evaluate(Panel(clock(FIRST, LAST), series, {}))
    return float(slack[-1])


@pytest.mark.parametrize(
    ("reserves", "parked", "assets", "expected"),
    [(2.7, 0.15, 14.9, 0.66), (1.4, 0.0, 17.5, 0.0), (3.1, 2.2, 22.8, 1.0), (2.9, 0.01, 24.5, 0.0)],
    ids=["2014", "September 2019", "mid-2022", "December 2025"],
)
def test_slack_at_the_known_dates(reserves: float, parked: float, assets: float, expected: float) -> None:
    assert _tub(reserves, parked, assets) == pytest.approx(expected, abs=0.01)


@given(reserves=st.floats(0.1, 5), parked=st.floats(0, 2.5), assets=st.floats(8, 30), more=st.floats(0, 1))
def test_slack_is_a_share_and_rises_with_liquidity(reserves: float, parked: float, assets: float, more: float) -> None:
    less, richer = _tub(reserves, parked, assets), _tub(reserves + more, parked, assets)
    assert 0 <= less <= richer <= 1


def test_slack_is_undefined_before_reserves_were_ample() -> None:
    from datetime import date

    panel = sample_panel(Slack().inputs(), first=date(2008, 10, 1), last=date(2009, 6, 30))
    slack, _ = Slack().evaluate(panel)
    undefined = panel.clock.sessions < np.datetime64("2008-12-01")
    assert np.isnan(slack[undefined]).all()
    assert np.isfinite(slack[~undefined]).any()


def test_the_price_of_slack_is_a_half_at_a_zero_spread_and_caps_quantity() -> None:
    series = {
        "WRESBAL": _level("WRESBAL", 4e12),
        "RRPONTSYD": _level("RRPONTSYD", 2e12),
        "TLAACBW027SBOG": _level("TLAACBW027SBOG", 2e13),
        "SOFR": _level("SOFR", 4.00),
        "IORB": _level("IORB", 4.00),
    }
    slack, _ = Slack().evaluate(Panel(clock(FIRST, LAST), series, {}))
    assert slack[-1] == 0.5


def test_form_b_says_what_it_lacks() -> None:
    signal = LiquidityRegime(drain="B")
    with pytest.raises(DataError, match="DEBTPUBLIC"):
        signal.score(sample_panel(signal.inputs() - {"DEBTPUBLIC"}))


def test_a_pillar_without_members_names_the_missing_series() -> None:
    signal = LiquidityRegime()
    with pytest.raises(DataError, match=r"price: 0 of 4 members.*DGS10"):
        signal.score(sample_panel(signal.inputs() - {"DGS2", "DGS10", "DFII10"}))
