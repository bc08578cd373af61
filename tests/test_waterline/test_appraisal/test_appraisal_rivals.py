"""Scores that the full one must beat: what they are made of, and that none of them looks ahead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.net_liquidity import NetLiquidity
from waterline import experiment
from waterline.appraisal.rivals import NO_MEAN, is_mean, rivals, sized_as, ten_month_rule
from waterline.config import load
from waterline.contracts import Score


def months(count, per_month=3):
    return np.datetime64("2001-01") + np.arange(count) // per_month


def test_ten_month_rule_by_hand():
    """Ten rising month-ends, a fall below their mean in the eleventh month, and back above in the twelfth."""
    ends = [*range(10, 20), 5, 30, 31]
    price = np.array([value for end in ends for value in (99.0, 1.0, float(end))])
    score = ten_month_rule(months(len(price)), price)
    assert np.isnan(score[:30]).all()
    np.testing.assert_array_equal(score[30:], [-1, -1, -1, 1, 1, 1, -1, -1, -1])


def test_ten_month_rule_waits_where_a_month_end_is_missing():
    price = np.arange(1.0, 70.0)
    price[32] = np.nan
    score = ten_month_rule(months(len(price)), price)
    assert np.isfinite(score[30:33]).all()
    assert np.isnan(score[33:63]).all()
    assert np.isfinite(score[63:]).all()


@given(st.integers(0, 100), st.integers(40, 119))
def test_neither_the_trend_nor_the_sizing_looks_ahead(seed, cut):
    random = np.random.default_rng(seed)
    price, part, full = np.exp(random.normal(0, 0.05, (3, 120)).cumsum(axis=1))
    part[:7], full[:31] = np.nan, np.nan
    np.testing.assert_array_equal(ten_month_rule(months(120), price)[:cut], ten_month_rule(months(cut), price[:cut]))
    np.testing.assert_array_equal(sized_as(part, full, 1.0, 0.3)[:cut], sized_as(part[:cut], full[:cut], 1.0, 0.3))


def test_sizing_brings_a_score_to_the_size_of_the_full_one():
    random = np.random.default_rng(5)
    part, full = 4.0 * random.normal(size=60_000), 0.5 * random.normal(size=60_000)
    sized = sized_as(part, full, 1.0, 1 / 3)
    assert sized[0] == pytest.approx(part[0] * (252 / 3 + full[0] ** 2) ** 0.5 / (252 + part[0] ** 2) ** 0.5)
    assert sized[30_000:].std() == pytest.approx(0.5, rel=0.02)
    np.testing.assert_array_equal(np.sign(sized), np.sign(part))


def test_a_pillar_is_left_out_of_a_mean_only(outcome):
    found = {rival.name: rival for rival in rivals(outcome)}
    pillars = outcome.score.pillars
    rest = (pillars["price"] + pillars["stress"]) / 2
    known = np.isfinite(rest)
    ratio = found["without_demand"].score[known] / rest[known]
    assert (ratio > 0).all()
    assert ratio[0] == pytest.approx((2 / 3) ** 0.5, rel=0.05)
    np.testing.assert_array_equal(np.sign(found["price_only"].score[known]), np.sign(pillars["price"][known]))
    voted = replace(outcome, score=replace(outcome.score, total=np.sign(outcome.score.total)))
    refused = {rival.name: rival.why for rival in rivals(voted) if rival.score is None}
    assert refused["without_stress"] == NO_MEAN
    assert "price_only" not in refused


def test_a_score_without_pillars_or_with_missing_ones_is_no_mean():
    known = np.array([np.nan, 1.0, 2.0])
    assert not is_mean(known, {})
    assert is_mean(known, {"a": np.array([0.0, 0.5, 2.0]), "b": np.array([np.nan, 1.5, 2.0])})
    assert not is_mean(known, {"a": known, "b": np.full(3, np.nan)})


def test_rivals_of_the_thesis_on_real_data(root, real_data):
    """Net liquidity and the VIX, from the panel of the run, beside a score that has none of its own."""
    config = load(root / "configs/ai_capex.yaml", ["end=2018-12-31"], Path(real_data))
    panel = experiment.gather(config)
    flat = Score(np.ones(len(panel.clock)), {"price": np.ones(len(panel.clock))})
    seen = type("Seen", (), {"score": flat, "panel": panel, "config": config})()
    found = {rival.name: rival for rival in rivals(seen)}
    assert set(found) == {"price_only", "supply_only", "trend_only", "volatility_only"}
    assert not any(rival.why for rival in found.values())
    volatile, sessions = found["volatility_only"].score, panel.clock.sessions
    assert volatile[np.searchsorted(sessions, np.datetime64("2008-11-20"))] > 1.0
    assert volatile[np.searchsorted(sessions, np.datetime64("2017-11-01"))] < -1.0
    falling = found["trend_only"].score > 0
    assert falling[np.searchsorted(sessions, np.datetime64("2008-10-15"))]
    assert not falling[np.searchsorted(sessions, np.datetime64("2013-10-15"))]
    alone = NetLiquidity().score(panel).total
    np.testing.assert_array_equal(np.sign(found["supply_only"].score), np.sign(alone))
