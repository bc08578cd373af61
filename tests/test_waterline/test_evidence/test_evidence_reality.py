"""Superior predictive ability against arch itself, and against Hansen's definition written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arch.bootstrap import SPA, StationaryBootstrap, StepM
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline.errors import WaterlineError
from waterline.evidence.bootstrap import usable_block
from waterline.evidence.reality import MOST_CANDIDATES, long_run_variance, superiority
from waterline.sessions import Floats


def market(count: int = 250, candidates: int = 8, seed: int = 2) -> tuple[Floats, Floats]:
    """Candidates of very different volatility around a benchmark, none of them better."""
    random = np.random.default_rng(seed)
    benchmark = random.normal(0.0003, 0.01, count)
    noise = random.normal(0.0, 0.01, (count, candidates)) * np.geomspace(0.2, 3.0, candidates)
    return benchmark[:, None] + noise, benchmark


def hansen(difference: Floats, block: int, draws: int, seed: int) -> tuple[float, float, float]:
    """Lower, consistent and upper p of Hansen (2005), equations 4 to 7, one draw after the other."""
    count = len(difference)
    means, scale = difference.mean(axis=0), np.sqrt(long_run_variance(difference, block))
    observed = (math.sqrt(count) * means / scale).max()
    poor = means < -scale * math.sqrt(2 * math.log(math.log(count)) / count)
    recentre = [np.maximum(means, 0.0), np.where(poor, 0.0, means), means]
    source = StationaryBootstrap(block, difference, seed=np.random.default_rng(seed))
    above = np.zeros(3)
    for (drawn,), _ in source.bootstrap(draws):
        for number, centre in enumerate(recentre):
            above[number] += (math.sqrt(count) * (drawn.mean(axis=0) - centre) / scale).max() > observed
    lower, consistent, upper = (1 + above) / (1 + draws)
    return lower, consistent, upper


@settings(deadline=None, max_examples=20)
@given(st.integers(5, 120), st.floats(1.0, 60.0), st.integers(0, 1_000))
def test_variance_identity(count: int, block: float, seed: int) -> None:
    """The circular form is the kernel (1 - i/T) q^i + (i/T) q^(T-i) over plain autocovariances, q = 1 - 1/block."""
    series = np.random.default_rng(seed).normal(0.0, 1.0, (count, 2)).cumsum(axis=0)
    away, keep = series - series.mean(axis=0), 1 - 1 / block
    expected = (away**2).mean(axis=0)
    for lag in range(1, count):
        kernel = (1 - lag / count) * keep**lag + lag / count * keep ** (count - lag)
        expected = expected + 2 * kernel * (away[lag:] * away[:-lag]).sum(axis=0) / count
    assert long_run_variance(series, block) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_variance_is_that_of_arch_and_of_its_draws() -> None:
    returns, benchmark = market()
    difference = returns - benchmark[:, None]
    theirs = SPA(-benchmark, -returns, 12, 10)
    theirs._compute_variance()
    ours = long_run_variance(difference, 12)
    assert ours == pytest.approx(theirs._loss_diff_var, rel=1e-9)
    drawn = StationaryBootstrap(12, difference, seed=np.random.default_rng(1)).var(lambda d: d.mean(axis=0), 4_000)
    assert 250 * drawn == pytest.approx(ours, rel=0.1)


@pytest.mark.parametrize("drift", [0.0, 0.0005])
def test_studentised_p_is_hansens(drift: float) -> None:
    returns, benchmark = market()
    returns[:, 2] += drift
    told = superiority(returns, benchmark, floor=10, seed=4, draws=300)
    expected = hansen(returns - benchmark[:, None], told.block_length, 300, seed=4)
    assert told.studentised
    assert (told.p_lower, told.p_value, told.p_upper) == pytest.approx(expected)


def test_raw_p_is_that_of_arch() -> None:
    returns, benchmark = market()
    told = superiority(returns, benchmark, floor=10, seed=4, draws=300, studentised=False)
    theirs = SPA(-benchmark, -returns, told.block_length, 300, seed=np.random.default_rng(4))
    theirs.compute()
    expected = (1 + 300 * theirs.pvalues) / 301
    assert [told.p_lower, told.p_value, told.p_upper] == pytest.approx(list(expected))
    assert not told.studentised


def test_arch_does_not_studentise() -> None:
    """Why the losses are scaled beforehand: its flag leaves every p-value as it is."""
    returns, benchmark = market()
    found = []
    for flag in (True, False):
        test = SPA(-benchmark, -returns, 10, 100, studentize=flag, seed=np.random.default_rng(1))
        test.compute()
        found.append(test.pvalues.to_numpy())
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize("better", [0, 1, 3])
def test_stepwise_choice_is_that_of_arch(better: int) -> None:
    returns, benchmark = market(500)
    returns[:, :better] += 0.004
    returns[:, better] += 0.0004
    told = superiority(returns, benchmark, floor=10, seed=4, draws=300, studentised=False)
    theirs = StepM(-benchmark, -returns, 0.05, told.block_length, 300, seed=np.random.default_rng(4))
    theirs.compute()
    assert list(told.superior) == theirs.superior_models
    assert set(range(better)) <= set(told.superior)


def test_every_candidate_may_be_superior() -> None:
    """Found in two steps, which arch's own loop does not survive."""
    random = np.random.default_rng(2)
    benchmark, noise = random.normal(0.0, 0.01, 500), random.normal(0.0, 0.01, (500, 2))
    means = np.array([2.2, 3.4]) * [0.01, 0.1] / math.sqrt(500)
    returns = benchmark[:, None] + (noise - noise.mean(axis=0)) * [1.0, 10.0] + means
    told = superiority(returns, benchmark, floor=5, seed=4, draws=300, studentised=False)
    assert told.superior == (0, 1)
    theirs = StepM(-benchmark, -returns, 0.05, told.block_length, 300, seed=np.random.default_rng(4))
    with pytest.raises(ValueError, match="zero-size"):
        theirs.compute()


def test_a_real_advantage_is_found_and_named() -> None:
    returns, benchmark = market(750)
    returns[:, 0] += 0.001
    told = superiority(returns, benchmark, floor=20, seed=1, draws=400)
    assert told.p_value == pytest.approx(1 / 401)
    assert (told.best, told.superior) == (0, (0,))
    assert (told.candidates, told.sessions, told.draws, told.level) == (8, 750, 400, 0.05)


def test_p_values_are_ordered_and_about_uniform_without_an_advantage() -> None:
    found = []
    for seed in range(60):
        returns, benchmark = market(150, 5, seed)
        told = superiority(returns - [0, 0, 0.001, 0.002, 0.004], benchmark, floor=5, seed=seed, draws=120)
        assert told.p_lower <= told.p_value <= told.p_upper
        found.append(told.p_value)
    assert np.mean(np.array(found) <= 0.05) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 60)
    assert 0.25 < np.mean(np.array(found) <= 0.5) < 0.75


def test_studentised_p_does_not_depend_on_the_size_of_a_bet() -> None:
    returns, benchmark = market()
    geared = benchmark[:, None] + (returns - benchmark[:, None]) * np.geomspace(1, 50, 8)
    plain, other = (superiority(table, benchmark, 10, 4, 200) for table in (returns, geared))
    assert plain == other
    raw, wild = (superiority(table, benchmark, 10, 4, 200, studentised=False) for table in (returns, geared))
    assert raw.p_value != wild.p_value


def test_a_copy_of_the_benchmark_is_not_superior() -> None:
    """Left to arch it is, with p = 0, when all others are worse."""
    returns, benchmark = market()
    table = np.column_stack([benchmark, returns - 0.01])
    theirs = SPA(-benchmark, -table, 10, 100, seed=np.random.default_rng(1))
    theirs.compute()
    assert theirs.pvalues["consistent"] == 0.0
    told = superiority(table, benchmark, 10, 1, 100)
    assert (told.p_lower, told.p_value, told.p_upper, told.superior) == (1.0, 1.0, 1.0, ())
    assert told.best > 0
    copies = superiority(table[:, [0, 0]], benchmark, 10, 1, 100)
    assert (copies.p_value, copies.best) == (1.0, -1)


def test_a_copy_does_not_shift_the_numbers_of_the_others() -> None:
    returns, benchmark = market(750)
    returns[:, 5] += 0.004
    plain = superiority(returns, benchmark, 20, 1, 200)
    told = superiority(np.column_stack([benchmark, returns]), benchmark, 20, 1, 200)
    assert (told.best, told.superior, told.p_value) == (6, (6,), plain.p_value)


def test_a_riskless_advantage_is_superior() -> None:
    _, benchmark = market()
    told = superiority(benchmark[:, None] + 1e-4, benchmark, 10, 1, 100)
    assert (told.best, told.superior, told.p_value) == (0, (0,), pytest.approx(1 / 101))


def test_missing_sessions_seed_and_block() -> None:
    returns, benchmark = market()
    gaps = returns.copy()
    gaps[[3, 77], [1, 2]] = np.nan
    kept = np.setdiff1d(np.arange(250), [3, 77])
    told = superiority(gaps, benchmark, 33.5, 1, 100)
    assert told == superiority(returns[kept], benchmark[kept], 33.5, 1, 100)
    assert told.block_length == usable_block(1.0, 33.5, 248) == 34
    assert told.p_value != superiority(gaps, benchmark, 33.5, 2, 100).p_value


@pytest.mark.parametrize(("count", "candidates"), [(41, 3), (0, 3), (100, 0)])
def test_nothing_to_test(count: int, candidates: int) -> None:
    told = superiority(np.zeros((count, candidates)), np.zeros(count), 10, 1)
    assert np.isnan([told.p_value, told.p_lower, told.p_upper]).all()
    assert (told.superior, told.draws, told.candidates) == ((), 0, candidates)


def test_too_many_candidates_are_refused_with_the_reason() -> None:
    with pytest.raises(WaterlineError, match=r"1001 candidates.*at most 1000.*hide the search"):
        superiority(np.zeros((50, MOST_CANDIDATES + 1)), np.zeros(50), 10, 1)
