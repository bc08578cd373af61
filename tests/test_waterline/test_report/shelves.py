"""Results folders as runs and studies leave them, without the parts that take long to draw."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from waterline.appraisal import Evidence
from waterline.outcome import Outcome
from waterline.report.manifest import manifest
from waterline.report.results import MARK, daily, metrics, write_json
from waterline.report.study.files import daily_frame, study_manifest
from waterline.report.study.judged import JudgedStudy

NOON = 1_760_000_000
"""Seconds since 1970 at which the folders of a test are written, some seconds apart."""


def put_run(folder: Path, run: Outcome, evidence: Evidence, after: float = 0.0, /, **config: Any) -> Path:
    """The results of ``run``, with top-level keys of its configuration replaced, ``after`` so many seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    told = manifest(run)
    told["config"] = told["config"] | config
    told["name"] = told["config"]["name"]
    daily(run).to_parquet(folder / "daily.parquet", engine="pyarrow")
    write_json(folder / "metrics.json", metrics(run) | {"evidence": evidence.as_json()})
    return _finish(folder, told, after)


def put_study(folder: Path, study: JudgedStudy, after: float = 0.0) -> Path:
    """The results of ``study``."""
    folder.mkdir(parents=True)
    daily_frame(study.tuned).to_parquet(folder / "daily.parquet", engine="pyarrow")
    return _finish(folder, study_manifest(study), after)


def _finish(folder: Path, told: dict[str, Any], after: float) -> Path:
    (folder / MARK).write_text(json.dumps(told), encoding="utf-8")
    (folder / "index.html").write_text("<title>its page</title>", encoding="utf-8")
    os.utime(folder / MARK, (NOON + after, NOON + after))
    return folder
