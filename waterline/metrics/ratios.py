"""Return for risk. ``excess`` is always the (T,) daily return over bills."""

from __future__ import annotations

import numpy as np

from waterline.metrics.drawdowns import max_drawdown
from waterline.metrics.returns import DUST, SESSIONS_PER_YEAR, cagr, is_constant, kurtosis, present, skewness
from waterline.sessions import Dates, Floats


def sharpe_ratio(excess: Floats) -> float:
    """Annualised mean over standard deviation: mean(e) / std(e, ddof=1) * sqrt(252).

    NaN for fewer than two sessions and where nothing varies: a portfolio of bills has no Sharpe ratio.

    Source: Sharpe (1994), "The Sharpe ratio".
    """
    if is_constant(excess):
        return float("nan")
    kept = present(excess)
    return float(kept.mean() / kept.std(ddof=1) * np.sqrt(SESSIONS_PER_YEAR))


def sharpe_standard_error(excess: Floats) -> float:
    """Standard error of the annualised Sharpe ratio under skewed, fat-tailed, serially independent returns.

    sqrt((1 - g3 SR + (g4 - 1) / 4 SR ** 2) / (T - 1)) * sqrt(252), with SR a session, g3 the skewness and g4 the
    non-excess kurtosis.

    Source: Lo (2002), Mertens (2002), as used by Bailey and Lopez de Prado (2012).
    """
    ratio = sharpe_ratio(excess) / SESSIONS_PER_YEAR**0.5
    if np.isnan(ratio):
        return float("nan")
    variance = 1.0 - skewness(excess) * ratio + (kurtosis(excess) - 1.0) / 4.0 * ratio**2
    return float(np.sqrt(max(variance, 0.0) * SESSIONS_PER_YEAR / (len(present(excess)) - 1)))


def downside_deviation(excess: Floats) -> float:
    """Annualised root mean square of the shortfalls: sqrt(mean(min(e, 0) ** 2) * 252), over all sessions.

    Source: Sortino and Price (1994); the mean runs over all sessions, not over the losing ones.
    """
    kept = present(excess)
    return float(np.sqrt(np.mean(np.minimum(kept, 0.0) ** 2) * SESSIONS_PER_YEAR)) if len(kept) else float("nan")


def sortino_ratio(excess: Floats) -> float:
    """Annualised mean over downside deviation: 252 * mean(e) / downside_deviation(e).

    NaN for fewer than two sessions, where nothing varies, and where no session fell short of bills.
    """
    kept = present(excess)
    if is_constant(kept) or kept.min() >= -DUST:
        return float("nan")
    return SESSIONS_PER_YEAR * float(kept.mean()) / downside_deviation(kept)


def calmar_ratio(returns: Floats, sessions: Dates) -> float:
    """Compound annual growth (calendar time) over the depth of the deepest drawdown; NaN where nothing was lost.

    Source: Young (1991), here over the whole span instead of 36 months.
    """
    depth = -max_drawdown(returns, sessions).depth
    return cagr(returns, sessions) / depth if depth > 0.0 else float("nan")
