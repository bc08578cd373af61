"""The folder of a study, written whole or not at all, and its verdict for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np

from waterline.config.writing import as_yaml
from waterline.experiment import silent
from waterline.report.results import MARK, STUDY_MARK, refuse_foreign, replaced, write_json
from waterline.report.study import words
from waterline.report.study.facts import Facts
from waterline.report.study.files import best_yaml, daily_frame, study_manifest, trials_frame
from waterline.report.study.judged import JudgedStudy
from waterline.report.study.page import render_study
from waterline.report.study.searched import Searched

WIDTH = 100


def headline(judged: JudgedStudy) -> str:
    """The verdict, what was chosen last, and plateau and luck, as plain text wrapped for a terminal."""
    study = Facts(judged.tuned)
    head = textwrap.fill(f"{words.attempt(study)} {words.CLOSING}", width=WIDTH)
    facts = (
        ("Search", words.luck(study)),
        ("Luck", judged.evidence.text),
        ("Around", words.surroundings(study) or words.plateau_answer(study)),
        ("Chosen", words.handed_over(study)),
    )
    lines = [textwrap.fill(f"{name}: {text}", WIDTH, subsequent_indent="        ") for name, text in facts]
    return "\n".join([head, "", *lines]).replace("**", "")


def write_study(judged: JudgedStudy, folder: Path, report: Callable[[str], None] = silent) -> list[str]:
    """Write every artefact of a study into ``folder``, replacing the results of an earlier study there.

    Args:
        judged: the finished study with its evidence.
        folder: results folder; made where it does not exist.
        report: called with the name of each step as it begins.

    Returns:
        What could not be shown, a sentence each; the rest of the folder is whole.

    Raises:
        OutputError: the folder holds something else than a study's results, or cannot be written.
    """
    refuse_foreign(folder, study=True)
    tuned, kept = judged.tuned, judged.kept
    with replaced(folder) as staging:
        report("writing trials")
        trials_frame(tuned, kept).to_parquet(staging / STUDY_MARK, engine="pyarrow", index=False)
        daily_frame(tuned).to_parquet(staging / "daily.parquet", engine="pyarrow")
        np.save(staging / "returns.npy", np.asarray(kept.returns, dtype=np.float32), allow_pickle=False)
        np.save(staging / "returns_sessions.npy", kept.sessions.astype("datetime64[D]"), allow_pickle=False)
        _write_text(staging / "best.yaml", best_yaml(tuned))
        _write_text(staging / "config.yaml", as_yaml(tuned.config))
        write_json(staging / MARK, study_manifest(judged))
        report("drawing the page")
        _write_text(staging / "index.html", render_study(judged))
    return _warnings(Searched(tuned))


def _warnings(found: Searched) -> list[str]:
    """What a reader of the terminal should not have to find on the page."""
    if not found.failures:
        return []
    failed, tried = int(found.failed.sum()), len(found.failed)
    return [f"{failed:,} of {tried:,} parameter sets failed, most often so: {found.failures[0].reason}"]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
