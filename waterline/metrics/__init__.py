"""Performance figures of daily returns, each one small function with its formula.

Shapes: an evaluation has T + 1 sessions and T returns. ``sessions[0]`` is the session from whose close the first
return is measured, ``sessions[t + 1]`` the session of ``returns[t]``. Returns are simple and daily; a year has 252
sessions wherever a moment is annualised, and 365.25 days wherever growth is. Rows with a missing value are left out. A
figure that the data do not define (too few sessions, nothing varies) is NaN, and ``null`` in JSON.
"""

from waterline.metrics.drawdowns import Drawdown, drawdown_series, max_drawdown, wealth
from waterline.metrics.evaluation import Evaluation, Summary, Track, WindowMetrics, as_json, summary, window_metrics
from waterline.metrics.inference import Estimate, default_lags, newey_west, timing_gain, tracking_difference
from waterline.metrics.ratios import (
    calmar_ratio,
    downside_deviation,
    sharpe_ratio,
    sharpe_standard_error,
    sortino_ratio,
)
from waterline.metrics.returns import (
    DAYS_PER_YEAR,
    SESSIONS_PER_YEAR,
    average_exposure,
    best_day,
    cagr,
    cost_per_year,
    cumulative_return,
    excess_returns,
    expected_shortfall,
    hit_rate,
    is_constant,
    kurtosis,
    skewness,
    time_share,
    turnover_per_year,
    value_at_risk,
    volatility,
    worst_day,
    years_between,
)
from waterline.metrics.windows import IDEA_PUBLISHED, Window, split_windows

__all__ = [
    "DAYS_PER_YEAR",
    "IDEA_PUBLISHED",
    "SESSIONS_PER_YEAR",
    "Drawdown",
    "Estimate",
    "Evaluation",
    "Summary",
    "Track",
    "Window",
    "WindowMetrics",
    "as_json",
    "average_exposure",
    "best_day",
    "cagr",
    "calmar_ratio",
    "cost_per_year",
    "cumulative_return",
    "default_lags",
    "downside_deviation",
    "drawdown_series",
    "excess_returns",
    "expected_shortfall",
    "hit_rate",
    "is_constant",
    "kurtosis",
    "max_drawdown",
    "newey_west",
    "sharpe_ratio",
    "sharpe_standard_error",
    "skewness",
    "sortino_ratio",
    "split_windows",
    "summary",
    "time_share",
    "timing_gain",
    "tracking_difference",
    "turnover_per_year",
    "value_at_risk",
    "volatility",
    "wealth",
    "window_metrics",
    "worst_day",
    "years_between",
]
