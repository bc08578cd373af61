"""Daily prices of one ticker as a service sends them, and whether they fit what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from waterline.catalog import SERIES, Asset
from waterline.panel import Notice
from waterline.providers.base import Known
from waterline.sessions import Dates, Flags, Floats, Instants
from waterline.sources.prices import final_at as bars_final_at
from waterline.store.rows import Rows

PRICES = ("open", "high", "low", "close", "adj_close")
ACTIONS = ("dividend", "split")
SAME = 1e-6  # relative; a price that differs less is the same
SAME_ADJUSTMENT = 2e-5  # relative; the adjustment of the closes wavers from answer to answer


@dataclass(frozen=True, slots=True, eq=False)
class PriceHistory:
    """Daily bars, adjusted for splits; ``adj_close`` is adjusted for dividends too.

    Attributes:
        name: ticker of the catalog, or a yield that is quoted like a price.
        asset: catalog entry; None for a yield.
        date: (n,) days, strictly increasing.
        columns: PRICES, "volume" and ACTIONS -> (n,); NaN where the service has no number, 0 on a day without action.
        begins: first day of trading by the service's word; NaT where it gives none.
    """

    name: str
    asset: Asset | None
    date: Dates
    columns: dict[str, Floats]
    begins: np.datetime64

    def __len__(self) -> int:
        return len(self.date)

    def where(self, kept: Flags) -> PriceHistory:
        """The chosen days, in order."""
        columns = {name: column[kept] for name, column in self.columns.items()}
        return replace(self, date=self.date[kept], columns=columns)

    @property
    def final_at(self) -> Instants:
        """(n,) UTC instants from which the bars could be known."""
        return final_at(self.name, self.asset, self.date)

    @property
    def priced(self) -> Flags:
        """(n,) True where there is a close and, of an asset, an adjusted close."""
        there: Flags = ~np.isnan(self.columns["close"])
        return there if self.asset is None else there & ~np.isnan(self.columns["adj_close"])

    @property
    def acted(self) -> Flags:
        """(n,) True on the days of a dividend or a split."""
        days: Flags = (self.columns["dividend"] != 0) | (self.columns["split"] != 0)
        return days

    def rows(self, source: str) -> Iterator[Rows]:
        """One series a column, ``TICKER/close`` and so on; of a yield its close alone, under its own name.

        A day without a number, or without an action, has no row.
        """
        if self.asset is None:
            yield self._rows("close", self.name, ~np.isnan(self.columns["close"]), source)
            return
        for name, column in self.columns.items():
            there = column != 0 if name in ACTIONS else ~np.isnan(column)
            if name in PRICES:
                there = there & (column > 0)  # an open of 0 is Yahoo's way of not knowing it
            yield self._rows(name, f"{self.name}/{name}", there, source)

    def _rows(self, column: str, series: str, there: Flags, source: str) -> Rows:
        return Rows(
            series=series,
            period=self.date[there],
            available_at=self.final_at[there],
            vintage=self.date[there],
            value=self.columns[column][there],
            source=source,
        )


def final_at(name: str, asset: Asset | None, days: Dates) -> Instants:
    """UTC instants from which the bars of ``days`` are final: the close, or the end of the UTC day."""
    return SERIES[name].release.instant(days) if asset is None else bars_final_at(asset, days)


def news(rows: Iterable[Rows], since: Known) -> tuple[tuple[Rows, ...], tuple[Notice, ...]]:
    """The rows that are not stored or differ from what is stored, and a word about changed closes.

    A corrected bar keeps its instant and so takes the place of the stored one: the exchange had said so all along.
    """
    kept: list[Rows] = []
    notices: list[Notice] = []
    for new in rows:
        stored = _stored(since, new.series)
        before = np.array([stored.get(day, np.nan) for day in new.period.tolist()])
        differs = ~np.isclose(new.value, before, rtol=SAME, atol=0)
        if differs.any():
            kept.append(_chosen(new, differs))
        changed = differs & ~np.isnan(before)
        name, _, column = new.series.partition("/")
        if changed.any() and column in ("", "close"):
            at = int(np.argmax(changed))
            example = f"{new.period[at]} was {before[at]:g} and is {new.value[at]:g}"
            notices.append(Notice(name, f"{int(changed.sum())} stored closes were corrected: {example}."))
    return tuple(kept), tuple(notices)


def reason_to_reread(history: PriceHistory, since: Known, last_action: np.datetime64) -> str:
    """What makes the stored prices unfit to be continued, as the begin of a sentence; "" when nothing does.

    Args:
        history: checked bars that overlap what is stored.
        since: what is stored.
        last_action: newest dividend or split that the stored prices are adjusted for; NaT for none.
    """
    if history.asset is None:
        return ""
    for name in ACTIONS:
        acted = history.columns[name] != 0
        fresh = acted if np.isnat(last_action) else acted & (history.date > last_action)
        if fresh.any():
            return f"A {name} on {history.date[int(np.argmax(fresh))]}"
    close, adjusted = (_stored(since, f"{history.name}/{name}") for name in ("close", "adj_close"))
    common = np.array([day in close and day in adjusted for day in history.date.tolist()], dtype=np.bool_)
    both = history.where(common & history.priced)
    if len(both) == 0:
        return "A gap between the stored prices and the new ones"
    days = both.date.tolist()
    scale = both.columns["close"] / np.array([close[day] for day in days])
    adjustment = both.columns["adj_close"] / np.array([adjusted[day] for day in days]) / scale
    if np.abs(adjustment - 1).max() > SAME_ADJUSTMENT:
        return "A new adjustment of the closes"
    return "A new scale of the prices" if np.abs(scale - 1).min() > SAME_ADJUSTMENT else ""


def _stored(since: Known, series: str) -> dict[dt.date, float]:
    """Day -> value of the newest stored rows of ``series``."""
    found = (rows for rows in since.tail if rows.series == series)
    return {day: value for rows in found for day, value in zip(rows.period.tolist(), rows.value.tolist(), strict=True)}


def _chosen(rows: Rows, kept: Flags) -> Rows:
    return Rows(
        rows.series, rows.period[kept], rows.available_at[kept], rows.vintage[kept], rows.value[kept], rows.source
    )
