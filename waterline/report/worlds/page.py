"""The page of a study of simulated worlds, in the look of the run page. It is drawn whole before anyone opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from waterline.report.numerals import number
from waterline.report.page import STYLES, document
from waterline.report.tables import Table
from waterline.report.worlds import words
from waterline.report.worlds.pictures import Histogram, Picture, histograms, picture
from waterline.report.worlds.tables import compared_table, world_tables
from waterline.world import History, Study, critical_values


@dataclass(frozen=True, slots=True)
class Section:
    """What the page says of one world."""

    world: str
    truth: str
    answer: str
    has_skill: bool
    tables: Sequence[Table]
    histograms: Sequence[Histogram]
    picture: Picture


def render_worlds(studies: Sequence[Study], histories: Sequence[History]) -> str:
    """The whole page. The same studies give the same text.

    Args:
        studies: of one world each, with the same seed, years and number of runs.
        histories: one of each study, in their order.
    """
    first, critical = studies[0], critical_values(studies)
    alone, pairs = len(studies) == 1, zip(studies, histories, strict=True)
    context = {
        "config": {"name": words.title(studies)},
        "nav": _nav(studies),
        "runs": len(first.trials),
        "years": number(first.years, 0 if first.years.is_integer() else 1),
        "seed": first.seed,
        "alone": alone,
        "verdict": words.verdict(studies) if not alone else words.answer(first),
        "compared": None if alone else compared_table(studies),
        "worlds": [_section(study, shown, critical, alone) for study, shown in pairs],
    }
    return document("worlds/index.html.j2", context, (*STYLES, "worlds"), ())


def _nav(studies: Sequence[Study]) -> list[tuple[str, str]]:
    """Id and name of each section, in page order."""
    compared = [("compared", "Compared")] if len(studies) > 1 else []
    own = [(study.world, study.world if compared else "Figures") for study in studies]
    return [("summary", "Summary"), *compared, *own, ("terms", "Terms")]


def _section(study: Study, shown: History, critical: Mapping[str, float], alone: bool) -> Section:
    return Section(
        world=study.world,
        truth=words.truth_told(study.world),
        answer=words.verdict([study]) if alone else words.answer(study),
        has_skill=study.has_skill,
        tables=world_tables(study, critical),
        histograms=histograms(study),
        picture=picture(shown, study),
    )
