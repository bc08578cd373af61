"""What a run does not allow is missing, with a sentence that says why; nothing crashes."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from waterline.appraisal import Refused, appraise, tries_of
from waterline.appraisal.sample import Sample
from waterline.config import load
from waterline.ledger import append, config_digests, family_of
from waterline.ledger.entries import Entries
from waterline.metrics import split_windows

STATIC = "strategy={use: 'strategies.static_mix:StaticMix', params: {}}"
BILLS = "strategy={params: {scarce: {generators: 0.0}, before: {generators: 0.0}, ample: {speculative: 0.0}}}"


def judged(outcome, tries):
    told = appraise(outcome, tries)
    json.dumps(told.as_json(), allow_nan=False)
    return told


@pytest.mark.parametrize("override", [STATIC, BILLS, "regime.up=9"])
def test_constant_exposure(run_of, tries, override):
    told = judged(run_of("end=1993-12-31", override), tries)
    assert told.verdict.kind == "no_timing"
    assert told.kill_rule.startswith("Kill rule: cannot be asked of this run. With and without demand the same")
    assert told.windows["all"].timing.test.estimate.value == 0.0
    assert math.isnan(told.windows["all"].timing.p_value)
    assert "The exposure never changed" in " ".join(told.windows["all"].notes)
    assert isinstance(told.windows["all"].sharpe, Refused) == (override == BILLS)
    assert {rung.net.value for rung in told.ladders.lag[1:]} != {math.nan}


def test_one_month(run_of, tries):
    told = judged(run_of("end=1992-01-31"), tries)
    whole = told.windows["all"]
    assert told.verdict.kind == "unknown"
    assert told.verdict.text == "23 sessions: too few to judge the timing."
    assert whole.sharpe == Refused("all sessions", "23 sessions are too few, 42 give an interval.")
    assert math.isnan(whole.intervals.figures["cagr"].low)
    assert math.isfinite(whole.intervals.figures["cagr"].estimate)
    assert len(told.spells.table) == 1
    assert not told.spells.sign_is_stable


def test_a_pillar_without_a_value_and_a_score_without_pillars(brief, tries):
    missing = {**brief.score.pillars, "demand": np.full(len(brief.sessions), np.nan)}
    told = judged(replace(brief, score=replace(brief.score, pillars=missing)), tries)
    assert "not the mean of its pillars" in told.kill_rule
    bare = judged(replace(brief, score=replace(brief.score, pillars={})), tries)
    assert bare.kill_rule.endswith("The score has no pillar 'demand' beside others.")
    assert {one.name for one in bare.ablations if not one.why} == {"trend_only"}
    assert bare.as_json()["windows"] == told.as_json()["windows"]


def test_never_a_score_and_no_prices(brief, tries):
    never = replace(
        brief,
        first=len(brief.sessions),
        episodes=(),
        windows={
            window.name: replace(brief.windows["all"], window=window) for window in split_windows(brief.sessions[:0])
        },
    )
    told = judged(never, tries)
    assert told.verdict.text == "0 sessions: too few to judge the timing."
    assert told.ladders.why == "Too few sessions were evaluated."
    assert told.windows["all"].notes == ("No session of this run lies in this window.",)
    bare = judged(replace(brief, panel=replace(brief.panel, bars={})), tries)
    assert bare.ladders.why.startswith("The panel has no prices of AAPL, ")
    assert all(one.why for one in bare.ablations)


def test_a_fitted_regime_rule_has_ladders_but_no_rivals(brief, tries):
    """The states stay those of the run; only the rule is another."""
    rule = load(Path("configs/classic.yaml"), ["regime={kind: jump}"]).regime
    fitted = replace(brief, config=brief.config.model_copy(update={"regime": rule}))
    told = judged(fitted, tries)
    assert told.ladders.lag[1].gain.estimate.value == pytest.approx(brief.windows["all"].timing_gain.value, abs=1e-12)
    assert not told.ladders.why
    assert all("fitted" in one.why or "Not in the data" in one.why for one in told.ablations)


def test_a_missing_return_is_left_out(outcome, tries):
    """A hole in one sleeve's return is a hole in the evidence, not the end of it."""
    sample = Sample.of(outcome)
    holed = replace(sample.rows, sleeves=np.where(np.arange(len(sample))[:, None] == 100, np.nan, sample.rows.sleeves))
    assert len(holed.complete()) == len(sample) - 1


def test_the_ledger_is_counted_and_a_broken_one_is_no_reason_to_fail(brief, tmp_path, monkeypatch):
    monkeypatch.setenv("WATERLINE_LEDGER", str(tmp_path / "ledger"))
    assert tries_of(brief.config).number == 1.0
    family = family_of(brief.config)
    digests = config_digests("s", np.arange(5.0)[:, None])
    append(Entries(family, "sweep", digests, digests, "s"))
    append(Entries("another family", "sweep", digests, digests, "s"))
    told = tries_of(brief.config)
    assert (told.family, told.number, told.studies) == (family, 5.0, 1)
    (part, *_) = sorted((tmp_path / "ledger").iterdir())
    part.write_bytes(part.read_bytes()[:-1])
    broken = tries_of(brief.config)
    assert math.isnan(broken.number)
    assert "damaged" in broken.note
    told = judged(brief, broken)
    assert isinstance(told.windows["all"].sharpe, Refused)
    assert math.isnan(told.windows["all"].deflated.lower)
    assert math.isnan(told.windows["all"].minimum_backtest_years)
    assert math.isfinite(told.windows["all"].probabilistic.lower)
