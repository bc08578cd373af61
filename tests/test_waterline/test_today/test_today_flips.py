"""What value of which print would turn the state, held against the real signal and the real rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline import experiment, rolling
from waterline.catalog import SERIES
from waterline.experiment import silent
from waterline.panel import Observations
from waterline.sessions import clock
from waterline.today.flips import flips_of, printed_beside
from waterline.today.grid import Grid, grid_of
from waterline.today.inputs import inputs_of
from waterline.today.standing import standing_of
from waterline.today.threshold import threshold_of

DAYS = [dt.date(2005, 6, 1), dt.date(2005, 7, 28), dt.date(2008, 11, 3), dt.date(1997, 5, 20)]


KNOWN = {}


@pytest.fixture
def situation_on(world_at):
    """Function: world, inputs, standing and flips on a day, each day worked out once."""

    def on(day):
        if day not in KNOWN:
            world = world_at(day)
            inputs = inputs_of(world)
            standing = standing_of(world, experiment.decide(world.config, world.decided))
            KNOWN[day] = world, inputs, standing, flips_of(world, standing, inputs, silent)
        return KNOWN[day]

    return on


@pytest.fixture(params=DAYS, ids=str)
def situation(situation_on, request):
    return situation_on(request.param)


def printed(panel, name, period, available_at, value):
    """The panel with one row more, put there by hand."""
    rows = panel.series[name]
    row = Observations(
        name, np.append(rows.period, period), np.append(rows.available_at, available_at),
        np.append(rows.vintage, period), np.append(rows.value, value), rows.max_age_days, rows.step,
    )  # fmt: skip
    return replace(panel, series={**panel.series, name: row})


def with_value(world, inputs, name, value, available_at):
    """The next print of ``name``; what comes with it and is about the same period stays as it was."""
    by_name = {one.name: one for one in inputs}
    panel = world.decided
    for other in printed_beside(world, by_name[name], [one for one in inputs if one.role != "held"]):
        last = world.decided.series[other.name].value[-1]
        panel = printed(panel, other.name, other.next.period, available_at, last)
    return printed(panel, name, by_name[name].next.period, available_at, value)


def test_a_bit_beyond_crosses_and_a_bit_short_does_not(situation):
    world, inputs, standing, flips = situation
    signal, cutoff = world.config.built_signal, world.decided.clock.cutoffs[-1]
    is_across = standing.threshold.passed(np.array([standing.score]))[0]

    def across(name, value):
        total = signal.score(with_value(world, inputs, name, value, cutoff)).total[-1]
        return standing.threshold.passed(np.array([total]))[0] != is_across, total

    assert {flip.name for flip in flips} == {"AAA", "BAA", "TBILLQ", "REALGDP", "REALINV"}
    for flip in flips:
        if not flip.by:
            assert np.isnan([flip.value, flip.short]).all()
            for end in (flip.lowest, flip.highest):
                assert not across(flip.name, end)[0]
            continue
        assert across(flip.name, flip.value) == (True, flip.score)
        if np.isfinite(flip.short):
            assert across(flip.name, flip.short) == (False, flip.score_short)
        if flip.by in ("rise", "fall"):
            way = 1 if flip.by == "rise" else -1
            assert flip.value - flip.short == pytest.approx(way * flip.step, rel=1e-6)
            assert (flip.value - flip.newest) * way > 0
            assert across(flip.name, flip.value + way * flip.step)[0]


def test_some_days_have_prints_that_turn_it_and_some_have_not(situation_on):
    found = {flip.by for day in DAYS for flip in situation_on(day)[3]}
    assert found >= {"rise", "fall", "same", ""}


def test_the_rule_itself_switches_on_such_a_print_and_not_just_short_of_it(situation_on):
    """All the way: the print comes, three decisions know it, and the real rule turns on the third."""
    world, inputs, _, found = situation_on(DAYS[2])
    flips = [flip for flip in found if flip.by in ("rise", "fall")]
    assert flips
    confirm = world.config.regime.confirm
    last = world.ahead.sessions[confirm - 1]
    longer = clock(world.config.start, last.item(), world.config.cutoff)
    for flip in flips:
        margin = max(5 * flip.step, 0.15 * abs(flip.value - flip.newest))
        way = 1 if flip.by == "rise" else -1
        for value, turns in ((flip.value + way * margin, True), (flip.short - way * margin, False)):
            panel = with_value(world, inputs, flip.name, value, world.ahead.cutoffs[0])
            made = experiment.decide(world.config, replace(panel, clock=longer))
            states = made.regime.states[-confirm - 1 :]
            assert (states[-1] != states[0]) is np.bool_(turns), (flip.name, value)
            assert (states[:-1] == states[0]).all()


def test_the_earliest_switch_is_that_of_the_rule_when_the_score_stays(situation):
    world, inputs, standing, flips = situation
    made = experiment.decide(world.config, world.decided)
    by_name = {one.name: one for one in inputs}
    for flip in flips:
        if flip.by and not standing.beyond:
            first = int(np.searchsorted(world.ahead.cutoffs, by_name[flip.name].next.at))
            later = np.concatenate([np.full(first, standing.score), np.full(60, flip.score)])
            states = world.config.regime.classify(np.concatenate([made.score.total, later])).states[
                len(made.score.total) :
            ]
            assert flip.earliest == world.ahead.sessions[int(np.argmax(states != made.regime.states[-1]))]


def test_a_remembered_walk_is_the_walk(whole, classic):
    short = whole.as_of(whole.clock.cutoffs[-600])
    with rolling.remembering():
        first = classic.built_signal.score(short)
        again = classic.built_signal.score(printed(short, "AAA", *_next_of(short, "AAA"), 9.0))
    plain = classic.built_signal.score(printed(short, "AAA", *_next_of(short, "AAA"), 9.0))
    assert np.array_equal(again.total, plain.total, equal_nan=True)
    assert not np.array_equal(again.total, first.total, equal_nan=True)


def _next_of(panel, name):
    rows = panel.series[name]
    return rows.period[-1] + np.timedelta64(31, "D"), panel.clock.cutoffs[-1]


@settings(max_examples=50)
@given(
    st.lists(
        st.one_of(st.floats(-1e3, 1e3), st.just(float("nan")), st.sampled_from([0.0, 1.0, 2.0])),
        min_size=2,
        max_size=60,
    ),
    st.integers(1, 40),
    st.sampled_from(["robust_z", "mid_rank", "median"]),
)
def test_a_walk_continued_from_memory_is_the_same_to_the_last_bit(values, width, name):
    value = np.array(values)
    start = np.maximum(np.arange(len(value)) - width, 0)
    enough = np.arange(len(value)) >= 2
    statistic = getattr(rolling, name)
    with rolling.remembering():
        statistic(value[:-1], start[:-1], enough[:-1], 2)
        remembered = statistic(value, start, enough, 2)
        again = statistic(value, start, enough, 2)
    plain = statistic(value, start, enough, 2)
    assert np.array_equal(remembered, plain, equal_nan=True)
    assert np.array_equal(again, plain, equal_nan=True)


@settings(max_examples=40)
@given(st.sampled_from(sorted(SERIES)), st.integers(0, 2**32 - 1))
def test_a_grid_goes_outwards_within_the_plausible_and_ends_at_its_bounds(name, seed):
    entry, rng = SERIES[name], np.random.default_rng(seed)
    decimals = entry.decimals if entry.decimals is not None else 1
    published = np.round(rng.uniform(entry.low / entry.scale, entry.high / entry.scale, 40), decimals)
    days = np.arange("2020-01-01", "2020-02-10", dtype="datetime64[D]")
    at = days.astype("datetime64[s]")
    grid = grid_of(name, Observations(name, days, at, days, published * entry.scale, 7, "D"))
    assert grid.value(grid.origin) == pytest.approx(grid.newest, rel=1e-12, abs=1e-9)
    for side in (1, -1):
        visited = list(grid.places(side, (1.0, 4.0, 16.0, 64.0)))
        steps = np.diff([grid.origin, *visited]) * side
        assert (steps > 0).all()
        dust = 1e-6 * grid.step
        assert all(entry.low - dust <= grid.value(place) <= entry.high + dust for place in visited)
        assert not visited or visited[-1] == (grid.last if side > 0 else grid.first)


def test_values_of_a_grid_are_those_a_publisher_prints():
    grid = Grid(newest=4.12, decimals=2, scale=1.0, first=-500, last=2500, usual_move=0.06)
    assert [grid.value(place) for place in (412, 413, -7)] == [4.12, 4.13, -0.07]
    millions = Grid(newest=6.5e12, decimals=0, scale=1e6, first=0, last=10**7, usual_move=1e9)
    assert millions.value(millions.origin + 1) - 6.5e12 == 1e6


@given(st.integers(0, 2**32 - 1))
def test_the_threshold_counts_what_the_trigger_counts(classic_rule, seed):
    """Held beyond the threshold from now on, the rule switches exactly when threshold and count say."""
    rng = np.random.default_rng(seed)
    score = np.cumsum(rng.normal(0.0, 0.25, 150))
    rule = classic_rule.model_copy(update={"confirm": int(rng.integers(1, 6)), "dwell": int(rng.integers(0, 60))})
    regime = rule.classify(score)
    threshold = threshold_of(rule, score, regime)
    beyond = threshold.level + (1.0 if threshold.above else -1.0)
    later = rule.classify(np.concatenate([score, np.full(130, beyond)])).states[len(score) :]
    first = int(np.argmax(later != regime.states[-1]))
    counted = _counted(rule, score, regime, threshold)
    assert first == max(threshold.confirm - counted - 1, threshold.free_in, 0)


def _counted(rule, score, regime, threshold):
    """Sessions in a row beyond, since the last switch: counted one by one."""
    count = 0
    for t in range(len(score)):
        count = count + 1 if threshold.passed(score[t : t + 1])[0] else 0
        count = 0 if t and regime.states[t] != regime.states[t - 1] else count
    return count


@pytest.fixture(scope="module")
def classic_rule(root):
    from waterline.config import load

    return load(root / "configs" / "classic.yaml").regime
