"""What the score is made of, where it turns, and how all of it is said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline import terminal
from waterline.contracts import Score
from waterline.regime import JumpRule
from waterline.report.today import tables, words
from waterline.today.contributions import contributions
from waterline.today.threshold import CLOSE_ENOUGH, threshold_of

NUMBERS = st.one_of(st.floats(-3, 3), st.just(float("nan")))


@given(st.lists(st.tuples(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=4)), min_size=1, max_size=4))
def test_contributions_add_up_to_the_score_and_members_to_their_pillar(drawn):
    pillars = {f"p{place}": np.array([value]) for place, (value, _) in enumerate(drawn)}
    members = {f"p{place}": {f"m{n}": np.array([z]) for n, z in enumerate(zs)} for place, (_, zs) in enumerate(drawn)}
    known = [value for value, _ in drawn if np.isfinite(value)]
    total = np.array([np.mean(known) if known else 0.0])
    parts = contributions(Score(total, pillars, members))
    assert np.nansum([part.added for part in parts]) == pytest.approx(total[0], abs=1e-9)
    for part, (value, zs) in zip(parts, drawn, strict=True):
        shares = [member.added for member in part.members]
        if np.isfinite(shares).any():
            assert np.nansum(shares) == pytest.approx(part.added, abs=1e-6 * max(1.0, np.nanmax(np.abs(shares))))
            assert [np.isfinite(share) for share in shares] == [np.isfinite(z) for z in zs]
        assert np.isnan(part.added) == np.isnan(value)


def test_a_score_that_is_no_mean_of_its_pillars_is_not_shared_out():
    score = Score(np.array([1.0]), {"a": np.array([0.2]), "b": np.array([0.4])}, {"a": {"x": np.array([1.0])}})
    assert all(np.isnan(part.added) for part in contributions(score))


@pytest.mark.parametrize(("penalty", "can"), [(0.3, True), (20.0, False)])
def test_a_fitted_rule_turns_just_beyond_the_score_that_was_found_or_no_score_turns_it(penalty, can):
    rng = np.random.default_rng(3)
    score = np.concatenate([rng.normal(level, 0.3, 60) for level in (0, 1.5, 0, 1.5, 0, 1.5, 0)])
    rule = JumpRule(min_sessions=150, refit_sessions=100, jump_penalty=penalty)
    regime = rule.classify(score)
    threshold = threshold_of(rule, score, regime)
    if not can:  # a single session does not pay the price of a change
        assert threshold is None
        return
    assert not threshold.exact
    way = 1 if threshold.above else -1
    for newest, turns in ((threshold.level, True), (threshold.level - 2 * way * CLOSE_ENOUGH, False)):
        trial = np.append(score[:-1], newest)
        assert (rule.classify(trial).states[-1] != regime.states[-1]) == turns


def test_the_answer_as_json_is_plain_and_complete(told):
    tree = json.loads(json.dumps(told.as_json(), allow_nan=False))
    assert tree["schema_version"] == 1
    assert tree["standing"]["state"] == told.standing.state
    assert tree["moment"] == {"instant": "2008-11-03T21:00:00", "day": "2008-11-03", "past": True}
    assert len(tree["flips"]) == len(told.flips)
    assert tree["rebalancing"]["trades"][-1]["asset"] == "cash"
    parts = tree["standing"]["pillars"]
    assert sum(part["added"] for part in parts) == pytest.approx(tree["standing"]["score"])


def test_the_verdict_says_state_score_confirmation_and_dwell(told):
    said = words.verdict(told)
    assert f"**{told.standing.state.capitalize()} since" in said
    assert "three sessions in a row" in said
    threshold = told.standing.threshold
    assert "none may come in the next 5 sessions" in words.verdict(
        _standing(told, threshold=replace(threshold, free_in=5))
    )
    under_way = words.verdict(_standing(told, beyond=2))
    assert "2 sessions so far; one more and it turns" in under_way
    assert "only the dwell" in words.verdict(_standing(told, beyond=9))
    assert "the state is carried over from" in words.verdict(_standing(told, score=float("nan")))
    assert "No score of the last session" in words.verdict(_standing(told, threshold=None))
    assert "about" in words.turning(_standing(told, threshold=replace(threshold, exact=False)))
    assert "since the first score on" in words.verdict(_standing(told, switched=False))


def _standing(told, **changes):
    return replace(told, standing=replace(told.standing, **changes))


def test_every_flip_is_said_with_its_value_or_that_no_value_would(told):
    table = tables.flip_table(told, told.flips)
    assert len(table.rows) == len(told.flips)
    for flip, row in zip(told.flips, table.rows, strict=True):
        expected = {"rise": "or more", "fall": "or less", "same": "any value", "": "no value would"}[flip.by]
        assert expected in row[2].text
    none = [replace(flip, by="", value=np.nan, short=np.nan) for flip in told.flips]
    assert "No plausible value" in words.flips_answer(replace(told, flips=tuple(none)))


@pytest.mark.parametrize(
    ("value", "unit", "step", "text"),
    [
        (4.12, "percent", 0.01, "4.12%"),
        (-0.533, "index", 0.001, "−0.533"),
        (6581231e6, "usd", 1e6, "$6.5812 tn"),
        (3425377e6, "usd", 1e6, "$3.4254 tn"),
        (364019e6, "usd", 1e6, "$364.02 bn"),
        (253e6, "usd", 1e6, "$253 m"),
        (-2.5e9, "usd", 1e6, "−$2.500 bn"),
        (12.4, "usd", 0.0, "$12"),
        (float("nan"), "usd", 0.0, "–"),
    ],
)
def test_amounts_as_people_write_them(value, unit, step, text):
    assert words.amount(value, unit, step) == text


def test_inputs_say_scheduled_expected_overdue_or_discontinued(told):
    texts = [row[-1].text for row in tables.input_table(told.inputs).rows]
    assert any("expected" in text for text in texts)
    assert any("scheduled" in text for text in texts)
    one = told.inputs[0]
    late = replace(one, next=replace(one.next, due="overdue"))
    assert "overdue" in tables.input_table([late]).rows[0][-1].text
    assert "**One** was expected earlier" in words.inputs_answer(replace(told, inputs=(late,)))
    gone = replace(one, ended=True, next=None)
    assert tables.input_table([gone]).rows[0][-1].text == "discontinued"
    assert "Discontinued" in words.inputs_answer(replace(told, inputs=(gone,)))


def test_the_terminal_shows_all_parts(told, capsys):
    terminal.show_today(told)
    shown = capsys.readouterr().out
    for head in (
        "sessions long",
        "Adds to the score",
        "Trade, USD",
        f"Turns it {told.standing.other} at",
        "Public since",
    ):
        assert head in shown
    assert "**" not in shown
    rows = [line.split("\t") for line in shown.splitlines() if "\t" in line]
    assert {len(row) for row in rows} == {3, 7, 6, 8}
    assert len([row for row in rows if len(row) == 8]) == len(told.inputs) + 1
