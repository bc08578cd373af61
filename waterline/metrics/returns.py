"""Growth, spread and shape of daily returns."""

from __future__ import annotations

import numpy as np

from waterline.sessions import Dates, Flags, Floats

SESSIONS_PER_YEAR = 252
DAYS_PER_YEAR = 365.25
DUST = 1e-12
"""Daily figures that differ by less than this differ by rounding only: no market moves by a trillionth."""


def present(values: Floats) -> Floats:
    """The finite values, in order."""
    return values[np.isfinite(values)]


def is_constant(values: Floats) -> bool:
    """Whether fewer than two values are present, or all agree but for rounding: no ratio to their spread exists."""
    kept = present(values)
    return len(kept) < 2 or bool(np.ptp(kept) <= DUST)


def years_between(sessions: Dates) -> float:
    """Calendar years from the first to the last session: days / 365.25. NaN without sessions."""
    if len(sessions) == 0:
        return float("nan")
    return float((sessions[-1] - sessions[0]) / np.timedelta64(1, "D")) / DAYS_PER_YEAR


def cumulative_return(returns: Floats) -> float:
    """Growth of one unit over the whole span, less one: prod(1 + r) - 1."""
    kept = present(returns)
    return float(np.prod(1.0 + kept)) - 1.0 if len(kept) else float("nan")


def cagr(returns: Floats, sessions: Dates) -> float:
    """Compound annual growth rate on calendar time: (prod(1 + r)) ** (365.25 / days) - 1.

    Libraries that take the number of returns / 252 for the years differ by the share of holidays in the span.

    Args:
        returns: (T,) simple daily returns.
        sessions: (T + 1,) dates, beginning with the session before the first return.

    Returns:
        NaN where no time passes or the wealth falls below zero; infinite where the power overflows.
    """
    years = years_between(sessions)
    growth = 1.0 + cumulative_return(returns)
    if not (growth >= 0.0 and years > 0.0):
        return float("nan")
    with np.errstate(over="ignore", divide="ignore"):
        return float(np.expm1(np.log(growth) / years))


def volatility(returns: Floats) -> float:
    """Annualised standard deviation: std(r, ddof=1) * sqrt(252); exactly 0 where the returns agree but for rounding."""
    kept = present(returns)
    if len(kept) < 2:
        return float("nan")
    return 0.0 if is_constant(kept) else float(np.std(kept, ddof=1) * np.sqrt(SESSIONS_PER_YEAR))


def excess_returns(returns: Floats, cash: Floats) -> Floats:
    """Returns over bills, r - c, of the same shape.

    Args:
        returns: (T,) or (T, K) simple daily returns.
        cash: (T,) simple daily returns of bills.
    """
    return returns - (cash if returns.ndim == 1 else cash[:, None])


def skewness(returns: Floats) -> float:
    """Third standardised moment, m3 / m2 ** 1.5, of the population (no bias correction)."""
    return _standardised_moment(returns, 3)


def kurtosis(returns: Floats) -> float:
    """Fourth standardised moment, m4 / m2 ** 2, of the population: 3 for a normal distribution, not 0."""
    return _standardised_moment(returns, 4)


def _standardised_moment(returns: Floats, order: int) -> float:
    kept = present(returns)
    if is_constant(kept):
        return float("nan")
    return float(np.mean(((kept - kept.mean()) / kept.std()) ** order))


def value_at_risk(returns: Floats, tail: float = 0.05) -> float:
    """The daily return that the worst ``tail`` of sessions stay below: the empirical quantile, negative for a loss.

    Linear between order statistics. No distribution is assumed.
    """
    kept = present(returns)
    return float(np.quantile(kept, tail)) if len(kept) else float("nan")


def expected_shortfall(returns: Floats, tail: float = 0.05) -> float:
    """Mean of the floor((T - 1) * tail) + 1 worst daily returns (conditional value at risk), negative for a loss."""
    kept = np.sort(present(returns))
    return float(np.mean(kept[: int((len(kept) - 1) * tail) + 1])) if len(kept) else float("nan")


def best_day(returns: Floats) -> float:
    """The largest daily return."""
    kept = present(returns)
    return float(kept.max()) if len(kept) else float("nan")


def worst_day(returns: Floats) -> float:
    """The smallest daily return."""
    kept = present(returns)
    return float(kept.min()) if len(kept) else float("nan")


def hit_rate(returns: Floats) -> float:
    """Share of all sessions with a return above zero; a session without change is no hit."""
    kept = present(returns)
    return float(np.mean(kept > 0.0)) if len(kept) else float("nan")


def turnover_per_year(turnover: Floats) -> float:
    """Traded value a year in multiples of equity: 252 * mean(turnover), buys and sales both counted.

    Args:
        turnover: (T,) sum of |traded value| / equity of each session.
    """
    return _per_year(turnover)


def cost_per_year(costs: Floats) -> float:
    """Trading costs a year as a share of equity: 252 * mean(costs).

    Args:
        costs: (T,) fees and slippage / equity of each session.
    """
    return _per_year(costs)


def _per_year(amounts: Floats) -> float:
    kept = present(amounts)
    return SESSIONS_PER_YEAR * float(kept.mean()) if len(kept) else float("nan")


def time_share(flags: Flags) -> float:
    """Share of the sessions for which the flag is set."""
    return float(np.mean(flags)) if len(flags) else float("nan")


def average_exposure(exposure: Floats) -> Floats:
    """(K,) mean share of equity in each sleeve over the (T, K) sessions; NaN without any."""
    kept = exposure[np.isfinite(exposure).all(axis=1)]
    return kept.mean(axis=0) if len(kept) else np.full(exposure.shape[1], np.nan)
