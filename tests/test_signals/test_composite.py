"""The composite against plain pandas, and what its weights mean."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from signals.composite import Composite
from waterline.contracts import Signal
from waterline.errors import DataError
from waterline.panel import Panel
from waterline.plugins import build
from waterline.testing import same, sample_panel

NAMES = ("AAA", "BAA10Y", "REALGDP", "WALCL")
weights = st.lists(st.sampled_from([-2.0, -0.7, 0.0, 0.3, 1.0, 3.0]), min_size=4, max_size=4).filter(any)


@lru_cache
def invented() -> Panel:
    return sample_panel(NAMES)


@pytest.fixture
def panel() -> Panel:
    return invented()


def by_pandas(signal: Composite, panel: Panel) -> pd.Series:
    """The score from each session's current values."""
    now = pd.DataFrame({name: panel.now(panel.read(name)) for name in signal.series})
    window = now.rolling(signal.window, min_periods=min(signal.min_window, signal.window))
    z = ((now - window.mean()) / window.std()).where(window.max() > window.min()).clip(-signal.clip, signal.clip)
    weight = pd.Series(signal.series)
    total = (z * weight).sum(axis=1, skipna=False) / weight.abs().sum()
    return total.ewm(span=signal.span, adjust=False, ignore_na=True).mean().where(total.notna())


@settings(max_examples=20, deadline=None)
@given(
    weights=weights,
    window=st.sampled_from([20, 63, 252, 756]),
    span=st.sampled_from([1.0, 5.0, 40.5]),
    clip=st.sampled_from([1.0, 3.0, 10.0]),
)
def test_the_score_is_that_of_plain_pandas(weights: list[float], window: int, span: float, clip: float) -> None:
    panel = invented()
    series = dict(zip(NAMES, weights, strict=True))
    signal = Composite(series=series, window=window, min_window=200, span=span, clip=clip)
    score, expected = signal.score(panel), by_pandas(signal, panel)
    np.testing.assert_allclose(score.total, expected, rtol=1e-6, atol=1e-7)  # pandas slides its sums
    together = np.mean(list(score.pillars.values()), axis=0)
    np.testing.assert_allclose(together, score.total, rtol=1e-9, atol=1e-12)
    assert set(score.pillars) == {name for name, weight in series.items() if weight}


def test_a_high_value_means_scarce_where_the_weight_is_positive(panel: Panel) -> None:
    now = panel.now(panel.read("BAA10Y"))
    highest = now == pd.Series(now).rolling(252).max()
    up, down = (Composite(series={"BAA10Y": weight}, window=252).score(panel) for weight in (2.0, -2.0))
    known = highest & np.isfinite(up.total)
    assert known.sum() > 50
    assert (up.total[known] > 0).all()
    assert same(up.total, -down.total)
    assert same(down.members["BAA10Y"]["BAA10Y"], down.total)


def test_only_the_proportions_of_the_weights_matter_and_not_their_order(panel: Panel) -> None:
    one = Composite(series={"AAA": 1.0, "BAA10Y": -0.5, "WALCL": 0.25})
    doubled = Composite(series={"WALCL": 0.5, "BAA10Y": -1.0, "AAA": 2.0})
    assert same(one.score(panel).total, doubled.score(panel).total)


def test_a_missing_series_makes_the_score_missing_whatever_its_weight(panel: Panel) -> None:
    rows = panel.read("AAA")
    late = rows.rows(rows.available_at >= np.datetime64("2015-01-01"))
    cut = Panel(panel.clock, {**panel.series, "AAA": late}, panel.bars)
    for weight in (1.0, 0.0):
        total = Composite(series={"AAA": weight, "BAA10Y": 1.0}, window=63).score(cut).total
        first = panel.clock.sessions[np.flatnonzero(np.isfinite(total))[0]]
        assert np.datetime64("2015-03-01") < first < np.datetime64("2015-06-01")


def test_what_acts_on_the_last_step_leaves_the_parts_alone(panel: Panel) -> None:
    one = Composite(series={"AAA": 1.0, "WALCL": -1.0}, window=252)
    other = Composite(series={"WALCL": 0.3, "AAA": 0.0}, window=252, span=9.0)
    assert one.late() == {"series", "span"}
    assert same(one.parts(panel).value, other.parts(panel).value)
    assert (other.dials().weights, other.dials().span) == ((0.0, 0.3), 9.0)


@pytest.mark.parametrize("series", [{}, {"AAA": 0.0}, {"AAA": 101.0}, {"AAA": float("nan")}, {"AAA": float("inf")}])
def test_weights_that_say_nothing_are_refused(series: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Composite(series=series)


def test_a_series_that_the_source_lacks_is_named(panel: Panel) -> None:
    with pytest.raises(DataError, match="BAA"):
        Composite(series={"BAA": 1.0}).score(panel)


def test_the_readme_shows_a_composite_that_scores(root: Path) -> None:
    text = re.search(r"```yaml\n(signal:.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert text
    choice = YAML(typ="safe").load(text[1])["signal"]
    signal = build(Signal, "signal.use", choice["use"], choice["params"])
    assert isinstance(signal, Composite)
    assert np.isfinite(signal.score(sample_panel(signal.inputs())).total).any()
