"""Made-up sweeps, and the long way that each of their sets can be taken instead: numpy, schedule, simulate."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from strategies.graded_tilt import GradedTilt
from strategies.regime_switch import RegimeSwitch
from strategies.static_mix import StaticMix
from waterline.contracts import Score, Sleeves
from waterline.portfolios import delayed, entered, exposure_in_force, membership_changes
from waterline.regime import SchmittRule
from waterline.simulation import WEEKDAYS, Execution, fills, schedule, simulate, weekly_decisions
from waterline.simulation.sweep import Ground, Sets

NAMES = ("speculative", "generators")
FILLS = ("next_close", "next_open")


@dataclass(frozen=True)
class Raw:
    """A score before its last step."""

    value: np.ndarray
    gate: np.ndarray | None = None
    minimum: int = 1


@dataclass(frozen=True)
class Stage:
    """What the sets share: a market, variants of weights inside sleeves (T, N) by name, scores, blocks."""

    market: object
    insides: list
    raws: list
    edges: np.ndarray
    earned: np.ndarray

    def sleeves(self, variant):
        return Sleeves(NAMES, self.market.assets, self.insides[variant])


@dataclass(frozen=True)
class Case:
    """One parameter set."""

    raw: int = 0
    weights: tuple = (1.0,)
    phi: float = 1.0
    span: float = 1.0
    shift: int = 0
    rule: SchmittRule = field(default_factory=SchmittRule)
    strategy: object = field(default_factory=RegimeSwitch)
    inside: int = 0
    execution: Execution = field(default_factory=Execution)


# --- the long way


def score_of(stage, case):
    """(T,) by numpy and plain loops, and the row of its first value: a rotation leaves that where it is."""
    raw = stage.raws[case.raw]
    parts = [np.array(part) for part in raw.value[: len(case.weights)]]
    if raw.gate is not None:
        parts[0] = gated(parts[0] * (1.0 - (1.0 + case.phi) * raw.gate), raw.minimum)
    total = sum(weight * part for weight, part in zip(case.weights, parts, strict=True))
    total = smoothed(total / np.abs(case.weights).sum(), case.span)
    first = int(np.flatnonzero(~np.isnan(np.append(total, 0.0)))[0])
    total[first:] = np.roll(total[first:], case.shift)
    return total, first


def gated(raw, minimum):
    known = np.isfinite(raw)
    squares, count = np.cumsum(np.where(known, raw, 0.0) ** 2), np.cumsum(known)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(squares / count)
        return np.where(known & (count >= minimum) & (squares > 0), raw / scale, np.nan)


def smoothed(total, span):
    alpha, level, out = 2.0 / (span + 1.0), None, total.copy()
    for row, value in enumerate(total):
        if not np.isnan(value):
            level = value if level is None else (1.0 - alpha) * level + alpha * value
            out[row] = level
    return out


@dataclass(frozen=True)
class Played:
    """What one set came to: (T,) equity, turnover and costs, (T, K) exposure in force, row of the first score."""

    simulation: object
    in_force: np.ndarray
    first: int


def played(stage, case):
    """The set through the same functions as a run: classify, decide, schedule, simulate."""
    (score, first), market, execution = score_of(stage, case), stage.market, case.execution
    regime, sleeves = replace(case.rule.classify(score), valid_from=first), stage.sleeves(case.inside)
    exposure = case.strategy.exposure(Score(score), regime, sleeves)
    exposure, late = delayed(exposure, regime, execution.delay_sessions)
    targets, moved = sleeves.targets(exposure), entered(late, exposure)
    weekly = weekly_decisions(market.sessions, execution.rebalance_weekday)
    planned = schedule(targets, weekly, moved | membership_changes(targets), market, execution)
    return Played(simulate(market, planned, execution), exposure_in_force(exposure, weekly | moved), first)


# --- the same for the kernel


def ground_of(stage):
    market = stage.market
    index = market.cash_index()
    trading = [fills(market, fill) for fill in FILLS]
    close = np.nan_to_num(market.close / index[:, None])
    inside = np.stack([np.stack([one[name] for name in NAMES]) for one in stage.insides])
    present, bit = inside > 0, np.array([1, 2])[None, :, None]
    joins = np.zeros(present.shape[:3], dtype=bool)
    joins[:, :, 1:] = (present[:, :, 1:] != present[:, :, :-1]).any(axis=3)
    weekly = np.stack([weekly_decisions(market.sessions, day) for day in WEEKDAYS])
    decides = weekly[:, None, :] | joins.any(axis=1)[None]
    rows, width = len(market), max(len(raw.value) for raw in stage.raws)
    calendar = np.full((*decides.shape[:2], rows + 1), rows)
    for place in np.ndindex(decides.shape[:2]):
        listed = np.flatnonzero(decides[place])
        calendar[place][: len(listed)] = listed
    return Ground(
        parts=np.stack([np.vstack([raw.value, np.zeros((width - len(raw.value), rows))]) for raw in stage.raws]),
        gate=np.stack([np.zeros(rows) if raw.gate is None else raw.gate for raw in stage.raws]),
        gated=np.array([raw.gate is not None for raw in stage.raws]),
        minimum=np.array([raw.minimum for raw in stage.raws]),
        close=close,
        close_by_asset=np.ascontiguousarray(close.T),
        mark=np.stack([np.nan_to_num(one.mark / index[:, None]) for one in trading]),
        tradable=np.stack([~np.isnan(one.price) for one in trading]),
        bills=index,
        cash=np.concatenate([[0.0], market.cash_return[1:]]),
        weekly=weekly,
        calendar=calendar,
        inside=inside,
        joins=(joins * bit).sum(axis=1),
        peopled=(present.any(axis=3) * bit).sum(axis=1),
        earned=stage.earned,
        edges=stage.edges,
    )


def sets_of(stage, cases):
    width = max(len(raw.value) for raw in stage.raws)
    forms = [case.strategy.form(NAMES) for case in cases]
    weights = [[*case.weights, *[0.0] * (width - len(case.weights))] for case in cases]
    executions, rules = [case.execution for case in cases], [case.rule for case in cases]
    return Sets(
        score=np.array([case.raw for case in cases]),
        weights=np.array(weights),
        phi=np.array([case.phi for case in cases]),
        span=np.array([case.span for case in cases]),
        shift=np.array([case.shift for case in cases]),
        up=np.array([rule.up for rule in rules]),
        down=np.array([rule.down for rule in rules]),
        confirm=np.array([rule.confirm for rule in rules]),
        dwell=np.array([rule.dwell for rule in rules]),
        graded=np.array([form.curve is not None for form in forms]),
        table=np.stack([form.table for form in forms]),
        curve=np.array([form.curve or (0.0, 0.0, 0.0) for form in forms]),
        inside=np.array([case.inside for case in cases]),
        earned=np.zeros(len(cases), dtype=np.int64),
        fill=np.array([FILLS.index(one.fill) for one in executions]),
        weekday=np.array([WEEKDAYS.index(one.rebalance_weekday) for one in executions]),
        band=np.array([[one.band_absolute, one.band_relative] for one in executions]),
        delay=np.array([one.delay_sessions for one in executions]),
        everyone_pays=np.array([one.costs_paid_by == "everyone" for one in executions]),
        costs=np.stack([stage.market.cost_shares(one.cost_multiple) for one in executions]),
    )


# --- invention


def invented_stage(rng, market, scores=2, variants=2, gaps=True, ties=False, moving=True):
    """Sleeves of what is listed, some days empty; scores with gaps, some gated; a few blocks."""
    rows = len(market)
    known = [invented_raw(rng, rows, parts=int(rng.integers(1, 5)), gaps=gaps, ties=ties) for _ in range(scores)]
    silent = Raw(np.full((1, rows), np.nan))
    cuts = np.unique(rng.integers(1, rows + 1, rng.integers(2, 6))) if rows > 2 else np.array([1])
    edges = np.unique(np.append(cuts, rows))
    earned = np.zeros((1, 2, rows + 1))
    earned[:, :, 1:] = np.cumsum(rng.normal(0.0, 0.01, (1, 2, rows)), axis=2)
    insides = [invented_inside(rng, market, moving) for _ in range(variants)]
    return Stage(market, insides, [*known, silent], edges if len(edges) > 1 else np.array([rows - 1, rows]), earned)


def invented_raw(rng, rows, parts, gaps=True, ties=False):
    value = np.cumsum(rng.normal(0.0, 0.3, (parts, rows)), axis=1)
    value = np.round(value * 4) / 4 if ties else value
    value[:, : int(rng.integers(0, max(rows // 3, 1)))] = np.nan
    if gaps:
        value[rng.random(value.shape) < 0.03] = np.nan
    gate = np.clip(np.cumsum(rng.normal(0.0, 0.1, rows)) + 0.5, 0.0, 1.0) if rng.random() < 0.3 else None
    return Raw(value, gate, int(rng.integers(1, 10)))


def invented_inside(rng, market, moving=True):
    """Each asset belongs to one sleeve; the weights move every day or never, members come when listed and some go."""
    listed, assets = ~np.isnan(market.close), len(market.assets)
    home = rng.integers(0, 2, assets)
    raw = np.broadcast_to(rng.random(assets), listed.shape)
    if moving and rng.random() < 0.5:
        raw = raw * np.exp(np.cumsum(rng.normal(0.0, 0.02, listed.shape), axis=0))
    here = listed.copy()
    if moving:
        leaves = rng.integers(0, 2 * len(listed), assets)
        here &= np.arange(len(listed))[:, None] < leaves
    inside = {}
    for sleeve, name in enumerate(NAMES):
        weight = np.where(here & (home == sleeve), raw, 0.0)
        total = weight.sum(axis=1, keepdims=True)
        inside[name] = weight / np.where(total > 0, total, 1.0) * rng.choice([1.0, 1.0, 0.9])
    return inside


def invented_case(rng, stage, ties=False, **execution):
    raw = int(rng.integers(0, len(stage.raws))) if rng.random() < 0.9 else len(stage.raws) - 1
    parts = len(stage.raws[raw].value)
    weights = (1.0,) * parts if ties or rng.random() < 0.3 else tuple(rng.normal(0.2, 1.0, parts))
    span = 1.0 if ties or rng.random() < 0.4 else float(rng.uniform(1.5, 20.0))
    down, up = np.sort(np.round(rng.normal(0.0, 0.5, 2) * 4) / 4 if ties else rng.normal(0.0, 0.4, 2))
    rule = SchmittRule(up=up, down=down, confirm=int(rng.integers(1, 4)), dwell=int(rng.choice([0, 1, 5, 20])))
    width = len(stage.market)
    return Case(
        raw,
        weights,
        float(rng.uniform(0, 2)),
        span,
        int(rng.choice([0, 0, width // 3, int(rng.integers(0, width))])),
        rule,
        invented_strategy(rng),
        int(rng.integers(0, len(stage.insides))),
        invented_execution(rng, **execution),
    )


def invented_strategy(rng):
    def mix():
        shares = rng.choice([0.0, 0.5, 1.0, rng.random()], 2)
        shares = shares / max(shares.sum(), 1.0)
        return dict(zip(NAMES, shares.tolist(), strict=True))

    kind = rng.choice(["switch", "switch", "switch", "tilt", "still"])
    if kind == "tilt":
        least, most = np.sort(rng.random(2))
        return GradedTilt(least=least, most=most, slope=float(rng.uniform(0.5, 5.0)))
    return RegimeSwitch(ample=mix(), scarce=mix(), before=mix()) if kind == "switch" else StaticMix(mix=mix())


def invented_execution(rng, **given):
    band = [(0.02, 0.2), (0.0, 0.0), (float(rng.uniform(0, 0.1)), float(rng.uniform(0, 0.3)))][rng.integers(0, 3)]
    drawn = {
        "fill": str(rng.choice(FILLS)),
        "rebalance_weekday": str(rng.choice(WEEKDAYS)),
        "band_absolute": band[0],
        "band_relative": band[1],
        "delay_sessions": int(rng.choice([0, 0, 1, 5])),
        "costs_paid_by": str(rng.choice(["largest_buy", "everyone"])),
        "cost_multiple": float(rng.choice([0.0, 1.0, 1.0, 3.0])),
    }
    return Execution(**drawn | given)
