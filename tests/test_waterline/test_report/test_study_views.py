"""What the page of a study shows, before it is a page: ranks, progress, folds, drift, bins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import percentileofscore, spearmanr

from waterline.report.evaluated import MIX, STRATEGY
from waterline.report.study.charts import place_on
from waterline.report.study.drift import drifts
from waterline.report.study.facts import Facts
from waterline.report.study.figures import figures
from waterline.report.study.histograms import bin_edges
from waterline.report.study.measures import MEASURES, plain, sharpe_error, short_names, with_noise
from waterline.report.study.page import spells
from waterline.report.study.searched import Searched, progress, rank_correlation
from waterline.report.study.stitched import Stitched
from waterline.report.study.tables import failure_table, fold_table, objective_table, seconds, timing_rows

few = st.integers(-4, 4).map(float)
values = arrays(np.float64, st.integers(3, 30), elements=few)


@given(values, st.data())
def test_rank_correlation_is_spearmans(one, data):
    other = data.draw(arrays(np.float64, len(one), elements=few))
    found = rank_correlation(one, other)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)


@given(arrays(np.float64, st.integers(0, 40), elements=st.one_of(few, st.just(np.nan))), st.sampled_from([1.0, -1.0]))
def test_progress_is_the_running_best_without_what_is_missing(seen, better):
    run = progress(seen, better)
    told = dict(zip(run.after, run.best, strict=True))
    best = None
    for count, value in enumerate(seen.tolist(), 1):
        if not np.isnan(value) and (best is None or better * value > better * best):
            best = value
            assert told[count] == best
    assert (run.best[-1] if run.best else None) == best
    assert not run.after or run.after[-1] == len(seen)


@given(arrays(np.float64, st.integers(0, 300), elements=st.floats(-1e6, 1e6)))
def test_bins_hold_every_value_and_have_one_width(seen):
    edges = bin_edges(seen)
    widths = np.diff(edges)
    assert np.all(widths > 0)
    assert widths == pytest.approx(np.full(len(widths), widths.mean()), rel=1e-6)
    assert np.histogram(seen, edges)[0].sum() == len(seen)


def test_the_choices_place_is_the_share_of_sets_that_did_worse(study):
    found = Searched(study())
    for fold, transfer in enumerate(found.transfers):
        test = found.tuned.trials.test[found.cover, fold, 0]
        chosen = found.tuned.choices[fold].test[0]
        assert transfer.place == pytest.approx(percentileofscore(test, chosen, kind="mean") / 100)
        train = found.tuned.trials.train[found.cover, fold, 0]
        assert transfer.correlation == pytest.approx(spearmanr(train, test).statistic, abs=1e-12)


def test_where_less_is_better_a_lower_value_beats_a_higher_one(study):
    found = Searched(study(objective=("volatility",)))
    test = found.tuned.trials.test[found.cover, 0, 0]
    assert found.transfers[0].place == pytest.approx((test > found.tuned.choices[0].test[0]).mean(), abs=1e-12)
    best = found.sweep_progress(0).best
    assert best[-1] == pytest.approx(100 * np.nanmin(found.tuned.trials.train[found.swept, 0, 0]))


def test_what_the_trials_hold_of_the_test_is_found_again(study):
    blind = np.median([one.correlation for one in Searched(study(drawn={"sweep": 4000, "foretold": 0.0})).transfers])
    clear = np.median([one.correlation for one in Searched(study(drawn={"sweep": 4000, "foretold": 2.0})).transfers])
    assert abs(blind) < 0.05
    assert clear > 0.6


def test_a_folds_search_begins_at_the_best_of_the_sweep(study):
    found = Searched(study())
    for fold in range(5):
        sweep, search = found.sweep_progress(fold), found.search_progress(fold)
        assert search.after[0] == 0
        assert search.best[0] == sweep.best[-1]
        assert search.after[-1] == 32
        assert search.best[-1] == pytest.approx(100 * found.tuned.choices[fold].train[0])


def test_failures_that_differ_in_figures_only_stand_together(study):
    problems = ("up 0.31 is below down 0.41.", "up 0.2 is below down -3e-4.", "no trade")
    found = Searched(study(drawn={"failed": 0.2, "problems": problems}))
    first, second = found.failures
    assert first.count + second.count == sum(map(bool, found.tuned.trials.problem))
    assert first.count > second.count
    assert {failure.reason for failure in found.failures} <= set(problems)
    assert all(found.tuned.trials.problem[trial] for failure in found.failures for trial in failure.first)


def test_many_reasons_are_cut_and_none_is_lost(study):
    reasons = [f"reason {'x' * k}" for k in range(40)]
    facts = Facts(study(drawn={"failed": 0.5, "problems": reasons}))
    table = failure_table(facts)
    assert len(table.rows) == 13
    assert sum(row[1].order for row in table.rows) == facts.searched.failed.sum()
    assert failure_table(Facts(study(drawn={"failed": 0.0}))) is None


def test_returns_of_the_test_folds_multiply_to_the_whole(study):
    run = Stitched(study(folds=7))
    for name in (STRATEGY, MIX):
        whole = np.prod([1.0 + fold.returns[name] for fold in run.tested])
        assert whole == pytest.approx(run.equity[name][-1], rel=1e-12)
    assert sum(fold.scarce * (fold.fold.test[1] - fold.fold.test[0]) for fold in run.tested) == run.scarce[1:].sum()


@given(arrays(np.bool_, st.integers(2, 60)))
def test_spells_cover_all_sessions_and_alternate(scarce):
    sessions = np.datetime64("2001-01-01") + np.arange(len(scarce)).astype("timedelta64[D]")
    found = spells(sessions, scarce)
    assert found[0]["from"] == str(sessions[0])
    assert found[-1]["to"] == str(sessions[-1])
    for one, after in pairwise(found):
        assert one["to"] == after["from"]
        assert one["state"] != after["state"]


def test_drift_places_a_choice_within_what_was_searched(study):
    found = Searched(study())
    by_path = {one.path: one for one in drifts(found)}
    for fold, choice in enumerate(found.tuned.choices):
        assert by_path["regime.up"].places[fold] == pytest.approx((choice.params["regime.up"] - 0.25) / 1.25)
        decades = np.log10(choice.params["execution.band_absolute"]) + 3
        assert by_path["execution.band_absolute"].places[fold] == pytest.approx(decades / 2)
        assert by_path["execution.rebalance_weekday"].places[fold] in (0.0, 0.5, 1.0)
    assert by_path["regime.up"].moved == pytest.approx(np.abs(np.diff(by_path["regime.up"].places)).mean())
    assert by_path["regime.dwell"].searched == "5 to 63"


def test_charts_draw_a_fixed_sample_of_bounded_size(study):
    facts = Facts(study(folds=8, drawn={"sweep": 4000, "trials": 8}))
    first, again = ({one["id"]: one for one in figures(facts)}["foresight"] for _ in range(2))
    assert first == again
    dots, choices = first["data"]
    assert len(dots["x"]) == 1200
    assert len(choices["x"]) == 8
    assert len(first["meta"]["points"]) == 1208


def test_tables_hold_a_row_a_fold_and_a_pair_of_columns_an_objective(study):
    facts = Facts(study(objective=("timing_gain", "sharpe_ratio"), folds=6))
    assert [row[0].text for row in fold_table(facts).rows] == [f"Fold {k}" for k in range(6)]
    table = objective_table(facts)
    assert len(table.columns) == 5
    assert {len(row) for row in table.rows} == {5}
    assert all("±" in row[3].text and "±" not in row[1].text for row in table.rows)
    assert objective_table(Facts(study())) is None


def test_timing_gives_rates_only_where_there_is_something_to_divide(study):
    rows = {name: (spent, remark) for name, spent, remark in timing_rows(Facts(study()))}
    assert rows["Evaluating"] == ("0.62 s", "672 sets, 1,084 a second")
    assert rows["Optuna"][1] == "11.9 ms of its own for each of 160 trials"
    idle = timing_rows(Facts(study(drawn={"trials": 0})))
    assert idle[2][2] == "not used"
    assert [seconds(value) for value in (0.0, 9.996, 59.9, 3725.0)] == ["0.00 s", "10.00 s", "60 s", "62 min 5 s"]


def test_values_and_names_are_short(study):
    assert [plain(value) for value in (True, 12345, -0.08354, 1e-7, 123456.7, "a" * 30)] == [
        "true", "12,345", "−0.0835", "1e−7", "123,457", "a" * 23 + "…",
    ]  # fmt: skip
    assert short_names(("regime.up", "a.b.x", "c.b.x", "x")) == {
        "regime.up": "up", "a.b.x": "a.b.x", "c.b.x": "c.b.x", "x": "x",
    }  # fmt: skip
    assert MEASURES["timing_gain"].told(0.027) == "+2.7 points a year"
    assert MEASURES["max_drawdown"].told(-0.58) == "−58.0%"
    assert MEASURES["sharpe_ratio"].inline == "Sharpe ratio"


def test_a_sharpe_ratio_is_written_with_the_error_of_lo():
    assert sharpe_error(0.0, 252) == pytest.approx(1.0)
    daily = 1.0 / np.sqrt(252)
    assert sharpe_error(1.0, 2520) == pytest.approx(np.sqrt(252) * np.sqrt((1 + daily**2 / 2) / 2520))
    assert with_noise("sharpe_ratio", 0.5, 252) == "0.50 ±1.00"
    assert with_noise("cagr", 0.5, 252) == "50.0%"


def test_a_value_stands_between_the_steps_of_its_axis():
    assert place_on(np.array([1.0, 10.0, 100.0]), 55.0) == pytest.approx(1.5)
    assert place_on(np.array([4, 3, 1]), 3) == 1.0
    assert place_on(np.array(["a", "b"], dtype=object), "b") == 1.0
    assert np.isnan(place_on(np.array(["a"], dtype=object), "z"))
