"""Studies: the same whoever computes them, and their figures are what they say."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from waterline.metrics import Estimate, timing_gain
from waterline.sessions import Floats
from waterline.world import Battery, Study, Trial, studies, study
from waterline.world.battery import bonferroni, hac, hac_interval, max_shift, shift
from waterline.world.detection import Detection
from waterline.world.figures import mean, median, share

YEARS = 1.0


def always_the_seed(exposure: Floats, excess: Floats, seed: int) -> float:
    """A test that knows nothing but the seed: uniform under any hypothesis."""
    assert exposure.shape == excess.shape
    return (seed % 1000) / 1000


BATTERY = Battery(gain={"hac": hac, "seed": always_the_seed})


@pytest.fixture(scope="module")
def small() -> Study:
    return study("A1", 3, 5, YEARS, 1, BATTERY)


def test_a_longer_study_begins_with_the_shorter_and_runs_are_reported_in_order(small: Study) -> None:
    reported: list[tuple[str, int]] = []
    again, other = studies(
        ["A1", "N1"], 1, 5, YEARS, 1, BATTERY, lambda world, done: reported.append((world, done.run))
    )
    assert reported == [("A1", 0), ("N1", 0)]
    assert (again.world, other.world) == ("A1", "N1")
    assert bytes_of(again.trials[0]) == bytes_of(small.trials[0])


def bytes_of(one: Trial) -> bytes:
    return pickle.dumps(one)


def test_any_test_plugs_in_and_gets_the_seed_of_its_run(small: Study) -> None:
    assert small.tests() == ("hac", "seed", "demand adds: hac", "demand adds: seed")
    assert len(set(small.p_values("seed").tolist())) == 3
    assert small.p_values("seed").tolist() == small.p_values("demand adds: seed").tolist()


def test_a_few_runs_give_a_finite_table() -> None:
    found = study("A2", 8, 1, YEARS)
    assert found.has_skill
    figures = found.table()
    for name, figure in figures.items():
        assert math.isfinite(figure.value), name
        assert math.isfinite(figure.standard_error), name
        assert figure.count > 0
    plain = ("hac", "shift", "larger")
    assert found.tests() == (*plain, *(f"demand adds: {name}" for name in plain))
    assert found.size_bound == pytest.approx(0.05 + 2 * math.sqrt(0.05 * 0.95 / 8))
    for test in found.tests():
        assert 0 <= figures[f"rejects: {test}"].value <= 1
        assert figures[f"rejects: {test}"].count == figures["covers: hac"].count == 8
        assert 0 <= found.critical_p(test) <= 1
    assert figures["accuracy"].value > 0.7
    assert figures["true_gain"].value > 2 * figures["true_gain"].standard_error > 0


def test_a_search_reports_its_best_and_what_that_is_worth() -> None:
    found = study("N4", 2, 1, YEARS)
    assert not found.has_skill
    assert {"search: bonferroni", "search: max shift"} <= set(found.tests())
    for best in found.trials:
        assert best.p["hac"] <= best.p["search: bonferroni"]
        assert abs(best.true_gain) < 1e-3


def made(p: list[float], gain: float = 0.1) -> Study:
    """A study of given p-values."""
    seen = Detection((10, 30), 1, 2, 0.8, 0.5)
    estimate = Estimate(gain, 0.05, 2.0)
    trials = tuple(Trial(n, 504, estimate, 0.08, {"x": value}, {"hac": n > 0}, seen) for n, value in enumerate(p))
    return Study("N1", 0, 2.0, trials)


def test_figures_of_given_runs() -> None:
    found = made([0.01, 0.2, math.nan, 0.04])
    assert found.rejections("x").value == 0.5
    assert found.rejections("x").standard_error == pytest.approx(math.sqrt(0.25 / 4))
    assert found.p_values("x")[2] == 1.0
    assert found.coverage("hac").value == 0.75
    figures = found.figures()
    assert figures["bias"].value == pytest.approx(0.02)
    assert (figures["delay"].value, figures["delay"].count) == (20.0, 8)
    assert figures["noticed"].value == pytest.approx(2 / 3)
    assert figures["false_alarms"].value == 1.0


def test_the_critical_p_value_keeps_the_size() -> None:
    p = np.random.default_rng(0).uniform(0, 0.5, 400)
    found = made(p.tolist())
    assert found.rejections("x").value > 0.08
    kept = found.critical_p("x")
    assert kept < 0.05
    assert found.rejections("x", kept).value == pytest.approx(0.05, abs=1 / 400)
    assert found.rejections("x", kept).value <= 0.05
    assert made([0.01] * 10).critical_p("x") == 0.0


def test_standard_errors() -> None:
    assert mean(np.array([1.0, 3.0, math.nan])).standard_error == pytest.approx(1.0)
    assert mean(np.array([math.nan])).count == 0
    assert share(np.array([], dtype=bool)).count == 0
    half_a_case = pytest.approx(math.sqrt(0.05 * 0.95 / 10))
    assert [share(np.full(10, hit)).standard_error for hit in (False, True)] == [half_a_case] * 2
    values = np.random.default_rng(1).standard_normal((400, 101))
    errors = [median(row).standard_error for row in values]
    assert np.mean(errors) == pytest.approx(np.median(values, axis=1).std(), rel=0.15)


def test_hac_is_the_normal_tail_of_the_t_value() -> None:
    rng = np.random.default_rng(0)
    exposure = np.repeat(rng.integers(0, 2, (20, 1)), 25, axis=0).astype(float)
    excess = 0.01 * rng.standard_normal((500, 1))
    gain = timing_gain(exposure, excess)
    assert hac(exposure, excess, 0) == pytest.approx(norm.sf(gain.t), rel=1e-12)
    low, high = hac_interval(exposure, excess, 0)
    assert (low + high) / 2 == pytest.approx(gain.value)
    assert (high - low) / 2 == pytest.approx(norm.ppf(0.95) * gain.standard_error)
    assert 0 < shift(exposure, excess, 0) <= 1
    many = np.stack([exposure, 1 - exposure, np.full_like(exposure, 0.5)])
    assert bonferroni(many, excess, 0) == pytest.approx(min(1, 3 * min(norm.sf(gain.t), norm.sf(-gain.t))))
    assert 0 < max_shift(many, excess, 0) <= 1
    still = np.full_like(exposure, 0.5)
    assert math.isnan(hac(still, excess, 0))
    assert bonferroni(still[None], excess, 0) == 1.0


def test_an_estimate_of_nothing_is_counted_as_not_rejected() -> None:
    found = made([math.nan] * 3)
    assert found.rejections("x").value == 0.0
    broken = replace(found.trials[0], gain=Estimate(math.nan, math.nan, math.nan))
    assert Study("N1", 0, 2.0, (broken, *found.trials[1:])).figures()["gain"].count == 2
