"""One line of the gallery: what a run or study left in its folder, read without running anything."""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

from pydantic import BaseModel, ConfigDict

from waterline.appraisal.verdict import Kind
from waterline.appraisal.wording import LEVEL
from waterline.report.answers import VERDICTS
from waterline.report.gallery import worlds
from waterline.report.gallery.daily import read_daily
from waterline.report.gallery.differences import flat
from waterline.report.gallery.folders import (
    SIMULATION_MARK,
    ResultsError,
    Tree,
    at,
    figure_at,
    printable,
    read_tree,
    text_at,
)
from waterline.report.gallery.worlds import SIMULATION
from waterline.report.key_numbers import around
from waterline.report.results import MARK
from waterline.report.sparks import sparks

RUN, STUDY = "run", "study"
POINTS = 56
"""Points of a sparkline: more than its pixels would show."""
NOT_ASKED, UNKNOWN = "Not asked", "–"


class Entry(BaseModel):
    """What the gallery shows of one folder, and needs to compare it with others.

    Attributes:
        folder: its name.
        kind: "run", "study", "simulation", or what else calls itself so.
        name: name of the configuration.
        digest: digest of the configuration.
        family: see :func:`waterline.ledger.family_of`.
        written: when its ``run.json`` (``study.json``) was last written, seconds since 1970.
        first: first evaluated session, ISO; of a study, of its test folds; empty where unknown.
        last: last session.
        growth: what became of 1, by strategy and mix; NaN where unknown, as all figures here.
        cagr: return a year, by strategy and mix.
        gain: timing gain a year with its 90% interval.
        p_value: of the timing gain; of a study, of its search.
        luck: whether it could be luck, in a word or two.
        verdict: what is to be thought of it.
        config: the configuration, flat.
        paths: SVG paths of mix and strategy; empty where there is no curve.
        page: file name of its page; empty where it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    kind: str
    name: str
    digest: str
    family: str
    written: float
    first: str = ""
    last: str = ""
    growth: tuple[float, float] = (math.nan, math.nan)
    cagr: tuple[float, float] = (math.nan, math.nan)
    gain: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    p_value: float = math.nan
    luck: str = UNKNOWN
    verdict: str = ""
    config: dict[str, str]
    paths: tuple[str, ...] = ()
    page: str = ""


def entry_of(folder: Path) -> Entry:
    """The entry of a results folder.

    Raises:
        ResultsError: a file that makes it one is missing or broken, or a program other than this one wrote it.
    """
    simulated = not (folder / MARK).is_file() and (folder / SIMULATION_MARK).is_file()
    mark = folder / (SIMULATION_MARK if simulated else MARK)
    manifest = read_tree(mark)
    told = {"kind": SIMULATION, **worlds.told(manifest)} if simulated else _experiment(folder, manifest)
    config, name = told.pop("config"), told.pop("name")
    return Entry(
        folder=folder.name,
        name=printable(name),
        digest=text_at(manifest, "digest"),
        written=mark.stat().st_mtime,
        config=flat(config),
        paths=() if simulated else _curves(folder),
        page="index.html" if (folder / "index.html").is_file() else "",
        **told,
    )


def _experiment(folder: Path, manifest: Tree) -> Tree:
    """What a run or study tells, by the names of the entry's fields."""
    config, name = manifest.get("config"), manifest.get("name")
    if not isinstance(config, dict) or not isinstance(name, str):
        raise ResultsError(f"its {MARK} names no configuration: no run of Waterline wrote it.", "Name another folder.")
    kind = text_at(manifest, "kind") or RUN
    judged = _run(folder) if kind == RUN else _study(manifest) if kind == STUDY else _other(manifest)
    family = judged.pop("family", "") or _family(config)
    return {"kind": kind, "name": name, "config": config, "family": family, **judged}


def _run(folder: Path) -> Tree:
    metrics = read_tree(folder / "metrics.json")
    evidence = metrics.get("evidence")
    timing = at(evidence, "windows", "all", "timing")
    ends = tuple(figure_at(timing, "interval", end) for end in ("estimate", "low", "high"))
    return _measured(at(metrics, "windows", "all")) | {
        "family": text_at(evidence, "tries", "family"),
        **({"gain": ends} if math.isfinite(ends[0]) else {}),
        "p_value": figure_at(timing, "p_value"),
        "luck": VERDICTS.get(cast("Kind", text_at(evidence, "verdict", "kind")), UNKNOWN),
        "verdict": text_at(evidence, "verdict", "text"),
    }


def _study(manifest: Tree) -> Tree:
    p_value = figure_at(manifest, "null", "p_value")
    luck = NOT_ASKED if math.isnan(p_value) else "Yes" if p_value > LEVEL else "One bar passed"
    return _measured(manifest.get("walk_forward")) | _other(manifest) | {"p_value": p_value, "luck": luck}


def _other(manifest: Tree) -> Tree:
    return {"verdict": text_at(manifest, "verdict", "text") or text_at(manifest, "verdict")}


def _measured(window: object) -> Tree:
    """What stands in a window of metrics, the interval of the gain from its standard error."""
    both = ("strategy", "mix")
    gain = (figure_at(window, "timing_gain", name) for name in ("value", "standard_error"))
    return {
        "first": text_at(window, "strategy", "first_session"),
        "last": text_at(window, "strategy", "last_session"),
        "growth": tuple(1.0 + figure_at(window, name, "cumulative_return") for name in both),
        "cagr": tuple(figure_at(window, name, "cagr") for name in both),
        "gain": around(*gain),
    }


def _family(config: Tree) -> str:
    """The family where the evidence does not name it, by the paths that the configuration takes to its classes."""
    data = "classic" if at(config, "data", "kind") == "classic" else "market"
    return f"{text_at(config, 'signal', 'use')} + {text_at(config, 'strategy', 'use')} on {data} data"


def _curves(folder: Path) -> tuple[str, ...]:
    """SVG paths of mix and strategy; none where the daily file is missing or broken."""
    try:
        daily = read_daily(folder)
    except ResultsError:
        return ()
    return tuple(sparks([daily.mix, daily.equity], POINTS))
