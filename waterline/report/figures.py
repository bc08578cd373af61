"""The charts, and the library that draws them. The only door to ``plotly``.

A figure here has no data and no pixels: each trace names its series and its label in ``meta``, each panel its share
of the height, and colours are CSS variables. The page's script fills in both for the width, the range and the theme
at hand.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from waterline.report.evaluated import BILLS, INDEX, MIX, STRATEGY, Curves, Evaluated
from waterline.report.numerals import number, percent, readable

if TYPE_CHECKING:
    import plotly.graph_objects as go

Meta = dict[str, Any]
PILLAR_COLOURS = ("--demand", "--price", "--stress", "--s2", "--c2", "--mix")
RAMPS = (("--s", 5), ("--c", 7))
"""Prefix and number of the shades of each sleeve's ramp; between two neighbours lies one more, named with a b."""
LINES = {
    STRATEGY: {"color": "var(--ink)", "width": 2.2},
    MIX: {"color": "var(--mix)", "width": 1.7},
    INDEX: {"color": "var(--bench)", "width": 1.3, "dash": "4px,3px"},
}


@dataclass(frozen=True, slots=True)
class Library:
    """The drawing library as the page carries it.

    Attributes:
        packed: zlib stream in base64.
        digest: ``sha256-…`` of the unpacked text, for the page's content security policy.
    """

    packed: str
    digest: str


@cache
def library() -> Library:
    """plotly.js of the installed package."""
    from plotly.offline import get_plotlyjs

    source = get_plotlyjs().encode()
    return Library(base64.b64encode(zlib.compress(source, 9)).decode(), source_digest(source))


def source_digest(script: bytes) -> str:
    """A script's digest as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode()


def figures(run: Evaluated) -> list[Meta]:
    """Every figure of the page as JSON, in page order."""
    members = [member_figure(family, name, colour) for family, name, colour in small_multiples(run)]
    shown = [growth_figure(run), steady_figure(run), score_figure(run), *members, holdings_figure(run)]
    return [as_json(figure) for figure in shown]


def growth_figure(run: Curves, **more: object) -> go.Figure:
    """Growth of 1 above, drawdown below, for strategy, mix and index; ``more`` goes to the script."""
    names = (INDEX, MIX, STRATEGY)
    short = run.short_labels
    named = short | {MIX: run.labels[MIX]}
    growing: Meta = {"format": "multiple", "rebase": True}
    growth = [_line(f"growth.{name}", named[name], LINES[name], short=short[name], **growing) for name in names]
    falls = [_line(f"drawdown.{name}", "", LINES[name], "y2", format="percent") for name in names]
    falls[-1].update(fill="tozeroy", fillcolor="var(--veil)")
    read: list[Meta] = [{"label": short[name], "series": f"growth.{name}", **growing} for name in names[::-1]]
    lead = {"label": "Lead over mix", "over": ["growth.strategy", "growth.mix"], "format": "lead", "rebase": True}
    panels = [
        {"axis": "yaxis", "share": 0.75, "format": "multiple", "log": True},
        {
            "axis": "yaxis2",
            "share": 0.25,
            "format": "percent",
            "top": 0,
            "zero": True,
            "title": "Drawdown from the last high",
        },
    ]
    troughs = [_trough(run, name, label) for name, label in ((STRATEGY, "strategy"), (MIX, "mix"))]
    meta = {"id": "growth", "ribbon": True, "height": [566, 446], "panels": panels, "read": [*read, lead]}
    return _figure([*growth, *falls], meta | {"troughs": troughs} | more)


def steady_figure(run: Evaluated) -> go.Figure:
    """Rolling Sharpe ratio of strategy and mix above, exposure to each sleeve below, which is all of a short run."""
    names = run.outcome.sleeves.names
    areas = [
        _area(f"sleeve.{name}", 1, sleeve_colour(place), label=readable(name), format="share").update(yaxis="y2")
        for place, name in enumerate(names)
    ]
    panel: Meta = {"axis": "yaxis2", "share": 0.36, "format": "percent", "range": [0, 1]}
    shares = [{"label": readable(name), "series": f"sleeve.{name}", "format": "share"} for name in names]
    meta: Meta = {"id": "steady", "ribbon": True, "height": [486, 426], "panels": [panel], "read": shares}
    if not run.has_rolled:
        for area in areas:
            area.update(yaxis="y")
        return _figure(areas, meta | {"height": [286, 266], "panels": [panel | {"axis": "yaxis", "share": 1}]})
    ratios = {"axis": "yaxis", "share": 0.64, "format": "number", "zero": True, "include": [0]}
    below = panel | {"title": "Share of equity in each group"}
    read = [
        {
            "label": run.short_labels[name],
            "series": f"sharpe.{name}",
            "error": f"sharpe_error.{name}",
            "format": "ratio",
        }
        for name in (STRATEGY, MIX)
    ]
    return _figure([*_rolled(run), *areas], meta | {"panels": [ratios, below], "read": [*read, *shares]})


def _rolled(run: Evaluated) -> list[go.Scatter]:
    """Band of one standard error, then the lines."""
    own = {"error": f"sharpe_error.{STRATEGY}"}
    edges = [_line(f"sharpe.{STRATEGY}", "", LINES[STRATEGY] | {"width": 0}, **own, errors=side) for side in (-1, 1)]
    edges[1].update(fill="tonexty", fillcolor="var(--veil)")
    short = run.short_labels
    lines = [
        _line(f"sharpe.{name}", short[name], LINES[name], format="ratio", error=f"sharpe_error.{name}")
        for name in (MIX, STRATEGY)
    ]
    return [*edges, *lines]


def sleeve_colour(place: int) -> str:
    """A CSS variable for a whole sleeve, from the ramp of its members."""
    prefix, steps = RAMPS[place % len(RAMPS)]
    return f"{prefix}{min(2 + place // len(RAMPS), steps)}"


def score_figure(run: Evaluated) -> go.Figure:
    """Pillars stacked from zero with the total and the thresholds of the regime rule."""
    parts = [
        _area(f"part.{name}", side, colour, label=readable(name) if side > 0 else "", format="signed")
        for side in (1, -1)
        for name, colour in zip(run.parts, pillar_colours(run), strict=True)
    ]
    edge = _line("score", "", {"color": "var(--paper)", "width": 5})
    total = _line("score", "Score", LINES[STRATEGY], format="signed")
    panel = {"axis": "yaxis", "share": 1, "format": "number", "zero": True, "lines": _thresholds(run)}
    read = [{"label": "Score", "series": "score", "format": "signed"}]
    read += [{"label": readable(name), "series": f"part.{name}", "format": "signed"} for name in run.parts]
    meta = {"id": "score", "ribbon": True, "held": True, "height": [386, 336], "panels": [panel], "read": read}
    return _figure([*parts, edge, total], meta | {"joins": _joins(run)})


def holdings_figure(run: Evaluated) -> go.Figure:
    """Shares of equity held at the close, sleeve on sleeve, bills on top."""
    names = list(run.weights)
    areas = [
        _area(f"hold.{name}", 1, colour, label=readable(name) if name == BILLS else name, format="share")
        for name, colour in zip(names, asset_colours(run), strict=True)
    ]
    panel = {"axis": "yaxis", "share": 1, "format": "percent", "range": [0, 1]}
    sleeves = [{"label": readable(name), "series": f"sleeve.{name}", "format": "share"} for name in run.sleeve_weights]
    read = [*sleeves, {"label": "Bills", "series": f"hold.{BILLS}", "format": "share"}]
    meta = {"id": "holdings", "ribbon": True, "height": [436, 386], "panels": [panel], "read": read, "swatches": True}
    return _figure(areas, meta)


def member_figure(family: str, name: str, colour: str) -> go.Figure:
    """One input's z-score, small."""
    panel = {"axis": "yaxis", "share": 1, "format": "short", "zero": True, "include": [0]}
    line = _line(f"{family}.{name}", "", {"color": f"var({colour})", "width": 1.5})
    meta = {"id": f"{family}.{name}", "small": True, "height": [118, 112], "panels": [panel], "read": []}
    return _figure([line], meta)


def small_multiples(run: Evaluated) -> list[tuple[str, str, str]]:
    """(family, name, colour) of each input that has its own small chart, and of what is shown beside the score."""
    score = run.outcome.score
    colours = dict(zip(run.parts, pillar_colours(run), strict=True))
    inside = [
        (f"member.{pillar}", name, colours.get(pillar, "--ink-2"))
        for pillar, members in score.members.items()
        for name in members
    ]
    return inside + [("beside", name, "--water" if name == "slack" else "--bench") for name in score.beside]


def pillar_colours(run: Evaluated) -> list[str]:
    """A CSS variable for each pillar, in their order."""
    return [PILLAR_COLOURS[place % len(PILLAR_COLOURS)] for place in range(len(run.parts))]


def asset_colours(run: Evaluated) -> list[str]:
    """A CSS variable for each holding: a shade of its sleeve's ramp, bills grey."""
    order = run.outcome.sleeves.names
    groups: dict[str, list[str]] = {}
    for ticker in run.weights:
        groups.setdefault(run.sleeve_of.get(ticker, BILLS), []).append(ticker)
    shades = {
        ticker: shade
        for sleeve, members in groups.items()
        if sleeve in order
        for ticker, shade in zip(members, ramp(order.index(sleeve), len(members)), strict=True)
    }
    return [shades.get(ticker, "--bills") for ticker in run.weights]


def _thresholds(run: Evaluated) -> list[Meta]:
    if run.thresholds is None:
        return []
    down, up = run.thresholds
    return [
        {"y": up, "text": f"{number(up)} turns scarce", "short": f"{number(up)} scarce", "colour": "var(--dry)"},
        {"y": down, "text": f"{number(down)} turns ample", "short": f"{number(down)} ample", "colour": "var(--water)"},
    ]


def ramp(sleeve: int, members: int) -> list[str]:
    """Shades from strong to pale for the members of a sleeve; neighbours repeat only beyond 9 or 13 members."""
    prefix, steps = RAMPS[sleeve % len(RAMPS)]
    whole = [f"{prefix}{step}" for step in range(1, steps + 1)]
    if members <= steps:
        return whole[:members]
    fine = [shade for step in whole for shade in (step, f"{step}b")][:-1]
    return [fine[place * (len(fine) - 1) // (members - 1)] for place in range(members)]


def _joins(run: Evaluated) -> list[Meta]:
    """Where a pillar that was missing at the start comes in."""
    late = {
        name: np.flatnonzero(np.isfinite(part)) for name, part in run.parts.items() if not np.isfinite(part[:1]).all()
    }
    return [
        {"x": str(run.sessions[rows[0]]), "text": f"{readable(name)} joins"} for name, rows in late.items() if len(rows)
    ]


def _trough(run: Curves, name: str, label: str) -> Meta:
    depth = run.drawdown[name]
    row = int(depth.argmin())
    return {
        "x": str(run.sessions[row]), "y": float(depth[row]), "text": f"{label} {percent(float(depth[row]), 0)}",
        "colour": LINES[name]["color"],
    }  # fmt: skip


def _line(series: str, label: str, line: Meta, axis: str = "y", **meta: object) -> go.Scatter:
    import plotly.graph_objects as go

    meta = {"series": series, "label": label, **meta}
    return go.Scatter(mode="lines", name=series, line=line, yaxis=axis, meta=meta, hoverinfo="skip", showlegend=False)


def _area(series: str, side: int, colour: str, **meta: object) -> go.Scatter:
    import plotly.graph_objects as go

    return go.Scatter(
        mode="lines", name=series, stackgroup="above" if side > 0 else "below", fillcolor=f"var({colour})",
        line={"color": "var(--paper)", "width": 0.6}, meta={"series": series, "side": side, **meta}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip


def _figure(traces: list[go.Scatter], meta: Meta) -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure(data=traces, layout={"template": "none", "meta": meta})


def plain_figure(traces: Sequence[Meta], meta: Meta) -> Meta:
    """A figure on two plain axes, not over time, as JSON; its traces, by plotly's names, hold their own data."""
    return figure_of(traces, {"kind": "plain", **meta})


def figure_of(traces: Sequence[Meta], meta: Meta) -> Meta:
    """A figure as JSON, its traces by plotly's names; those over time say in their ``meta`` which series they draw."""
    import plotly.graph_objects as go

    shown = [{"hoverinfo": "skip", "showlegend": False, **trace} for trace in traces]
    return as_json(go.Figure(data=shown, layout={"template": "none", "meta": meta}))


def as_json(figure: go.Figure) -> Meta:
    """A figure as the page's script reads it."""
    plain: Meta = figure.to_dict()
    plain["layout"].pop("template")
    return {"id": plain["layout"]["meta"]["id"], "data": plain["data"], "meta": plain["layout"]["meta"]}
