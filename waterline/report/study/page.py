"""The page of a study: one file in the look of the run page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from waterline.appraisal import StudyEvidence
from waterline.report import numerals
from waterline.report.chart_data import drawn, spans
from waterline.report.definitions import MEASURES, head_ids
from waterline.report.key_numbers import strip
from waterline.report.page import DRAWING, STYLES, document, script_json
from waterline.report.study import words
from waterline.report.study.answers import answers
from waterline.report.study.evidence import evidence_table
from waterline.report.study.facts import Facts
from waterline.report.study.figures import figures
from waterline.report.study.judged import JudgedStudy
from waterline.report.study.measures import MEASURES as OBJECTIVES
from waterline.report.study.tables import failure_table, fold_table, objective_table, sampler_title, timing_rows
from waterline.report.tables import WINDOW_FIGURES, window_row
from waterline.sessions import Dates, Flags

STUDY_STYLES, STUDY_DRAWING = (*STYLES, "study"), (*DRAWING, "plots")


def render_study(judged: JudgedStudy) -> str:
    """The whole page. The same study gives the same text, its timing aside."""
    study = Facts(judged.tuned)
    context = _head(study) | _growth(study) | _parts(study) | _evidence(judged.evidence)
    return document("study/index.html.j2", context, STUDY_STYLES, STUDY_DRAWING, ("terms",))


def _head(study: Facts) -> dict[str, Any]:
    tuned = study.tuned
    return {
        "study": study,
        "tuned": tuned,
        "config": tuned.config,
        "idea_day": numerals.day(np.datetime64(tuned.config.idea_date)),
        "terms": MEASURES,
        "ids": head_ids(MEASURES),
        "measure": study.searched.measure,
        "sampler": "" if tuned.config.tune is None else sampler_title(tuned.config.tune.sampler),
        "objectives": ", ".join(OBJECTIVES[metric].inline for metric in tuned.objective),
        "verdict": words.verdict(study),
        "answers": answers(study),
        "told": {
            "numbers": words.numbers_answer(study),
            "growth": words.growth_answer(study),
            "luck": words.luck_answer(study),
            "foresight": words.foresight_answer(study),
            "folds": words.folds_answer(study),
            "plateau": words.plateau_answer(study),
            "search": words.search_answer(study),
            "checks": words.checks_answer(study),
        },
    }


def _growth(study: Facts) -> dict[str, Any]:
    curves = study.stitched
    data = drawn(curves, {}, spells(curves.sessions, curves.scarce), [])
    shown = figures(study)
    window = window_row(curves.labels, curves.comparison)
    return {
        "key_numbers": strip(
            curves.comparison, curves.short_labels, chosen=f"Test folds; in each the best of {study.tried}"
        ),
        "windows": [replace(window, label="Test folds, one after another")],
        "window_figures": WINDOW_FIGURES,
        "thinned": data.thinned,
        "charts": {figure["id"] for figure in shown},
        "chart_json": script_json(data.as_json() | {"figures": shown}),
    }


def _parts(study: Facts) -> dict[str, Any]:
    importance = sorted(study.tuned.importance.items(), key=lambda item: -item[1])
    largest = max((share for _, share in importance), default=0.0)
    return {
        "folds": fold_table(study),
        "objective_table": objective_table(study),
        "drifts": study.drifts,
        "importance": [(path, share, 100.0 * share / largest if largest > 0 else 0.0) for path, share in importance],
        "failures": failure_table(study),
        "timing": timing_rows(study),
        "caveat": words.caveat(study),
    }


def _evidence(evidence: StudyEvidence) -> dict[str, Any]:
    return {"evidence_words": evidence.text, "evidence_table": evidence_table(evidence)}


def spells(sessions: Dates, scarce: Flags) -> list[dict[str, str]]:
    """The states in order, each to the start of the next."""
    both = (("ample", ~scarce), ("scarce", scarce))
    found = [{"state": name, **span} for name, flags in both for span in spans(sessions, flags)]
    return sorted(found, key=lambda spell: spell["from"])
