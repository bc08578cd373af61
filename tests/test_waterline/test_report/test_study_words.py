"""The sentences of a study follow from its numbers by rule, whether it found something or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from waterline.metrics import Estimate
from waterline.report.study import words
from waterline.report.study.answers import answers
from waterline.report.study.facts import Facts, middle
from waterline.report.study.results import headline
from waterline.tuning.outcome import NullSearch, Verified

NEVER_SAID = ("proves", "beats the market", "robust", "significant", "alpha", "!", " edge", "optimal")


@pytest.fixture(scope="module")
def tuned(study):
    return study(null=200)


def _with_gain(tuned, t):
    whole = replace(tuned.walk_forward.metrics, timing_gain=Estimate(0.01 * t, 0.01, t))
    return Facts(replace(tuned, walk_forward=replace(tuned.walk_forward, metrics=whole)))


@pytest.mark.parametrize("t", [-3.0, -0.4, 0.7, 2.6])
def test_the_verdict_states_gain_error_sets_luck_and_plateau(tuned, t):
    told = words.verdict(_with_gain(tuned, t))
    assert "672 parameter sets" in told
    assert "standard error of 1.0" in told
    assert ("not distinguishable from luck" in told) == (abs(t) < 2.0)
    assert f"p = {tuned.null.p_value:.3f}" in told
    assert "stands on a" in told
    assert told.endswith("**not a winner**.")
    assert not [word for word in NEVER_SAID if word in told.casefold()]


def test_the_verdict_says_when_the_null_was_not_run(study):
    told = words.verdict(Facts(study()))
    assert "not asked" in told
    assert "p =" not in told


@pytest.mark.parametrize(
    ("as_good", "said"), [(0, "does not often find"), (9, "does not often find"), (10, "finds that too")]
)
def test_luck_is_ruled_out_only_below_the_bar(tuned, as_good, said):
    best = np.r_[np.full(as_good, 2.0), np.zeros(200 - as_good)]
    null = NullSearch(1.0, best, (1 + as_good) / 201)
    told = words.luck(Facts(replace(tuned, null=null)))
    assert f"as good a best {as_good} times" in told
    assert said in told


def test_plateau_and_needle_follow_the_object(tuned):
    needle = replace(tuned.plateau, share=0.31, is_needle=True)
    told = Facts(replace(tuned, plateau=needle))
    assert "on a **needle**: its neighbours keep 31%" in words.surroundings(told)
    assert answers(told)[-1].text == "Needle"
    assert "**A needle.**" in words.plateau_answer(told)


def test_what_is_no_gain_has_neither_plateau_nor_needle(study, tuned):
    falls = Facts(study(objective=("max_drawdown",)))
    less = Facts(study(objective=("volatility",)))
    last = tuned.choices[-1]
    losing = Facts(replace(tuned, choices=(*tuned.choices[:-1], replace(last, train=-last.train))))
    for facts in (falls, less, losing):
        assert words.surroundings(facts) == ""
        assert answers(facts)[-1].text == "Not decidable"
        assert "cannot be told" in words.plateau_answer(facts)


def test_how_much_of_the_test_the_idea_could_have_seen(study):
    assert "all of it was known" in words.idea(Facts(study()))
    mixed = Facts(study(idea_date=np.datetime64("2009-01-02").item()))
    assert f"only **{mixed.stitched.fresh}** came after" in words.idea(mixed)
    assert mixed.stitched.fresh == int((mixed.stitched.sessions >= np.datetime64("2009-01-02")).sum())
    assert "All of the test" in words.idea(Facts(study(idea_date=np.datetime64("1995-01-03").item())))


def test_folds_are_counted_in_the_test(study):
    facts = Facts(study(folds=4))
    led = sum(fold.lead > 0 for fold in facts.stitched.tested)
    assert f"{words.spelled(led)} of four test folds" in words.growth_answer(facts)
    assert words.growth_answer(Facts(study(folds=1))).startswith("In its one test")


def test_the_parameter_that_moved_most_is_named(tuned):
    facts = Facts(tuned)
    most = max(facts.drifts, key=lambda one: one.moved)
    assert f"{most.path} moved most" in words.folds_answer(facts)
    same = replace(tuned, choices=tuple(replace(one, params=tuned.choices[0].params) for one in tuned.choices))
    assert words.folds_answer(Facts(same)) == "**The same choice in all five folds.**"


def test_a_gap_beyond_the_tolerance_is_called_out(tuned):
    assert "cannot be trusted" not in words.checks_answer(Facts(tuned))
    assert "3e−14" in words.checks_answer(Facts(tuned))
    gaping = replace(tuned, verified=Verified((1,), 2e-9))
    assert "cannot be trusted" in words.checks_answer(Facts(gaping))
    assert "cannot be trusted" in words.checks_answer(Facts(replace(tuned, verified=Verified((1,), float("nan")))))


def test_the_headline_names_what_was_chosen_and_where(tuned, study, weighed):
    told = headline(weighed(tuned))
    last = tuned.choices[-1]
    assert max(map(len, told.splitlines())) <= 100
    assert "**" not in told
    flat = " ".join(told.split())
    assert f"Chosen: trial {last.trial} in fold 4, trained " in flat
    assert f"regime.dwell {last.params['regime.dwell']}" in flat
    assert f"p = {tuned.null.p_value:.3f}" in flat
    assert "p =" not in headline(weighed(study(mapped=None)))


def test_many_parameters_are_told_by_importance(study):
    facts = Facts(study(space={f"a.p{k}": {"int": (1, 1000)} for k in range(20)}, mapped=None))
    told = facts.chosen()
    assert told.endswith("and 12 more")
    first = sorted(facts.tuned.importance, key=facts.tuned.importance.get)[-8:]
    assert all(f"{path} " in told for path in first)


def test_the_middle_leaves_out_what_is_missing():
    assert middle([3.0, float("nan"), 1.0]) == 2.0
    assert np.isnan(middle([float("nan")]))
