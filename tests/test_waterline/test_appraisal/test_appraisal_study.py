"""The evidence of a small study against the study, against the functions it is made of, and in words."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from waterline import experiment
from waterline.appraisal import SharpeStatement, Tries, appraise_study
from waterline.appraisal.candidates import candidates, span_of
from waterline.appraisal.gains import UNTESTED, gain_test
from waterline.appraisal.statements import Refused
from waterline.appraisal.study_words import study_words
from waterline.config import load
from waterline.evidence.overfit import Overfitting, backtest_overfitting
from waterline.evidence.reality import Superiority
from waterline.evidence.sharpe import deflated_sharpe, track_record
from waterline.evidence.trials import TrialCount, distinct_trials, effective_trials
from waterline.metrics import Estimate
from waterline.portfolios import asset_market, delayed, entered, exposure_in_force, simulate_strategy
from waterline.simulation import weekly_decisions
from waterline.tuning.space import space_of
from waterline.tuning.study import Ask, study

SEARCH = """tune={space: {regime.up: {float: [0.2, 0.9]}, execution.delay_sessions: {int: [0, 20]},
  execution.cost_multiple: {float: [0.1, 5.0]}, signal.params.price.scaling.clip: {choice: [2.0, 3.0]}},
  sampler: random, sweep: 64, trials: 24, keep_returns: 40,
  validation: {train_years: 5, test_years: 2, combinatorial: [4, 2]}}"""
TRIES = Tries("a family", 500.0, 2, "")


@pytest.fixture(scope="module")
def done(panel, tmp_path_factory):
    config = load(Path("configs/classic.yaml"), ["end=2001-12-31", SEARCH])
    folder = tmp_path_factory.mktemp("study")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WATERLINE_LEDGER", str(folder / "ledger"))
        found = study(config, panel, folder / "results", Ask(), lambda _: None)
    found.notebook.finish()
    return found


@pytest.fixture(scope="module")
def evidence(done, panel):
    return appraise_study(done.tuned, done.kept, panel, TRIES)


def test_it_is_made_of_the_kept_and_the_stitched_returns(done, evidence, panel):
    cash = experiment.run(done.tuned.best, panel).cash_return
    first, last = span_of(done.kept.sessions, panel)
    excess = done.kept.returns - cash[first:last].astype(np.float32)
    assert evidence.distinct == distinct_trials(excess)
    assert evidence.effective == effective_trials(excess, done.tuned.config.seed)
    assert evidence.overfitting.probability == backtest_overfitting(excess).probability
    walk = done.tuned.walk_forward
    assert evidence.timing.estimate == walk.metrics.timing_gain
    assert isinstance(evidence.sharpe, SharpeStatement)
    assert evidence.sharpe.ratio == pytest.approx(walk.metrics.strategy.sharpe_ratio, rel=1e-9)
    assert evidence.sharpe.benchmark_ratio == pytest.approx(walk.metrics.mix.sharpe_ratio, rel=1e-9)
    assert evidence.tried == len(done.tuned.trials)


def test_it_is_deflated_by_all_and_by_the_effective_number(done, evidence, panel):
    walk = done.tuned.walk_forward
    begins, ends = span_of(walk.sessions, panel)
    cash = experiment.run(done.tuned.best, panel).cash_return[begins + 1 : ends]
    record = track_record(walk.equity[1:] / walk.equity[:-1] - 1.0 - cash)
    wanted = {
        "all": deflated_sharpe(record, 500.0, evidence.distinct.sharpe_variance),
        "effective": deflated_sharpe(record, evidence.effective.number, evidence.effective.sharpe_variance),
    }
    assert evidence.deflated == wanted
    assert evidence.sharpe.deflated == min(one.lower for one in wanted.values())
    assert evidence.sharpe.trials == 500.0


def test_each_candidate_is_held_against_its_own_mix(done, panel):
    found = candidates(done.tuned, done.kept, panel, most=5)
    assert len(found.trials) == 5
    assert found.lead.shape == (len(done.kept.sessions), 5)
    first, last = span_of(done.kept.sessions, panel)
    for column in (0, 3):
        config = space_of(done.tuned.config).config(done.tuned.config, done.tuned.trials.at(found.trials[column]))
        made = experiment.decide(config, panel)
        market = asset_market(panel, made.sleeves.assets, config)
        exposure, regime = delayed(made.exposure, made.regime, config.execution.delay_sessions)
        weekly = weekly_decisions(panel.clock.sessions, config.execution.rebalance_weekday)
        average = exposure_in_force(exposure, weekly | entered(regime, exposure))[first - 1 : last - 1].mean(axis=0)
        held = np.tile(average, (len(exposure), 1))
        strategy = simulate_strategy(config, market, made.sleeves, exposure, regime)
        mix = simulate_strategy(config, market, made.sleeves, held, made.regime)
        wanted = strategy.returns[first:last] - mix.returns[first:last]
        np.testing.assert_allclose(found.lead[:, column], wanted, rtol=0, atol=1e-7)


def test_same_study_same_bytes(done, evidence, panel):
    told = json.dumps(evidence.as_json(), allow_nan=False)
    assert json.loads(told) == evidence.as_json()
    assert told == json.dumps(appraise_study(done.tuned, done.kept, panel, TRIES).as_json(), allow_nan=False)
    assert "logits" not in told


def test_an_unread_ledger_and_a_configuration_without_compiled_form(done, panel, monkeypatch):
    monkeypatch.setattr(type(done.tuned.config.built_strategy), "form", lambda *_: None)
    told = appraise_study(done.tuned, done.kept, panel, replace(TRIES, number=math.nan, note="Not known."))
    assert told.superiority is None
    assert told.text.endswith(
        "The configuration has no compiled form, so that the mixes of its candidates were not traded."
    )
    assert isinstance(told.sharpe, Refused)
    assert math.isnan(told.deflated["all"].lower)
    assert math.isfinite(told.deflated["effective"].lower)
    json.dumps(told.as_json(), allow_nan=False)


def overfitting(probability):
    nothing = np.empty(0)
    return Overfitting(probability, 0.2, -0.5, nothing, nothing, nothing, 2000, 100)


def superiority(p_value, superior=()):
    return Superiority(p_value, p_value, p_value, 3, superior, 0.05, 200, True, 60, 1000, 2000)


def stated(deflated):
    beside = (0.5, 0.1, 0.9, 0.9, 2500, 12345.0, deflated, "same-exposure mix", 0.4, 0.3, 0.5, "test folds")
    return SharpeStatement(*beside)


def test_its_words():
    timing = gain_test(Estimate(0.021, 0.02, 1.05), 10.0)
    effective = TrialCount(32.4, 1e-4, 400)
    told = study_words(timing, stated(0.61), overfitting(0.5), superiority(0.21), "", effective)
    assert told == (
        "Out of sample the timing gain is 2.1% a year over the same-exposure mix, p 0.15, power 0.28 at 10 years: not "
        "distinguishable from luck. The probability that its Sharpe ratio beats the best of 12,345 trials, or of the "
        "32 that really differ, without skill is 0.61. The best in one half of training was no better than the median "
        "in the other in 50% of the cases, which says little either way. Of 200 candidates, each against the mix of "
        "its own exposure in training, the best cannot be told from luck (SPA p 0.21)."
    )
    bright = study_words(
        gain_test(Estimate(0.05, 0.02, 2.5), 10.0),
        stated(0.999),
        overfitting(0.1),
        superiority(0.004, (1, 2)),
        "",
        effective,
    )
    assert "p 0.006, power 0.28 at 10 years: distinguishable from luck." in bright
    assert "without skill is above 0.99." in bright
    assert "10% of the cases: choosing in training seems to carry over." in bright
    assert bright.endswith("2 beat it (SPA p 0.004).")
    dark = study_words(
        UNTESTED, Refused("test folds", "Too few."), overfitting(0.9), superiority(math.nan), "", effective
    )
    assert dark == (
        "Out of sample the exposure never changed: there is no timing to judge. No Sharpe ratio (test folds): Too few. "
        "The best in one half of training was no better than the median in the other in 90% of the cases: choosing in "
        "training does not carry over. Too few sessions to test the candidates against their mixes."
    )
    none = study_words(
        UNTESTED, Refused("test folds", "Too few."), overfitting(math.nan), None, "Not traded.", effective
    )
    assert none.endswith("how often the best in training fails afterwards. Not traded.")
