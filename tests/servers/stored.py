"""The least that a store does, in memory: rows by (series, period, available_at), the one recorded last counting."""

from __future__ import annotations

import numpy as np

from waterline.providers.base import Fetched, Known
from waterline.store.rows import Rows


class Stored:
    """Takes in what providers fetch and says what a provider may know the next time."""

    def __init__(self, tail: int = 30) -> None:
        self.values: dict[tuple[str, np.datetime64, np.datetime64], tuple[np.datetime64, float, str]] = {}
        self.marker = ""
        self.tail = tail

    def take(self, fetched: Fetched) -> int:
        """Store what came; the number of rows that are new or changed."""
        news = 0
        for rows in fetched.rows:
            for cells in zip(rows.period, rows.available_at, rows.vintage, rows.value, strict=True):
                key, row = (rows.series, cells[0], cells[1]), (cells[2], float(cells[3]), rows.source)
                news += self.values.get(key) != row
                self.values[key] = row
        self.marker = fetched.marker
        return news

    def known(self) -> Known:
        """What the next fetch is told."""
        keys = self.values.keys()
        names = sorted({name for name, _, _ in keys})
        return Known(
            last_period=max(period for _, period, _ in keys),
            last_available_at=max(instant for _, _, instant in keys),
            marker=self.marker,
            tail=tuple(self._rows(name, self.tail) for name in names),
        )

    def rows(self, series: str) -> Rows:
        """All rows of a series, by period and instant."""
        return self._rows(series, None)

    def as_of(self, series: str, instant: str) -> dict[str, float]:
        """Period -> value as it was known at ``instant`` (UTC)."""
        rows = self.rows(series)
        known = rows.available_at <= np.datetime64(instant)
        return {str(p): float(v) for p, v in zip(rows.period[known], rows.value[known], strict=True)}

    def _rows(self, series: str, tail: int | None) -> Rows:
        keys = sorted(key for key in self.values if key[0] == series)[-(tail or 0) :]
        cells = [self.values[key] for key in keys]
        return Rows(
            series=series,
            period=np.array([key[1] for key in keys], dtype="datetime64[D]"),
            available_at=np.array([key[2] for key in keys], dtype="datetime64[s]"),
            vintage=np.array([cell[0] for cell in cells], dtype="datetime64[D]"),
            value=np.array([cell[1] for cell in cells], dtype=np.float64),
            source=cells[0][2] if cells else "",
        )
