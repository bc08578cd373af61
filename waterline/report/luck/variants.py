"""The same strategy later, dearer, on other scores and without its best episode."""

from __future__ import annotations

import math
from collections.abc import Sequence

from waterline.appraisal import Evidence
from waterline.appraisal.ablations import Ablation
from waterline.appraisal.gains import GainTest
from waterline.appraisal.spells import SpellEvidence
from waterline.metrics import Estimate
from waterline.report.key_numbers import Mark, Scale, around
from waterline.report.luck.tests import strength, written
from waterline.report.luck.words import p_text
from waterline.report.numerals import count, day, number, percent, points
from waterline.report.tables import Cell, Column, Table, figure

REACH = Column("90% interval", wide=True, sortable=False)
TESTED = (
    Column("Gain, points a year", figures=True, sortable=False), REACH, Column("p", figures=True, sortable=False),
    Column("Power", figures=True, sortable=False), Column("Detectable from", figures=True, sortable=False),
)  # fmt: skip
NET = Column("Over its mix, after costs, points", figures=True, sortable=False)


def lag_table(evidence: Evidence) -> Table:
    """Later and later decisions: the gain before costs, and what is left after them."""
    rungs = evidence.ladders.lag
    scale = scale_of([rung.gain.estimate for rung in rungs])
    rows = tuple(
        (
            Cell(number(rung.step, 0), detail="impossible" if rung.note else ""),
            *tested(rung.gain, scale),
            Cell(points(rung.net.value)),
        )
        for rung in rungs
    )
    return Table("Timing gain by delay", (Column("Sessions to the fill", sortable=False), *TESTED, NET), rows)


def cost_table(evidence: Evidence) -> Table:
    """Higher and higher costs: what is left over the mix, whose costs rise too."""
    rungs = evidence.ladders.cost
    scale = scale_of([rung.net for rung in rungs])
    rows = tuple(
        (Cell(f"× {number(rung.step, 0)}"), Cell(points(rung.net.value)), reach_cell(rung.net, scale)) for rung in rungs
    )
    return Table("Gain over the mix by costs", (Column("Configured costs", sortable=False), NET, REACH), rows)


def ladder_words(evidence: Evidence) -> str:
    """What the two ladders say."""
    ladders = evidence.ladders
    if ladders.why:
        return ladders.why
    note = next((rung.note for rung in ladders.lag if rung.note), "")
    level, last = ladders.break_even, ladders.cost[-1].step
    if math.isnan(level):
        told = "Even without costs nothing is left over the mix."
    elif math.isinf(level):
        told = f"Something is left over the mix even at {number(last, 0)} times the costs."
    else:
        told = f"Nothing is left over the mix from {number(level, 1)} times the configured costs on."
    return f"{told} 0 sessions: {note}" if note else told


def scale_of(gains: Sequence[Estimate]) -> Scale:
    """One scale for all of them, with zero on it."""
    return Scale.over([end for gain in gains for end in around(gain.value, gain.standard_error)], include_zero=True)


def tested(test: GainTest, scale: Scale) -> tuple[Cell, ...]:
    """The cells of ``TESTED``."""
    power, _, detectable = strength(test)
    gain = test.estimate
    return Cell(points(gain.value)), reach_cell(gain, scale), Cell(p_text(test.p_value)), Cell(power), Cell(detectable)


def reach_cell(gain: Estimate, scale: Scale) -> Cell:
    """Dot and line of a gain with the interval of its standard error."""
    reach = around(gain.value, gain.standard_error)
    mark = Mark("", "", "", *scale.places(reach))
    return Cell(written(*reach[1:]), kind="reach", mark=mark, zero=scale.zero)


def ablation_table(evidence: Evidence) -> Table:
    """The full score, and each rival of it that could be traded."""
    rivals = [rival for rival in evidence.ablations if not rival.why]
    own = evidence.windows["all"].timing.test
    scale = scale_of([own.estimate, *(rival.gain.estimate for rival in rivals)])
    leads = tuple(
        Column(head, figures=True, sortable=False) for head in ("Full score leads by", "p", "Detectable lead")
    )
    blank = Cell("", kind="empty")
    rows = [(Cell("The full score"), blank, *tested(own, scale), blank, blank, blank, blank)]
    rows += [_rival(rival, scale) for rival in rivals]
    columns = (Column("Score", sortable=False), Column("Scarce", figures=True, sortable=False), *TESTED, *leads, NET)
    return Table("The same strategy on other scores", columns, tuple(rows))


def _rival(rival: Ablation, scale: Scale) -> tuple[Cell, ...]:
    return (
        Cell(rival.label),
        Cell(percent(rival.scarce_share, 0)),
        *tested(rival.gain, scale),
        Cell(points(rival.lead.estimate.value)),
        Cell(f"{p_text(rival.lead.p_value)}, power {number(rival.lead.power.power)}"),
        Cell(percent(rival.lead.power.minimum_detectable_gain)),
        Cell(points(rival.net.value)),
    )


def absent_rivals(evidence: Evidence) -> tuple[str, ...]:
    """Those that could not be had, with the reason."""
    return tuple(f"{rival.label}: {rival.why}" for rival in evidence.ablations if rival.why)


def left_out_table(evidence: Evidence) -> Table:
    """The timing gain of all sessions, without the best episode, and without the pandemic's fall and rebound."""
    spells = evidence.spells
    cases = [("All sessions", evidence.windows["all"].timing.test)]
    if spells.table and len(spells.table) > 1:
        best = spells.table[spells.best]
        rank = "best" if best.share_of_gain >= 0.0 else "worst"
        label = f"Without the {rank} episode: {best.state}, {day(best.decided)} to {day(best.last)}"
        cases.append((label, spells.without_best))
    if math.isfinite(spells.without_shock.estimate.value):
        cases.append(("Without February to May 2020", spells.without_shock))
    scale = scale_of([test.estimate for _, test in cases])
    rows = tuple((Cell(label), *tested(test, scale)) for label, test in cases)
    return Table("Timing gain without parts of the sample", (Column("Sessions", sortable=False), *TESTED), rows)


def spell_table(evidence: Evidence) -> Table:
    """Every spell, and what is left of the timing gain without it."""
    heads = (
        Column("State"), Column("Decided"), Column("Last session"), Column("Sessions", figures=True),
        Column("Adds to the gain, points a year", figures=True), Column("Gain without it", figures=True),
        Column("p", figures=True), Column("Power", figures=True), Column("Detectable from", figures=True),
    )  # fmt: skip
    return Table("Timing gain without each spell", heads, tuple(_spell(spell) for spell in evidence.spells.table))


def _spell(spell: SpellEvidence) -> tuple[Cell, ...]:
    rest = spell.without
    return (
        Cell(spell.state, kind="state"),
        Cell(day(spell.decided), str(spell.decided)),
        Cell(day(spell.last), str(spell.last)),
        figure(spell.sessions, count(spell.sessions)),
        figure(spell.share_of_gain, points(spell.share_of_gain)),
        figure(rest.estimate.value, points(rest.estimate.value)),
        figure(rest.p_value, p_text(rest.p_value)),
        figure(rest.power.power, number(rest.power.power)),
        figure(rest.power.minimum_detectable_gain, percent(rest.power.minimum_detectable_gain)),
    )
