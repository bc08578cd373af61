"""A problem's scores against the metrics of runs: every section that can be tuned, compiled and not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from waterline import experiment
from waterline.config import load
from waterline.metrics import summary, timing_gain
from waterline.tuning.general import sums_of, sweep_slowly
from waterline.tuning.problem import Problem
from waterline.tuning.searching import points, wide
from waterline.tuning.space import columns_of, row_of, space_of
from waterline.tuning.study import pose

EVERYWHERE = """tune={space: {
  regime.up: {float: [0.2, 0.9]}, regime.down: {float: [-0.2, 0.4]}, regime.confirm: {int: [1, 6]},
  regime.dwell: {int: [0, 60]}, execution.band_absolute: {float: [0.0, 0.1]},
  execution.band_relative: {choice: [0.0, 0.2]},
  execution.rebalance_weekday: {choice: [MON, WED, FRI]}, execution.delay_sessions: {int: [0, 20]},
  execution.cost_multiple: {float: [0.1, 5.0], log: true}, execution.costs_paid_by: {choice: [largest_buy, everyone]},
  costs_bps.stock: {float: [0.0, 30.0]}, strategy.params.ample.speculative: {float: [0.3, 1.0]},
  sleeves.speculative.cap: {choice: [0.25, 0.35]}, signal.params.price.scaling.clip: {choice: [2.0, 3.0]}},
  objective: [timing_gain, sharpe_ratio, max_drawdown], validation: {train_years: 8, test_years: 3}}"""


@pytest.fixture(scope="module")
def panel():
    return experiment.gather(load(Path("configs/classic.yaml")))


def problem_of(panel, *overrides, workers=1):
    return pose(load(Path("configs/classic.yaml"), overrides), panel, workers)[0]


@pytest.fixture(scope="module")
def everywhere(panel):
    return problem_of(panel, EVERYWHERE)


@pytest.fixture(scope="module")
def drawn(everywhere):
    return points(everywhere.space, 24, 5)


def test_scores_are_the_metrics_of_the_runs(everywhere, drawn, panel):
    scores = everywhere.evaluate(drawn)
    for row in [row for row, text in enumerate(scores.problem) if not text][:5]:
        outcome = experiment.run(everywhere.space.config(everywhere.config, row_of(drawn, row)), panel)
        for fold in everywhere.folds:
            for values, span in ((scores.train, fold.train), (scores.test, fold.test)):
                assert values[row, fold.number] == pytest.approx(
                    measured(outcome, *span), rel=1e-6, abs=1e-9, nan_ok=True
                )


def measured(outcome, first, last):
    rows, portfolios = slice(first, last), outcome.portfolios
    cash = portfolios.cash_return[rows]
    figures = summary(portfolios.strategy.returns[rows], cash, outcome.sessions[first - 1 : last])
    sleeves = np.column_stack([portfolios.sleeves[name].returns[rows] for name in outcome.sleeves.names])
    gain = timing_gain(portfolios.in_force[first - 1 : last - 1], sleeves - cash[:, None])
    return [gain.value, figures.sharpe_ratio, figures.max_drawdown.depth]


COMPOSITE = (
    "signal.use=signals.composite:Composite",
    "signal.params={series: {AAA: 1.0, BAA: 0.5, TBILLQ: -0.2}, window: 756}",
    """tune={space: {
      signal.params.series.AAA: {float: [-1.0, 1.0]}, signal.params.series.TBILLQ: {choice: [0.0, -0.2, 2.5]},
      signal.params.span: {float: [1.0, 60.0]}, signal.params.window: {choice: [504, 756]}},
      objective: [timing_gain, sharpe_ratio, max_drawdown], validation: {train_years: 8, test_years: 5}}""",
)


def test_weights_and_span_of_a_composite_are_tuned_on_one_score_a_window(panel):
    problem = problem_of(panel, *COMPOSITE)
    columns = points(problem.space, 32, 3)
    scores, paths = problem.evaluate(columns), problem.paths(columns)
    assert wide(problem, problem.config.tune)
    assert scores.problem == ("",) * 32
    assert len(problem.grounds.ground().parts) == len(("none", 504, 756))
    assert len(np.unique(paths[:, -1])) > 16
    for row in (0, 1, 2):
        outcome = experiment.run(problem.space.config(problem.config, row_of(columns, row)), panel)
        np.testing.assert_allclose(paths[row], outcome.strategy.equity, rtol=1e-9)
        fold = problem.folds[-1]
        expected = measured(outcome, *fold.train)
        assert scores.train[row, fold.number] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_composite_without_any_weight_fails_alone(panel):
    problem = problem_of(
        panel,
        *COMPOSITE[:1],
        "signal.params={series: {AAA: 1.0}}",
        "tune={space: {signal.params.series.AAA: {choice: [0.0, 1.0]}}, validation: {train_years: 8}}",
    )
    scores = problem.evaluate(columns_of([{"signal.params.series.AAA": 0.0}, {"signal.params.series.AAA": 1.0}]))
    assert scores.problem == ("it never has a score.", "")


def test_composites_of_other_series_are_other_scores_and_those_of_other_weights_are_not(panel):
    problem = problem_of(panel, *COMPOSITE)
    configs = [
        load(Path("configs/classic.yaml"), [COMPOSITE[0], f"signal.params={{series: {series}, window: 756}}"])
        for series in ("{AAA: 1.0, BAA: 1.0}", "{BAA: 0.3, AAA: -1.0}", "{AAA: 1.0, TBILLQ: 1.0}")
    ]
    rows = [problem.grounds.score_row(config.signal.use, config.built_signal) for config in configs]
    assert rows[0] == rows[1] != rows[2]


def test_the_slow_path_gives_the_sums_of_the_kernel(everywhere, drawn, panel):
    from concurrent.futures import ThreadPoolExecutor

    sound = [row for row, text in enumerate(everywhere.evaluate(drawn).problem) if not text][:3]
    columns = {name: values[sound] for name, values in drawn.items()}
    configs = [everywhere.space.config(everywhere.config, row_of(columns, row)) for row in range(len(sound))]
    with ThreadPoolExecutor(1) as pool:
        slow = sweep_slowly(configs, panel, everywhere.blocks.edges, pool)
    quick = everywhere._swept(columns)
    head = [0, 1, 2, 3, 6, 7, 8, *range(9, quick.sums.blocks.shape[2])]
    np.testing.assert_allclose(slow.sums.blocks[:, :, head], quick.sums.blocks[:, :, head], rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(slow.sums.first_score, quick.sums.first_score)
    np.testing.assert_allclose(slow.equity, everywhere.paths(columns), rtol=1e-9)


def test_a_set_that_cannot_be_used_fails_alone_and_says_why(panel):
    problem = problem_of(panel, "tune={space: {regime.up: {float: [0.0, 0.6]}, regime.down: {float: [0.0, 0.6]}}}")
    scores = problem.evaluate(
        columns_of([{"regime.up": 0.1, "regime.down": 0.5}, {"regime.up": 0.5, "regime.down": 0.1}])
    )
    assert scores.problem == ("regime.down must not exceed regime.up.", "")
    assert np.isnan(scores.train[0]).all()
    assert np.isfinite(scores.train[1]).all()


def test_an_objective_that_is_undefined_fails_the_trial(panel):
    space = "strategy.params.ample.speculative: {float: [0.0, 1.0]}, regime.up: {float: [0.3, 9.0]}"
    held = "strategy={params: {scarce: {generators: 0.0}, before: {generators: 0.0}, ample: {speculative: 0.0}}}"
    problem = problem_of(panel, f"tune={{space: {{{space}}}, objective: sharpe_ratio}}", held)
    scores = problem.evaluate(columns_of([{"strategy.params.ample.speculative": 0.0, "regime.up": 0.5}]))
    assert scores.problem == ("sharpe_ratio is undefined on a training fold.",)


def test_scores_do_not_depend_on_workers_or_on_company(everywhere, drawn, panel):
    alone = [everywhere.evaluate({name: values[[row]] for name, values in drawn.items()}).train for row in range(6)]
    together = problem_of(panel, EVERYWHERE, workers=3).evaluate(drawn).train
    np.testing.assert_array_equal(np.concatenate(alone), together[:6])


def test_a_rotated_score_keeps_the_sleeves_and_loses_the_timing_it_had(panel):
    space = "tune={space: {regime.up: {float: [0.3, 0.7]}}}"
    straight = problem_of(panel, space)
    turned = Problem(straight.config, panel, straight.space, straight.metrics, straight.folds, shift=400)
    values = columns_of([{"regime.up": 0.5}])
    one, other = straight.evaluate(values), turned.evaluate(values)
    assert one.train[0, 0, 0] != other.train[0, 0, 0]
    half = replace(turned, shift=0)
    np.testing.assert_array_equal(half.evaluate(values).train, one.train)


@pytest.mark.parametrize(
    ("space", "is_wide"),
    [
        ("regime.up: {float: [0.3, 0.7]}", True),
        ("signal.params.price.scaling.window: {choice: [504, 756]}", True),
        ("signal.params.price.scaling.window: {int: [504, 756]}", False),
        ("sleeves.speculative.cap: {float: [0.2, 0.5]}", False),
    ],
)
def test_a_wide_sweep_is_for_spaces_that_few_scores_serve(panel, space, is_wide):
    problem = problem_of(panel, f"tune={{space: {{{space}}}}}")
    assert wide(problem, problem.config.tune) is is_wide


def test_points_are_the_first_of_a_longer_sequence_and_differ_by_seed():
    space = space_of(load(Path("configs/classic.yaml"), ["tune={space: {regime.up: {float: [0.3, 0.7]}}}"]))
    few, many, other = points(space, 10, 1), points(space, 16, 1), points(space, 16, 2)
    np.testing.assert_array_equal(few["regime.up"], many["regime.up"][:10])
    assert not np.array_equal(many["regime.up"], other["regime.up"])


def test_sums_of_a_run_add_up_to_its_return(panel, everywhere):
    outcome = experiment.run(load(Path("configs/classic.yaml")), panel)
    growth = sums_of(outcome, everywhere.blocks.edges)[:, 0].prod()
    first, last = everywhere.blocks.edges[[0, -1]]
    assert growth == pytest.approx(outcome.strategy.equity[last - 1] / outcome.strategy.equity[first - 1])
