"""The compiled sweep against the long way: classify, decide, schedule, simulate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline import experiment
from waterline.config import load
from waterline.config.changing import changed
from waterline.contracts import ExposureForm
from waterline.regime import SchmittRule
from waterline.simulation import Execution
from waterline.simulation.sweep import COLUMNS, equity, sweep
from waterline.tuning.ground import Grounds, as_sets, with_earned

SLEEVES = 2
WORLDS = {
    "seed": st.integers(0, 2**32 - 1),
    "sessions": st.integers(2, 120),
    "assets": st.integers(1, 6),
    "costs": st.booleans(),
    "flat": st.booleans(),
    "stale": st.sampled_from([0.0, 0.1, 0.5]),
}


@pytest.fixture(scope="module")
def invented(sweeps, world):
    """A function: a random stage with ``count`` random cases, the ground and the sets."""

    def build(seed, count, ties=False, **drawn):
        rng = np.random.default_rng(seed)
        stage = sweeps.invented_stage(rng, world(seed, **drawn).market, ties=ties)
        cases = [sweeps.invented_case(rng, stage, ties) for _ in range(count)]
        return stage, cases, sweeps.ground_of(stage), sweeps.sets_of(stage, cases)

    return build


# --- the equity


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ties=st.booleans(), **WORLDS)
def test_the_kernel_and_a_run_are_the_same_strategy(invented, sweeps, ties, **drawn):
    """Ragged universes, stale and missing prices, ties, no costs, idle cash, both fills and payers, every strategy."""
    stage, cases, ground, sets = invented(count=3, ties=ties, **drawn)
    got = equity(ground, sets)
    for case, path in zip(cases, got, strict=True):
        long_way = sweeps.played(stage, case)
        np.testing.assert_allclose(path, long_way.simulation.equity, rtol=1e-9, err_msg=str(case))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(fill=st.sampled_from(["next_close", "next_open"]), **WORLDS)
def test_turnover_costs_and_exposure_are_those_of_a_run(invented, sweeps, fill, **drawn):
    stage, cases, ground, sets = invented(count=2, **drawn)
    got = sweep(ground, sets)
    for case, blocks, first in zip(cases, got.blocks, got.first_score, strict=True):
        long_way = sweeps.played(stage, case)
        assert first == long_way.first
        for out, start, stop in zip(blocks, stage.edges[:-1], stage.edges[1:], strict=True):
            rows = slice(start, stop)
            held, earned = long_way.in_force[start - 1 : stop - 1], np.diff(stage.earned[0])[:, rows].T
            told = dict(zip(COLUMNS, out, strict=False))
            assert told["turnover"] == pytest.approx(long_way.simulation.turnover[rows].sum(), rel=1e-9, abs=1e-12)
            assert told["costs"] == pytest.approx(long_way.simulation.costs[rows].sum(), rel=1e-9, abs=1e-12)
            sums = np.concatenate([held.sum(axis=0), (held * earned).sum(axis=0), earned.sum(axis=0)])
            np.testing.assert_allclose(out[len(COLUMNS) :], sums, rtol=1e-9, atol=1e-12)


# --- the sums


def sums_of(path, cash, start, stop):
    """What the columns up to the turnover say of rows ``start`` to ``stop``, by numpy from the equity."""
    part = path[start - 1 : stop]
    excess = part[1:] / part[:-1] - 1.0 - cash[start:stop]
    fall = (part / np.maximum.accumulate(part) - 1.0).min()
    return [
        part[-1] / part[0],
        excess.sum(),
        (excess**2).sum(),
        (np.minimum(excess, 0.0) ** 2).sum(),
        part.max() / part[0],
        part.min() / part[0],
        fall,
    ]


@settings(max_examples=10, deadline=None, derandomize=True)
@given(ties=st.booleans(), **(WORLDS | {"sessions": st.integers(3, 400)}))
def test_the_sums_by_blocks_are_those_of_the_equity(invented, ties, **drawn):
    """120 sets, so that those of a score go together through the lanes; their equity is computed one by one."""
    stage, _, ground, sets = invented(count=120, ties=ties, **drawn)
    paths, got = equity(ground, sets), sweep(ground, sets)
    for path, blocks in zip(paths, got.blocks, strict=True):
        for out, start, stop in zip(blocks, stage.edges[:-1], stage.edges[1:], strict=True):
            expected = sums_of(path, ground.cash, start, stop)
            np.testing.assert_allclose(out[: len(expected)], expected, rtol=1e-9, atol=1e-12)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(ties=st.booleans(), workers=st.integers(2, 5), **(WORLDS | {"sessions": st.integers(3, 300)}))
def test_a_set_has_the_same_bits_in_any_company_and_with_any_number_of_workers(invented, ties, workers, **drawn):
    _, _, ground, sets = invented(count=400, ties=ties, **drawn)
    together = sweep(ground, sets)
    spread = sweep(ground, sets, workers)
    np.testing.assert_array_equal(spread.blocks, together.blocks)
    np.testing.assert_array_equal(spread.first_score, together.first_score)
    few = np.arange(0, 400, 57)
    alone = sweep(ground, sets.rows(few))
    np.testing.assert_array_equal(alone.blocks, together.blocks[few])
    np.testing.assert_array_equal(alone.first_score, together.first_score[few])


@settings(max_examples=15, deadline=None, derandomize=True)
@given(turns=st.integers(0, 300), **WORLDS)
def test_a_shift_rotates_the_smoothed_score_behind_its_first_value(invented, sweeps, turns, **drawn):
    stage, cases, _, _ = invented(count=12, **drawn)
    case = replace(cases[0], shift=turns)
    score, first = sweeps.score_of(stage, replace(case, shift=0))
    turned = score.copy()
    turned[first:] = np.roll(score[first:], turns)
    by_hand = replace(stage, raws=[sweeps.Raw(turned[None, :])])
    plain = replace(case, raw=0, weights=(1.0,), span=1.0, shift=0)
    for copies in (1, 12):
        shifted = sweep(sweeps.ground_of(stage), sweeps.sets_of(stage, [case] * copies))
        rotated = sweep(sweeps.ground_of(by_hand), sweeps.sets_of(by_hand, [plain] * copies))
        if np.isfinite(turned[first : first + 1]).all():
            np.testing.assert_allclose(shifted.blocks, rotated.blocks, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(shifted.first_score, first)


def test_a_switch_that_nobody_asked_for_is_not_found(sweeps, invented):
    """The states of the lanes are those of ``SchmittRule``, also where the score touches a threshold exactly."""
    stage, _, _, _ = invented(seed=3, count=1, sessions=400, assets=2, ties=True)
    score = np.round(2 * np.sin(np.arange(400) / 15) + np.random.default_rng(5).normal(0, 0.7, 400)) / 2
    one = replace(stage, raws=[sweeps.Raw(score[None, :])], edges=np.array([1, 400]))
    rules = [
        SchmittRule(up=up, down=up - 0.5, confirm=c, dwell=d) for up in (0, 0.5, 1) for c in (1, 2, 3) for d in (0, 5)
    ]
    still = Execution(band_absolute=1.0, band_relative=1.0)
    cases = [sweeps.Case(rule=rule, execution=still) for rule in rules]
    held = sweep(sweeps.ground_of(one), sweeps.sets_of(one, cases)).blocks[:, 0, len(COLUMNS)]
    expected = [sweeps.played(one, case).in_force[:-1, 0].sum() for case in cases]
    assert held.tolist() == expected
    assert len(set(expected)) > 5


# --- the shipped configuration

COMPOSITE = "signals.composite:Composite"
SMOOTHED = {"series": {"AAA": 1.0, "BAA": -0.37, "TBILLQ": 0.7, "REALINV": 0.0}, "window": 504, "span": 12.5}
PLAIN = {"series": {"AAA": 1.0, "TBILLQ": -0.1}, "window": 756}
CHANGES = (
    {},
    {"signal.use": COMPOSITE, "signal.params": SMOOTHED},
    {
        "signal.use": COMPOSITE,
        "signal.params": PLAIN,
        "regime.up": 0.8,
        "strategy.use": "strategies.graded_tilt:GradedTilt",
        "strategy.params": {},
    },
    {"execution.costs_paid_by": "everyone"},
    {"execution.delay_sessions": 5},
    {"execution.band_absolute": 0.0, "execution.band_relative": 0.0},
    {"execution.rebalance_weekday": "FRI", "execution.cost_multiple": 3.0},
    {"regime.up": 0.3, "regime.down": 0.0, "regime.dwell": 5},
    {"strategy.use": "strategies.graded_tilt:GradedTilt", "strategy.params": {}},
    {"strategy.use": "strategies.static_mix:StaticMix", "strategy.params": {}},
)


@pytest.fixture(scope="module")
def shipped(root: Path):
    config = load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=1999-12-31"])
    return config, experiment.gather(config)


def test_the_shipped_configuration_and_its_variations(shipped):
    config, panel = shipped
    outcomes = [experiment.run(changed(config, change), panel) for change in CHANGES]
    first, rows = outcomes[0].first, len(panel.clock)
    grounds = Grounds(config, panel, np.array([first + 1, rows - 200, rows]))
    sets = as_sets(grounds, [outcome.config for outcome in outcomes])
    ground, sets = with_earned(grounds.ground(), sets)
    paths, got = equity(ground, sets), sweep(ground, sets)
    for outcome, path, blocks in zip(outcomes, paths, got.blocks, strict=True):
        np.testing.assert_allclose(path, outcome.strategy.equity, rtol=1e-9)
        figures, count = outcome.windows["all"], rows - first - 1
        held, gained, earned = blocks[:, len(COLUMNS) :].sum(axis=0).reshape(3, SLEEVES) / count
        assert 252 * (gained - held * earned).sum() == pytest.approx(figures.timing_gain.value, abs=1e-9)
        assert blocks[:, 0].prod() - 1.0 == pytest.approx(figures.strategy.cumulative_return, rel=1e-9)
        assert blocks[:, 7].sum() / count * 252 == pytest.approx(figures.strategy.turnover_per_year, rel=1e-9)


def test_a_form_is_the_exposure_of_its_strategy(sweeps):
    """What the kernel reads of a strategy says what the strategy does."""
    rng = np.random.default_rng(11)
    for _ in range(20):
        form = sweeps.invented_strategy(rng).form(sweeps.NAMES)
        assert isinstance(form, ExposureForm)
        assert form.table.shape == (3, SLEEVES)
