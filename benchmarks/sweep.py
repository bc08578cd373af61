"""How fast parameter sets are evaluated, side by side with vectorbt's Rust engine in the same run.

Usage: ``python benchmarks/sweep.py``. The job: 8 assets, 5,000 daily bars, 8 macro series scored over five windows, a
weighted score with smoothing, thresholds, dwell and lag, rebalancing every 21 sessions and at switches, 5 basis points.
Signal work is included for us and left out for vectorbt, which is given finished orders in batches of 100.
Figures are minima over repeats of one core; they go to ``benchmarks/results.json`` too, units in the names.
"""

from __future__ import annotations

import gc
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from waterline.simulation.sweep import Ground, Sets, equity, sweep

BARS, ASSETS, SERIES, WINDOWS = 5000, 8, 8, (252, 504, 756, 1008, 1260)
FEE, TARGET, RATIO_TARGET = 5e-4, 15_000, 250
RESULTS = Path(__file__).with_name("results.json")


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


def quickest(work: Callable[[], object], repeats: int) -> float:
    """Least CPU seconds of this process."""
    seconds = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        seconds.append(time.process_time() - begun)
    return min(seconds)


def vectorbt_seconds(ground: Ground, batch: int) -> float:
    """CPU seconds a set of vectorbt's Rust engine, given the orders: from_orders, value and three ratios."""
    import pandas as pd
    import vectorbt as vbt

    rng = np.random.default_rng(3)
    switches = rng.integers(0, BARS, (batch, 10))
    size = np.full((BARS, batch, ASSETS), np.nan)
    baskets = np.array([[0.0] * 4 + [0.2] * 4, [0.25] * 4 + [0.0] * 4])
    for p in range(batch):
        rows = np.union1d(np.flatnonzero(ground.weekly[0]), switches[p])
        state = np.searchsorted(np.sort(switches[p]), rows, side="right") % 2
        size[rows, p] = baskets[state]
    close = pd.DataFrame(np.tile(ground.close, (1, batch)))
    groups = np.repeat(np.arange(batch), ASSETS)

    def trade() -> None:
        portfolio = vbt.Portfolio.from_orders(
            close, size=size.reshape(BARS, -1), size_type="targetpercent", fees=FEE, init_cash=1e6, freq="1D",
            group_by=groups, cash_sharing=True, call_seq="auto", engine="rust", max_orders=int(np.isfinite(size).sum()),
        )  # fmt: skip
        _ = portfolio.value(), portfolio.sharpe_ratio(), portfolio.sortino_ratio(), portfolio.max_drawdown()
        del portfolio
        gc.collect()

    trade()
    return quickest(trade, 3) / batch


def exponent(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Slope of log seconds on log size: 1 for linear cost."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def main() -> None:
    """Measure, print and write the figures."""
    ground, sets = made_ground(BARS), made_sets(2048)
    begun = time.perf_counter()
    sweep(ground, sets.rows(slice(0, 1)))
    figures = {"first_call_s": time.perf_counter() - begun}
    each = quickest(lambda: sweep(ground, sets), 7) / 2048
    other = vectorbt_seconds(ground, 100)
    one = sets.rows(slice(0, 1))
    counts, bars = (512, 1024, 2048), (2500, 5000, 10_000)
    by_sets = [quickest(lambda n=n: sweep(ground, sets.rows(slice(0, n))), 3) for n in counts]
    grounds = [made_ground(n) for n in bars]
    by_bars = [quickest(lambda g=g: sweep(g, sets.rows(slice(0, 512))), 3) for g in grounds]
    payers = sets.rows(slice(0, 64))
    together = payers._replace(everyone_pays=np.ones(64, dtype=np.bool_))
    gap = np.abs(equity(ground, together)[:, -1] / equity(ground, payers)[:, -1] - 1.0).max()
    figures |= {
        "any_weights_sets_per_s_per_core": 1.0 / each,
        "any_weights_target_sets_per_s_per_core": TARGET,
        "vectorbt_rust_cpu_ms_per_set_in_batches_of_100": other * 1e3,
        "times_faster_than_vectorbt_rust": other / each,
        "times_faster_target": RATIO_TARGET,
        "one_backtest_with_signal_and_statistics_ms": quickest(lambda: sweep(ground, one), 50) * 1e3,
        "cost_exponent_over_sets": exponent(counts, by_sets),
        "cost_exponent_over_bars": exponent(bars, by_bars),
        "largest_difference_between_fee_payers_share_of_final_equity": float(gap),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    for name, figure in figures.items():
        print(f"{name:62s} {figure:14,.4g}")
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
