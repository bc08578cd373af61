"""Placebo tests against direct loops, full enumerations and histories without any timing."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from waterline import metrics
from waterline.contracts import States
from waterline.evidence import placebo
from waterline.evidence.placebo import search_test, shift_test, shuffle_test
from waterline.sessions import Floats

steady = settings(deadline=None, max_examples=30)


def terms(exposure: Floats, excess: Floats) -> Floats:
    return ((exposure - exposure.mean(axis=0)) * excess).sum(axis=1)


def studentised(exposure: Floats, excess: Floats) -> float:
    daily = terms(exposure, excess)
    return float(daily.sum() / np.sqrt((daily**2).sum()))


def one_sided(values: list[float]) -> float:
    """The first among the others, ties within rounding counting against it."""
    return (1 + sum(value >= values[0] - 1e-9 for value in values[1:])) / len(values)


def states(random: np.random.Generator, count: int, dwells: tuple[float, float] = (60.0, 25.0)) -> States:
    """Alternating spells with gamma lengths, starting anywhere in a cycle."""
    lengths = (random.gamma(3.0, np.resize(dwells, 2 + 2 * count // 20) / 3.0) + 10).astype(int)
    path = np.repeat(np.arange(len(lengths)) % 2, lengths)
    return np.roll(path, random.integers(len(path)))[:count].astype(np.int8)


def history(seed: int, count: int, sleeves: int = 2) -> tuple[Floats, Floats, States]:
    """Exposures that follow the states with noise, and returns that know nothing of them."""
    random = np.random.default_rng(seed)
    scarce = states(random, count)
    exposure = np.column_stack([1.0 - scarce, scarce, 0.3 * scarce][:sleeves]) + random.normal(
        0, 0.02, (count, sleeves)
    )
    return exposure, random.standard_t(4, (count, sleeves)) * 0.01, scarce


def test_timing_identity_by_hand() -> None:
    """0.0125 - 0.00625 a day; four sessions have no placebo."""
    told = shift_test(np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[0.02], [-0.01], [0.03], [0.01]]))
    assert told.raw.statistic == pytest.approx(252 * 0.00625, rel=1e-12)
    assert math.isnan(told.raw.p_value)
    assert told.raw.draws == 0


@steady
@given(st.integers(0, 1_000), st.sampled_from([130, 131, 200, 251, 360]), st.integers(1, 3), st.integers(1, 63))
def test_all_shifts_agree_with_a_direct_loop(seed: int, count: int, sleeves: int, min_shift: int) -> None:
    exposure, excess, _ = history(seed, count, sleeves)
    told = shift_test(exposure, excess, min_shift)
    shifts = [0, *range(min_shift, count - min_shift + 1)]
    moved = [np.roll(exposure, shift, axis=0) for shift in shifts]
    scores, gains = [studentised(m, excess) for m in moved], [252 * terms(m, excess).mean() for m in moved]
    assert told.studentised.statistic == pytest.approx(scores[0], rel=1e-9, abs=1e-12)
    assert told.raw.statistic == pytest.approx(gains[0], rel=1e-9, abs=1e-12)
    assert told.studentised.p_value == pytest.approx(one_sided(scores), abs=1e-12)
    assert told.raw.p_value == pytest.approx(one_sided(gains), abs=1e-12)
    assert told.raw.draws == told.studentised.draws == len(shifts) - 1 == count - 2 * min_shift + 1


@steady
@given(st.integers(0, 1_000), st.integers(150, 400), st.integers(1, 3))
def test_raw_statistic_is_the_timing_gain_of_the_metrics(seed: int, count: int, sleeves: int) -> None:
    exposure, excess, scarce = history(seed, count, sleeves)
    excess[5, 0] = exposure[17, -1] = np.nan
    gain = metrics.timing_gain(exposure, excess).value
    assert shift_test(exposure, excess).raw.statistic == pytest.approx(gain, rel=1e-9, abs=1e-12)
    assert shuffle_test(exposure, excess, scarce, 1, 5).raw.statistic == pytest.approx(gain, rel=1e-9, abs=1e-12)


@steady
@given(st.integers(0, 1_000), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(-1.0, 1.0))
def test_scale_and_level_do_not_matter(seed: int, bet: float, unit: float, level: float) -> None:
    exposure, excess, scarce = history(seed, 300)
    geared = bet * (exposure + level)
    for plain, other in (
        (shift_test(exposure, excess), shift_test(geared, unit * excess)),
        (shuffle_test(exposure, excess, scarce, 3, 50), shuffle_test(geared, unit * excess, scarce, 3, 50)),
    ):
        assert other.studentised.statistic == pytest.approx(plain.studentised.statistic, rel=1e-6, abs=1e-9)
        assert other.studentised.p_value == plain.studentised.p_value
        assert other.raw.p_value == plain.raw.p_value


def test_p_values_are_uniform_where_nothing_was_timed() -> None:
    """400 histories of 1,500 sessions, some 14 cycles each."""
    shifted, shuffled = [], []
    for seed in range(400):
        exposure, excess, scarce = history(seed, 1_500)
        shifted.append(shift_test(exposure, excess).studentised.p_value)
        if seed < 150:
            shuffled.append(shuffle_test(exposure, excess, scarce, seed, 99).studentised.p_value)
    for found in (np.array(shifted), np.array(shuffled)):
        assert stats.kstest(found, "uniform").pvalue > 0.01
        assert np.mean(found <= 0.05) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / len(found))


def test_foresight_is_found_and_its_reverse_is_not() -> None:
    _, excess, scarce = history(3, 1_000)
    excess[:, 0] -= 0.01 * scarce
    knowing = np.column_stack([1.0 - scarce, scarce])
    for test in (shift_test(knowing, excess), shuffle_test(knowing, excess, scarce, 1, 500)):
        assert max(test.studentised.p_value, test.raw.p_value) < 0.01
    assert shift_test(1.0 - knowing, excess).studentised.p_value > 0.95


def test_ties_count_against_the_strategy() -> None:
    """A period of 100 in 1,000: nine shifts are the exposure itself, whatever the transform's rounding says."""
    exposure = np.tile(np.repeat([[1.0], [0.0]], 50, axis=0), (10, 1))
    excess = np.random.default_rng(1).normal(0, 0.01, (1_000, 1)) + 0.02 * exposure
    told = shift_test(exposure, excess)
    assert told.studentised.p_value == pytest.approx((1 + 9) / (1 + 875))


def test_effective_draws_are_cycles() -> None:
    """A cycle of 700 calendar days is 483 sessions: eight years hold four, as many as 1,891 shifts amount to."""
    scarce = (np.arange(2_016) % 483 < 140).astype(float)
    noise = np.random.default_rng(1).normal(0, 0.05, (2_016, 1))
    excess = np.random.default_rng(2).normal(0, 0.01, (2_016, 1))
    for exposure in (scarce[:, None], scarce[:, None] + noise):
        told = shift_test(exposure, excess).studentised
        assert (told.draws, told.effective_draws) == (1_891, 4.0)


@pytest.mark.parametrize("sleeves", [1, 2])
def test_a_position_that_never_changes_is_no_test(sleeves: int) -> None:
    _, excess, scarce = history(1, 300, sleeves)
    held = np.full((300, sleeves), 0.1) + 1e-17
    for test in (shift_test(held, excess), shuffle_test(held, excess, scarce, 1, 20)):
        assert (test.raw.statistic, test.studentised.statistic, test.raw.effective_draws) == (0.0, 0.0, 0.0)
        assert np.isnan([test.raw.p_value, test.studentised.p_value]).all()


def test_moving_between_equal_sleeves_gains_nothing() -> None:
    """The terms cancel but for rounding, which must not be divided by itself."""
    exposure, excess, _ = history(4, 400)
    exposure[:, 1] = 1.0 - exposure[:, 0]
    excess[:, 1] = excess[:, 0]
    told = shift_test(exposure, excess)
    assert told.studentised.statistic == 0.0
    assert told.studentised.p_value == 1.0


@pytest.mark.parametrize("count", [0, 1, 2, 125])
def test_too_short_for_a_shift(count: int) -> None:
    exposure, excess, _ = history(1, 300)
    told = shift_test(exposure[:count], excess[:count])
    assert math.isnan(told.studentised.p_value)
    assert told.studentised.draws == 0
    assert search_test(exposure[None, :count], excess[:count]).maximum.draws == 0


def test_missing_rows_are_left_out() -> None:
    exposure, excess, scarce = history(6, 300)
    exposure[[4, 100], [0, 1]] = np.nan
    kept = np.setdiff1d(np.arange(300), [4, 100])
    assert shift_test(exposure, excess) == shift_test(exposure[kept], excess[kept])
    assert shuffle_test(exposure, excess, scarce, 1, 9) == shuffle_test(
        exposure[kept], excess[kept], scarce[kept], 1, 9
    )


def test_shuffle_agrees_with_all_orders_of_the_spells() -> None:
    """Three scarce spells between four ample ones: 144 orders, enumerated; 3,000 draws come within 4 se."""
    lengths, random = [30, 12, 55, 20, 41, 33, 26], np.random.default_rng(7)
    scarce = np.repeat(np.arange(7) % 2, lengths).astype(np.int8)
    exposure = scarce[:, None] + random.normal(0, 0.1, (217, 1))
    excess = random.normal(0, 0.01, (217, 1)) + 0.002 * scarce[:, None]
    spells = np.split(exposure, np.cumsum(lengths)[:-1])
    values = []
    for ample, scarce_ones in itertools.product(
        itertools.permutations([0, 2, 4, 6]), itertools.permutations([1, 3, 5])
    ):
        order = [ample[0], *itertools.chain(*zip(scarce_ones, ample[1:], strict=True))]
        values.append(studentised(np.concatenate([spells[spell] for spell in order]), excess))
    exact = one_sided(values)
    told = shuffle_test(exposure, excess, scarce, seed=1, draws=3_000).studentised
    assert told.statistic == pytest.approx(values[0])
    assert told.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 3_000))
    assert (told.draws, told.effective_draws) == (3_000, 144.0)
    assert 0.02 < exact < 0.5


@steady
@given(st.integers(0, 1_000))
def test_a_shuffle_keeps_spells_and_their_insides(seed: int) -> None:
    scarce = states(np.random.default_rng(seed), 400)
    orders = np.concatenate(list(placebo._orders(scarce, 20, seed)))
    assert (orders[0] == np.arange(400)).all()
    lengths = placebo._spells(scarce)[1]
    for order in orders:
        assert (np.sort(order) == np.arange(400)).all()
        starts, dwells = placebo._spells(scarce[order])
        assert len(starts) == len(lengths)
        for state in (0, 1):
            kept, drawn = lengths[scarce[placebo._spells(scarce)[0]] == state], dwells[scarce[order][starts] == state]
            assert sorted(kept) == sorted(drawn)
        assert np.count_nonzero(np.diff(order) != 1) <= len(starts) - 1


def test_shuffle_draws_by_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    exposure, excess, scarce = history(2, 500)
    first, other = (shuffle_test(exposure, excess, scarce, seed, 100) for seed in (1, 2))
    monkeypatch.setattr(placebo, "CHUNK", 3 * 8 * 500)
    assert shuffle_test(exposure, excess, scarce, 1, 100) == first
    assert first.studentised.p_value != other.studentised.p_value


def test_one_spell_of_each_state_cannot_be_shuffled() -> None:
    _, excess, _ = history(2, 200, 1)
    scarce = (np.arange(200) >= 120).astype(np.int8)
    told = shuffle_test(scarce[:, None].astype(float), excess, scarce, 1, 50).studentised
    assert (told.p_value, told.effective_draws) == (1.0, 1.0)


def test_a_search_of_one_is_the_shift_test() -> None:
    exposure, excess, _ = history(8, 400)
    alone, told = shift_test(exposure, excess).studentised, search_test(exposure[None], excess)
    assert told.maximum == alone
    assert (told.best, told.naive_p_value, told.candidates) == (0, alone.p_value, 1)


def candidates(seed: int, count: int, number: int) -> tuple[Floats, Floats]:
    """Scarce shares of unrelated rules (C, T, 1), and a spread (T, 1)."""
    random = np.random.default_rng(seed)
    shares = np.stack([states(random, count) for _ in range(number)]).astype(float)
    return shares[:, :, None], random.standard_t(4, (count, 1)) * 0.01


def test_search_agrees_with_a_direct_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    shares, spread = candidates(3, 260, 6)
    shares[4] = 0.5
    told = search_test(shares, spread)
    moving = [share for number, share in enumerate(shares) if number != 4]
    shifts = [0, *range(63, 260 - 62)]
    scores = np.array([[studentised(np.roll(share, shift, axis=0), spread) for shift in shifts] for share in moving])
    best = int(scores[:, 0].argmax())
    assert told.best == best + (best >= 4)
    assert told.maximum.statistic == pytest.approx(scores[best, 0])
    assert told.maximum.p_value == pytest.approx(one_sided(list(scores.max(axis=0))))
    assert told.naive_p_value == pytest.approx(one_sided(list(scores[best])))
    assert (told.maximum.draws, told.candidates) == (len(shifts) - 1, 6)
    monkeypatch.setattr(placebo, "CHUNK", 2 * 260)
    assert search_test(shares, spread) == search_test(shares.astype(np.float32), spread) == told


def test_share_and_spread_stand_for_the_exposures_of_a_rotation() -> None:
    shares, _ = candidates(5, 400, 4)
    excess = np.random.default_rng(5).normal(0, 0.01, (400, 3))
    ample, scarce = np.array([0.8, 0.1, 0.0]), np.array([0.0, 0.3, 0.6])
    exposures = ample + shares * (scarce - ample)
    whole, short = search_test(exposures, excess), search_test(shares, (excess @ (scarce - ample))[:, None])
    assert whole.best == short.best
    assert whole.maximum.statistic == pytest.approx(short.maximum.statistic)
    assert (whole.maximum.p_value, whole.naive_p_value) == (short.maximum.p_value, short.naive_p_value)


def test_the_maximum_corrects_what_the_search_inflates() -> None:
    """32 rules, 150 histories without timing: the best one's own p rejects far too often, the maximum's does not."""
    found = [search_test(*candidates(seed, 1_000, 32)) for seed in range(150)]
    assert np.mean([told.naive_p_value <= 0.05 for told in found]) > 0.4
    assert np.mean([told.maximum.p_value <= 0.05 for told in found]) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 150)


def test_a_search_finds_the_one_that_knew() -> None:
    shares, spread = candidates(9, 1_000, 12)
    told = search_test(shares, spread + 0.008 * shares[7])
    assert told.best == 7
    assert told.maximum.p_value < 0.01
    assert told.naive_p_value <= told.maximum.p_value


def test_nothing_to_search() -> None:
    _, spread = candidates(1, 300, 2)
    for exposures in (np.full((3, 300, 1), 0.4), np.empty((0, 300, 1))):
        told = search_test(exposures, spread)
        assert (told.best, told.maximum.statistic, told.candidates) == (-1, 0.0, len(exposures))
        assert np.isnan([told.maximum.p_value, told.naive_p_value]).all()


def test_shapes_must_agree() -> None:
    exposure, excess, scarce = history(1, 200)
    with pytest.raises(ValueError, match=r"\(200, 2\).*\(200, 1\)"):
        shuffle_test(exposure, excess[:, :1], scarce, 1)
