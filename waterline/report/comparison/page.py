"""The page of a comparison, in the look of the run page."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from waterline.report.comparison.charts import COLOURS, charts
from waterline.report.comparison.numbers import (
    JUDGED_HEADS,
    SHARED_HEADS,
    Measured,
    dot_plots,
    judged,
    measured,
    shared_figures,
)
from waterline.report.comparison.runs import Run
from waterline.report.gallery.differences import differences
from waterline.report.gallery.rows import LONGEST_KEY, LONGEST_NAME, cut, href, span
from waterline.report.numerals import count, day, multiple, points
from waterline.report.page import DRAWING, STYLES, document, script_json

MOST_KEYS = 400
LONGEST_VALUE = 160


def render_comparison(runs: Sequence[Run], page: Path) -> str:
    """The whole page.

    Args:
        runs: the runs, over the sessions that they share.
        page: where it will lie; links to the runs lead from there.
    """
    found = measured(runs)
    changes = differences([run.entry.config for run in runs])
    context: dict[str, Any] = {
        "title": f"{count(len(runs), 'run')} side by side",
        "span": f"{day(runs[0].sessions[1])} to {day(runs[0].sessions[-1])}",
        "sessions": len(runs[0].sessions) - 1,
        "runs": [_head(run, page, colour) for run, colour in zip(runs, COLOURS, strict=False)],
        "verdict": _verdict(found),
        "plots": dot_plots(found),
        "shared_heads": SHARED_HEADS,
        "shared": [(one.run, shared_figures(one)) for one in found],
        "judged_heads": JUDGED_HEADS,
        "judged": [(run, judged(run, span(run.entry)), run.entry.verdict) for run in runs],
        "changes": [
            (
                cut(change.key, LONGEST_KEY),
                [None if value is None else cut(value, LONGEST_VALUE) for value in change.values],
            )
            for change in changes[:MOST_KEYS]
        ],
        "left_out": max(len(changes) - MOST_KEYS, 0),
        "stateless": [run.letter for run in runs if run.scarce is None],
        "chart_json": script_json(charts(runs)),
    }
    return document("comparison/index.html.j2", context, (*STYLES, "gallery", "comparison"), DRAWING)


def _head(run: Run, page: Path, colour: str) -> dict[str, str]:
    base = os.path.relpath(run.folder.absolute().parent, page.absolute().parent)
    leads = "" if base == "." else quote(Path(base).as_posix()) + "/"
    return {
        "letter": run.letter,
        "label": run.label,
        "name": cut(run.entry.name, LONGEST_NAME),
        "title": run.entry.name,
        "kind": run.entry.kind,
        "digest": run.entry.digest[:8],
        "href": href(run.entry, leads),
        "colour": colour,
    }


def _verdict(found: Sequence[Measured]) -> str:
    """What became of each, who gained most over its own mix, and what that is worth."""
    grown = ", ".join(
        f"{one.run.letter} {multiple(1.0 + one.own.cumulative_return)} (its mix "
        f"{multiple(1.0 + one.mix.cumulative_return)})"
        for one in found
    )
    best = max(found, key=lambda one: one.gain.value if math.isfinite(one.gain.value) else -math.inf)
    error = points(best.gain.standard_error, signed=False)
    return (
        f"Over the sessions that all share, 1 became: {grown}. After costs **{best.run.letter}** gained most over its "
        f"own mix: {points(best.gain.value)} points a year (standard error {error}). Whoever picks the best of "
        f"{count(len(found), 'run')} after looking picks luck as well."
    )
