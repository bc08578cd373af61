"""Pure functions from series to series. Nothing here reads ahead: row i depends on rows published no later than row i.

A transform sees a series as a reader saw it: where later releases rewrote history, the value of each release is
computed from the snapshot of that day (:func:`as_known`). Windows of daily series count observations; windows of
slower series count calendar time, so that five years of a quarterly series are twenty releases and not 1,260.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.panel import Observations
from waterline.sessions import Flags, Floats

Transform = Callable[[Observations], Floats]
STEP_MONTHS = {"M": 1, "Q": 3}
QUARTER_STEPS = {"D": 63, "W": 13, "M": 3, "Q": 1}
ROWS_AT_A_TIME = 256
YEAR = np.timedelta64(31_557_600, "s")


@dataclass(frozen=True, slots=True)
class Window:
    """How far back a statistic looks and how much it needs.

    Attributes:
        days: observations in a daily window.
        min_days: observations before a daily window is judged.
        years: length in years of a slower series' window.
        min_years: years of history before a slower window is judged.
        min_events: releases before a slower window is judged.
        min_distinct: distinct values below which a window says nothing.
    """

    days: int = 1260
    min_days: int = 504
    years: float = 5.0
    min_years: float = 2.0
    min_events: int = 8
    min_distinct: int = 5

    def bounds(self, rows: Observations) -> tuple[np.ndarray, Flags]:
        """First row of each window, and whether it holds enough to be judged."""
        number = np.arange(len(rows))
        counted = np.cumsum(np.isfinite(rows.value))
        if rows.step == "D":
            start = np.maximum(number - self.days + 1, 0)
            before = np.where(start > 0, counted[np.maximum(start - 1, 0)], 0)
            return start, counted - before >= self.min_days
        span = (rows.available_at - rows.available_at[:1]) / YEAR if len(rows) else np.empty(0)
        opened = rows.available_at - np.timedelta64(round(self.years * 31_557_600), "s")
        start = np.searchsorted(rows.available_at, opened, side="right")
        before = np.where(start > 0, counted[np.maximum(start - 1, 0)], 0)
        return start, (span >= self.min_years) & (counted - before >= self.min_events)


def as_known(rows: Observations, transform: Transform, name: str | None = None) -> Observations:
    """Apply ``transform`` to what a reader knew at each release.

    Args:
        rows: the series; periods may recur with revised values.
        transform: from rows with one value a period, in order of period, to (n,) values of the same rows; causal.
        name: name of the result.

    Returns:
        One row for each new or revised newest period, available when the release was.
    """
    if len(rows) < 2 or bool(np.all(rows.period[1:] > rows.period[:-1])):
        return rows.with_value(transform(rows), name)
    told = [(end, float(transform(snapshot)[-1])) for end, snapshot in _snapshots(rows)]
    ends = np.array([end for end, _ in told], dtype=np.int64)
    known = rows.rows(ends).with_value(np.array([value for _, value in told]), name)
    return replace(known, period=np.maximum.accumulate(rows.period)[ends])


def _snapshots(rows: Observations) -> Iterator[tuple[int, Observations]]:
    """What a reader knew after each release that spoke of the newest period: its last row, and one row a period."""
    period, place = np.unique(rows.period, return_inverse=True)
    newest = np.maximum.accumulate(rows.period)
    value, seen = np.full(len(period), np.nan), np.zeros(len(period), dtype=np.bool_)
    first = 0
    for end in np.flatnonzero(np.append(rows.available_at[1:] != rows.available_at[:-1], True)):
        batch = slice(first, int(end) + 1)
        value[place[batch]], seen[place[batch]] = rows.value[batch], True
        first = int(end) + 1
        if (rows.period[batch] == newest[end]).any():
            size = int(seen.sum())
            instant, day = np.full(size, rows.available_at[end]), np.full(size, rows.vintage[end])
            yield (
                int(end),
                replace(rows, period=period[seen], available_at=instant, vintage=day, value=value[seen].copy()),
            )


def _lag_index(rows: Observations, steps: int) -> np.ndarray:
    """(n,) row that lies ``steps`` of the series' own step earlier, -1 where there is none."""
    if rows.step == "D":
        return np.arange(len(rows)) - steps
    if rows.step == "W":
        target = rows.period - np.timedelta64(7 * steps, "D")
        index = np.searchsorted(rows.period, target + np.timedelta64(3, "D"), side="right") - 1
        near = np.abs((rows.period[np.maximum(index, 0)] - target) / np.timedelta64(1, "D")) <= 3
        return np.where((index >= 0) & near, index, -1)
    months = rows.period.astype("datetime64[M]")
    sought = months - np.timedelta64(steps * STEP_MONTHS[rows.step], "M")
    index = np.minimum(np.searchsorted(months, sought), len(months) - 1) if len(months) else np.empty(0, int)
    return np.where(months[index] == sought, index, -1) if len(months) else index


def lagged(rows: Observations, steps: int) -> Floats:
    """(n,) the value ``steps`` steps earlier; NaN where that period is missing."""
    index = _lag_index(rows, steps)
    return np.where(index >= 0, rows.value[np.maximum(index, 0)], np.nan) if len(rows) else rows.value


def change(rows: Observations, steps: int, decimals: int | None = None) -> Observations:
    """Value minus the value ``steps`` steps earlier, rounded to the published ``decimals`` where given."""

    def difference(known: Observations) -> Floats:
        moved = known.value - lagged(known, steps)
        return moved if decimals is None else np.round(moved, decimals)

    return as_known(rows, difference, f"{rows.series} change over {steps}{rows.step}")


def quarter_change(rows: Observations, decimals: int | None = None) -> Observations:
    """Change over about a quarter: 63 daily, 13 weekly, 3 monthly or 1 quarterly steps."""
    return change(rows, QUARTER_STEPS[rows.step], decimals)


def trailing(rows: Observations, count: int, statistic: Callable[..., Floats]) -> Observations:
    """``statistic(window, axis=1)`` over the last ``count`` rows; NaN before there are that many.

    A row that is missing inside the window makes the result missing.
    """

    def apply(known: Observations) -> Floats:
        out = np.full(len(known), np.nan)
        if len(known) >= count:
            windows = np.lib.stride_tricks.sliding_window_view(known.value, count)
            out[count - 1 :] = statistic(windows, axis=1)
        return out

    return as_known(rows, apply)


def robust_z(rows: Observations, window: Window, clip: float = 3.0) -> Observations:
    """As-of robust z-score of each release against its own window, clipped to ±``clip``.

    Where later releases rewrote history, the window holds the values that were current when they came.

    The scale is 1.4826 times the median absolute deviation; the standard deviation where that is zero; missing where
    that is zero too or the window holds fewer than ``window.min_distinct`` distinct values.
    """
    from waterline import rolling

    rows = rows.newest_first_known()
    start, enough = window.bounds(rows)
    z = rolling.robust_z(rows.value, start, enough, window.min_distinct)
    return rows.with_value(np.clip(z, -clip, clip))


def percentile_z(rows: Observations, window: Window, clip: float = 3.0) -> Observations:
    """Normal score of the mid-rank of each release in its own window, clipped to ±``clip``."""
    from scipy.special import ndtri

    from waterline import rolling

    rows = rows.newest_first_known()
    start, enough = window.bounds(rows)
    rank = rolling.mid_rank(rows.value, start, enough, window.min_distinct)
    return rows.with_value(np.clip(ndtri(rank), -clip, clip))


def minus_median(rows: Observations, window: Window) -> Observations:
    """Value minus the median of its own window."""
    from waterline import rolling

    rows = rows.newest_first_known()
    start, enough = window.bounds(rows)
    return rows.with_value(rows.value - rolling.median(rows.value, start, enough, 1))


def combined(
    first: Observations, second: Observations, operation: Callable[[Floats, Floats], Floats], name: str
) -> Observations:
    """``operation`` on the first-known values of the periods that both series have, available when both were."""
    a, b = _first_vintages(first), _first_vintages(second)
    _, left, right = np.intersect1d(a.period, b.period, assume_unique=True, return_indices=True)
    available_at = np.maximum(a.available_at[left], b.available_at[right])
    order = np.argsort(available_at, kind="stable")
    return replace(
        first,
        series=name,
        period=a.period[left][order],
        available_at=available_at[order],
        vintage=np.maximum(a.vintage[left], b.vintage[right])[order],
        value=operation(a.value[left], b.value[right])[order],
        max_age_days=min(first.max_age_days, second.max_age_days),
        point_in_time=first.point_in_time and second.point_in_time,
    )


def _first_vintages(rows: Observations) -> Observations:
    _, index = np.unique(rows.period, return_index=True)
    return rows.rows(index)


def relative_to(rows: Observations, other: Observations, name: str) -> Observations:
    """Value divided by what was current of ``other`` at the moment of each release."""
    return replace(
        rows.with_value(rows.value / other.at(rows.available_at), name),
        point_in_time=rows.point_in_time and other.point_in_time,
    )


def expanding_deviation(value: Floats, minimum: int, centre: bool = True) -> Floats:
    """(T,) standard deviation of all values so far; NaN before ``minimum`` of them.

    Args:
        value: (T,) NaN entries are skipped.
        minimum: fewest values that give a figure.
        centre: measure around the running mean (ddof 1) when True, around zero when False (root mean square).
    """
    present = np.isfinite(value)
    filled = np.where(present, value, 0.0)
    count = np.cumsum(present)
    total, squares = np.cumsum(filled), np.cumsum(filled * filled)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - total * total / count) / (count - 1) if centre else squares / count
    enough = present & (count >= minimum) & (variance > 0)
    return np.where(enough, np.sqrt(np.where(enough, variance, 1.0)), np.nan)


def restandardised(value: Floats, minimum: int = 504) -> Floats:
    """Value over its own expanding standard deviation, so that thresholds keep their meaning as members come and go."""
    return value / expanding_deviation(value, minimum)


def mean_of_present(parts: list[Floats], needed: int) -> Floats:
    """(T,) mean of the parts present; NaN where fewer than ``needed`` are."""
    stacked = np.column_stack(parts)
    present = np.isfinite(stacked)
    count = present.sum(axis=1)
    total = np.where(present, stacked, 0.0).sum(axis=1)
    return np.where(count >= max(needed, 1), total / np.maximum(count, 1), np.nan)


def rolling_z(value: Floats, window: int, minimum: int, clip: float = 3.0) -> Floats:
    """(T,) z-score of each session among the last ``window`` sessions, itself included, clipped to ±``clip``.

    Mean and standard deviation (ddof 1) of the values present. NaN where the value is missing, where fewer than
    ``minimum`` are present, and where none of them differs.
    """
    out = np.full(len(value), np.nan)
    padded = np.concatenate([np.full(window, np.nan), value])
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)[1:]
    for start in range(0, len(value), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        apart = windows[rows] - value[rows, None]
        present = np.isfinite(apart)
        count = present.sum(axis=1)
        mean = np.where(present, apart, 0.0).sum(axis=1) / np.maximum(count, 1)
        squares = (np.where(present, apart - mean[:, None], 0.0) ** 2).sum(axis=1)
        known = (count >= max(minimum, 2)) & (squares > 0)
        out[rows] = np.where(known, -mean / np.sqrt(np.where(known, squares, 1.0) / np.maximum(count - 1, 1)), np.nan)
    return np.asarray(np.clip(out, -clip, clip))


def weighted_mean(parts: Floats, weights: Sequence[float], span: float = 1.0) -> Floats:
    """(T,) weighted mean of parts (M, T) over the sum of the weights' sizes, smoothed: to the bit what a sweep makes.

    NaN where any part is missing; smoothing, 2 / (span + 1) on the newest, passes over that. NaN throughout where all
    weights are 0.
    """
    from waterline.recursions import last_step

    total = np.empty(parts.shape[1])
    last_step(np.ascontiguousarray(parts), np.array(weights, dtype=np.float64), float(span), total)
    return total
