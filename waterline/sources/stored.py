"""Rows of the store as series, flows and prices, by the readers that read files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from waterline.catalog import ASSETS, MAX_AGE_DAYS, SERIES, Asset
from waterline.errors import DataError
from waterline.panel import Notice, Observations
from waterline.sessions import Dates, Floats
from waterline.sources.base import Loaded
from waterline.sources.borrowing import net_borrowing_of
from waterline.sources.filings import Facts, capex_of, first_filed, flow_of
from waterline.sources.macro import latest, vintages
from waterline.sources.names import CAPEX, DEFINITION, NET_BORROWING, OPERATING_CASH_FLOW, company_flow
from waterline.sources.prices import PRICES, YIELDS, Quotes, quotes_of, yield_of
from waterline.sources.table import InputFile, Table
from waterline.store import VINTAGED, Rows

OF_FACTS: dict[str, Callable[[str, Facts, InputFile], Loaded]] = {
    CAPEX: capex_of,
    OPERATING_CASH_FLOW: flow_of,
    NET_BORROWING: net_borrowing_of,
}


class StoredTable(Table):
    """Rows of the store as a table: it has no lines, so a row is placed by its date alone."""

    __slots__ = ()

    def place(self, row: int, stamp: str) -> str:
        """The date of ``row``."""
        return str(self.columns[stamp][row])


def parts_of(name: str, held: Collection[str]) -> frozenset[str]:
    """The series of a store, of those ``held``, behind a name of a request.

    Prices are kept by column ("SPY/close"); flows as they are ("MSFT/capex"), with their companion, or by the reported
    concept ("MSFT/capex/PaymentsToAcquireProductiveAssets").
    """
    flow = company_flow(name)
    if flow is not None:
        whole = "/".join(flow)
        concepts = {series for series in held if series.rpartition("/")[0] == whole}
        return frozenset({whole, f"{whole}{DEFINITION}", *concepts}).intersection(held)
    columns = {f"{name}/{column}" for column in PRICES} if name in ASSETS or name in YIELDS else set()
    return frozenset({name, *columns}).intersection(held)


@dataclass(frozen=True, slots=True, eq=False)
class StoreHeld:
    """The holdings of a store.

    Attributes:
        path: the store's file, to name it in errors.
        rows: what was read of it, by stored series.
    """

    path: Path
    rows: Mapping[str, Rows]

    def series(self, name: str) -> Loaded | None:
        """A series or flow, with the digest of its rows."""
        flow = company_flow(name)
        if flow is not None:
            return self._reported(name) if name in self.rows else self._computed(name, flow[1])
        if name in YIELDS and f"{name}/close" in self.rows:
            return yield_of(name, self._prices(name))
        if name not in self.rows:
            return None
        rows = self.rows[name]
        columns = {
            "date": rows.period,
            "value": rows.value,
            "available_at": rows.available_at,
            "vintage": rows.vintage,
        }
        table = StoredTable(self._file(name, [rows]), columns)
        return (vintages if VINTAGED.issuperset(rows.source.split(", ")) else latest)(SERIES[name], table)

    def quotes(self, entry: Asset) -> Quotes | None:
        """The prices of an asset."""
        held = any(f"{entry.ticker}/{column}" in self.rows for column in PRICES)
        return quotes_of(entry, self._prices(entry.ticker)) if held else None

    def absent(self, name: str) -> DataError:
        """Names the store and how to fill it."""
        remedy = "Fill it with `waterline fetch CONFIG` or `waterline data import DIR`."
        return DataError(str(self.path), f"the store holds no {name!r} that counts here.", remedy)

    def _prices(self, name: str) -> Table:
        """The prices of each day as they stood last; NaN in a column that has none."""
        held = [self.rows[series] for column in PRICES if (series := f"{name}/{column}") in self.rows]
        days = np.unique(np.concatenate([rows.period for rows in held]))
        columns = {column: values_by_day(self.rows.get(f"{name}/{column}"), days) for column in PRICES}
        return StoredTable(self._file(name, held), {"date": days, **columns})

    def _reported(self, name: str) -> Loaded:
        """A flow whose quarters were told by its provider: the first figure of each, from the instant it was filed."""
        flow = _observations(self.rows[name])
        companion = self.rows.get(f"{name}{DEFINITION}")
        file = self._file(name, [rows for rows in (self.rows[name], companion) if rows is not None])
        if companion is None:
            return Loaded({name: first_filed(flow)}, files={file.name: file.sha256})
        definition = _observations(companion)
        if not np.array_equal(definition.period, flow.period):
            raise DataError(
                file.label, "its companion has other rows.", "Fetch it again with `waterline fetch CONFIG`."
            )
        counted = first_filed(definition, definition)
        series = {name: first_filed(flow, definition), counted.series: counted}
        concepts = len(np.unique(counted.value))
        text = f"is reported under {concepts} concepts in turn."
        return Loaded(series, notices=(Notice(name, text),) * (concepts > 1), files={file.name: file.sha256})

    def _computed(self, name: str, flow: str) -> Loaded | None:
        """A flow computed from reported concepts, as from a file."""
        reported = {series: rows for series, rows in self.rows.items() if series.rpartition("/")[0] == name}
        if not reported:
            return None
        return OF_FACTS[flow](name, facts_of(reported), self._file(name, reported.values()))

    def _file(self, name: str, rows: Iterable[Rows]) -> InputFile:
        return InputFile(f"store:{name}", f"{self.path}: {name}", b"", digest(rows))


def facts_of(reported: Mapping[str, Rows]) -> Facts:
    """The first filed figure of each period and concept, by period.

    Args:
        reported: rows by stored series, whose last part is the concept.
    """
    first = {series: np.unique(rows.period, return_index=True)[1] for series, rows in reported.items()}
    by_age = sorted(first, key=lambda series: (reported[series].period.min(), series))
    period = np.concatenate([reported[series].period[first[series]] for series in by_age])
    known = np.concatenate([reported[series].vintage[first[series]] for series in by_age])
    value = np.concatenate([reported[series].value[first[series]] for series in by_age])
    concept = np.repeat(
        np.array([series.rpartition("/")[2] for series in by_age], dtype=object),
        [len(first[series]) for series in by_age],
    )
    order = np.argsort(period, kind="stable")
    return Facts(period[order], known[order], value[order], concept[order])


def digest(rows: Iterable[Rows]) -> str:
    """SHA-256 of what the rows say: series, stamps, instants and values."""
    sha = hashlib.sha256()
    for part in sorted(rows, key=lambda part: part.series):
        sha.update(part.series.encode())
        for days in (part.period, part.vintage):
            sha.update(days.astype("datetime64[D]").astype("<i8").tobytes())
        sha.update(part.available_at.astype("datetime64[s]").astype("<i8").tobytes())
        sha.update(part.value.astype("<f8").tobytes())
    return sha.hexdigest()


def values_by_day(rows: Rows | None, days: Dates) -> Floats:
    """(n,) what stood last for each of ``days``; NaN where nothing did."""
    values = np.full(len(days), np.nan)
    if rows is not None:
        values[np.searchsorted(days, rows.period)] = rows.value  # in order of availability: the last one stays
    return values


def _observations(rows: Rows) -> Observations:
    return Observations(
        series=rows.series,
        period=rows.period,
        available_at=rows.available_at,
        vintage=rows.vintage,
        value=rows.value,
        max_age_days=MAX_AGE_DAYS["Q"],
        step="Q",
    )
