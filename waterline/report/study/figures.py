"""The charts of a study's page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waterline.report.figures import Meta, as_json, growth_figure, plain_figure
from waterline.report.numerals import count
from waterline.report.study.charts import Point, dots, readable, rounded, y_axis
from waterline.report.study.facts import Facts
from waterline.report.study.histograms import dispersion_figure, neighbour_figure, null_figure
from waterline.report.study.maps import plateau_figure
from waterline.report.study.searched import Progress, Searched

MOST_DOTS, FEWEST_A_FOLD = 1200, 20
SMALL_DOT = {"color": "var(--ink-3)", "size": 5, "opacity": 0.4}
LARGE_DOT = {"color": "var(--ink)", "size": 10, "line": {"color": "var(--paper)", "width": 1.5}}


def figures(study: Facts) -> list[Meta]:
    """Every figure of the page as JSON, in page order."""
    tuned, found = study.tuned, study.searched
    borders = [{"x": str(fold.dates[2]), "text": str(fold.number)} for fold in tuned.folds]
    shown = [as_json(growth_figure(study.stitched, borders=borders))]
    if tuned.null is not None:
        shown.append(null_figure(found, tuned.null))
    if tuned.dispersion is not None:
        shown.append(dispersion_figure(found, tuned.dispersion))
    shown.append(foresight_figure(found))
    if tuned.plateau is not None:
        shown += [plateau_figure(study, tuned.plateau), neighbour_figure(found, tuned.plateau)]
    return [*shown, *history_figures(found)]


def foresight_figure(found: Searched) -> Meta:
    """Training against test: a sample of the sets in every fold, and each fold's choice."""
    sample = [point for fold in range(len(found.tuned.folds)) for point in _sample(found, fold)]
    choices = [
        _pair(found, f"Fold {one.fold.number}, chosen", float(one.train[0]), float(one.test[0]))
        for one in found.tuned.choices
    ]
    choices = [point for point in choices if point.is_known]
    meta = {
        "id": "foresight",
        "height": [440, 360],
        "x": {"title": f"Training: {found.measure.named}", "include": [0]},
        "panels": [y_axis(f"Test: {found.measure.named}", zero=True, include=[0])],
        "same": True,
        **readable([*sample, *choices]),
    }
    return plain_figure([dots(sample, SMALL_DOT), dots(choices, LARGE_DOT)], meta)


def _sample(found: Searched, fold: int) -> list[Point]:
    """Some sets in one fold, the same ones at every call."""
    train, test = (values[found.cover, fold, 0] for values in (found.tuned.trials.train, found.tuned.trials.test))
    known = np.flatnonzero(np.isfinite(train) & np.isfinite(test))
    most = max(FEWEST_A_FOLD, MOST_DOTS // len(found.tuned.folds))
    if len(known) > most:
        known = np.sort(np.random.default_rng(fold).choice(known, most, replace=False))
    head = f"Fold {found.tuned.folds[fold].number}"
    return [
        _pair(found, f"{head}, trial {found.cover[row]}", float(train[row]), float(test[row])) for row in known.tolist()
    ]


def _pair(found: Searched, name: str, train: float, test: float) -> Point:
    write, factor = found.measure.written, found.measure.factor
    return Point(factor * train, factor * test, (("", name), ("Training", write(train)), ("Test", write(test))))


def history_figures(found: Searched) -> list[Meta]:
    """Best training value so far: over the sweep, and over each fold's own search; what did not happen is left out."""
    folds = range(len(found.tuned.folds))
    sweep = [found.sweep_progress(fold) for fold in folds]
    search = [found.search_progress(fold) for fold in folds]
    reach = [value for run in (*sweep, *search) for value in run.best]
    include = [min(reach), max(reach)] if reach else [0.0]
    first = {"title": "Sets of the sweep", "log": True, "include": [1]}
    then = {"title": "Trials of the fold’s own search", "floor": 0}
    shown = []
    if any(len(run.after) > 1 for run in sweep):
        shown.append(_history(found, "history.sweep", first, sweep, include))
    if any(len(run.after) > 1 for run in search):
        shown.append(_history(found, "history.search", then, search, include))
    return shown


def _history(found: Searched, name: str, axis: Meta, runs: Sequence[Progress], include: list[float]) -> Meta:
    measure, numbers = found.measure, [fold.number for fold in found.tuned.folds]
    points = [
        Point(
            after,
            value,
            (("", f"Fold {number}"), ("Sets", count(after)), ("Best", measure.written(value / measure.factor))),
        )
        for number, run in zip(numbers, runs, strict=True)
        for after, value in zip(run.after, run.best, strict=True)
    ]
    meta = {
        "id": name,
        "height": [300, 270],
        "x": axis,
        "panels": [y_axis(f"Best on training: {measure.named}", include=include)],
        **readable(points),
    }
    return plain_figure([_steps(run, is_last=run is runs[-1]) for run in runs], meta)


def _steps(run: Progress, is_last: bool) -> Meta:
    colour, width = ("var(--ink)", 2.2) if is_last else ("var(--rule-2)", 1.2)
    return {
        "type": "scatter", "mode": "lines" if len(run.after) > 1 else "markers",
        "x": list(run.after), "y": [rounded(value) for value in run.best],
        "line": {"shape": "hv", "color": colour, "width": width}, "marker": {"color": colour, "size": 6},
    }  # fmt: skip
