"""The objective around the last choice: cells over two parameters, or a line over one."""

from __future__ import annotations

import math

from waterline.report.figures import Meta, plain_figure
from waterline.report.study.charts import Point, known, place_on, readable, ring, y_axis
from waterline.report.study.facts import Facts
from waterline.report.study.measures import plain, sense
from waterline.tuning.outcome import Plateau

SHADES = tuple(f"var(--heat-{place})" for place in range(5))


def plateau_figure(study: Facts, found: Plateau) -> Meta:
    """The map with the last choice marked."""
    return _cells(study, found) if len(found.axes) > 1 else _profile(study, found)


def _cells(study: Facts, found: Plateau) -> Meta:
    across, up = ([plain(value) for value in axis.tolist()] for axis in found.grid)
    names = [next(one.short for one in study.drifts if one.path == path) for path in found.axes]
    write = study.searched.measure.told
    points = [
        Point(i, j, ((names[0], one), (names[1], other), ("", write(float(found.value[i, j])))))
        for j, other in enumerate(up)
        for i, one in enumerate(across)
    ]
    shades = SHADES if sense(study.searched.metric) > 0 else SHADES[::-1]
    heat = {
        "type": "heatmap", "showscale": False, "xgap": 1, "ygap": 1,
        "x": list(range(len(across))), "y": list(range(len(up))),
        "z": [[known(value) for value in row] for row in study.searched.measure.scaled(found.value).T.tolist()],
        "colorscale": [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)],
    }  # fmt: skip
    x, y = (place_on(axis, study.searched.last.params[name]) for axis, name in zip(found.grid, found.axes, strict=True))
    at = round(y) * len(across) + round(x) if math.isfinite(x) and math.isfinite(y) else 0
    meta = {
        "id": "plateau",
        "height": [400, 340],
        "x": _steps(found.axes[0], across),
        "panels": [y_axis(**_steps(found.axes[1], up))],
        **readable(points, at),
    }
    return plain_figure([heat, *ring(x, y)], meta)


def _profile(study: Facts, found: Plateau) -> Meta:
    measure, ticks = study.searched.measure, [plain(value) for value in found.grid[0].tolist()]
    values = [float(value) for value in measure.scaled(found.value).tolist()]
    points = [
        Point(place, value, ((found.axes[0], tick), ("", measure.told(value / measure.factor))))
        for place, (tick, value) in enumerate(zip(ticks, values, strict=True))
    ]
    points = [point for point in points if point.is_known]
    x = place_on(found.grid[0], study.searched.last.params[found.axes[0]])
    own = float(measure.factor * study.searched.last.train[0])
    line = {
        "type": "scatter", "mode": "lines+markers",
        "x": list(range(len(ticks))), "y": [known(value) for value in values],
        "line": {"color": "var(--ink-2)", "width": 1.6}, "marker": {"color": "var(--ink-2)", "size": 5},
    }  # fmt: skip
    nearest = min(range(len(points)), key=lambda place: abs(points[place].x - x), default=0)
    meta = {
        "id": "plateau",
        "height": [400, 340],
        "x": _steps(found.axes[0], ticks),
        "panels": [y_axis(measure.named, zero=True, include=[known(own)])],
        **readable(points, nearest),
    }
    return plain_figure([line, *ring(x, own)], meta)


def _steps(title: str, ticks: list[str]) -> Meta:
    """An axis whose values stand one step apart, whatever their scale."""
    return {"title": title, "ticks": ticks, "range": [-0.5, len(ticks) - 0.5]}
