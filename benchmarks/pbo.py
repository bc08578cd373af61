"""How fast the probability of backtest overfitting is: matrix products against the loop that a textbook would write.

Usage: ``python benchmarks/pbo.py``. Noise for returns, 2,500 sessions, 16 blocks, 12,870 combinations. The loop joins
the sessions of each half, takes the Sharpe ratio of every trial and ranks the winner; a few combinations are measured
and the rest *extrapolated*, because it would run for hours. Both must give the same logits to the bit for those few.
Target for 10,000 trials: within 120 seconds and 4 GB, the returns (200 MB) and this program included.
"""

from __future__ import annotations

import math
import platform
import resource
import sys
import time
from collections.abc import Callable
from itertools import combinations, islice

import numpy as np
from scipy.stats import rankdata
from support.results import record

from waterline.evidence.overfit import Overfitting, backtest_overfitting
from waterline.sessions import Floats

SESSIONS, SPLITS = 2500, 16
SMALL, LARGE = 1_000, 10_000
LOOPED = {SMALL: 24, LARGE: 4}  # trials -> combinations that the loop is measured on
REPEATS = 3
TARGET_SECONDS, TARGET_GB = 120.0, 4.0
COMBINATIONS = math.comb(SPLITS, SPLITS // 2)


def looped(returns: Floats, count: int) -> Floats:
    """Logits of the first ``count`` combinations, one at a time."""
    blocks = np.array_split(returns, np.linspace(0, SESSIONS, SPLITS + 1).astype(int)[1:-1], axis=1)
    logits = np.empty(count)
    for at, chosen in enumerate(islice(combinations(range(SPLITS), SPLITS // 2), count)):
        inside = np.concatenate([blocks[i] for i in chosen], axis=1)
        outside = np.concatenate([blocks[i] for i in range(SPLITS) if i not in chosen], axis=1)
        winner = np.argmax(inside.mean(axis=1) / inside.std(axis=1))
        share = rankdata(outside.mean(axis=1) / outside.std(axis=1))[winner] / (len(returns) + 1)
        logits[at] = np.log(share / (1.0 - share))
    return logits


def best(work: Callable[[], Overfitting]) -> tuple[float, Overfitting]:
    """Seconds of the fastest repeat, and the answer."""
    start = time.perf_counter()
    answer = work()
    seconds = [time.perf_counter() - start]
    for _ in range(REPEATS - 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer


def peak_gb() -> float:
    """Largest resident memory of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def compare(trials: int) -> float:
    """Print both ways for so many trials; seconds of the matrix products."""
    noise = np.random.default_rng(20_251_231)
    returns = noise.standard_normal((trials, SESSIONS))
    returns *= 0.01
    ours, answer = best(lambda: backtest_overfitting(returns, SPLITS))
    peak, few = peak_gb(), LOOPED[trials]
    start = time.perf_counter()
    expected = looped(returns, few)
    each = (time.perf_counter() - start) / few
    equal = np.array_equal(answer.logits[:few], expected)
    print(f"{trials:,} trials x {SESSIONS:,} sessions, {COMBINATIONS:,} combinations, best of {REPEATS}")
    print(f"  matrix products   {ours:10.2f} s, peak memory {peak:.2f} GB")
    print(f"  loop, EXTRAPOLATED{each * COMBINATIONS:10.0f} s from {few} combinations at {each:.3f} s")
    print(f"  ratio             {each * COMBINATIONS / ours:10.0f}")
    print(f"  logits of those {few} {'equal to the bit' if equal else 'DIFFER'}; PBO {answer.probability:.3f}")
    return ours


def main() -> None:
    """Print seconds, ratios and memory."""
    print(f"numpy {np.__version__}, {platform.machine()}")
    compare(SMALL)
    seconds, peak = compare(LARGE), peak_gb()
    verdict = "met" if seconds <= TARGET_SECONDS and peak <= TARGET_GB else "missed"
    record({"overfitting_of_10_000_trials_s": seconds, "overfitting_of_10_000_trials_target_s": TARGET_SECONDS})
    record({"overfitting_of_10_000_trials_peak_gb": peak, "overfitting_of_10_000_trials_target_peak_gb": TARGET_GB})
    print(f"target {TARGET_SECONDS:g} s and {TARGET_GB:g} GB for {LARGE:,} trials: {verdict} ({peak:.2f} GB in all)")


if __name__ == "__main__":
    main()
