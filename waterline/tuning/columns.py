"""From columns of parameter values to the rows of a sweep."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from waterline.config.changing import place
from waterline.config.tuning import Value
from waterline.contracts import Signal, Strategy
from waterline.plugins import build
from waterline.simulation import WEEKDAYS
from waterline.simulation.sweep import Sets
from waterline.sleeves import SleeveConfig
from waterline.tuning.ground import FILLS, Grounds, as_sets
from waterline.tuning.space import Columns, Space

Column = npt.NDArray[np.generic]
REGIME = ("up", "down", "confirm", "dwell")


def sets_of(grounds: Grounds, space: Space, columns: Columns) -> tuple[Sets, list[str]]:
    """One row a parameter set, and why a set cannot be used; empty where it can.

    A set that cannot be used keeps the values of the configuration in the section at fault.
    """
    count = len(next(iter(columns.values())))
    by_path = {path: values for name, values in columns.items() for path in (name, *space.parameters[name].also)}
    problem = [""] * count
    sets = as_sets(grounds, [grounds.config]).rows(np.zeros(count, dtype=np.int64))
    sets = _signal(grounds, sets, _below(by_path, "signal.params"), problem)
    sets = _strategy(grounds, sets, _below(by_path, "strategy.params"), problem)
    sets = _sleeves(grounds, sets, _below(by_path, "sleeves"), problem)
    sets = _execution(sets, _below(by_path, "execution"))
    sets = _costs(grounds, sets, _below(by_path, "costs_bps"), _below(by_path, "execution"))
    return _regime(sets, _below(by_path, "regime"), problem), problem


def _below(columns: Mapping[str, Column], section: str) -> dict[str, Column]:
    """The columns of one section, by the rest of their path."""
    return {
        path.removeprefix(f"{section}."): values for path, values in columns.items() if path.startswith(f"{section}.")
    }


def _regime(sets: Sets, columns: Mapping[str, Column], problem: list[str]) -> Sets:
    sets = sets._replace(
        **{name: columns[name].astype(getattr(sets, name).dtype) for name in REGIME if name in columns}
    )
    for row in np.flatnonzero(sets.down > sets.up):
        problem[row] = problem[row] or "regime.down must not exceed regime.up."
    return sets


def _execution(sets: Sets, columns: Mapping[str, Column]) -> Sets:
    band = sets.band.copy()
    for column, name in enumerate(("band_absolute", "band_relative")):
        if name in columns:
            band[:, column] = columns[name]
    changes: dict[str, Any] = {"band": band}
    if "delay_sessions" in columns:
        changes["delay"] = columns["delay_sessions"].astype(np.int64)
    if "fill" in columns:
        changes["fill"] = np.array([FILLS.index(value) for value in columns["fill"]])
    if "rebalance_weekday" in columns:
        changes["weekday"] = np.array([WEEKDAYS.index(value) for value in columns["rebalance_weekday"]])
    if "costs_paid_by" in columns:
        changes["everyone_pays"] = np.array([value == "everyone" for value in columns["costs_paid_by"]])
    return sets._replace(**changes)


def _costs(grounds: Grounds, sets: Sets, by_class: Mapping[str, Column], execution: Mapping[str, Column]) -> Sets:
    """Costs of the asset classes times the multiple, both of which may vary."""
    shares = np.repeat(grounds.cost_shares(grounds.config, 1.0)[None, :], len(sets.score), axis=0)
    for asset_class, values in by_class.items():
        shares[:, grounds.of_class(asset_class)] = values.astype(np.float64)[:, None] * 1e-4
    multiple = execution.get("cost_multiple", np.full(len(shares), grounds.config.execution.cost_multiple))
    return sets._replace(costs=shares * multiple.astype(np.float64)[:, None])


def _strategy(grounds: Grounds, sets: Sets, columns: Mapping[str, Column], problem: list[str]) -> Sets:
    choice, known = grounds.config.strategy, grounds.config.built_strategy

    def made(params: dict[str, Any]) -> tuple[np.ndarray, tuple[float, float, float]]:
        form = build(Strategy, "strategy.use", choice.use, params).form(grounds.sleeve_names)
        if form is None:
            raise TypeError(f"{choice.use} has a compiled form for some parameters only")
        return form.table, form.curve or (0.0, 0.0, 0.0)

    for rows, form in _distinct(columns, known.model_dump(mode="json"), made, problem):
        sets.table[rows], sets.curve[rows] = form
    return sets


def _signal(grounds: Grounds, sets: Sets, columns: Mapping[str, Column], problem: list[str]) -> Sets:
    """The score of each set; parameters of its last step are dials, one a set, all others make another score."""
    choice, known = grounds.config.signal, grounds.config.built_signal
    late = {path: values for path, values in columns.items() if path.partition(".")[0] in known.late()}

    def made(params: dict[str, Any]) -> tuple[int, Signal]:
        signal = build(Signal, "signal.use", choice.use, params)
        return grounds.score_row(choice.use, signal), signal

    early = {path: values for path, values in columns.items() if path not in late}
    found = _distinct(early, known.model_dump(mode="json"), made, problem)
    found = found or [(list(range(len(sets.score))), (int(sets.score[0]), known))]
    weights = np.zeros((len(sets.score), grounds.parts_width))
    weights[:, : sets.weights.shape[1]] = sets.weights
    sets = sets._replace(weights=weights)
    for rows, (score, signal) in found:
        sets.score[rows] = score
        for row in rows:
            dials = _turned(signal, late, row).dials()
            sets.phi[row], sets.span[row], sets.weights[row] = dials.phi, dials.span, 0.0
            sets.weights[row, : len(dials.weights)] = dials.weights
    return sets


def _turned(signal: Signal, late: Mapping[str, Column], row: int) -> Signal:
    """The signal with the late values of one row, all of which lie inside bounds that were checked."""
    update: dict[str, Any] = {}
    for path, values in late.items():
        field, _, rest = path.partition(".")
        if rest:
            update[field] = dict(update.get(field, getattr(signal, field)))
            place(update[field], rest, values[row].item())
        else:
            update[field] = values[row].item()
    return signal.model_copy(update=update)


def _sleeves(grounds: Grounds, sets: Sets, columns: Mapping[str, Column], problem: list[str]) -> Sets:
    known = {name: sleeve.model_dump(mode="json") for name, sleeve in grounds.config.sleeves.items()}

    def made(tree: dict[str, Any]) -> int:
        return grounds.sleeve_row({name: SleeveConfig.model_validate(sleeve) for name, sleeve in tree.items()})

    for rows, variant in _distinct(columns, known, made, problem):
        sets.inside[rows] = variant
    return sets


def _distinct(
    columns: Mapping[str, Column], base: dict[str, Any], make: Callable[[dict[str, Any]], Any], problem: list[str]
) -> list[tuple[list[int], Any]]:
    """What ``make`` gives for each distinct combination of values laid over ``base``, with the rows that have it."""
    if not columns:
        return []
    rows_of: dict[tuple[Value, ...], list[int]] = {}
    for row, values in enumerate(zip(*(column.tolist() for column in columns.values()), strict=True)):
        rows_of.setdefault(values, []).append(row)
    found = []
    for values, rows in rows_of.items():
        tree = copy.deepcopy(base)
        for path, value in zip(columns, values, strict=True):
            place(tree, path, value)
        try:
            found.append((rows, make(tree)))
        except ValidationError as error:
            text = error.errors()[0]["msg"].removeprefix("Value error, ")
            for row in rows:
                problem[row] = problem[row] or f"{text}."
    return found
