"""What a study of simulated worlds says, by rule from its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from waterline.report.numerals import count, number, percent, points
from waterline.world import Bound, Figure, Study, bounds, worlds
from waterline.world.trial import DEMAND_ADDS, SEARCH

QUOTED, SEARCHED = "larger", f"{SEARCH}max shift"
"""Tests whose figures are told first: of one configuration, and of a search."""
FEW = 100
"""Histories below which neither a bound nor a critical p-value says much."""
TESTS = {
    "hac": "gain over its standard error",
    "shift": "circular shifts",
    "larger": "larger of the two",
    "bonferroni": "Bonferroni",
    "max shift": "maximum under common shifts",
}
FIGURES = {
    "true_gain": "True timing gain, points a year",
    "gain": "Estimated timing gain, points a year",
    "bias": "Estimate less truth, points a year",
    "delay": "Sessions until a noticed scarce spell was called, median",
    "noticed": "Scarce spells that were noticed",
    "false_alarms": "False alarms a year",
    "accuracy": "Days with the right label",
    "youden": "Sensitivity + specificity − 1",
}


def test_title(test: str) -> str:
    """A test as people call it."""
    for prefix, said in ((DEMAND_ADDS, "Demand adds"), (SEARCH, "Search")):
        if test.startswith(prefix):
            name = test.removeprefix(prefix)
            return f"{said}: {TESTS.get(name, name)}"
    title = TESTS.get(test, test)
    return title[:1].upper() + title[1:]


def figure_title(name: str) -> str:
    """A figure of :meth:`Study.table` as people call it."""
    kind, _, rest = name.partition(": ")
    if kind == "rejects" and rest:
        return test_title(rest)
    if kind == "covers" and rest:
        return f"90% interval holds the true gain ({rest.upper()})"
    return FIGURES.get(name, name)


def written(name: str, value: float) -> str:
    """The value of a figure as written, its unit being that of its title."""
    if name.startswith(("rejects: ", "covers: ")) or name in ("noticed", "accuracy"):
        return percent(value)
    if name in ("gain", "true_gain", "bias"):
        return points(value)
    return number(value, 0 if name == "delay" else 2)


def with_error(name: str, figure: Figure) -> str:
    """``3.0% ±1.7``: a figure with its standard error, where it has one."""
    value, error = written(name, figure.value), written(name, figure.standard_error).lstrip("+").removesuffix("%")
    return f"{value} ±{error}" if math.isfinite(figure.standard_error) else value


def bound_told(name: str, bound: Bound) -> str:
    """``at most 6.0%``."""
    high = math.isfinite(bound.high)
    return f"at {'most' if high else 'least'} {written(name, bound.high if high else bound.low)}"


def broken(study: Study) -> list[str]:
    """Names of the figures that are out of their bounds."""
    table = study.table()
    return [name for name, bound in bounds(study).items() if not bound.holds(table[name])]


def verdict(studies: Sequence[Study]) -> str:
    """How many of the bounds hold, and which do not."""
    held = sum(len(bounds(study)) for study in studies)
    out = [f"{study.world}, {figure_title(name).lower()}" for study in studies for name in broken(study)]
    few = "" if len(studies[0].trials) >= FEW else f" With fewer than {FEW} histories that says little."
    if not held:
        return "Nothing here is held against a bound."
    if not out:
        return f"**All {held} bounds hold.**{few}" if held > 1 else f"**The one bound holds.**{few}"
    return f"**{len(out)} of {held} bounds {'is' if len(out) == 1 else 'are'} broken:** {'; '.join(out)}.{few}"


def answer(study: Study) -> str:
    """What the tests found in one world, and how well its states were called."""
    return f"{_tested(study)} {_called(study)}"


def _tested(study: Study) -> str:
    table, runs = study.table(), count(len(study.trials), "history", "histories")
    if QUOTED not in study.tests():
        return f"{runs[:1].upper()}{runs[1:]} of {number(study.years, 1)} years were tested."
    name = f"rejects: {QUOTED}"
    told = with_error(name, table[name])
    if study.has_skill:
        gain = points(table["true_gain"].value, signed=False)
        return (
            f"There is something to find: the true gain averages {gain} points a year. "
            f"The larger of the two p-values found it in **{told} of {runs}**."
        )
    nothing = "There is nothing to find here."
    if f"rejects: {SEARCHED}" not in table:
        return f"{nothing} The larger of the two p-values claimed a gain all the same in **{told} of {runs}**."
    best = f"rejects: {SEARCHED}"
    return (
        f"{nothing} Whoever takes the best of the search and tests it alone claims a gain in **{told} of {runs}**; the "
        f"maximum under common shifts, which allows for the search, in **{with_error(best, table[best])}**."
    )


def _called(study: Study) -> str:
    table = study.figures()
    delay = table["delay"]
    noticed = f"{percent(table['noticed'].value, 0)} of the scarce spells were noticed"
    when = f", half of them within {number(delay.value, 0)} sessions" if math.isfinite(delay.value) else ""
    return (
        f"{noticed}{when}; {number(table['false_alarms'].value)} false alarms a year; "
        f"{percent(table['accuracy'].value, 0)} of the days had the right label."
    )


def title(studies: Sequence[Study]) -> str:
    """The head of the page."""
    return f"World {studies[0].world}" if len(studies) == 1 else f"{len(studies)} worlds whose truth is known"


def truth_told(world: str) -> str:
    """What is true in a world, as a sentence's beginning."""
    told = worlds()[world]
    return told[:1].upper() + told[1:]
