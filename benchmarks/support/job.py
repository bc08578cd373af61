"""The job of the sweep's benchmark, drawn at random: prices, macro series, and parameter sets."""

from __future__ import annotations

import numpy as np

from waterline.simulation.sweep import Ground, Sets

BARS, ASSETS, SERIES, WINDOWS = 5000, 8, 8, (252, 504, 756, 1008, 1260)
FEE = 5e-4


def made_ground(bars: int) -> Ground:
    """Prices with fat tails, macro series near a unit root, their z-scores over all windows, and a monthly calendar."""
    rng = np.random.default_rng(7)
    volatility = np.concatenate([np.linspace(0.25, 0.70, 4), np.linspace(0.06, 0.18, 4)]) / np.sqrt(252)
    steps = volatility * (0.6 * rng.standard_t(5, (bars, 1)) + 0.8 * rng.standard_t(5, (bars, ASSETS)))
    close = 100.0 * np.exp(np.cumsum(steps + 2e-4, axis=0))
    macro = np.zeros((bars, SERIES))
    for t in range(1, bars):
        macro[t] = 0.995 * macro[t - 1] + rng.standard_normal(SERIES)
    parts = np.stack([rolling_z(macro, window) for window in WINDOWS])
    monthly = np.zeros(bars, dtype=np.bool_)
    monthly[::21] = True
    stops = np.concatenate([np.flatnonzero(monthly), np.full(bars + 1 - monthly.sum(), bars)])
    inside = np.zeros((1, 2, bars, ASSETS))
    inside[0, 0, :, 4:], inside[0, 1, :, :4] = 0.25, 0.25
    return Ground(
        parts=parts, gate=np.zeros((5, bars)), gated=np.zeros(5, dtype=np.bool_), minimum=np.ones(5, dtype=np.int64),
        close=close, close_by_asset=np.ascontiguousarray(close.T), mark=close[None],
        tradable=np.ones((1, bars, ASSETS), dtype=np.bool_), bills=np.ones(bars), cash=np.zeros(bars),
        weekly=np.tile(monthly, (5, 1)), calendar=np.tile(stops, (5, 1, 1)), inside=inside,
        joins=np.zeros((1, bars), dtype=np.int64), peopled=np.full((1, bars), 3),
        earned=np.zeros((1, 2, bars + 1)), edges=np.array([1, bars]),
    )  # fmt: skip


def rolling_z(series: np.ndarray, window: int) -> np.ndarray:
    """(M, T) z-scores over the last ``window`` rows."""
    seen = np.lib.stride_tricks.sliding_window_view(series, window, axis=0)
    out = np.full(series.shape, np.nan)
    out[window - 1 :] = (series[window - 1 :] - seen.mean(axis=2)) / seen.std(axis=2)
    return np.ascontiguousarray(out.T)


def made_sets(count: int) -> Sets:
    """Random parameter sets."""
    rng = np.random.default_rng(11)
    table = np.zeros((count, 3, 2))
    table[:, :2, 0], table[:, 2, 1] = 0.8, 1.0
    whole = np.zeros(count, dtype=np.int64)
    return Sets(
        score=rng.integers(0, 5, count), weights=rng.dirichlet(np.ones(SERIES), count), phi=np.zeros(count),
        span=rng.integers(3, 61, count).astype(float), shift=whole, up=rng.uniform(0.05, 0.6, count),
        down=rng.uniform(-0.6, -0.05, count), confirm=whole + 1, dwell=rng.integers(1, 41, count),
        graded=np.zeros(count, dtype=np.bool_), table=table, curve=np.zeros((count, 3)), inside=whole, earned=whole,
        fill=whole, weekday=whole, band=np.zeros((count, 2)), delay=rng.integers(0, 3, count),
        everyone_pays=np.zeros(count, dtype=np.bool_), costs=np.full((count, ASSETS), FEE),
    )  # fmt: skip


def static_sets(count: int) -> Sets:
    """The same sets, every asset paying the fees: what they hold can be tabulated."""
    return made_sets(count)._replace(everyone_pays=np.ones(count, dtype=np.bool_))
