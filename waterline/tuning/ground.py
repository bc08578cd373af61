"""From a configuration and its panel to the arrays that a sweep works on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from waterline.catalog import asset
from waterline.config import Config
from waterline.contracts import ExposureForm, Parts, Signal, Sleeves
from waterline.panel import Panel
from waterline.portfolios import asset_market
from waterline.regime import SchmittRule
from waterline.sessions import Flags, Floats
from waterline.simulation import WEEKDAYS, Fill, Market, fills, weekly_decisions
from waterline.simulation.sweep import Ground, Sets, equity
from waterline.sleeves import SleeveConfig, build_sleeves

FILLS: tuple[Fill, ...] = ("next_close", "next_open")
BASIS_POINT = 1e-4
NO_SCORE = 0
"""Row of the score that never has a value: the sleeves are held without one."""


@dataclass(slots=True, eq=False)
class Grounds:
    """Collects the scores, sleeve weights and sleeve returns that parameter sets ask for, each computed once.

    Attributes:
        config: the configuration that the sets vary.
        panel: its data.
        edges: (B + 1,) rows of the blocks of returns.
    """

    config: Config
    panel: Panel
    edges: np.ndarray
    market: Market = field(init=False)
    _parts: list[Parts] = field(init=False)
    _score_rows: dict[str, int] = field(default_factory=dict)
    _sleeves: list[Sleeves] = field(default_factory=list)
    _sleeve_rows: dict[str, int] = field(default_factory=dict)
    _ground: Ground | None = None

    def __post_init__(self) -> None:
        self._parts = [Parts(np.full((1, len(self.panel.clock)), np.nan))]
        self.sleeve_row(self.config.sleeves)
        self.market = asset_market(self.panel, self._sleeves[0].assets, self.config)

    @property
    def sleeve_names(self) -> tuple[str, ...]:
        """(K,) names in the order of the exposures."""
        return tuple(self.config.sleeves)

    def score_row(self, use: str, signal: Signal) -> int:
        """Which score a signal works on; late parameters share one, as far as a mapping keeps its names."""
        params = signal.model_dump(mode="json")
        late = {name: sorted(params[name]) if isinstance(params[name], dict) else [] for name in signal.late()}
        key = json.dumps([use, {**params, **late}], sort_keys=True)
        if key not in self._score_rows:
            self._score_rows[key] = len(self._parts)
            self._parts.append(signal.parts(self.panel))
            self._ground = None
        return self._score_rows[key]

    def sleeve_row(self, sleeves: Mapping[str, SleeveConfig]) -> int:
        """Which weights inside the sleeves these have."""
        key = json.dumps({name: sleeve.model_dump(mode="json") for name, sleeve in sleeves.items()})
        if key not in self._sleeve_rows:
            self._sleeve_rows[key] = len(self._sleeves)
            self._sleeves.append(build_sleeves(self.panel, sleeves))
            self._ground = None
        return self._sleeve_rows[key]

    def cost_shares(self, config: Config, multiple: float) -> Floats:
        """(N,) cost per side of ``config`` as a share of the traded value, times ``multiple``."""
        bps = [config.costs_bps[asset(ticker).asset_class] for ticker in self.market.assets]
        return np.array(bps) * BASIS_POINT * multiple

    def of_class(self, asset_class: str) -> Flags:
        """(N,) which assets are of a class."""
        return np.array([asset(ticker).asset_class == asset_class for ticker in self.market.assets])

    @property
    def parts_width(self) -> int:
        """M: the largest number of parts of a score."""
        return max(len(parts.value) for parts in self._parts)

    def ground(self) -> Ground:
        """The arrays; the sleeves' returns are left empty, see :func:`with_earned`."""
        if self._ground is None:
            self._ground = self._built()
        return self._ground

    def _built(self) -> Ground:
        market, sessions = self.market, len(self.panel.clock)
        index = market.cash_index()
        trading = [fills(market, fill) for fill in FILLS]
        close = np.nan_to_num(market.close / index[:, None])
        inside = np.stack([np.stack([one.inside[name] for name in one.names]) for one in self._sleeves])
        present = _present(inside)
        joins = np.zeros(inside.shape[:3], dtype=np.bool_)
        joins[:, :, 1:] = np.any(present[:, :, 1:] ^ present[:, :, :-1], axis=3)
        no_gate = np.zeros(sessions)
        weekly = np.stack([weekly_decisions(market.sessions, weekday) for weekday in WEEKDAYS])
        return Ground(
            parts=np.stack([_padded(parts.value, self.parts_width) for parts in self._parts]),
            gate=np.stack([no_gate if parts.gate is None else parts.gate for parts in self._parts]),
            gated=np.array([parts.gate is not None for parts in self._parts]),
            minimum=np.array([parts.minimum for parts in self._parts]),
            close=close,
            close_by_asset=np.ascontiguousarray(close.T),
            mark=np.stack([np.nan_to_num(one.mark / index[:, None]) for one in trading]),
            tradable=np.stack([~np.isnan(one.price) for one in trading]),
            bills=index,
            cash=np.concatenate([[0.0], market.cash_return[1:]]),
            weekly=weekly,
            calendar=_calendar(weekly[:, None, :] | np.expand_dims(np.any(joins, axis=1), 0)),
            inside=inside,
            joins=_bits(joins),
            peopled=_bits(np.any(present, axis=3)),
            earned=np.zeros((1, inside.shape[1], sessions + 1)),
            edges=np.asarray(self.edges, dtype=np.int64),
        )


def _padded(parts: Floats, width: int) -> Floats:
    return np.concatenate([parts, np.zeros((width - len(parts), parts.shape[1]))])


def _present(weights: Floats) -> Flags:
    """Where an asset has a weight."""
    return weights > 0.0


def _calendar(flags: np.ndarray) -> np.ndarray:
    """(5, V, T + 1) the rows where the flags (5, V, T) are set, in order, filled up with T."""
    sessions = flags.shape[2]
    rows = np.where(flags, np.arange(sessions), sessions)
    return np.concatenate([np.sort(rows, axis=2), np.full((*flags.shape[:2], 1), sessions)], axis=2)


def _bits(flags: np.ndarray) -> np.ndarray:
    """(V, T) one bit a sleeve of flags (V, K, T)."""
    return np.asarray((flags.astype(np.int64) << np.arange(flags.shape[1])[None, :, None]).sum(axis=1))


TRADING = ("inside", "fill", "weekday", "band", "everyone_pays", "costs")
"""Columns that what a sleeve earns depends on."""


def with_earned(ground: Ground, sets: Sets, workers: int = 1) -> tuple[Ground, Sets]:
    """Ground and sets with what each sleeve, held throughout, earned over bills under the sets' costs and execution."""
    columns = [np.asarray(getattr(sets, name), dtype=np.float64).reshape(len(sets.score), -1) for name in TRADING]
    _, chosen, row = np.unique(np.hstack(columns), axis=0, return_index=True, return_inverse=True)
    sleeves = ground.inside.shape[1]
    held = sets.rows(np.repeat(chosen, sleeves))
    table = np.broadcast_to(np.tile(np.eye(sleeves), (len(chosen), 1))[:, None, :], (len(held.score), 3, sleeves))
    held = held._replace(
        score=np.full(len(held.score), NO_SCORE),
        table=np.ascontiguousarray(table),
        graded=np.zeros(len(held.score), dtype=np.bool_),
        earned=np.zeros(len(held.score), dtype=np.int64),
    )
    grown = equity(ground, held, workers)
    excess = np.zeros_like(grown)
    excess[:, 1:] = grown[:, 1:] / grown[:, :-1] - 1.0 - ground.cash[1:]
    earned = np.concatenate([np.zeros((len(grown), 1)), np.cumsum(excess, axis=1)], axis=1)
    shaped = earned.reshape(len(chosen), sleeves, -1)
    return ground._replace(earned=shaped), sets._replace(earned=row.reshape(-1).astype(np.int64))


def has_compiled_form(config: Config) -> bool:
    """Whether the kernel can trade ``config``: a Schmitt trigger, and a strategy that has a compiled form."""
    return config.regime.kind == "schmitt" and config.built_strategy.form(tuple(config.sleeves)) is not None


def _rule(config: Config) -> SchmittRule:
    if not isinstance(config.regime, SchmittRule):
        raise TypeError(f"a regime of kind {config.regime.kind} has no compiled form")
    return config.regime


def _form(config: Config, sleeves: tuple[str, ...]) -> ExposureForm:
    form = config.built_strategy.form(sleeves)
    if form is None:
        raise TypeError(f"{config.strategy.use} has no compiled form")
    return form


def as_sets(grounds: Grounds, configs: Sequence[Config]) -> Sets:
    """One row a configuration; each must have a compiled form."""
    forms = [_form(config, grounds.sleeve_names) for config in configs]
    dials = [config.built_signal.dials() for config in configs]
    score = np.array([grounds.score_row(config.signal.use, config.built_signal) for config in configs])
    width = grounds.parts_width
    weights = np.zeros((len(configs), width))
    for row, dial in zip(weights, dials, strict=True):
        row[: len(dial.weights)] = dial.weights
    rules, executions = [_rule(config) for config in configs], [config.execution for config in configs]
    return Sets(
        score=score,
        weights=weights,
        phi=np.array([dial.phi for dial in dials]),
        span=np.array([float(dial.span) for dial in dials]),
        shift=np.zeros(len(configs), dtype=np.int64),
        up=np.array([rule.up for rule in rules]),
        down=np.array([rule.down for rule in rules]),
        confirm=np.array([rule.confirm for rule in rules]),
        dwell=np.array([rule.dwell for rule in rules]),
        graded=np.array([form.curve is not None for form in forms]),
        table=np.stack([form.table for form in forms]),
        curve=np.array([form.curve or (0.0, 0.0, 0.0) for form in forms]),
        inside=np.array([grounds.sleeve_row(config.sleeves) for config in configs]),
        earned=np.zeros(len(configs), dtype=np.int64),
        fill=np.array([FILLS.index(rule.fill) for rule in executions]),
        weekday=np.array([WEEKDAYS.index(rule.rebalance_weekday) for rule in executions]),
        band=np.array([[rule.band_absolute, rule.band_relative] for rule in executions]),
        delay=np.array([rule.delay_sessions for rule in executions]),
        everyone_pays=np.array([rule.costs_paid_by == "everyone" for rule in executions]),
        costs=np.stack([grounds.cost_shares(config, config.execution.cost_multiple) for config in configs]),
    )
