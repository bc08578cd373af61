"""How fast the store tells what was known: 50 series at the 16:00 decision of 5,000 sessions.

Usage: ``python benchmarks/store_as_of.py``. The store answers from its file with one ASOF join. pandas is given the
rows as frames in memory and does the same work on them: keep what was current when it came, then ``merge_asof`` a
series; a second figure counts the reading of the rows too. Both answers must agree to the bit.

The counts of rows are those of real series: daily ones of 20 to 60 years, weekly ones, and monthly and quarterly ones
with every vintage. Target: within 2 seconds.
"""

from __future__ import annotations

import datetime as dt
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from support.results import record

from waterline.sessions import Floats, Instants, clock
from waterline.store import Rows, Store

DAY = np.timedelta64(1, "D")
LAST = np.datetime64("2025-12-31", "D")
DECISIONS, REPEATS, TARGET_SECONDS = 5000, 5, 2.0
KINDS = {  # kind -> series, days between periods, periods, vintages of each period
    "daily": (24, 1, 12_000, 1),
    "daily, shorter": (8, 1, 5_000, 1),
    "weekly": (10, 7, 1_900, 1),
    "monthly with vintages": (5, 30, 700, 12),
    "quarterly with vintages": (3, 91, 300, 24),
}


def made_rows() -> list[Rows]:
    """The series of all kinds, with noise for values."""
    noise = np.random.default_rng(20_251_231)
    return [
        made(f"{kind.upper()} {i}", days, periods, vintages, noise)
        for kind, (count, days, periods, vintages) in KINDS.items()
        for i in range(count)
    ]


def made(name: str, days: int, periods: int, vintages: int, noise: np.random.Generator) -> Rows:
    """A series whose period is published a day after its end, and revised ``days`` apart."""
    period = np.repeat(LAST - days * DAY * np.arange(periods)[::-1], vintages)
    vintage = period + (days + 1) * DAY + np.tile(np.arange(vintages), periods) * days * DAY
    at = vintage.astype("datetime64[s]") + np.timedelta64(20 * 3600 + 2400, "s")
    return Rows(name, period, at, vintage, noise.normal(size=len(period)), "alfred")


def merged(frames: dict[str, pd.DataFrame], decisions: pd.DataFrame) -> dict[str, Floats]:
    """The same with pandas."""
    found = {}
    for name, frame in frames.items():
        current = frame[frame["period"] >= frame["period"].cummax()]
        found[name] = pd.merge_asof(decisions, current, on="at")["value"].to_numpy()
    return found


def as_frames(rows: dict[str, Rows]) -> dict[str, pd.DataFrame]:
    """Rows as frames, in order of availability."""
    return {
        name: pd.DataFrame(
            {"at": part.available_at, "period": part.period.astype("datetime64[s]"), "value": part.value}
        )
        for name, part in rows.items()
    }


def best(work: Callable[[], dict[str, Floats]]) -> tuple[float, dict[str, Floats]]:
    """Seconds of the fastest repeat, and the answer."""
    seconds, answer = [], {}
    for _ in range(REPEATS):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer


def decisions() -> Instants:
    """(5000,) UTC instants of the last decisions."""
    return clock(dt.date(2005, 1, 3), LAST.item()).cutoffs[-DECISIONS:]


def main() -> None:
    """Print seconds and ratio."""
    batch, instants = made_rows(), decisions()
    names = [rows.series for rows in batch]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        with Store.open(path) as store:
            store.append(batch)
        with Store.open(path, read_only=True) as store:
            asked = pd.DataFrame({"at": instants})
            frames = as_frames(store.read(names))
            ours, answer = best(lambda: store.as_of(names, instants))
            theirs, expected = best(lambda: merged(frames, asked))
            whole, _ = best(lambda: merged(as_frames(store.read(names)), asked))
    differing = [name for name in names if answer[name].tobytes() != expected[name].tobytes()]
    print(f"{len(names)} series, {sum(map(len, batch)):,} rows, {len(instants):,} decisions, best of {REPEATS}")
    print(f"duckdb {duckdb.__version__}, pandas {pd.__version__}, {platform.machine()}")
    verdict = "met" if ours <= TARGET_SECONDS else "missed"
    print(f"store.as_of                     {ours:6.3f} s, target {TARGET_SECONDS:g} s: {verdict}")
    print(f"merge_asof, frames in memory    {theirs:6.3f} s, ratio {ours / theirs:.2f}")
    print(f"merge_asof, rows read first     {whole:6.3f} s, ratio {ours / whole:.2f}")
    record({"store_as_of_50_series_5_000_decisions_s": ours, "store_as_of_target_s": TARGET_SECONDS})
    record({"store_as_of_times_as_long_as_merge_asof_in_memory": ours / theirs})
    print(f"answers {'equal to the bit' if not differing else f'differ: {differing}'}")


if __name__ == "__main__":
    main()
