"""Trailing years of company cash flows, summed over the companies that had filed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from waterline.panel import Observations, Panel

QUARTER_DAYS = 91.3125
TOLERANCE_DAYS = 20


def year_sum(rows: Observations, definition: Observations | None, quarters: int, ago: int = 0) -> Observations:
    """Sum of four quarters ending ``ago`` quarters before each row, where ``quarters`` consecutive ones are known.

    Args:
        rows: discrete quarterly flows in USD, one row a quarter.
        definition: index of the accounting concept behind each row; a window that spans a change is missing.
        quarters: length of the run that must be complete and of one definition; at least ``ago + 4``.
        ago: quarters between the end of the sum and the row.
    """
    out = np.full(len(rows), np.nan)
    if len(rows) >= quarters:
        windows = np.lib.stride_tricks.sliding_window_view(rows.value, quarters)
        stop = quarters - ago
        sums = windows[:, stop - 4 : stop].sum(axis=1) + 0.0 * windows.sum(axis=1)
        out[quarters - 1 :] = np.where(_complete(rows, definition, quarters), sums, np.nan)
    return rows.with_value(out, f"{rows.series} over a year")


def _complete(rows: Observations, definition: Observations | None, quarters: int) -> np.ndarray:
    span = (rows.period[quarters - 1 :] - rows.period[: len(rows) - quarters + 1]) / np.timedelta64(1, "D")
    complete = np.abs(span - QUARTER_DAYS * (quarters - 1)) <= TOLERANCE_DAYS
    if definition is None:
        return complete
    concepts = np.lib.stride_tricks.sliding_window_view(definition.value, quarters)
    return np.asarray(complete & (concepts == concepts[:, :1]).all(axis=1))


def summed(flows_of: Sequence[Sequence[Observations]], min_companies: int) -> list[Observations]:
    """Sums over companies at every filing, each over the companies that have all the flows.

    Args:
        flows_of: for each flow one series a company, the companies in the same order.
        min_companies: fewest companies on whose figures a sum is given.

    Returns:
        One series a flow, all with the same rows: a row a filing, NaN where too few companies are complete.
    """
    instants = np.unique(np.concatenate([rows.available_at for flow in flows_of for rows in flow]))
    tables = [np.column_stack([rows.at(instants) for rows in flow]) for flow in flows_of]
    complete = np.all([np.isfinite(table) for table in tables], axis=0)
    enough = complete.sum(axis=1) >= min_companies
    like, days = flows_of[0][0], instants.astype("datetime64[D]")
    return [
        replace(
            like,
            period=days,
            available_at=instants,
            vintage=days,
            value=np.where(enough, np.where(complete, table, 0.0).sum(axis=1), np.nan),
        )
        for table in tables
    ]


def ratio_of_sums(
    tops: Mapping[str, Observations], bottoms: Mapping[str, Observations], min_companies: int, name: str
) -> Observations:
    """Sum of ``tops`` over sum of ``bottoms`` at every filing, over companies with both; NaN where not positive."""
    shared = [company for company in tops if company in bottoms]
    top, bottom = summed([[tops[c] for c in shared], [bottoms[c] for c in shared]], min_companies)
    positive = bottom.value > 0
    return top.with_value(np.where(positive, top.value / np.where(positive, bottom.value, 1.0), np.nan), name)


def flows(panel: Panel, companies: Sequence[str], flow: str) -> dict[str, Observations]:
    """The discrete quarterly ``flow`` of each company that the panel has."""
    names = {company: f"{company}/{flow}" for company in companies}
    return {company: panel.read(name) for company, name in names.items() if name in panel}
