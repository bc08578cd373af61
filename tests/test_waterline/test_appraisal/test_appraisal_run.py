"""The evidence of a real run against the run itself, against changed runs and against direct computation."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from waterline.appraisal import appraise
from waterline.appraisal.ablations import BY_SIGN
from waterline.appraisal.ladders import LAGS, break_even
from waterline.appraisal.sample import Sample
from waterline.appraisal.trading import Variant, simulated, swept, trade
from waterline.appraisal.windows import window_evidence
from waterline.evidence.sharpe import deflated_sharpe, track_record
from waterline.metrics import Estimate, sharpe_ratio, timing_gain


def close(one, other):
    """Two estimates but for rounding."""
    return one.value == pytest.approx(other.value, abs=1e-10) and one.standard_error == pytest.approx(
        other.standard_error, abs=1e-10
    )


def test_every_window_restates_the_run_and_quotes_the_largest_p(evidence, outcome):
    assert set(evidence.windows) == {"all", "pre_idea", "post_idea"}
    for name, told in evidence.windows.items():
        measured, timing = outcome.windows[name], told.timing
        assert timing.test.estimate == measured.timing_gain
        assert told.sharpe.ratio == pytest.approx(measured.strategy.sharpe_ratio, rel=1e-12)
        assert told.sharpe.benchmark_ratio == pytest.approx(measured.mix.sharpe_ratio, rel=1e-12)
        assert told.intervals.figures["cagr"].estimate == pytest.approx(measured.strategy.cagr, rel=1e-9)
        assert timing.p_value == max(timing.test.p_value, timing.shift.p_value, timing.shuffle.p_value)
        assert timing.test.p_value == pytest.approx(0.5 * math.erfc(measured.timing_gain.t / 2**0.5))
        assert told.sharpe.trials == 3.0
        assert told.sharpe.window == measured.window.label
    whole, parts = evidence.windows["all"], [evidence.windows[name] for name in ("pre_idea", "post_idea")]
    assert whole.sessions == sum(part.sessions for part in parts)
    assert all(part.timing.test.power.power < whole.timing.test.power.power for part in parts)


def test_deflation_takes_the_trials_for_chance(evidence, outcome):
    sample = Sample.of(outcome)
    for record, told in (
        (track_record(sample.excess), evidence.windows["all"].deflated),
        (track_record(sample.rows.timing_products()), evidence.windows["all"].timing.deflated),
    ):
        assert told == deflated_sharpe(record, 3.0, 1.0 / len(sample))
    assert evidence.windows["all"].probabilistic.lower > evidence.windows["all"].deflated.lower


@pytest.mark.parametrize("lag", [1, 5, 60])
def test_the_lag_ladder_is_the_run_decided_later(evidence, run_of, lag):
    rung = evidence.ladders.lag[1 + LAGS.index(lag)]
    later = run_of(f"execution.delay_sessions={lag - 1}").windows["all"]
    assert rung.step == lag
    assert close(rung.gain.estimate, later.timing_gain)
    assert close(rung.net, later.tracking_difference)


@pytest.mark.parametrize("row", [0, 3])
def test_the_cost_ladder_is_the_run_at_other_costs(evidence, run_of, row):
    rung = evidence.ladders.cost[row]
    dearer = run_of(f"execution.cost_multiple={rung.step}").windows["all"]
    assert close(rung.gain.estimate, dearer.timing_gain)
    assert close(rung.net, dearer.tracking_difference)


def test_lag_zero_holds_at_the_close_what_that_close_decided(evidence, outcome):
    """By hand: a state decided at row t earns from the close of t on; nothing else in the run does."""
    scarce = outcome.regime.states[outcome.first : -1] == 1
    table = np.array([[1.0, 0.0], [0.0, 1.0]])
    names, rows = outcome.sleeves.names, slice(outcome.first + 1, None)
    assert names == ("speculative", "generators")
    earned = np.column_stack([outcome.portfolios.sleeves[name].returns[rows] for name in names])
    wanted = timing_gain(table[scarce.astype(int)], earned - outcome.cash_return[rows, None])
    rung = evidence.ladders.lag[0]
    assert close(rung.gain.estimate, wanted)
    assert rung.note.startswith("Impossible")
    assert math.isnan(rung.net.value)


def test_the_kernel_and_the_engine_trade_variants_alike(outcome):
    variants = [
        Variant.executed(outcome, delay_sessions=4),
        Variant.executed(outcome, cost_multiple=5.0),
        Variant.decided(outcome, outcome.score.pillars["price"], outcome.config.regime),
        Variant.decided(outcome, np.sign(outcome.score.pillars["stress"]), BY_SIGN),
        Variant.decided(outcome, np.full(len(outcome.sessions), np.nan), BY_SIGN),
    ]
    mixes = [variant.in_force(outcome.sessions)[outcome.first : -1].mean(axis=0) for variant in variants]
    quick, slow = swept(outcome, variants, mixes), simulated(outcome, variants, mixes)
    for one, other in zip(quick, slow, strict=True):
        for ours, theirs in zip(one, other, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_a_strategy_without_compiled_form_goes_through_the_engine(outcome, monkeypatch):
    variant = Variant.executed(outcome, delay_sessions=1)
    (quick,) = trade(outcome, [variant])
    monkeypatch.setattr(type(outcome.config.built_strategy), "form", lambda *_: None)
    (slow,) = trade(outcome, [variant])
    np.testing.assert_allclose(quick.strategy, slow.strategy, rtol=0, atol=1e-12)
    assert (quick.strategy != slow.strategy).any()


def test_spells_add_up_to_the_gain_and_are_left_out_one_by_one(evidence, outcome):
    spells, gain = evidence.spells, outcome.windows["all"].timing_gain.value
    assert sum(spell.share_of_gain for spell in spells.table) == pytest.approx(gain, abs=1e-12)
    assert [spell.gain for spell in spells.table] == [episode.gain for episode in outcome.episodes]
    sample, best = Sample.of(outcome), spells.table[spells.best]
    assert best.share_of_gain == max(spell.share_of_gain for spell in spells.table)
    begins = int(np.searchsorted(outcome.sessions, best.decided)) - outcome.first
    kept = np.ones(len(sample), dtype=bool)
    kept[begins : begins + best.sessions] = False
    wanted = timing_gain(sample.rows.exposure[kept], sample.sleeve_excess[kept])
    assert spells.without_best.estimate == wanted
    assert spells.sign_is_stable == (wanted.value * gain > 0)
    assert math.isnan(spells.without_shock.estimate.value)


def test_the_increment_is_the_gain_less_that_of_the_score_without_demand(evidence, outcome):
    rival = next(one for one in evidence.ablations if one.name == "without_demand")
    gap = outcome.windows["all"].timing_gain.value - rival.gain.estimate.value
    assert rival.lead.estimate.value == pytest.approx(gap, abs=1e-12)
    assert evidence.registered.increment.windows["all"] == rival.lead
    assert set(evidence.registered.increment.windows) == {"all", "pre_idea", "post_idea"}
    assert {one.name for one in evidence.ablations if one.why} == {"supply_only", "volatility_only"}
    assert all(one.why.startswith("Not in the data: ") for one in evidence.ablations if one.why)


def test_registered_tests_are_those_of_the_sleeves(evidence, outcome):
    sample, column = Sample.of(outcome), outcome.sleeves.names.index("speculative")
    alone = timing_gain(sample.rows.exposure[:, [column]], sample.sleeve_excess[:, [column]])
    assert evidence.registered.timing["all"].test.estimate == alone
    scarce = sample.states == 1
    apart = sample.rows.sleeves[scarce, 1 - column] - sample.rows.sleeves[scarce, column]
    assert evidence.registered.spread["all"].estimate.value == pytest.approx(252 * apart.mean())
    held = sample.rows.exposure[:, 1 - column] == 1.0
    np.testing.assert_array_equal(scarce, held)
    assert any("next open" in sentence for sentence in evidence.registered.departures)


def test_same_seed_same_bytes_and_json_holds_it_all(evidence, outcome, tries):
    again = json.dumps(appraise(outcome, tries).as_json(), allow_nan=False)
    told = json.dumps(evidence.as_json(), allow_nan=False)
    assert told == again
    tree = json.loads(told)
    assert tree == evidence.as_json()
    assert tree["windows"]["all"]["probabilistic"]["lower"] == evidence.windows["all"].probabilistic.lower
    assert tree["ladders"]["lag"][0]["net"]["value"] is None
    assert tree["verdict"]["text"] == evidence.verdict.text
    whole = outcome.windows["all"].window
    drawn = [window_evidence(Sample.of(outcome), whole, 3.0, evidence.spells.median_sessions, seed) for seed in (0, 1)]
    assert drawn[0].intervals == evidence.windows["all"].intervals
    assert drawn[1].intervals != evidence.windows["all"].intervals
    assert drawn[1].timing.shift == evidence.windows["all"].timing.shift


def test_more_trials_leave_less(outcome):
    told = window_evidence(Sample.of(outcome), outcome.windows["all"].window, 1000.0, 60.0, 0)
    sharpe = sharpe_ratio(outcome.strategy.returns[outcome.first + 1 :] - outcome.cash_return[outcome.first + 1 :])
    assert told.sharpe.ratio == pytest.approx(sharpe)
    assert told.minimum_backtest_years == pytest.approx((3.2551 / sharpe) ** 2, rel=1e-4)
    assert told.deflated.lower < 0.9


@pytest.mark.parametrize(
    ("nets", "expected"),
    [((0.03, 0.01, -0.01, -0.02), 1.5), ((0.03, 0.02, 0.01), math.inf), ((-0.01, -0.02), math.nan), ((), math.nan)],
)
def test_break_even_is_interpolated(evidence, nets, expected):
    rungs = [
        replace(evidence.ladders.cost[step], step=float(step), net=Estimate(value, 0.01, value / 0.01))
        for step, value in enumerate(nets)
    ]
    assert break_even(rungs) == pytest.approx(expected, nan_ok=True)
