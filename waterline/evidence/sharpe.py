"""How sure a Sharpe ratio is, alone and as the best of many.

Unit: every Sharpe ratio here is *per session*, the mean over the standard deviation of one session's excess return; an
annualised one is that times sqrt(252). The one exception, :func:`minimum_backtest_years`, says so in its names.
Returns are taken as serially independent, skewed and fat-tailed. What the data do not define is NaN.

Sources: Bailey and Lopez de Prado (2012), "The Sharpe ratio efficient frontier"; the same (2014), "The deflated Sharpe
ratio"; Bailey, Borwein, Lopez de Prado and Zhu (2014), "Pseudo-mathematics and financial charlatanism"; Lopez de Prado,
Lipton and Zoonekynd (2025), "Sharpe ratio inference".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR, kurtosis, sharpe_ratio, skewness
from waterline.metrics.returns import present
from waterline.sessions import Floats

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """All that the formulas need to know of a series of excess returns.

    Attributes:
        sessions: T, the number of returns.
        sharpe_per_session: SR, mean / standard deviation (divisor T - 1), not annualised.
        skewness: g3, of the population.
        kurtosis: g4, of the population and non-excess: 3 for a normal distribution.
    """

    sessions: int
    sharpe_per_session: float
    skewness: float
    kurtosis: float

    def variance_at(self, sharpe_per_session: float) -> float:
        """V(SR) = 1 - g3 SR + (g4 - 1) / 4 SR ** 2: the variance of an estimated SR is V / T.

        Under normal returns 1 + SR ** 2 / 2. NaN where it is not above 0, which only a series of two values reaches.

        Source: Mertens (2002).
        """
        variance = 1.0 - self.skewness * sharpe_per_session + (self.kurtosis - 1.0) / 4.0 * sharpe_per_session**2
        return variance if variance > 0.0 else math.nan


def track_record(excess: Floats) -> TrackRecord:
    """The record of (T,) daily returns over bills; missing returns are left out, NaN where nothing varies."""
    ratio = sharpe_ratio(excess) / math.sqrt(SESSIONS_PER_YEAR)
    return TrackRecord(len(present(excess)), ratio, skewness(excess), kurtosis(excess))


@dataclass(frozen=True, slots=True)
class ProbabilisticSharpe:
    """Probability that the true Sharpe ratio exceeds a benchmark, in the two forms that are in print.

    Attributes:
        benchmark_per_session: SR*, the Sharpe ratio to exceed, not annualised.
        form_2012: Bailey and Lopez de Prado (2012), with the variance at the estimate:
            Phi((SR - SR*) sqrt(T - 1) / sqrt(V(SR))). The deflated ratio of 2014 and most libraries follow it.
        form_2025: Lopez de Prado, Lipton and Zoonekynd (2025), with the variance at the benchmark:
            Phi((SR - SR*) sqrt(T) / sqrt(V(SR*))); 1 minus it is the p value of the test of SR*.
    """

    benchmark_per_session: float
    form_2012: float
    form_2025: float

    @property
    def lower(self) -> float:
        """The lower of the two, which is what is reported; NaN where either is."""
        return float(np.minimum(self.form_2012, self.form_2025))


def probabilistic_sharpe(record: TrackRecord, benchmark_per_session: float = 0.0) -> ProbabilisticSharpe:
    """Both forms of the probability that the true Sharpe ratio of ``record`` exceeds the benchmark."""
    ratio, sessions = record.sharpe_per_session, record.sessions
    gap = ratio - benchmark_per_session
    at_estimate = gap * math.sqrt(max(sessions - 1, 0) / record.variance_at(ratio))
    at_benchmark = gap * math.sqrt(sessions / record.variance_at(benchmark_per_session))
    return ProbabilisticSharpe(benchmark_per_session, NORMAL.cdf(at_estimate), NORMAL.cdf(at_benchmark))


def expected_maximum(trials: float) -> float:
    """Expected largest of N independent standard normal draws, in the published approximation.

    (1 - g) z(1 - 1 / N) + g z(1 - 1 / (N e)), with g = 0.5772... (Euler) and z the normal quantile. Against the exact
    value it is 8 % low at N = 2, and high above: 2.3 % at N = 10, 0.9 % at 100, 0.4 % at 1,000. 0 for a single trial,
    where nothing was selected, and never below.

    Args:
        trials: N; an effective number need not be whole.

    Source: Bailey and Lopez de Prado (2014).
    """
    if trials <= 1.0:
        return 0.0
    upper = -NORMAL.inv_cdf(1.0 / trials), -NORMAL.inv_cdf(1.0 / (trials * math.e))
    return max((1.0 - np.euler_gamma) * upper[0] + np.euler_gamma * upper[1], 0.0)


def expected_maximum_sharpe(trials: float, variance_per_session: float) -> float:
    """SR0, the Sharpe ratio per session to expect from the best of N trials without skill: sqrt(Var) E[max_N].

    Args:
        trials: N, independent trials.
        variance_per_session: Var, the variance over the trials of their Sharpe ratios per session: that of annualised
            ones / 252. May be NaN for a single trial, of which the expectation is 0.
    """
    expected = expected_maximum(trials)
    return math.sqrt(variance_per_session) * expected if expected > 0.0 else 0.0


def deflated_sharpe(record: TrackRecord, trials: float, variance_per_session: float) -> ProbabilisticSharpe:
    """The probabilistic Sharpe ratio against what the best of N trials without skill would show (SR0).

    ``trials`` and ``variance_per_session`` belong together: all trials with the variance over all, or the effective
    number with the variance over the clusters. Arguments as in :func:`expected_maximum_sharpe`; the source (2014) uses
    ``form_2012``.
    """
    return probabilistic_sharpe(record, expected_maximum_sharpe(trials, variance_per_session))


@dataclass(frozen=True, slots=True)
class TrackRecordLength:
    """Sessions until the probabilistic Sharpe ratio reaches a confidence, if the moments stay as they are.

    Attributes:
        form_2012: 1 + V(SR) (z / (SR - SR*)) ** 2; infinite where SR is not above SR*.
        form_2025: V(SR*) (z / (SR - SR*)) ** 2; infinite where SR is not above SR*.
    """

    form_2012: float
    form_2025: float

    @property
    def longer(self) -> float:
        """The longer of the two, which is what is reported; NaN where either is."""
        return float(np.maximum(self.form_2012, self.form_2025))


def minimum_track_record(
    record: TrackRecord, benchmark_per_session: float = 0.0, significance: float = 0.05
) -> TrackRecordLength:
    """The least number of sessions at which the Sharpe ratio of ``record`` would exceed the benchmark significantly.

    Args:
        record: its ratio and moments count, its own length does not.
        benchmark_per_session: SR*, not annualised.
        significance: one-sided, in (0, 0.5); z is the normal quantile of 1 - significance.
    """
    gap = record.sharpe_per_session - benchmark_per_session
    if gap <= 0.0:
        return TrackRecordLength(math.inf, math.inf)
    needed = (NORMAL.inv_cdf(1.0 - significance) / gap) ** 2
    at_estimate = record.variance_at(record.sharpe_per_session)
    return TrackRecordLength(1.0 + at_estimate * needed, record.variance_at(benchmark_per_session) * needed)


def minimum_backtest_years(trials: float, target_annual_sharpe: float) -> float:
    """The least years of back-test for N trials: in fewer, luck alone is expected to show the target.

    (E[max_N] / target) ** 2, which is less than 2 ln(N) / target ** 2.

    Args:
        trials: N, independent trials.
        target_annual_sharpe: the *annualised* Sharpe ratio of the best trial, above 0.

    Source: Bailey, Borwein, Lopez de Prado and Zhu (2014).
    """
    return (expected_maximum(trials) / target_annual_sharpe) ** 2


def sharpe_power(
    record: TrackRecord, alternative_per_session: float, benchmark_per_session: float = 0.0, significance: float = 0.05
) -> float:
    """Probability that a strategy whose true Sharpe ratio is the alternative passes the test of the benchmark.

    Phi((SR1 - c) / sqrt(V(SR1) / T)), with the critical value c = SR* + z sqrt(V(SR*) / T). The length and shape of
    ``record`` count, its own ratio does not: this is how much the test could have seen.

    Args:
        record: its length, skewness and kurtosis.
        alternative_per_session: SR1, not annualised.
        benchmark_per_session: SR*, not annualised.
        significance: one-sided.

    Source: Lopez de Prado, Lipton and Zoonekynd (2025).
    """
    if record.sessions == 0:
        return math.nan
    spread = math.sqrt(record.variance_at(benchmark_per_session) / record.sessions)
    critical = benchmark_per_session + NORMAL.inv_cdf(1.0 - significance) * spread
    alternative = math.sqrt(record.variance_at(alternative_per_session) / record.sessions)
    return NORMAL.cdf((alternative_per_session - critical) / alternative)


def false_discovery_rate(skilled: float, significance: float, power: float) -> float:
    """Share of the strategies that pass a test without skill, planned beforehand (pFDR).

    1 / (1 + power p1 / (significance (1 - p1))).

    Args:
        skilled: p1, the share of strategies with skill before the test, in (0, 1).
        significance: probability that one without skill passes.
        power: probability that one with skill passes.

    Source: Lopez de Prado, Lipton and Zoonekynd (2025).
    """
    lucky = significance * (1.0 - skilled)
    return lucky / (lucky + power * skilled)


def observed_false_discovery_rate(
    record: TrackRecord, skilled: float, alternative_per_session: float, benchmark_per_session: float = 0.0
) -> float:
    """The same for the test that the observed Sharpe ratio just passes (oFDR).

    Significance and power are the probabilities to see at least the ratio of ``record`` where the true one is the
    benchmark, and where it is the alternative. Arguments as in :func:`false_discovery_rate` and :func:`sharpe_power`.
    """
    significance = 1.0 - probabilistic_sharpe(record, benchmark_per_session).form_2025
    power = 1.0 - probabilistic_sharpe(record, alternative_per_session).form_2025
    return false_discovery_rate(skilled, significance, power)
