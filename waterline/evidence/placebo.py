"""The same exposures at other times: would they have gained as much? Shift, shuffle and search placebos."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.contracts import States
from waterline.metrics import SESSIONS_PER_YEAR
from waterline.metrics.returns import DUST
from waterline.sessions import Flags, Floats

Indices = npt.NDArray[np.int64]
Searched = npt.NDArray[np.floating] | npt.NDArray[np.integer] | Flags

MIN_SHIFT = 63
"""A quarter: a smaller shift leaves most of a regime where it was and is no placebo."""
ROUNDING = 1e-9
"""Relative difference below which two statistics of the fast Fourier transform count as tied."""
CHUNK = 1 << 19
"""Numbers held at once, per array."""


@dataclass(frozen=True, slots=True)
class Placebo:
    """Where a statistic stands among its placebos, one-sided: large means that timing paid.

    Attributes:
        statistic: of the exposure as it was.
        p_value: (1 + number of placebos at least as large) / (1 + draws); NaN without placebos or without a position
            that ever changed.
        draws: number of placebos.
        effective_draws: how many of them are about independent; see the test for how it is counted.
    """

    statistic: float
    p_value: float
    draws: int
    effective_draws: float


@dataclass(frozen=True, slots=True)
class TimingTest:
    """The timing gain against one kind of placebo.

    Attributes:
        studentised: statistic sum(x) / sqrt(sum(x ** 2)), x the daily terms of the timing gain; the one to quote.
        raw: statistic 252 * mean(x), the timing gain a year; oversized where volatility depends on the state.
    """

    studentised: Placebo
    raw: Placebo


@dataclass(frozen=True, slots=True)
class SearchTest:
    """The best of a search against the best of the same search under common shifts.

    Attributes:
        maximum: the largest studentised statistic over the candidates; its p-value allows for the search.
        best: number of the candidate that has it; -1 where no candidate ever changed its position.
        naive_p_value: p-value of that candidate had it been the only one; shown for the difference alone.
        candidates: number of candidates.
    """

    maximum: Placebo
    best: int
    naive_p_value: float
    candidates: int


def shift_test(exposure: Floats, excess: Floats, min_shift: int = MIN_SHIFT) -> TimingTest:
    """The timing gain against all circular shifts of the exposure by at least ``min_shift`` sessions either way.

    With a_k = w_k - mean(w_k) and x_t = sum_k a_k,t e_k,t the statistic is sum(x) / sqrt(sum(x ** 2)); the exposure
    shifted by s has x_t = sum_k a_k,t-s e_k,t. All T shifts come at once from the Fourier transforms of a_k, e_k and of
    their pairwise products. Shifts are not independent: the effective draws are the full cycles that the exposure
    makes. Sessions with a missing value are left out before shifting.

    Args:
        exposure: (T, K) share of equity in each sleeve at the close *before* each return.
        excess: (T, K) returns of the sleeves over bills.
        min_shift: smallest shift in sessions, at least 1.

    Source: the studentised form answers exposures that move with volatility, as in Janssen (1997) for permutations;
    the count (1 + #) / (1 + n) is that of Davison and Hinkley (1997).
    """
    kept = _complete(exposure[None], excess)
    tilt, earned = _tilt(exposure[None, kept]), excess[kept]
    sums, squares = _all_shifts(tilt, earned)
    shifts, cycles = _shifts(len(earned), min_shift), _cycles(tilt[0])
    studentised, raw = _studentise(sums, squares, tilt, earned)[0], _timing_gain(sums)[0]
    moved = bool(tilt.any())
    return TimingTest(_placebo(studentised, shifts, cycles, moved), _placebo(raw, shifts, cycles, moved))


def shuffle_test(exposure: Floats, excess: Floats, states: States, seed: int, draws: int = 2_000) -> TimingTest:
    """The timing gain against exposures whose spells changed places with others of the same state.

    The spells keep their lengths, what was held within them and the sequence of states; only which of the ample spells
    comes first, second and so on is drawn, and likewise for each other state. The effective draws are the distinct
    orders, at most ``draws``: three scarce spells between four ample ones have 3! 4! = 144. With a handful of spells
    most orders leave much in place, so that this test finds less than the shifts do: read it beside them, not instead.
    Sessions with a missing value are left out beforehand.

    Args:
        exposure: (T, K) share of equity in each sleeve at the close *before* each return.
        excess: (T, K) returns of the sleeves over bills.
        states: (T,) state that the exposure of each row stands for.
        seed: of the draws.
        draws: number of shuffles.
    """
    kept = _complete(exposure[None], excess)
    tilt, earned, held = _tilt(exposure[None, kept])[0], excess[kept], states[kept]
    sums, squares = np.empty(draws + 1), np.empty(draws + 1)
    done = 0
    for order in _orders(held, draws, seed):
        products = np.einsum("btk,tk->bt", tilt[order], earned)
        part = slice(done, done + len(order))
        sums[part], squares[part] = products.sum(axis=1), np.square(products).sum(axis=1)
        done += len(order)
    studentised = _studentise(sums[None], squares[None], tilt[None], earned)[0]
    raw = _timing_gain(sums[None], len(earned))[0]
    others, orders, moved = np.arange(1, draws + 1), _distinct_orders(held, draws), bool(tilt.any())
    return TimingTest(_placebo(studentised, others, orders, moved), _placebo(raw, others, orders, moved))


def search_test(exposures: Searched, excess: Floats, min_shift: int = MIN_SHIFT) -> SearchTest:
    """The best of C candidates against the best of them when all are shifted together.

    The statistic is the largest studentised one of :func:`shift_test`. One shift moves every candidate alike, so that
    what they have in common stays in the placebo. Candidates that never change their position are passed over. Where
    all candidates rotate between the same two holdings, pass the scarce shares as (C, T, 1) and the return of the
    scarce holding less that of the ample one as (T, 1): the statistic is the same and K is 1.

    Args:
        exposures: (C, T, K) share of equity in each sleeve at the close *before* each return, for all that was tried;
            any numeric type, made double precision a part at a time.
        excess: (T, K) returns of the sleeves over bills. Sessions missing here or for any candidate are left out.
        min_shift: smallest shift in sessions, at least 1.

    Source: White (2000) and Westfall and Young (1993) for the maximum under a joint resampling.
    """
    kept = _complete(exposures, excess)
    earned = excess[kept]
    largest, winner = np.full(len(earned), -np.inf), np.full(len(earned), np.nan)
    best, cycles = -1, 0.0
    for first, part in _parts(exposures):
        tilt = _tilt(part[:, kept])
        moved = np.flatnonzero(tilt.any(axis=(1, 2)))
        if len(moved) == 0 or len(earned) == 0:
            continue
        tilt = tilt[moved]
        scores = _studentise(*_all_shifts(tilt, earned), tilt, earned)
        top = int(scores[:, 0].argmax())
        if scores[top, 0] > largest[0]:
            best, winner, cycles = first + int(moved[top]), scores[top], _cycles(tilt[top])
        largest = np.maximum(largest, scores.max(axis=0))
    shifts = _shifts(len(earned), min_shift)
    maximum, alone = (_placebo(values, shifts, cycles, best >= 0) for values in (largest, winner))
    return SearchTest(maximum, best, alone.p_value, len(exposures))


def _parts(exposures: Searched) -> Iterator[tuple[int, Floats]]:
    at_once = max(1, CHUNK // max(1, exposures.shape[1] * exposures.shape[2]))
    for first in range(0, len(exposures), at_once):
        yield first, exposures[first : first + at_once].astype(np.float64)


def _complete(exposures: Searched, excess: Floats) -> Flags:
    if exposures.shape[1:] != excess.shape:
        raise ValueError(f"exposure of shape {exposures.shape[1:]}, returns of shape {excess.shape}: not the same")
    kept: Flags = np.asarray(np.isfinite(excess).all(axis=1))
    for _, part in _parts(exposures):
        kept = kept & np.isfinite(part).all(axis=(0, 2))
    return kept


def _tilt(exposures: Floats) -> Floats:
    """(C, T, K) exposure less its average; exactly 0 where it varies by rounding only."""
    if exposures.shape[1] == 0:
        return exposures
    varies = np.ptp(exposures, axis=1, keepdims=True) > DUST
    return np.where(varies, exposures - exposures.mean(axis=1, keepdims=True), 0.0)


def _all_shifts(tilt: Floats, earned: Floats) -> tuple[Floats, Floats]:
    """(C, T) sum and sum of squares of the daily terms, the tilt delayed by column-many sessions."""
    count, sleeves = earned.shape
    if count == 0:
        return np.empty((len(tilt), 0)), np.empty((len(tilt), 0))
    sums = np.zeros((len(tilt), count // 2 + 1), dtype=np.complex128)
    squares = np.zeros_like(sums)
    for one in range(sleeves):
        sums += np.fft.rfft(tilt[:, :, one]).conj() * np.fft.rfft(earned[:, one])
        for other in range(one, sleeves):
            pair = np.fft.rfft(tilt[:, :, one] * tilt[:, :, other]).conj()
            squares += (1.0 + (one != other)) * pair * np.fft.rfft(earned[:, one] * earned[:, other])
    return np.fft.irfft(sums, count), np.fft.irfft(squares, count)


def _studentise(sums: Floats, squares: Floats, tilt: Floats, earned: Floats) -> Floats:
    """(C, n) sum over root of sum of squares; 0 where the terms vanish but for rounding."""
    usual = np.square(tilt).sum(axis=(1, 2)) * np.square(earned).sum() / max(1, len(earned))
    real = squares > ROUNDING * usual[:, None]
    return np.where(real, sums / np.sqrt(np.where(real, squares, 1.0)), 0.0)


def _timing_gain(sums: Floats, count: int | None = None) -> Floats:
    """Sums of daily terms as a gain a year."""
    return np.asarray(SESSIONS_PER_YEAR * sums / max(1, count or sums.shape[1]))


def _shifts(count: int, min_shift: int) -> Indices:
    return np.arange(min_shift, count - min_shift + 1)


def _placebo(values: Floats, others: Indices, effective: float, moved: bool) -> Placebo:
    """``values[0]`` among ``values[others]``."""
    if len(values) == 0 or not moved:
        return Placebo(0.0 if len(values) else math.nan, math.nan, len(others), 0.0)
    tied = ROUNDING * float(np.abs(values).max())
    reached = int(np.count_nonzero(values[others] >= values[0] - tied))
    p_value = (1.0 + reached) / (1.0 + len(others)) if len(others) else math.nan
    return Placebo(float(values[0]), p_value, len(others), float(min(effective, len(others))))


def _cycles(tilt: Floats) -> float:
    """Full cycles of the sleeve that varies most: from halfway to its highest to halfway to its lowest and back."""
    if not tilt.any():
        return 0.0
    series = tilt[:, int(tilt.var(axis=0).argmax())]
    side = np.where(series >= series.max() / 2.0, 1, np.where(series <= series.min() / 2.0, -1, 0))
    side = side[side != 0]
    return np.count_nonzero(side != np.roll(side, 1)) / 2.0


def _spells(states: States) -> tuple[Indices, Indices]:
    """First row and length of each uninterrupted spell."""
    starts = np.flatnonzero(np.r_[True, states[1:] != states[:-1]]) if len(states) else np.empty(0, dtype=np.int64)
    return starts, np.diff(np.r_[starts, len(states)])


def _orders(states: States, draws: int, seed: int) -> Iterator[Indices]:
    """(B, T) row numbers: the rows as they came, then ``draws`` histories of shuffled spells."""
    random = np.random.default_rng(seed)
    starts, lengths = _spells(states)
    slots = [np.flatnonzero(states[starts] == state) for state in np.unique(states)]
    at_once = max(1, CHUNK // (8 * max(1, len(states))))
    for first in range(0, draws + 1, at_once):
        histories = []
        for draw in range(first, min(first + at_once, draws + 1)):
            order = np.arange(len(starts))
            for same in slots if draw else []:
                order[same] = random.permutation(same)
            begins = np.cumsum(lengths[order]) - lengths[order]
            histories.append(np.repeat(starts[order] - begins, lengths[order]) + np.arange(len(states)))
        yield np.stack(histories)


def _distinct_orders(states: States, draws: int) -> float:
    starts, _ = _spells(states)
    counts = np.unique(states[starts], return_counts=True)[1]
    return float(min(draws, math.prod(math.factorial(int(count)) for count in counts)))
