"""Another future: what came out after an instant is kept in its place and given other values.

A series becomes noise of a hundred times its deviation, its own negative, or missing. A price stays a price: it is
multiplied by noise of a hundred times the usual daily move, mirrored at its last known value (so that every later
return changes its sign), or missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from waterline.panel import Bars, Observations, Panel
from waterline.sessions import Floats

NOISE, MISSING, FLIPPED = "future as noise", "future missing", "future with flipped sign"
TIMES = 100.0
DAILY_MOVE = 0.01
Chance = np.random.Generator


def _noise(rows: Observations, known: int, rng: Chance) -> Floats:
    finite = rows.value[np.isfinite(rows.value)]
    deviation = float(finite.std()) if len(finite) else 0.0
    return TIMES * (deviation or 1.0) * rng.standard_normal(len(rows) - known)


def _missing(rows: Observations, known: int, _: Chance) -> Floats:
    return np.full(len(rows) - known, np.nan)


def _flipped(rows: Observations, known: int, _: Chance) -> Floats:
    return -rows.value[known:]


def _noisy_price(price: Floats, _: float, rng: Chance) -> Floats:
    return np.asarray(price * np.exp(TIMES * DAILY_MOVE * rng.standard_normal(len(price))))


def _no_price(price: Floats, _: float, rng: Chance) -> Floats:  # noqa: ARG001 (the three share a signature)
    return np.full(len(price), np.nan)


def _mirrored(price: Floats, last: float, _: Chance) -> Floats:
    return np.asarray(last * last / price)


POISONS: dict[str, tuple[Callable[[Observations, int, Chance], Floats], Callable[[Floats, float, Chance], Floats]]] = {
    NOISE: (_noise, _noisy_price),
    MISSING: (_missing, _no_price),
    FLIPPED: (_flipped, _mirrored),
}


def poisoned(
    panel: Panel, instant: np.datetime64, poison: str, seed: int, only: Collection[str] | None = None
) -> Panel:
    """The panel with everything that became available after ``instant`` replaced; all stamps stay.

    Args:
        panel: whole data.
        instant: UTC.
        poison: key of ``POISONS``.
        seed: of the noise.
        only: names to replace; all where not given.
    """
    of_series, of_prices = POISONS[poison]

    def chance(name: str) -> Chance:
        return np.random.default_rng([seed, *name.encode()])

    def spoils(name: str) -> bool:
        return only is None or name in only

    series = {
        name: _with_future(rows, instant, of_series, chance(name)) if spoils(name) else rows
        for name, rows in panel.series.items()
    }
    bars = {
        name: _with_prices(one, instant, of_prices, chance(name)) if spoils(name) else one
        for name, one in panel.bars.items()
    }
    return replace(panel, series=series, bars=bars)


def removed(panel: Panel, instant: np.datetime64, names: Collection[str]) -> Panel:
    """The panel without what became available of ``names`` after ``instant``; its sessions go on."""
    series = {name: rows.known_by(instant) if name in names else rows for name, rows in panel.series.items()}
    bars = {name: one.known_by(instant) if name in names else one for name, one in panel.bars.items()}
    return replace(panel, series=series, bars=bars)


def _with_future(
    rows: Observations, instant: np.datetime64, of: Callable[[Observations, int, Chance], Floats], rng: Chance
) -> Observations:
    known = int(np.searchsorted(rows.available_at, instant, side="right"))
    return rows.with_value(np.concatenate([rows.value[:known], of(rows, known, rng)]))


def _with_prices(
    bars: Bars, instant: np.datetime64, of: Callable[[Floats, float, Chance], Floats], rng: Chance
) -> Bars:
    known = int(np.searchsorted(bars.available_at, instant, side="right"))
    if known == len(bars.close):
        return bars
    last = float(bars.close[max(known - 1, 0)])
    opens, closes = (np.concatenate([p[:known], of(p[known:], last, rng)]) for p in (bars.open, bars.close))
    return replace(bars, open=opens, close=closes)
