"""What the charts of a comparison show, for the script that draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waterline.report.chart_data import kept_rows, rounded
from waterline.report.comparison.runs import Run
from waterline.report.figures import Meta, figure_of
from waterline.sessions import Floats

COLOURS = ("--ink", "--water", "--dry", "--mix", "--price", "--demand", "--stress", "--bench")
DASHES = ("solid", "solid", "solid", "solid", "6px,3px", "6px,3px", "2px,2px", "2px,2px")
"""Of each run in its order; every line is named at its end too."""
RIBBON, BETWEEN, BELOW = 16, 8, 34
"""Heights in pixels: of a ribbon, between two, and of the axis with the margin above."""


def charts(runs: Sequence[Run]) -> Meta:
    """Everything that the script reads: dates, series and figures."""
    rows = kept_rows(runs[0].sessions, _marks(runs))
    series: dict[str, Floats] = {}
    for run in runs:
        series |= {f"growth.{run.letter}": run.equity, f"lead.{run.letter}": run.lead}
        if run.scarce is not None:
            scarce = run.scarce.astype(np.float64)
            series |= {f"scarce.{run.letter}": scarce, f"ample.{run.letter}": 1.0 - scarce}
    return {
        "dates": [str(date) for date in runs[0].sessions[rows]],
        "series": {name: rounded(values[rows]) for name, values in series.items()},
        "spells": [],
        "held": [],
        "figures": [_growth(runs), *([_ribbons(known)] if (known := _with_states(runs)) else [])],
    }


def _with_states(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.scarce is not None]


def _marks(runs: Sequence[Run]) -> list[int]:
    """Rows that no thinning leaves out: switches with the sessions before them, and troughs."""
    switches = [np.flatnonzero(run.scarce[1:] != run.scarce[:-1]) for run in runs if run.scarce is not None]
    troughs = [int(run.drawdown.argmin()) for run in runs]
    return [*(int(row) + step for found in switches for row in found for step in (0, 1)), *troughs]


def _line(series: str, style: Meta, axis: str, **meta: object) -> Meta:
    return {
        "type": "scatter", "mode": "lines", "name": series, "line": style, "yaxis": axis,
        "meta": {"series": series, "label": "", **meta},
    }  # fmt: skip


def _growth(runs: Sequence[Run]) -> Meta:
    traces, read = [], []
    for place, run in enumerate(runs):
        style: Meta = {"color": f"var({COLOURS[place]})", "width": 2.0 if place == 0 else 1.6, "dash": DASHES[place]}
        told: Meta = {"format": "multiple", "rebase": True}
        named = {"label": f"{run.letter} {run.label}", "short": run.letter}
        traces.append(_line(f"growth.{run.letter}", style, "y", **named, **told))
        traces.append(_line(f"lead.{run.letter}", style, "y2", label=run.letter, **told))
        read.append({"label": run.letter, "series": f"growth.{run.letter}", **told})
    panels: list[Meta] = [
        {"axis": "yaxis", "share": 0.66, "format": "multiple", "log": True},
        {"axis": "yaxis2", "share": 0.34, "format": "multiple", "log": True, "title": "Growth over its own mix"},
    ]
    return figure_of(traces, {"id": "growth", "height": [600, 520], "panels": panels, "read": read})


def _ribbons(runs: Sequence[Run]) -> Meta:
    traces, panels = [], []
    for place, run in enumerate(runs, 1):
        axis = "" if place == 1 else str(place)
        traces.append(_state(f"ample.{run.letter}", "--water", "", f"y{axis}"))
        told = {"label": run.label, "short": " ", "format": "state", "colour": "var(--ink-2)"}
        traces.append(_state(f"scarce.{run.letter}", "--dry", "/", f"y{axis}", **told))
        panels.append({"axis": f"yaxis{axis}", "share": 1 / len(runs), "range": [0, 1], "name": run.letter})
    height = len(runs) * (RIBBON + BETWEEN) - BETWEEN + BELOW
    read = [{"label": run.letter, "series": f"scarce.{run.letter}", "format": "state"} for run in runs]
    meta = {"id": "states", "height": [height, height], "panels": panels, "read": read, "gap": BETWEEN}
    return figure_of(traces, meta)


def _state(series: str, variable: str, shape: str, axis: str, **meta: object) -> Meta:
    """One where the state is on, zero elsewhere, as an area; hatched or not."""
    shade = f"var({variable})"
    pattern = {"shape": shape, "fgcolor": "var(--paper)", "bgcolor": shade, "size": 5, "solidity": 0.35}
    style = {"color": shade, "width": 0, "shape": "hv"}
    return _line(series, style, axis, **meta) | {"fill": "tozeroy", "fillcolor": shade, "fillpattern": pattern}
