"""How often which value of the objective came out: over surrogate histories, splits and neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from waterline.report.figures import Meta, plain_figure
from waterline.report.numerals import count
from waterline.report.study.charts import Point, mark, readable, rounded, y_axis
from waterline.report.study.facts import LUCK
from waterline.report.study.measures import sense
from waterline.report.study.searched import Searched
from waterline.sessions import Floats
from waterline.tuning.outcome import Dispersion, NullSearch, Plateau

FEWEST_BINS, MOST_BINS = 8, 40
HEIGHT = [400, 340]
HEADROOM = 1.25
"""Height of a panel over its tallest bar: the names of the marks stand above the bars."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One panel of bars: its title, the values, as figures, and their colour."""

    title: str
    values: Floats
    colour: str


def neighbour_figure(found: Searched, around: Plateau) -> Meta:
    """The nearest neighbours' values beside the choice's own."""
    own = mark(found.measure.factor * float(found.last.train[0]), "the choice", "--dry")
    return _histogram("neighbours", found, [_group(found, "Neighbours", around.neighbourhood, "--rule-2")], own)


def null_figure(found: Searched, null: NullSearch) -> Meta:
    """The best of the search on every surrogate history, the bar, and the best on the true one."""
    group = _group(found, "Histories", null.best, "--rule-2")
    tail = 1.0 - LUCK if sense(found.metric) > 0 else LUCK
    bar = float(np.quantile(group.values, tail)) if len(group.values) else math.nan
    marks = [
        *mark(bar, f"p = {LUCK}", "--ink-3", dash="4px,3px"),
        *mark(found.measure.factor * null.observed, "true history", "--dry"),
    ]
    return _histogram("null", found, [group], marks)


def dispersion_figure(found: Searched, spread: Dispersion) -> Meta:
    """Training and test over the combinatorial splits, one above the other on one scale."""
    groups = [
        _group(found, "Splits: training", spread.train, "--rule-2"),
        _group(found, "Splits: test", spread.test, "--ink-2"),
    ]
    return _histogram("dispersion", found, groups, [])


def _group(found: Searched, title: str, values: Floats, colour: str) -> Group:
    return Group(title, found.measure.scaled(values[np.isfinite(values)]), colour)


def _histogram(name: str, found: Searched, groups: Sequence[Group], marks: list[Meta]) -> Meta:
    edges = bin_edges(np.concatenate([group.values for group in groups]))
    counts = [np.histogram(group.values, edges)[0].tolist() for group in groups]
    panels = [
        y_axis(group.title, place, len(groups), range=[0, HEADROOM * max([1, *held])], whole=True)
        for place, (group, held) in enumerate(zip(groups, counts, strict=True), 1)
    ]
    meta = {
        "id": name,
        "height": HEIGHT,
        "x": {"title": found.measure.named, "include": [float(edges[0]), float(edges[-1])]},
        "panels": panels,
        "marks": marks,
        **readable(_bins(found, edges, counts[-1], groups[-1].title), _bin_of(edges, groups[-1], marks)),
    }
    bars = zip(groups, counts, panels, strict=True)
    return plain_figure([_bars(group, edges, held, panel["axis"]) for group, held, panel in bars], meta)


def _bars(group: Group, edges: Floats, held: list[int], axis: str) -> Meta:
    return {
        "type": "bar", "x": [rounded(low + high) / 2 for low, high in pairwise(edges.tolist())], "y": held,
        "width": float(edges[1] - edges[0]), "yaxis": axis.replace("yaxis", "y"),
        "marker": {"color": f"var({group.colour})", "line": {"color": "var(--paper)", "width": 1}},
    }  # fmt: skip


def _bins(found: Searched, edges: Floats, held: list[int], what: str) -> list[Point]:
    write, factor = found.measure.written, found.measure.factor
    spans = pairwise(edges.tolist())
    return [
        Point(
            (low + high) / 2,
            float(many),
            (("", f"{write(low / factor)} to {write(high / factor)}"), (what, count(many))),
        )
        for (low, high), many in zip(spans, held, strict=True)
    ]


def _bin_of(edges: Floats, group: Group, marks: list[Meta]) -> int:
    """The bin of the last mark; without one that of the median."""
    at = marks[-1]["x"] if marks else float(np.median(group.values)) if len(group.values) else 0.0
    return int(np.clip(np.searchsorted(edges, at) - 1, 0, len(edges) - 2))


def bin_edges(values: Floats) -> Floats:
    """Between ``FEWEST_BINS`` and ``MOST_BINS`` bins of one width; three where the values do not vary."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (-0.5, 0.5)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1.0):
        room = abs(low) * 0.05 or 0.5
        return np.linspace(low - room, high + room, 4)
    bins = min(MOST_BINS, max(FEWEST_BINS, math.ceil(2.0 * len(values) ** (1 / 3))))
    return np.linspace(low, high, bins + 1)
