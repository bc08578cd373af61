"""A Sharpe ratio is stated whole or not at all."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from waterline.appraisal import IncompleteSharpeError, Refused, SharpeStatement
from waterline.appraisal.statements import state
from waterline.evidence.bootstrap import HEADLINE, DailyRows, intervals

WHOLE = SharpeStatement(
    ratio=0.55,
    low=0.1,
    high=1.0,
    coverage=0.9,
    sessions=2514,
    trials=45.0,
    deflated=0.71,
    benchmark="same-exposure mix",
    benchmark_ratio=0.42,
    power=0.28,
    sought=0.5,
    window="all sessions",
)


def test_it_says_all_that_belongs_to_it():
    assert str(WHOLE) == (
        "Sharpe ratio 0.55 (all sessions; 90% interval 0.10 to 1.00; same-exposure mix 0.42; 45 trials, deflated 0.71; "
        "power 0.28 to see a true 0.5 in 2,514 sessions)"
    )


@pytest.mark.parametrize(
    ("field", "value", "lacking"),
    [
        ("ratio", math.nan, "its value"),
        ("low", math.nan, "its interval"),
        ("high", math.inf, "its interval"),
        ("high", 0.0, "its interval"),
        ("coverage", math.nan, "its interval"),
        ("sessions", 0, "the number of sessions"),
        ("trials", 0.0, "the number of trials"),
        ("trials", math.nan, "the number of trials"),
        ("deflated", math.nan, "its deflated form"),
        ("benchmark", " ", "its benchmark"),
        ("benchmark_ratio", math.nan, "its benchmark"),
        ("power", math.nan, "its power"),
        ("sought", math.nan, "its power"),
        ("window", "", "the label of its window"),
    ],
)
def test_it_cannot_be_made_without(field, value, lacking):
    with pytest.raises(IncompleteSharpeError, match=f"^a Sharpe ratio is not stated without {lacking}$"):
        replace(WHOLE, **{field: value})


def test_no_field_can_be_left_out():
    given = {field.name: getattr(WHOLE, field.name) for field in fields(WHOLE)}
    for name in given:
        with pytest.raises(TypeError, match=name):
            SharpeStatement(**{other: value for other, value in given.items() if other != name})


def rows_of(count, noise=0.01):
    random = np.random.default_rng(3)
    strategy, mix = random.normal(0.0005, noise, (2, count))
    nothing = np.empty((count, 0))
    return DailyRows(strategy, mix, np.zeros(count), nothing, nothing, count / 252)


@pytest.mark.parametrize(
    ("count", "noise", "trials", "reason"),
    [
        (41, 0.01, 1.0, "41 sessions are too few, 42 give an interval."),
        (0, 0.01, 1.0, "0 sessions are too few, 42 give an interval."),
        (300, 0.0, 1.0, "The returns over bills do not vary."),
        (300, 0.01, math.nan, "The number of trials behind it is not known."),
        (300, 0.01, 0.0, "It is not stated without the number of trials."),
    ],
)
def test_it_is_refused_with_a_reason(count, noise, trials, reason):
    rows = rows_of(count, noise)
    told = state(rows, intervals(HEADLINE, rows, 5, 0, draws=100), trials, 0.5, "post")
    assert isinstance(told, Refused)
    assert str(told) == f"No Sharpe ratio (post): {reason}"


def test_it_is_stated_where_nothing_is_missing():
    rows = rows_of(300)
    told = state(rows, intervals(HEADLINE, rows, 5, 0, draws=100), 7.0, 0.5, "all sessions")
    assert isinstance(told, SharpeStatement)
    excess = rows.strategy
    assert told.ratio == pytest.approx(excess.mean() / excess.std(ddof=1) * 252**0.5)
    assert told.low < told.ratio < told.high
    assert (told.sessions, told.trials, told.benchmark) == (300, 7.0, "same-exposure mix")
