"""Weights inside a sleeve: who is in, in what proportion, under which caps, as known at each cutoff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from waterline.catalog import asset
from waterline.contracts import Sleeves
from waterline.panel import Panel
from waterline.sessions import Flags, Floats

MAX_BAR_AGE = np.timedelta64(7, "D")


class SleeveConfig(BaseModel):
    """Members of a sleeve and how they share it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    members: tuple[str, ...] = Field(min_length=1, max_length=500)
    """Tickers."""
    weighting: Literal["equal", "inverse_volatility"] = "inverse_volatility"
    """How members share the sleeve."""
    shrink_to_equal: float = Field(0.5, ge=0, le=1)
    """Share of equal weights mixed into inverse-volatility weights."""
    volatility_sessions: int = Field(63, ge=20, le=504)
    """Sessions in the volatility estimate."""
    seasoning_sessions: int = Field(63, ge=1, le=504)
    """Sessions after its first trade before a member joins."""
    cap: float = Field(0.35, gt=0, le=1)
    """Largest share of the sleeve in one name; what cannot be placed is held in bills."""
    crypto_cap: float = Field(0.25, gt=0, le=1)
    """Largest share of the sleeve in all crypto together."""


def build_sleeves(panel: Panel, configs: Mapping[str, SleeveConfig]) -> Sleeves:
    """The sleeves of ``configs`` with their inside weights (T, N), from closes final at each cutoff.

    A member joins ``seasoning_sessions`` after its first close and leaves once it has had no bar for seven days. A
    sleeve without members on a day is held in cash.
    """
    assets = tuple(ticker for config in configs.values() for ticker in config.members)
    closes = panel.closes(assets, panel.clock.cutoffs)
    present = _quoted(panel, assets)
    inside = {name: _inside(assets, closes, present, config) for name, config in configs.items()}
    return Sleeves(names=tuple(configs), assets=assets, inside=inside)


def _quoted(panel: Panel, assets: tuple[str, ...]) -> Flags:
    """(T, N) whether the asset had a bar in the last seven days."""
    columns = []
    for ticker in assets:
        bars = panel.bars[ticker]
        index = bars.index_at(panel.clock.cutoffs)
        if len(bars.available_at) == 0:
            columns.append(np.zeros(len(index), dtype=np.bool_))
            continue
        age = panel.clock.cutoffs - bars.available_at[np.maximum(index, 0)]
        columns.append((index >= 0) & (age <= MAX_BAR_AGE))
    return np.column_stack(columns)


def _inside(assets: tuple[str, ...], closes: Floats, quoted: Flags, config: SleeveConfig) -> Floats:
    chosen = np.isin(assets, config.members)
    seasoned = np.cumsum(np.isfinite(closes), axis=0) > config.seasoning_sessions
    joined = seasoned & quoted & chosen
    raw = joined.astype(np.float64)
    if config.weighting == "inverse_volatility":
        deviation = rolling_volatility(closes, config.volatility_sessions)
        usable = joined & np.isfinite(deviation) & (deviation > 0)
        inverse = np.where(usable, 1.0 / np.where(usable, deviation, 1.0), 0.0)
        equal = normalised(usable.astype(np.float64))
        raw = config.shrink_to_equal * equal + (1.0 - config.shrink_to_equal) * normalised(inverse)
    crypto = np.array([asset(ticker).asset_class == "crypto" for ticker in assets])
    limits = [(crypto & chosen, config.crypto_cap)]
    limits += [(np.asarray(assets) == ticker, config.cap) for ticker in config.members]
    return capped(normalised(raw), limits)


def rolling_volatility(closes: Floats, sessions: int) -> Floats:
    """(T, N) standard deviation of the last ``sessions`` simple returns a session; NaN before there are that many."""
    out = np.full(closes.shape, np.nan)
    returns = closes[1:] / closes[:-1] - 1.0
    if len(returns) >= sessions:
        windows = np.lib.stride_tricks.sliding_window_view(returns, sessions, axis=0)
        out[sessions:] = windows.std(axis=2, ddof=1)
    return out


def normalised(weights: Floats) -> Floats:
    """Rows scaled to sum to one; rows of zeros stay zero."""
    total = weights.sum(axis=1, keepdims=True)
    return weights / np.where(total > 0, total, 1.0)


def capped(weights: Floats, limits: list[tuple[Flags, float]]) -> Floats:
    """Weights under group limits; the excess goes to the others in proportion, and what cannot be placed is left out.

    Args:
        weights: (T, N) rows summing to one or zero.
        limits: (N,) members of a group and the largest sum of their weights.
    """
    placed = weights.copy()
    frozen = np.zeros(weights.shape, dtype=np.bool_)
    for _ in limits:
        excess = np.zeros(len(weights), dtype=np.bool_)
        for group, limit in limits:
            total = placed[:, group].sum(axis=1)
            over = total > limit + 1e-12
            if over.any():
                excess |= over
                placed[np.ix_(over, group)] *= (limit / total[over])[:, None]
                frozen[np.ix_(over, group)] = True
        if not excess.any():
            break
        # Only where something was cut just now: a row that is done must not depend on how long the others take.
        spare = np.where(excess, 1.0 - placed.sum(axis=1), 0.0)
        takers = normalised(np.where(frozen, 0.0, weights))
        placed += np.maximum(spare, 0.0)[:, None] * takers
    return placed
