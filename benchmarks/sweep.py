"""How fast parameter sets are evaluated, side by side with vectorbt's Rust engine in the same run.

Usage: ``python benchmarks/sweep.py``. The job: 8 assets, 5,000 daily bars, 8 macro series scored over five windows, a
weighted score with smoothing, thresholds, dwell and lag, rebalancing every 21 sessions and at switches, 5 basis points.
Signal work is included for us and left out for vectorbt, which is given finished orders in batches of 100. Static sets
are those whose fees every asset pays, with no band: tables know all that they can hold, and their making is included.
Figures are CPU seconds, least of some repeats, on one core; where the name says wall or two cores, least wall seconds
of two threads. The million is swept for static sets; sets of any weights are timed on 50,000.
They go to ``benchmarks/results.json`` too, units in the names; a target stands beside its figure.
"""

from __future__ import annotations

import gc
import os
import time

import numpy as np
from support.clocks import quickest
from support.fresh import first_calls, told_by_process
from support.job import ASSETS, BARS, FEE, made_ground, made_sets, static_sets
from support.results import record

from waterline.simulation.sweep import COLUMNS, Ground, equity, sweep

SOME, MANY, MILLION = 2048, 10_000, 1_000_000
ON_TWO_CORES = 50_000
GROWTH = COLUMNS.index("growth")
TARGET, STATIC_TARGET, RATIO_TARGET, MILLION_TARGET, ONE_TARGET = 15_000, 65_000, 250, 12.0, 0.1


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


def rates(ground: Ground) -> dict[str, float]:
    """Sets a second, beside vectorbt's."""
    any_weights, static = made_sets(SOME), static_sets(MANY)
    one = any_weights.rows(slice(0, 1))
    sweep(ground, one)
    each = quickest(lambda: sweep(ground, any_weights), 7) / SOME
    sweep(ground, static)
    each_static = quickest(lambda: sweep(ground, static), 7) / MANY
    other = vectorbt_seconds(ground, 100)
    return {
        "any_weights_sets_per_s_per_core": 1.0 / each,
        "any_weights_target_sets_per_s_per_core": TARGET,
        "static_sleeves_sets_per_s_per_core": 1.0 / each_static,
        "static_sleeves_target_sets_per_s_per_core": STATIC_TARGET,
        "vectorbt_rust_cpu_ms_per_set_in_batches_of_100": other * 1e3,
        "times_faster_than_vectorbt_rust": other / each,
        "times_faster_target": RATIO_TARGET,
        "static_sleeves_times_faster_than_vectorbt_rust": other / each_static,
        "one_backtest_with_signal_and_statistics_ms": quickest(lambda: sweep(ground, one), 500) * 1e3,
        "one_backtest_target_ms": ONE_TARGET,
    }


def growth(ground: Ground) -> dict[str, float]:
    """How the cost grows with sets and with sessions."""
    sets, counts, bars = made_sets(SOME), (512, 1024, 2048), (2500, 5000, 10_000)
    by_sets = [quickest(lambda n=n: sweep(ground, sets.rows(slice(0, n))), 3) for n in counts]
    grounds = [made_ground(n) for n in bars]
    by_bars = [quickest(lambda g=g: sweep(g, sets.rows(slice(0, 512))), 3) for g in grounds]
    return {"cost_exponent_over_sets": exponent(counts, by_sets), "cost_exponent_over_bars": exponent(bars, by_bars)}


def differences(ground: Ground) -> dict[str, float]:
    """What who pays the fee makes of the last equity, and how far tables are from trading session by session."""
    payers, static = made_sets(64), static_sets(SOME)
    together = payers._replace(everyone_pays=np.ones(64, dtype=np.bool_))
    gap = np.abs(equity(ground, together)[:, -1] / equity(ground, payers)[:, -1] - 1.0).max()
    known, traded = (sweep(ground, static, session_by_session=each).blocks[:, 0, GROWTH] for each in (False, True))
    return {
        "largest_difference_between_fee_payers_share_of_final_equity": float(gap),
        "largest_difference_of_tables_share_of_final_equity": float(np.abs(known / traded - 1.0).max()),
    }


def apart(ground: Ground) -> dict[str, float]:
    """What takes two cores, and what only processes of their own can tell."""
    sets, (cold, warm) = made_sets(ON_TWO_CORES), first_calls()
    any_weights = quickest(lambda: sweep(ground, sets, workers=2), 2, time.perf_counter)
    few, million = told_by_process("memory", str(MANY)), told_by_process("memory", str(MILLION))
    return {
        "million_static_sets_on_two_cores_wall_s": million["wall_s"],
        "million_static_sets_on_two_cores_target_wall_s": MILLION_TARGET,
        "million_static_sets_cpu_s": million["cpu_s"],
        "fifty_thousand_any_weights_sets_on_two_cores_wall_s": any_weights,
        "memory_beside_results_of_10_000_static_sets_mb": few["grown_mb"],
        "memory_beside_results_of_1_000_000_static_sets_mb": million["grown_mb"],
        "results_of_1_000_000_static_sets_mb": million["results_mb"],
        "first_call_any_weights_empty_cache_cpu_s": cold["any_weights"],
        "first_call_static_sleeves_then_empty_cache_cpu_s": cold["static"],
        "first_call_any_weights_from_cache_cpu_s": warm["any_weights"],
        "first_call_static_sleeves_then_from_cache_cpu_s": warm["static"],
    }


def main() -> None:
    """Measure, print and write the figures."""
    ground = made_ground(BARS)
    record({"load_average_before_the_sweeps": os.getloadavg()[0]})
    for measure in (rates, growth, differences, apart):
        record(measure(ground))


if __name__ == "__main__":
    main()
