"""The main job on history that ships with packages, and on worlds made for one question each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from waterline.config import Config, load
from waterline.errors import DataError, SpanError
from waterline.experiment import gather, run
from waterline.outcome import Outcome
from waterline.panel import Panel
from waterline.portfolios import asset_market, bill_return, exposure_in_force
from waterline.testing import sample_panel

SHORT = ["start=1990-01-02", "end=2001-12-31"]


@pytest.fixture(scope="module")
def config(root: Path) -> Config:
    return load(root / "configs" / "classic.yaml", SHORT)


@pytest.fixture(scope="module")
def outcome(config: Config) -> Outcome:
    return run(config, gather(config))


def variant(root: Path, *overrides: str) -> Outcome:
    config = load(root / "configs" / "classic.yaml", [*SHORT, *overrides])
    return run(config, gather(config))


def test_every_array_has_a_row_a_session(outcome: Outcome) -> None:
    rows = len(outcome.sessions)
    arrays = [outcome.score.total, outcome.regime.states, outcome.exposure, outcome.strategy.equity]
    assert all(len(array) == rows for array in arrays)


def test_the_evaluation_starts_where_the_first_scored_decision_is_held(outcome: Outcome) -> None:
    valid_from = outcome.regime.valid_from
    assert np.isnan(outcome.score.total[:valid_from]).all()
    assert np.isfinite(outcome.score.total[valid_from])
    assert outcome.first == valid_from + 1
    held = outcome.strategy.weights[outcome.first]
    wanted = outcome.sleeves.targets(outcome.exposure)[valid_from]
    np.testing.assert_allclose(held, wanted, atol=1e-3)


def test_before_the_first_score_the_static_mix_is_held(outcome: Outcome) -> None:
    assert (outcome.exposure[: outcome.regime.valid_from] == 0.5).all()


def test_the_mix_holds_the_average_exposure_of_the_strategy(outcome: Outcome) -> None:
    in_force = outcome.portfolios.in_force[outcome.first : -1]
    np.testing.assert_allclose(outcome.portfolios.mix_exposure, in_force.mean(axis=0))
    held = outcome.static_mix.weights[outcome.first :].sum(axis=1).mean()
    assert held == pytest.approx(outcome.portfolios.mix_exposure.sum(), abs=0.02)


def test_timing_identity_holds_on_the_real_run(outcome: Outcome) -> None:
    """mean(w r) - mean(w) mean(r) = Cov(w, r), summed over sleeves and annualised."""
    first = outcome.first
    held = outcome.portfolios.in_force[first:-1]
    cash = outcome.cash_return[first + 1 :]
    sleeves = outcome.portfolios.sleeves
    earned = np.column_stack([sleeves[name].returns[first + 1 :] - cash for name in outcome.sleeves.names])
    gain = 252 * ((held * earned).mean(axis=0) - held.mean(axis=0) * earned.mean(axis=0)).sum()
    assert outcome.windows["all"].timing_gain.value == pytest.approx(gain, abs=1e-12)


def test_a_strategy_that_never_moves_has_no_timing(root: Path) -> None:
    still = variant(root, "strategy.use=strategies.static_mix:StaticMix")
    gain = still.windows["all"].timing_gain
    assert (gain.value, gain.standard_error) == (0.0, 0.0)
    rows = slice(still.first + 1, None)
    np.testing.assert_allclose(still.strategy.returns[rows], still.static_mix.returns[rows], rtol=1e-9, atol=1e-12)


def test_costs_are_paid(root: Path, outcome: Outcome) -> None:
    free, dear = (variant(root, f"execution.cost_multiple={factor}") for factor in (0, 10))
    assert free.strategy.equity[-1] > outcome.strategy.equity[-1] > dear.strategy.equity[-1]


def test_all_in_bills_earns_the_bill_rate(root: Path) -> None:
    nothing = "{speculative: 0.0}"
    idle = variant(root, *(f"strategy.params.{key}={nothing}" for key in ("ample", "scarce", "before")))
    np.testing.assert_allclose(idle.strategy.returns[1:], idle.cash_return[1:], rtol=1e-9, atol=1e-15)
    assert np.isnan(idle.windows["all"].strategy.sharpe_ratio)


def test_windows_part_at_the_idea(root: Path, outcome: Outcome) -> None:
    assert set(outcome.windows) == {"pre_idea", "post_idea", "all"}
    assert len(outcome.windows["post_idea"].window) == 0
    moved = variant(root, "idea_date=1998-01-02")
    lengths = {name: len(found.window) for name, found in moved.windows.items()}
    assert lengths["pre_idea"] + lengths["post_idea"] == lengths["all"] > lengths["pre_idea"] > 0


def test_episodes_chain_to_the_whole_run(outcome: Outcome) -> None:
    growth = np.prod([1 + spell.strategy_return for spell in outcome.episodes])
    assert growth == pytest.approx(outcome.strategy.equity[-1] / outcome.strategy.equity[outcome.first], rel=1e-9)
    assert [spell.state for spell in outcome.episodes[:2]] == ["ample", "scarce"]
    assert outcome.episodes[-1].ongoing
    assert sum(spell.sessions for spell in outcome.episodes) == len(outcome.sessions) - outcome.first


def test_everything_that_went_in_is_listed(outcome: Outcome, config: Config) -> None:
    listed = {entry.name for entry in outcome.provenance}
    assert {"AAA", "REALINV", "AAPL", "SP500", "TBILLQ"} <= listed
    assert not next(entry for entry in outcome.provenance if entry.name == "REALINV").point_in_time
    assert outcome.panel.files
    assert any("survivors" in notice.text for notice in outcome.notices)
    assert outcome.digest == config.digest()


def test_the_bill_rate_is_that_of_the_session_before(outcome: Outcome, config: Config) -> None:
    row = 1000
    panel = outcome.panel
    rate = panel.read("TBILLQ").at(panel.clock.cutoffs[row - 1 : row])[0]
    days = int((outcome.sessions[row] - outcome.sessions[row - 1]) / np.timedelta64(1, "D"))
    assert outcome.cash_return[row] == rate / 100 * days / 360
    unknown = replace(panel, series={**panel.series, "TBILLQ": panel.read("TBILLQ").rows(slice(0, 0))})
    with pytest.raises(DataError, match="bill rate is not known on 1990-01-02"):
        bill_return(unknown, config)


def test_too_short_to_warm_up(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=1991-06-28"])
    with pytest.raises(SpanError, match=r"too short to warm up: .*demand.* never has a value") as caught:
        run(config, gather(config))
    assert caught.value.exit_code == 2


def test_no_overlap(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml", ["start=2023-06-01", "end=2024-06-28"])
    with pytest.raises(SpanError, match="No overlap"):
        gather(config)


def test_a_sleeve_without_prices_in_the_period_is_refused_and_not_held_as_cash(root: Path, real_data: Path) -> None:
    overrides = ["end=2013-12-31", "sleeves.speculative.members=[BTC-USD, ARKK]"]
    config = load(root / "configs" / "ai_capex.yaml", overrides, real_data)
    with pytest.raises(SpanError, match=r"no member of sleeve 'speculative' has a price .*ARKK 2014-10-31 to"):
        gather(config)


def test_open_fills_name_the_assets_without_opens(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml", [*SHORT, "execution.fill=next_open"])
    with pytest.raises(Exception, match=r"execution\.fill.*AAPL"):
        run(config, gather(config))


def test_crypto_marks_and_opens_at_its_last_final_bar(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml")
    panel = sample_panel({"BTC-USD", "SPY", "TBILLQ"})
    market = asset_market(panel, ("BTC-USD", "SPY"), config)
    np.testing.assert_array_equal(market.open[:, 0], market.close[:, 0])
    assert (market.open[:, 1] != market.close[:, 1]).any()
    assert market.fresh[1:].all()
    assert market.cost_bps.tolist() == [15.0, 1.0]


def test_a_session_without_a_bar_is_not_fresh() -> None:
    panel = sample_panel({"SPY", "TBILLQ"})
    bars = panel.bars["SPY"]
    keep = np.ones(len(bars.date), dtype=bool)
    keep[500] = False
    holed = replace(
        bars, date=bars.date[keep], open=bars.open[keep], close=bars.close[keep], available_at=bars.available_at[keep]
    )
    config = Config.model_validate(
        {
            "name": "x",
            "data": {"kind": "classic"},
            "start": "2012-01-03",
            "sleeves": {"s": {"members": ["SPY"]}},
            "bill_rate": "TBILLQ",
        }
    )
    market = asset_market(Panel(panel.clock, panel.series, {"SPY": holed}), ("SPY",), config)
    assert not market.fresh[500, 0]
    assert market.fresh.sum() == len(market) - 1
    assert market.close[500, 0] == market.close[499, 0]


def test_exposure_in_force_is_that_of_the_last_decision_before_the_session() -> None:
    exposure = np.arange(5.0)[:, None]
    decides = np.array([False, True, False, True, True])
    assert exposure_in_force(exposure, decides).ravel().tolist() == [0, 0, 1, 1, 3]
