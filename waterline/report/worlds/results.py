"""The folder of a study of simulated worlds, written whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from waterline.errors import OutputError
from waterline.metrics import as_json
from waterline.report.manifest import made_with
from waterline.report.results import replaced, write_json
from waterline.report.worlds import words
from waterline.report.worlds.page import render_worlds
from waterline.world import Figure, History, Study, Trial, bounds, critical_values, worlds

MARK = "study.json"
SCHEMA_VERSION = 1


def headline(studies: Sequence[Study]) -> str:
    """The verdict of the page as plain text."""
    return words.verdict(studies).replace("**", "")


def refuse_other(folder: Path) -> None:
    """Make sure that writing into ``folder`` destroys nothing but an earlier study of simulated worlds.

    Raises:
        OutputError: it is a file, or a folder with other contents.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder.", "Choose another --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        problem = f"{folder} holds files that no simulation wrote (no {MARK})."
        raise OutputError(problem, "Choose an empty or new --out.")


def write_worlds(studies: Sequence[Study], histories: Sequence[History], folder: Path) -> None:
    """Write the page and ``study.json`` into ``folder``, replacing those of an earlier study there.

    Args:
        studies: of one world each, with the same seed, years and number of runs.
        histories: one of each study, in their order.
        folder: results folder; made where it does not exist.

    Raises:
        OutputError: the folder holds something else, or cannot be written.
    """
    refuse_other(folder)
    with replaced(folder) as staging:
        write_json(staging / MARK, as_tree(studies))
        page = render_worlds(studies, histories)
        (staging / "index.html").write_text(page, encoding="utf-8", newline="\n")


def as_tree(studies: Sequence[Study]) -> dict[str, object]:
    """The contents of ``study.json``: every figure with its bound, critical p-values, every run.

    Holds no time of day and not the number of workers, so that the same study gives the same file.
    """
    first, told = studies[0], worlds()
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "simulation",
        "seed": first.seed,
        "years": first.years,
        "runs": len(first.trials),
        "critical_p_values": critical_values(studies),
        "worlds": {study.world: {"truth": told[study.world], **_world(study)} for study in studies},
        **made_with(),
    }


def _world(study: Study) -> dict[str, object]:
    held = bounds(study)
    figures = {}
    for name, figure in study.table().items():
        figures[name] = _figure(figure)
        if name in held:
            bound = held[name]
            figures[name] |= {"low": as_json(bound.low), "high": as_json(bound.high), "holds": bound.holds(figure)}
    return {"has_skill": study.has_skill, "figures": figures, "trials": [_trial(one) for one in study.trials]}


def _figure(figure: Figure) -> dict[str, object]:
    return {name: as_json(getattr(figure, name)) for name in ("value", "standard_error", "count")}


def _trial(one: Trial) -> dict[str, object]:
    seen = one.detection
    return {
        "run": one.run,
        "sessions": one.sessions,
        "gain": as_json(one.gain),
        "true_gain": as_json(one.true_gain),
        "p": {name: p if math.isfinite(p) else None for name, p in one.p.items()},
        "covered": dict(one.covered),
        "detection": {
            "delays": list(seen.delays),
            "missed": seen.missed,
            "false_alarms": seen.false_alarms,
            "accuracy": seen.accuracy,
            "youden": as_json(seen.youden),
        },
    }
