"""Discrete quarterly flows of companies, known from the day of the filing that first carries them.

A row is stamped with the end of its fiscal quarter and becomes available at 17:30 New York of its filing date, the
hour until which EDGAR gives that date; decisions at 16:00 use it a session later. A row whose form ends in ``/cmp``
stands only in the comparative column of a later filing. Where ``filed`` is that filing's own day it counts; where it
is the day of the original report, which showed another figure or none, the row is known from the filing one year
later.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.catalog import MAX_AGE_DAYS
from waterline.panel import Notice, Observations
from waterline.sessions import Dates, Floats, new_york_instants
from waterline.sources.base import Loaded
from waterline.sources.names import DEFINITION
from waterline.sources.table import InputFile, Schema, check_increasing, read_table, require_numbers

COLUMNS: Schema = {"period_end": "date", "filed": "date", "value_usd": "number", "concept": "text", "form": "text"}
ACCEPTED_UNTIL = dt.time(17, 30)
COMPARATIVE = "/cmp"
ORIGINAL_REPORT_WITHIN = np.timedelta64(105, "D")  # a 10-K is due within 90 days, 15 more after a notice of delay
YEAR, SAME_QUARTER = np.timedelta64(365, "D"), np.timedelta64(10, "D")
Names = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The rows of one filing file.

    Attributes:
        period: (n,) last day of the fiscal quarter.
        known: (n,) New York day of the filing from which the figure could be known.
        value: (n,) USD.
        concept: (n,) name of the reported concept.
    """

    period: Dates
    known: Dates
    value: Floats
    concept: Names

    def of(self, concept: str) -> Facts:
        """The rows of one concept, by period."""
        rows = self.concept == concept
        return Facts(self.period[rows], self.known[rows], self.value[rows], self.concept[rows])


def read_facts(file: InputFile) -> Facts:
    """The rows of a filing file with the day each became known.

    Raises:
        DataError: unreadable, periods of a concept that repeat or run backwards, or a filing before its period's end.
    """
    table = read_table(file, COLUMNS)
    check_increasing(table, "period_end", group="concept")
    require_numbers(table, "value_usd", stamp="period_end")
    period, filed, concept = table["period_end"], table["filed"], table["concept"]
    early = filed <= period
    if early.any():
        first = int(np.argmax(early))
        problem = f"was filed on {filed[first]}, not after the end of its period."
        raise table.error(first, problem, "Correct the filing date.", "period_end")
    comparative = np.array([str(form).endswith(COMPARATIVE) for form in table["form"]], dtype=np.bool_)
    known = filed.copy()
    for row in np.flatnonzero(comparative & (filed - period <= ORIGINAL_REPORT_WITHIN)).tolist():
        known[row] = _filed_a_year_later(row, period, filed, concept)
    return Facts(period, known, table["value_usd"], concept)


def read_flow(name: str, file: InputFile) -> Loaded:
    """A flow such as "MSFT/ocf", in USD per quarter.

    Raises:
        DataError: as ``read_facts``.
    """
    return flow_of(name, read_facts(file), file)


def read_capex(name: str, file: InputFile) -> Loaded:
    """Capital expenditure ("MSFT/capex"), in USD per quarter, and its companion "MSFT/capex_definition".

    Raises:
        DataError: as ``read_facts``.
    """
    return capex_of(name, read_facts(file), file)


def flow_of(name: str, facts: Facts, file: InputFile) -> Loaded:
    """The flow that ``facts`` from ``file`` report."""
    flow = observations(name, facts.period, facts.known, facts.value)
    return Loaded({name: flow}, files={file.name: file.sha256})


def capex_of(name: str, facts: Facts, file: InputFile) -> Loaded:
    """Capital expenditure that ``facts`` from ``file`` report, and its companion.

    The companion has the same rows; its value counts the reported concepts in order of their first period (0, 1, …).
    A trailing sum over unequal definitions adds unlike things (Amazon: net of incentives to 2016, gross from 2017).
    """
    flow = observations(name, facts.period, facts.known, facts.value)
    by_period = facts.concept[np.argsort(facts.period, kind="stable")].tolist()
    number = {concept: float(i) for i, concept in enumerate(dict.fromkeys(by_period))}
    counted = np.array([number[concept] for concept in facts.concept])
    companion = observations(f"{name}{DEFINITION}", facts.period, facts.known, counted)
    notices: tuple[Notice, ...] = ()
    if len(number) > 1:
        notices = (Notice(name, f"is reported under {len(number)} concepts in turn: {', '.join(number)}."),)
    return Loaded({name: flow, companion.series: companion}, notices=notices, files={file.name: file.sha256})


def observations(name: str, period: Dates, known: Dates, value: Floats) -> Observations:
    """Quarterly flows in USD as observations, available at the end of the filing day."""
    order = np.lexsort((period, known))
    return Observations(
        series=name,
        period=period[order],
        available_at=new_york_instants(known[order], ACCEPTED_UNTIL),
        vintage=known[order],
        value=value[order],
        max_age_days=MAX_AGE_DAYS["Q"],
        step="Q",
    )


def first_filed(flow: Observations, definition: Observations | None = None) -> Observations:
    """The first figure of each quarter under each definition; later figures are restatements and left out.

    Args:
        flow: quarterly flows of a company with all their vintages.
        definition: its companion, which has the same rows (the companion's is itself); None where it has none.
    """
    counted = np.zeros(len(flow)) if definition is None else definition.value
    _, first = np.unique(np.column_stack([flow.period.astype(np.float64), counted]), axis=0, return_index=True)
    return flow.rows(np.isin(np.arange(len(flow)), first))


def _filed_a_year_later(row: int, period: Dates, filed: Dates, concept: Names) -> np.datetime64:
    """Filing day of the same quarter a year later, of the same concept if possible; ``filed`` plus a year if absent."""
    later = np.abs(period - period[row] - YEAR) <= SAME_QUARTER
    alike = later & (concept == concept[row])
    days = filed[alike if alike.any() else later]
    found: np.datetime64 = days.max() if len(days) else filed[row] + YEAR
    return found
