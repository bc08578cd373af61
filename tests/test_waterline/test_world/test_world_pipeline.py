"""The whole pipeline runs unchanged on every world."""

from __future__ import annotations

import numpy as np
import pytest

from waterline.errors import ConfigError, SpanError
from waterline.experiment import run
from waterline.world import draw, worlds
from waterline.world.decisions import search_on, without_demand
from waterline.world.experiments import searched
from waterline.world.held import hold
from waterline.world.trial import true_gain

YEARS = 1.0
NULLS = ("N0", "N1", "N3")


@pytest.mark.parametrize("name", list(worlds()))
def test_the_pipeline_runs(name: str) -> None:
    drawn = draw(name, 3, YEARS)
    outcome = run(drawn.config, drawn.panel)
    window = outcome.windows["all"]
    assert abs(outcome.first - drawn.truth.evaluated) <= 5
    assert window.strategy.years == pytest.approx(YEARS, abs=0.03)
    assert np.isfinite(outcome.score.total[outcome.first :]).mean() > 0.95
    assert np.isfinite(window.timing_gain.value)
    assert any(f"world {name}" in notice.text for notice in outcome.notices)
    assert len(drawn.truth.sessions) == len(drawn.truth.states) == len(drawn.panel.clock)
    assert drawn.truth.skill == (name[0] == "A")


@pytest.mark.parametrize("name", NULLS)
def test_no_timing_is_worth_anything_where_drifts_are_level(name: str) -> None:
    drawn = draw(name, 3, YEARS)
    whole = hold(drawn.config, drawn.panel)
    assert abs(true_gain(whole, whole.evaluated(), drawn.truth)) < 1e-3


def test_what_the_tests_read_is_what_a_run_held_and_earned() -> None:
    drawn = draw("A3", 3, YEARS)
    outcome, whole = run(drawn.config, drawn.panel), hold(drawn.config, drawn.panel)
    rows = slice(outcome.first + 1, None)
    assert whole.first == outcome.first
    np.testing.assert_array_equal(whole.evaluated(), outcome.portfolios.in_force[outcome.first : -1])
    np.testing.assert_array_equal(whole.regime.states, outcome.regime.states)
    for column, name in enumerate(outcome.sleeves.names):
        earned = outcome.portfolios.sleeves[name].returns[rows] - outcome.cash_return[rows]
        np.testing.assert_array_equal(whole.excess()[:, column], earned)


def test_the_search_holds_what_a_run_of_each_would_hold() -> None:
    drawn = draw("N4", 0, YEARS)
    outcome, whole = run(drawn.config, drawn.panel), hold(drawn.config, drawn.panel)
    found = search_on(whole)
    every = searched(drawn.config)
    assert found.exposures.shape == (32, len(outcome.sessions) - outcome.first - 1, 3)
    assert len({config.digest() for config in every}) == 32
    np.testing.assert_array_equal(found.exposures[0], outcome.portfolios.in_force[outcome.first : -1])
    for number in (3, 12):
        alone = run(every[number], drawn.panel)
        late = max(outcome.first, alone.first)
        np.testing.assert_array_equal(
            found.exposures[number][late - outcome.first :], alone.portfolios.in_force[late:-1]
        )
    assert len({exposure.tobytes() for exposure in found.exposures}) > 16
    t = [abs(np.nan_to_num(exposure - found.best(whole.excess())).sum()) for exposure in found.exposures]
    assert min(t) == 0.0


def test_without_demand_the_other_pillars_decide() -> None:
    drawn = draw("A2", 0, YEARS)
    whole = hold(drawn.config, drawn.panel)
    held = without_demand(whole)
    assert held.shape == (len(drawn.panel.clock) - whole.first - 1, 3)
    states = drawn.config.regime.classify((whole.score.pillars["price"] + whole.score.pillars["stress"]) / 2).states
    shares = held[:, whole.sleeves.names.index("speculative")]
    agree = shares == 1 - states[whole.first : -1]
    assert agree.mean() > 0.97


def test_same_draw_same_bytes() -> None:
    one, again, other = draw("A1", 1, YEARS), draw("A1", 1, YEARS), draw("A1", 1, YEARS, 1)
    for name, rows in one.panel.series.items():
        assert rows.value.tobytes() == again.panel.series[name].value.tobytes()
        assert rows.available_at.tobytes() == again.panel.series[name].available_at.tobytes()
    for name, bars in one.panel.bars.items():
        assert bars.close.tobytes() == again.panel.bars[name].close.tobytes()
    assert one.seed == again.seed != other.seed
    assert one.panel.bars["SPY"].close.tobytes() != other.panel.bars["SPY"].close.tobytes()


def test_worlds_share_what_they_have_in_common() -> None:
    still, moving = draw("N0", 1, YEARS), draw("N1", 1, YEARS)
    np.testing.assert_array_equal(still.truth.states, moving.truth.states)
    np.testing.assert_array_equal(still.panel.series["DGS10"].value, moving.panel.series["DGS10"].value)
    assert (still.panel.bars["ARKK"].close != moving.panel.bars["ARKK"].close).any()


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"there is no world 'A9'"):
        draw("A9", 0, YEARS)
    with pytest.raises(SpanError, match=r"0\.5 years cannot be simulated"):
        draw("A1", 0, 0.5)
