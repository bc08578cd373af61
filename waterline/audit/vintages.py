"""The same history as it was first told, as it stands now, and as if nobody had ever had to wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from waterline.audit.comparing import Bench, differs
from waterline.audit.evaluating import sharpe_ratios
from waterline.audit.finding import Check, Finding
from waterline.panel import Observations, Panel
from waterline.sessions import CLOSE, Dates, new_york_instants

VINTAGES = "first release against latest"
MONTHS = {"M": 1, "Q": 3}


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The rows of a series that tell each of its p periods for the first and for the last time.

    Attributes:
        first: (p,) row of the first release.
        last: (p,) row of the latest revision.
    """

    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, rows: Observations) -> Ends:
        """Of a series with rows in the order of their availability."""
        _, first = np.unique(rows.period, return_index=True)
        _, back = np.unique(rows.period[::-1], return_index=True)
        return cls(first, len(rows) - 1 - back)


def vintaged(panel: Panel) -> tuple[str, ...]:
    """Names of the series that tell some period more than once, with another value."""
    return tuple(name for name, rows in sorted(panel.series.items()) if _is_revised(rows))


def _is_revised(rows: Observations) -> bool:
    ends = Ends.of(rows)
    return bool(differs(rows.value[ends.first], rows.value[ends.last]).any())


def first_release(rows: Observations) -> Observations:
    """Each period as it was first told, from that day on and for ever."""
    return rows.rows(np.sort(Ends.of(rows).first))


def latest_revision(rows: Observations) -> Observations:
    """Each period as it stands now, known from the day it was first told on: a download with a release lag."""
    ends = Ends.of(rows)
    told = rows.rows(ends.first).with_value(rows.value[ends.last])
    return told.rows(np.argsort(ends.first, kind="stable"))


def observation_dates(rows: Observations) -> Observations:
    """Each period as it stands now, known at its end at the latest: a download joined on its dates."""
    told = latest_revision(rows)
    end = new_york_instants(period_ends(told), CLOSE)
    available_at = np.minimum(end, told.available_at)
    order = np.lexsort((told.period, available_at))
    return replace(told, available_at=available_at).rows(order)


def period_ends(rows: Observations) -> Dates:
    """(n,) last day of each period: months and quarters are stamped with their first day, or with their last."""
    if rows.step not in MONTHS:
        return rows.period
    months = rows.period.astype("datetime64[M]")
    stamped_first = rows.period == months.astype("datetime64[D]")
    begun = (months + np.timedelta64(MONTHS[rows.step], "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.where(stamped_first, begun, rows.period)


def with_series(panel: Panel, of: Callable[[Observations], Observations]) -> Panel:
    """The panel with every series retold; prices stay."""
    return replace(panel, series={name: of(rows) for name, rows in panel.series.items()})


def vintage_check(bench: Bench) -> tuple[Check, tuple[Finding, ...]]:
    """The Sharpe ratio on first releases and on the latest revisions, where the data hold both; told, never a finding.

    What later revisions add is what a back-test on a plain download would have claimed for itself.

    Raises:
        SpanError: too few sessions have a score.
    """
    asks = "What would the result be on first releases alone, and on the latest revisions?"
    names = vintaged(bench.panel)
    if not names:
        return Check(VINTAGES, asks, 0, note="the data hold no vintages", judges=False), ()
    others = [with_series(bench.panel, of) for of in (first_release, latest_revision)]
    sharpe = [run.ratio for run in sharpe_ratios(bench, others)]
    numbers = dict(zip(("as_it_was", "first_release", "latest_revision"), sharpe, strict=True))
    note = "Sharpe " + ", ".join(f"{value:.2f} {name.replace('_', ' ')}" for name, value in numbers.items())
    note = f"{note} ({len(names)} series with vintages)"
    return Check(VINTAGES, asks, 1, note=note, figures=numbers, judges=False), ()
