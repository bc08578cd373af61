"""The panel: every number with the three dates that matter, and nothing that was not yet public.

An observation has a ``period`` (what it is about), an ``available_at`` (the UTC instant from which it could be known)
and a ``vintage`` (the day that published this value). A :class:`Panel` never hands out a row after the instant it was
cut at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from waterline.errors import DataError, suggestion
from waterline.sessions import Clock, Dates, Flags, Floats, Instants

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """One series as it became known.

    Rows are sorted by ``available_at``, then ``period``. A period may occur again: the later row is a revision.

    Attributes:
        series: catalog id, or a name derived from several.
        period: (n,) day the value is stamped with by its publisher.
        available_at: (n,) UTC instants.
        vintage: (n,) New York day of the release that carries the value.
        value: (n,) in the catalog's base unit (USD, percent, index points); NaN where published as missing.
        max_age_days: calendar days after ``available_at`` for which the value may be used.
        step: "D", "W", "M" or "Q": how often a new period comes.
        point_in_time: False where only the latest revision of a revised series is at hand.
    """

    series: str
    period: Dates
    available_at: Instants
    vintage: Dates
    value: Floats
    max_age_days: int
    step: str
    point_in_time: bool = True

    def __len__(self) -> int:
        return len(self.value)

    def known_by(self, instant: np.datetime64) -> Observations:
        """The rows that were public at ``instant``."""
        kept = int(np.searchsorted(self.available_at, instant, side="right"))
        return self.rows(slice(0, kept))

    def rows(self, which: slice | Flags | Indices) -> Observations:
        """The rows that a slice, a mask or indices choose, in that order."""
        return replace(
            self,
            period=self.period[which],
            available_at=self.available_at[which],
            vintage=self.vintage[which],
            value=self.value[which],
        )

    def with_value(self, value: Floats, name: str | None = None) -> Observations:
        """The same rows carrying ``value`` (n,) in place of their own."""
        return replace(self, value=value, series=name or self.series)

    def newest_first_known(self) -> Observations:
        """The rows that, when published, spoke about the newest period so far: what a reader took for current."""
        if len(self) == 0:
            return self
        return self.rows(self.period >= np.maximum.accumulate(self.period))

    def index_at(self, instants: Instants) -> tuple[Observations, np.ndarray]:
        """For each instant the row that was current then, -1 where there was none or it had grown too old.

        Returns:
            The rows that the indices point into, and (T,) indices.
        """
        current = self.newest_first_known()
        index = np.searchsorted(current.available_at, instants, side="right") - 1
        if len(current):
            age = instants - current.available_at[np.maximum(index, 0)]
            index = np.where(age > np.timedelta64(self.max_age_days, "D"), -1, index)
        return current, index

    def at(self, instants: Instants) -> Floats:
        """(T,) the value current at each instant; NaN before the first and beyond ``max_age_days``."""
        current, index = self.index_at(instants)
        if len(current) == 0:
            return np.full(len(instants), np.nan)
        return np.where(index >= 0, current.value[np.maximum(index, 0)], np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Daily price bars of one asset, adjusted for splits and dividends (total return).

    Attributes:
        asset: ticker.
        date: (n,) day of the bar: a session, or a UTC day for crypto.
        open: (n,) price in USD, NaN where the source has none.
        close: (n,) price in USD.
        available_at: (n,) UTC instant at which the bar is final.
        asset_class: catalog class, which sets the cost per trade.
    """

    asset: str
    date: Dates
    open: Floats
    close: Floats
    available_at: Instants
    asset_class: str

    def known_by(self, instant: np.datetime64) -> Bars:
        """The bars that were final at ``instant``."""
        kept = int(np.searchsorted(self.available_at, instant, side="right"))
        return replace(
            self,
            date=self.date[:kept],
            open=self.open[:kept],
            close=self.close[:kept],
            available_at=self.available_at[:kept],
        )

    def index_at(self, instants: Instants) -> np.ndarray:
        """(T,) index of the last final bar at each instant, -1 before the first."""
        return np.searchsorted(self.available_at, instants, side="right") - 1

    def closes(self) -> Observations:
        """The closing prices as a series, for signals that read prices."""
        return Observations(
            series=self.asset,
            period=self.date,
            available_at=self.available_at,
            vintage=self.date,
            value=self.close,
            max_age_days=7,
            step="D",
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader of a result must know: a proxy, a dropped member, a revised series.

    Attributes:
        subject: series, asset or key concerned.
        text: one sentence.
    """

    subject: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """All data of a run with its decision clock. Immutable.

    Attributes:
        clock: sessions and their decision instants.
        series: observations by catalog id.
        bars: price bars by ticker.
        notices: what the source had to say about its data.
        files: digest of every input file by name.
    """

    clock: Clock
    series: Mapping[str, Observations]
    bars: Mapping[str, Bars]
    notices: tuple[Notice, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def as_of(self, instant: np.datetime64) -> Panel:
        """The panel as it stood at ``instant``: later rows, bars and sessions do not exist in it."""
        return replace(
            self,
            clock=self.clock.until(instant),
            series={name: rows.known_by(instant) for name, rows in self.series.items()},
            bars={name: bars.known_by(instant) for name, bars in self.bars.items()},
        )

    def __contains__(self, name: object) -> bool:
        return name in self.series or name in self.bars

    def read(self, name: str) -> Observations:
        """The observations of a series, or of an asset's closes.

        Raises:
            DataError: the panel holds no such series.
        """
        if name in self.series:
            return self.series[name]
        if name in self.bars:
            return self.bars[name].closes()
        raise DataError(name, "is not in this source.", suggestion(name, [*self.series, *self.bars]))

    def now(self, rows: Observations) -> Floats:
        """(T,) what was current at each decision."""
        return rows.at(self.clock.cutoffs)

    def closes(self, assets: Iterable[str], instants: Instants) -> Floats:
        """(T, N) last final close of each asset at each instant; NaN before the first bar."""
        columns = [_last(self.bars[asset], self.bars[asset].close, instants) for asset in assets]
        return np.column_stack(columns) if columns else np.empty((len(instants), 0))


def _last(bars: Bars, value: Floats, instants: Instants) -> Floats:
    index = bars.index_at(instants)
    if len(value) == 0:
        return np.full(len(instants), np.nan)
    return np.where(index >= 0, value[np.maximum(index, 0)], np.nan)
