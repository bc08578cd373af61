"""The files of a study beside its page: every trial, what it was made of, and the configuration it hands over."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from waterline.config.writing import as_yaml
from waterline.metrics import as_json
from waterline.report.manifest import made_with
from waterline.report.study import words
from waterline.report.study.facts import Facts
from waterline.report.study.judged import JudgedStudy
from waterline.report.study.searched import SHARED
from waterline.tuning.outcome import REFINEMENT, SWEEP, Choice, Dispersion, Fold, NullSearch, Plateau, Tuned

if TYPE_CHECKING:
    from waterline.tuning.kept import KeptReturns

SCHEMA_VERSION = 1
NOT_KEPT = -1
TOOLS = ("optuna", "cmaes", "SQLAlchemy", "psycopg", "distributed")
FILES = {
    "index.html": "the page",
    "best.yaml": "configuration of the last fold's choice, ready for: waterline run best.yaml",
    "config.yaml": "resolved configuration of the study",
    "trials.parquet": "one row a parameter set: number, fold (-1: the sweep, shared by all), batch, stage, problem, "
    "a column a parameter by its path, train_<metric>_fold<k> and test_<metric>_fold<k> in the metric's plain unit, "
    "kept_returns (row in returns.npy, -1 where not kept)",
    "daily.parquet": "one row a session of the test folds, the first being the base: return, static_mix_return, "
    "benchmark_return (simple, after costs), state (0 ample, 1 scarce)",
    "returns.npy": "float32 (R, T): daily simple returns, from the first training session to the last, of the sets "
    "whose kept_returns is not -1",
    "returns_sessions.npy": "datetime64[D] (T,): the session of each of these returns",
    "run.json": "this file",
}


def trials_frame(tuned: Tuned, kept: KeptReturns):  # type: ignore[no-untyped-def]  # a DataFrame, imported when used
    """One row a trial, failed ones too; see ``FILES`` for the columns.

    A parameter whose choices differ in type (1, "1", true) is written as JSON text, so that they stay apart.
    """
    import pandas as pd

    trials, count = tuned.trials, len(tuned.trials)
    row_of = np.full(count, NOT_KEPT, dtype=np.int64)
    row_of[kept.rows] = np.arange(len(kept.rows))
    columns: dict[str, object] = {
        "number": np.arange(count),
        "fold": trials.fold,
        "batch": trials.batch,
        "stage": np.where(trials.fold == SHARED, SWEEP, REFINEMENT),
        "problem": np.array(trials.problem, dtype=object),
    }
    columns |= {path: _column(values) for path, values in trials.params.items()}
    for place, fold in enumerate(tuned.folds):
        for q, metric in enumerate(tuned.objective):
            columns[f"train_{metric}_fold{fold.number}"] = trials.train[:, place, q]
            columns[f"test_{metric}_fold{fold.number}"] = trials.test[:, place, q]
    return pd.DataFrame(columns | {"kept_returns": row_of})


def daily_frame(tuned: Tuned):  # type: ignore[no-untyped-def]  # a DataFrame, imported when used
    """The test folds one after another, each traded with what its training chose; columns as in a run's file."""
    import pandas as pd

    walk = tuned.walk_forward
    equities = {
        "return": walk.equity, "static_mix_return": walk.mix_equity, "benchmark_return": walk.benchmark_equity,
    }  # fmt: skip
    columns = {name: np.concatenate([[0.0], equity[1:] / equity[:-1] - 1.0]) for name, equity in equities.items()}
    index = pd.DatetimeIndex(walk.sessions.astype("datetime64[ms]"), name="date")
    return pd.DataFrame(columns | {"state": walk.scarce.astype(np.int8)}, index=index)


def _column(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    if values.dtype.kind in "biuf":
        return values
    plain = values.tolist()
    mixed = len({type(value) for value in plain}) > 1
    return np.array([json.dumps(value) if mixed else value for value in plain], dtype=object)


def best_yaml(tuned: Tuned) -> str:
    """The configuration of the last fold's choice, which runs as it is, headed by where it comes from."""
    choice = tuned.choices[-1]
    first, last = choice.fold.dates[:2]
    head = (
        f"The last choice of study {_word(tuned.study)}: trial {choice.trial} of {len(tuned.trials)},",
        f"chosen by fold {choice.fold.number} on its training sessions from {first} to {last}.",
        "A candidate with its doubts, which index.html states, not a winner. To run it:",
        "",
        "    waterline run best.yaml",
    )
    return "".join(f"# {line}".rstrip() + "\n" for line in head) + "\n" + as_yaml(tuned.best)


def _word(text: str) -> str:
    """The beginning of an identity, which cannot leave the comment that it stands in."""
    return "".join(letter for letter in text if letter.isalnum())[:12]


def study_manifest(judged: JudgedStudy) -> dict[str, object]:
    """The contents of ``run.json``: what it was made of, what came out, and the timing, no part of the result."""
    tuned, kept = judged.tuned, judged.kept
    config, trials = tuned.config, tuned.trials
    stages = {SWEEP: int((trials.fold == SHARED).sum()), REFINEMENT: int((trials.fold != SHARED).sum())}
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "study",
        "name": config.name,
        "study": tuned.study,
        "digest": config.digest(),
        "config": config.resolved(),
        "best_digest": tuned.best.digest(),
        "verdict": words.verdict(Facts(tuned)).replace("**", ""),
        "seed": config.seed,
        "objective": list(tuned.objective),
        "trials": {"tried": len(trials), **stages, "failed": sum(map(bool, trials.problem)), "kept": len(kept.rows)},
        "folds": [_fold(fold) for fold in tuned.folds],
        "choices": [_choice(tuned, choice) for choice in tuned.choices],
        "walk_forward": tuned.walk_forward.metrics.as_json(),
        "evidence": judged.evidence.as_json(),
        "plateau": _found(tuned.plateau),
        "importance": as_json(tuned.importance),
        "dispersion": _found(tuned.dispersion),
        "null": _found(tuned.null),
        "verified": asdict(tuned.verified) | {"largest_gap": as_json(tuned.verified.largest_gap)},
        "compiled": tuned.compiled,
        "shared_storage": tuned.shared_storage,
        "notices": list(tuned.notices),
        "files": FILES,
        **made_with(TOOLS),
        "timing": as_json(asdict(tuned.timing)),
    }


def _fold(fold: Fold) -> dict[str, object]:
    days = [str(day) for day in fold.dates]
    return {
        "number": fold.number,
        "train": {"first": days[0], "last": days[1], "sessions": fold.train[1] - fold.train[0]},
        "test": {"first": days[2], "last": days[3], "sessions": fold.test[1] - fold.test[0]},
        "purged_sessions": fold.test[0] - fold.train[1],
    }


def _choice(tuned: Tuned, choice: Choice) -> dict[str, object]:
    values = {
        span: {metric: as_json(float(found[q])) for q, metric in enumerate(tuned.objective)}
        for span, found in (("train", choice.train), ("test", choice.test))
    }
    return {"fold": choice.fold.number, "trial": choice.trial, "params": dict(choice.params), **values}


def _found(value: Plateau | Dispersion | NullSearch | None) -> Mapping[str, object] | None:
    """What was found, as plain JSON; None where it was not looked for."""
    return None if value is None else {one.name: _plain(getattr(value, one.name)) for one in fields(value)}


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
