"""The run page: one file that shows an outcome and asks nothing of the network."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from waterline.appraisal import Evidence
from waterline.catalog import SERIES
from waterline.report import numerals, words
from waterline.report.answers import answers
from waterline.report.calendar_years import CalendarYear, calendar_years
from waterline.report.chart_data import chart_data
from waterline.report.definitions import defining, head_ids, run_terms
from waterline.report.evaluated import BILLS, Evaluated
from waterline.report.figures import asset_colours, figures, library, pillar_colours, small_multiples, source_digest
from waterline.report.judged import Judged
from waterline.report.key_numbers import key_numbers
from waterline.report.luck.section import luck_section
from waterline.report.luck.words import numbers_sentence, verdict_text
from waterline.report.months import calendar_months, month_table, months_answer
from waterline.report.releases import release_table, releases
from waterline.report.tables import (
    RUN_FIGURES,
    calendar_table,
    episode_table,
    holdings_table,
    score_table,
    window_rows,
)
from waterline.report.tax import tax_section
from waterline.report.thesis import thesis_section
from waterline.report.tub import tub
from waterline.report.verified import Verified
from waterline.report.verified_table import verified_section

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
STYLES, DRAWING = ("page", "parts", "evidence", "months", "media"), ("charts", "marks", "figures")
"""Style sheets and, before the page's own, scripts in their order."""
FEWEST_TO_SHOW = 2
"""Evaluated sessions from which there is a return, and so something to show."""
SMALLEST_LABELLED = 0.005
"""Share of equity from which a holding is labelled at its end."""
BOLD = re.compile(r"\*\*(.+?)\*\*")
BREAKS = re.compile(r"[._]+")
UNSAFE_IN_SCRIPT = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def render_page(judged: Judged, *, tearsheet: str | None, checked: Sequence[Verified] = ()) -> str:
    """The whole page. The same run gives the same text.

    Args:
        judged: what to show.
        tearsheet: file name of the tear sheet beside the page; None where there is none.
        checked: the figures of the tear sheet beside our own.
    """
    run, evidence = Evaluated(judged.outcome), judged.evidence
    shown = len(run.sessions) >= FEWEST_TO_SHOW
    context = _head(run) | _terms(run, shown)
    context |= {"tearsheet": tearsheet, "tax": judged.tax and tax_section(judged.tax)}
    context |= {"checked": verified_section(checked)}
    if shown:
        context |= _body(run, evidence) | {"verdict": verdict_text(evidence), "thesis": thesis_section(judged.card)}
    return document("index.html.j2", context, STYLES, DRAWING if shown else (), ("terms",))


def document(
    template: str, context: dict[str, Any], styles: Sequence[str], drawing: Sequence[str], more: Sequence[str] = ()
) -> str:
    """A page with its style sheets and scripts inside it, and a policy that lets nothing else run.

    Args:
        template: name of its template.
        context: what the template shows.
        styles: style sheets in their order.
        drawing: scripts that draw, in their order; where there are none, the page has no charts and no library.
        more: scripts that follow the one that all pages have.
    """
    scripts = "\n".join(_text(f"{name}.js") for name in (*drawing, "page", *more))
    around = {
        "styles": "\n".join(_text(f"{name}.css") for name in styles),
        "scripts": scripts,
        "script_digests": [source_digest(scripts.encode()), *([library().digest] if drawing else [])],
        "library": library().packed if drawing else None,
        "shown": bool(drawing),
    }
    return _environment().get_template(template).render(context | around)


def _head(run: Evaluated) -> dict[str, Any]:
    outcome = run.outcome
    return {
        "run": run,
        "outcome": outcome,
        "config": outcome.config,
        "verdict": words.opening(run),
        "data_answer": words.data_answer(run),
        "stale": sum(source.is_stale for source in outcome.provenance),
        "revised": sum(not source.point_in_time for source in outcome.provenance),
        "sources": release_table(releases(outcome)),
    }


def _terms(run: Evaluated, shown: bool) -> dict[str, Any]:
    config = run.outcome.config
    terms = run_terms(
        adds_up=run.adds_up,
        cutoff=f"{config.cutoff:%H:%M}",
        idea_day=numerals.day(np.datetime64(config.idea_date)),
        shown=shown,
    )
    return {"terms": terms, "ids": head_ids(terms)}


def _body(run: Evaluated, evidence: Evidence) -> dict[str, Any]:
    years, months = calendar_years(run), calendar_months(run)
    data = chart_data(run)
    return {
        "answers": answers(run, evidence),
        "key_numbers": key_numbers(run, evidence),
        "windows": window_rows(run),
        "window_figures": RUN_FIGURES,
        "tub": tub(years),
        "luck": luck_section(evidence),
        "told": _told(run, evidence, years) | {"months": months_answer(months)},
        "months": month_table(months, years),
        "rolled": run.has_rolled,
        "years": calendar_table(run, years),
        "scores": score_table(run, years),
        "holdings": holdings_table(run, years),
        "episodes": episode_table(run),
        "small": (small := _small(run)),
        "columns": _columns(small),
        "thinned": data.thinned,
        "held_sessions": int(run.held.sum()),
        "absent": _absent(run),
        "chart_json": script_json(data.as_json() | {"figures": figures(run)}),
    }


def _told(run: Evaluated, evidence: Evidence, years: tuple[CalendarYear, ...]) -> dict[str, str]:
    """Section -> its answer in a sentence or two."""
    return {
        "numbers": f"{numbers_sentence(evidence)} {words.against_index(run)}",
        "growth": words.growth_answer(run, years),
        "steady": words.steady_answer(run),
        "score": words.score_answer(run),
        "holdings": words.holdings_answer(run),
        "episodes": words.episodes_answer(run),
    }


def _absent(run: Evaluated) -> list[tuple[str, str]]:
    """Name and colour of the holdings that have no label at the right end of their chart."""
    held = zip(run.weights, asset_colours(run), strict=True)
    return [(name, colour) for name, colour in held if run.weights[name][-1] < SMALLEST_LABELLED and name != BILLS]


def _small(run: Evaluated) -> list[dict[str, Any]]:
    """The small charts by family: title, colour, and for each chart its id, name and newest figure."""
    colours = dict(zip(run.parts, pillar_colours(run), strict=True))
    groups: dict[str, dict[str, Any]] = {}
    for family, name, _ in small_multiples(run):
        pillar = family.removeprefix("member.")
        group = groups.setdefault(
            family, {"title": pillar, "colour": colours.get(pillar), "counted": family != "beside", "charts": []}
        )
        source = run.outcome.score.beside if family == "beside" else run.outcome.score.members[pillar]
        newest = float(source[name][run.rows][-1])
        group["charts"].append({"id": f"{family}.{name}", "title": input_title(name), "newest": newest})
    return list(groups.values())


def input_title(name: str) -> str:
    """An input as people call it: the catalog's title, or its name with the catalog's ids in capitals."""
    if name in SERIES:
        return SERIES[name].title
    words_of = [word.upper() if word.upper() in SERIES else word for word in name.split("_")]
    return numerals.readable(" ".join(words_of))


def _columns(groups: list[dict[str, Any]]) -> int:
    """Three or four small charts a row, whichever leaves fewer gaps."""
    return min((3, 4), key=lambda columns: sum(-len(group["charts"]) % columns for group in groups))


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return plain.translate(UNSAFE_IN_SCRIPT)


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "bold": _bold, "breakable": _breakable, "count": numerals.count, "day": numerals.day, "defining": defining,
        "number": numerals.number, "percent": numerals.percent, "readable": numerals.readable,
    }  # fmt: skip
    return environment


def _bold(text: str) -> Markup:
    from markupsafe import Markup, escape

    return Markup(BOLD.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704  # escaped here


def _breakable(path: str) -> Markup:
    """A dotted path that a line may break after a dot or an underscore."""
    from markupsafe import Markup, escape

    return Markup(BREAKS.sub(r"\g<0><wbr>", str(escape(path))))  # noqa: S704  # escaped here
