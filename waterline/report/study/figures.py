"""The charts of a study's page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from waterline.report.figures import Meta, as_json, growth_figure, plain_figure
from waterline.report.numerals import count
from waterline.report.study.measures import plain, sense
from waterline.report.study.searched import Progress, Searched
from waterline.report.study.words import LUCK, Told
from waterline.sessions import Floats
from waterline.tuning.outcome import Dispersion, NullSearch, Plateau

MOST_DOTS, FEWEST_A_FOLD = 1200, 20
DIGITS = 5
SHADES = ["var(--heat-0)", "var(--heat-1)", "var(--heat-2)", "var(--heat-3)", "var(--heat-4)"]
Point = tuple[float, float, list[tuple[str, str]]]
"""Where something readable stands, and what is read there: name and figure each."""


def figures(told: Told) -> list[Meta]:
    """Every figure of the page as JSON, in page order."""
    tuned, found = told.tuned, told.searched
    shown = [
        growth_figure(told.stitched, borders=_borders(told)),
        *([] if tuned.null is None else [null_figure(found, tuned.null)]),
        *([] if tuned.dispersion is None else [dispersion_figure(found, tuned.dispersion)]),
        foresight_figure(found),
        *([] if tuned.plateau is None else [plateau_figure(told, tuned.plateau), neighbour_figure(found, tuned.plateau)]),
        *history_figures(found),
    ]
    return [as_json(figure) for figure in shown]


def foresight_figure(found: Searched):  # type: ignore[no-untyped-def]  # a plotly figure; imported behind its door
    """Training against test: a sample of the sets in every fold, and each fold's choice."""
    dots = [point for fold in range(len(found.tuned.folds)) for point in _sample(found, fold)]
    chosen = [
        _pair(found, f"Fold {one.fold.number}, chosen", *(found.measure.factor * float(v[0]) for v in (one.train, one.test)))
        for one in found.tuned.choices
    ]
    chosen = [point for point in chosen if math.isfinite(point[0]) and math.isfinite(point[1])]
    title = found.measure.named
    return plain_figure(
        [
            _scatter(dots, {"color": "var(--ink-3)", "size": 5, "opacity": 0.4}),
            _scatter(chosen, {"color": "var(--ink)", "size": 9, "line": {"color": "var(--paper)", "width": 1.5}}),
        ],
        {
            "id": "foresight",
            "height": [440, 360],
            "x": {"title": f"Training: {title}", "include": [0]},
            "panels": [{"axis": "yaxis", "share": 1, "title": f"Test: {title}", "zero": True, "include": [0]}],
            "same": True,
            "points": [*dots, *chosen],
            "at": len(dots) + len(chosen) - 1 if chosen else 0,
        },
    )


def _sample(found: Searched, fold: int) -> list[Point]:
    """Some sets in one fold, the same ones at every call."""
    train, test = found.train(fold), found.test(fold)
    rows = found.cover[np.isfinite(train[found.cover]) & np.isfinite(test[found.cover])]
    most = max(FEWEST_A_FOLD, MOST_DOTS // len(found.tuned.folds))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(fold).choice(rows, most, replace=False))
    number = found.tuned.folds[fold].number
    return [_pair(found, f"Fold {number}, trial {count(row)}", float(train[row]), float(test[row])) for row in rows.tolist()]


def _pair(found: Searched, name: str, train: float, test: float) -> Point:
    write, factor = found.measure.written, found.measure.factor
    return _rounded(train), _rounded(test), [("", name), ("Training", write(train / factor)), ("Test", write(test / factor))]


def history_figures(found: Searched) -> list:  # type: ignore[type-arg]  # of plotly figures
    """Best training value so far: over the sweep, and over each fold's own search."""
    folds = range(len(found.tuned.folds))
    stages = (
        ("sweep", "Sets of the sweep", [found.sweep_progress(fold) for fold in folds]),
        ("search", "Trials of the fold’s own search", [found.search_progress(fold) for fold in folds]),
    )
    shown = [stage for stage in stages if any(len(one.after) > 1 or stage[0] == "sweep" and one.after for one in stage[2])]
    known = [value for _, _, runs in shown for run in runs for value in run.best]
    return [_history(found, name, title, runs, (min(known), max(known))) for name, title, runs in shown]


def _history(found: Searched, name: str, title: str, runs: Sequence[Progress], reach: tuple[float, float]):  # type: ignore[no-untyped-def]  # a plotly figure
    numbers = [fold.number for fold in found.tuned.folds]
    lines = [
        {
            "type": "scatter", "mode": "lines", "x": list(run.after), "y": [_rounded(value) for value in run.best],
            "line": {"shape": "hv", "color": "var(--ink)" if last else "var(--rule-2)", "width": 2.2 if last else 1.2},
        }
        for run, last in zip(runs, [*[False] * (len(runs) - 1), True], strict=True)
    ]  # fmt: skip
    points = [
        (after, _rounded(value), [("", f"Fold {number}"), ("Sets", count(after)), ("Best", found.measure.written(value / found.measure.factor))])
        for number, run in zip(numbers, runs, strict=True)
        for after, value in zip(run.after, run.best, strict=True)
    ]
    axis = {"title": title, "log": True, "include": [1]} if name == "sweep" else {"title": title, "floor": 0}
    panel = {"axis": "yaxis", "share": 1, "title": f"Best on training: {found.measure.named}", "include": list(reach)}
    return plain_figure(lines, {"id": f"history.{name}", "height": [300, 260], "x": axis, "panels": [panel], "points": points})


def plateau_figure(told: Told, found: Plateau):  # type: ignore[no-untyped-def]  # a plotly figure
    """The objective around the last choice, over one or two parameters."""
    return _map(told, found) if len(found.axes) > 1 else _profile(told, found)


def _map(told: Told, found: Plateau):  # type: ignore[no-untyped-def]  # a plotly figure
    measure = told.searched.measure
    values = measure.scaled(found.value)
    ticks = [[plain(value) for value in axis.tolist()] for axis in found.grid]
    cells: list[Point] = [
        (i, j, [*zip(_axis_names(told, found), (across, up), strict=True), ("", measure.told(float(found.value[i, j])))])
        for j, up in enumerate(ticks[1])
        for i, across in enumerate(ticks[0])
    ]
    better = sense(told.searched.metric)
    heat = {
        "type": "heatmap", "z": [[_known(value) for value in row] for row in values.T.tolist()],
        "x": list(range(len(ticks[0]))), "y": list(range(len(ticks[1]))), "showscale": False, "xgap": 1, "ygap": 1,
        "colorscale": [[place / 4, shade] for place, shade in enumerate(SHADES[:: int(better)])],
    }  # fmt: skip
    x, y = (_at(axis, told.searched.last.params[name]) for axis, name in zip(found.grid, found.axes, strict=True))
    meta = {
        "id": "plateau",
        "height": [400, 340],
        "x": {"title": found.axes[0], "ticks": ticks[0], "range": [-0.5, len(ticks[0]) - 0.5]},
        "panels": [{"axis": "yaxis", "share": 1, "title": found.axes[1], "ticks": ticks[1], "range": [-0.5, len(ticks[1]) - 0.5]}],
        "points": cells,
        "at": round(y) * len(ticks[0]) + round(x),
    }
    return plain_figure([heat, *_ring(x, y)], meta)


def _profile(told: Told, found: Plateau):  # type: ignore[no-untyped-def]  # a plotly figure
    measure = told.searched.measure
    values, ticks = measure.scaled(found.value), [plain(value) for value in found.grid[0].tolist()]
    points: list[Point] = [
        (place, _rounded(value), [(found.axes[0], tick), ("", measure.told(value / measure.factor))])
        for place, (tick, value) in enumerate(zip(ticks, values.tolist(), strict=True))
        if math.isfinite(value)
    ]
    x = _at(found.grid[0], told.searched.last.params[found.axes[0]])
    own = float(measure.factor * told.searched.last.train[0])
    line = {
        "type": "scatter", "mode": "lines+markers", "x": list(range(len(ticks))), "y": [_known(v) for v in values.tolist()],
        "line": {"color": "var(--ink-2)", "width": 1.6}, "marker": {"color": "var(--ink-2)", "size": 5},
    }  # fmt: skip
    meta = {
        "id": "plateau",
        "height": [360, 300],
        "x": {"title": found.axes[0], "ticks": ticks, "range": [-0.5, len(ticks) - 0.5]},
        "panels": [{"axis": "yaxis", "share": 1, "title": measure.named, "zero": True, "include": [own]}],
        "points": points,
        "at": min(range(len(points)), key=lambda place: abs(points[place][0] - x)) if points else 0,
    }
    return plain_figure([line, *_ring(x, own)], meta)


def _axis_names(told: Told, found: Plateau) -> list[str]:
    names = {one.path: one.short for one in told.drifts}
    return [names[path] for path in found.axes]


def _ring(x: float, y: float) -> list[Meta]:
    """The last choice: a ring that shows on every shade."""
    edges = (("var(--paper)", 13, 5.0), ("var(--dry)", 13, 2.4))
    return [
        {
            "type": "scatter", "mode": "markers", "x": [x], "y": [y],
            "marker": {"symbol": "circle-open", "size": size, "color": colour, "line": {"width": width, "color": colour}},
        }
        for colour, size, width in edges
        if math.isfinite(x) and math.isfinite(y)
    ]  # fmt: skip


def _at(axis: np.ndarray, value: object) -> float:
    """Where a value stands among the values of an axis, counted in their steps."""
    if axis.dtype.kind in "iuf":
        order = np.argsort(axis)
        return float(np.interp(float(value), axis[order].astype(np.float64), order))  # type: ignore[arg-type]  # a number on an axis of numbers
    return float(next((place for place, one in enumerate(axis.tolist()) if one == value), math.nan))


def neighbour_figure(found: Searched, around: Plateau):  # type: ignore[no-untyped-def]  # a plotly figure
    """The nearest neighbours' values beside the choice's own."""
    own = float(found.measure.factor * found.last.train[0])
    marks = [_mark(own, "the choice", "--dry")]
    return _histogram("neighbours", found, [("", around.neighbourhood, "--ink-3")], marks, "Neighbours")


def null_figure(found: Searched, null: NullSearch):  # type: ignore[no-untyped-def]  # a plotly figure
    """The best of the search on every surrogate history, the bar, and the best on the true one."""
    best = found.measure.scaled(null.best)
    tail = 1.0 - LUCK if sense(found.metric) > 0 else LUCK
    known = best[np.isfinite(best)]
    bar = [_mark(float(np.quantile(known, tail)), f"p = {LUCK}", "--ink-3", dash="4px,3px")] if len(known) else []
    marks = [*bar, _mark(found.measure.factor * null.observed, "true history", "--dry")]
    return _histogram("null", found, [("", null.best, "--rule-2")], marks, "Histories")


def dispersion_figure(found: Searched, spread: Dispersion):  # type: ignore[no-untyped-def]  # a plotly figure
    """Training and test over the combinatorial splits, one above the other on one scale."""
    groups = [("Training", spread.train, "--rule-2"), ("Test", spread.test, "--ink-2")]
    return _histogram("dispersion", found, groups, [], "Splits", zero=True)


def _histogram(  # type: ignore[no-untyped-def]  # a plotly figure
    name: str, found: Searched, groups: Sequence[tuple[str, Floats, str]], marks: list[Meta], what: str, zero: bool = False
):
    measure = found.measure
    scaled = [measure.scaled(values[np.isfinite(values)]) for _, values, _ in groups]
    edges = _edges(np.concatenate(scaled))
    traces, panels, points = [], [], []
    for place, ((title, _, colour), values) in enumerate(zip(groups, scaled, strict=True)):
        counts = np.histogram(values, edges)[0].tolist()
        middles = [_rounded(float(low + high) / 2) for low, high in pairwise(edges)]
        axis = "" if place == 0 else str(place + 1)
        traces.append({
            "type": "bar", "x": middles, "y": counts, "width": float(edges[1] - edges[0]), "yaxis": f"y{axis}",
            "marker": {"color": f"var({colour})", "line": {"color": "var(--paper)", "width": 1}},
        })  # fmt: skip
        tallest = {"range": [0, 1.12 * max([1, *counts])]}
        panels.append({"axis": f"yaxis{axis}", "share": 1 / len(groups), "title": f"{title}: {what.lower()}" if title else what, **tallest})
        if place == len(groups) - 1:
            points = [_bin(measure, low, high, held, what) for (low, high), held in zip(pairwise(edges), counts, strict=True)]
    reach = [float(edges[0]), float(edges[-1])]
    meta = {
        "id": name,
        "height": [150 + 130 * len(groups), 130 + 120 * len(groups)],
        "x": {"title": measure.named, "include": [*reach, *([0] if zero else [])], "line": 0 if zero else None},
        "panels": panels,
        "marks": marks,
        "points": points,
    }
    return plain_figure(traces, meta)


def _bin(measure, low: float, high: float, held: int, what: str) -> Point:  # type: ignore[no-untyped-def]  # a Measure
    span = f"{measure.written(low / measure.factor)} to {measure.written(high / measure.factor)}"
    return _rounded(float(low + high) / 2), held, [("", span), (what, count(held))]


def _edges(values: Floats) -> np.ndarray:
    """Between 8 and 40 bins of one width."""
    if not len(values):
        return np.array([-0.5, 0.5])
    low, high = float(values.min()), float(values.max())
    if low == high:
        room = abs(low) * 0.05 or 0.5
        return np.linspace(low - room, high + room, 4)
    bins = min(40, max(8, math.ceil(2.0 * len(values) ** (1 / 3))))
    return np.linspace(low, high, bins + 1)


def _mark(at: float, text: str, colour: str, dash: str = "solid") -> Meta:
    return {"x": _known(at), "text": text, "colour": f"var({colour})", "dash": dash}


def _scatter(points: Sequence[Point], marker: Meta) -> Meta:
    return {"type": "scatter", "mode": "markers", "x": [p[0] for p in points], "y": [p[1] for p in points], "marker": marker}


def _borders(told: Told) -> list[Meta]:
    """Where a test fold begins, the first one aside."""
    return [{"x": str(fold.dates[2]), "text": str(fold.number)} for fold in told.tuned.folds]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _known(value: float) -> float | None:
    return _rounded(value) if math.isfinite(value) else None
