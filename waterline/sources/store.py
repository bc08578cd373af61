"""The local store as a source: what was fetched or imported, now or as it was known on a day."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from waterline.catalog import SERIES
from waterline.errors import ConfigError, DataError, suggestion
from waterline.panel import Notice
from waterline.sessions import new_york_instants
from waterline.sources.base import Loaded, Request, Source, combine
from waterline.sources.gathering import gather
from waterline.sources.stored import StoreHeld, parts_of
from waterline.store import VINTAGED, Rows, Store

END_OF_DAY = dt.time(23, 59, 59)


class StoreSource(Source):
    """Fetched or imported history from the local store; the network is never asked."""

    kind: Literal["store"] = "store"
    path: Path | None = None
    """The store's file; the one in the user's data folder where not given."""
    as_of: dt.date | None = None
    """Use what the store knew at the end of this day in New York; everything where not given."""

    def load(self, request: Request) -> Loaded:
        """Everything in ``request`` that the store holds."""
        say = logging.getLogger(__name__).warning
        with Store.open(self.path, read_only=True, say=say) as store:
            view = View.of(store, self.as_of)
            rows = view.read(store, {*request.series, *request.assets, request.bill_rate})
            path = store.path
        loaded = gather(request, StoreHeld(path, rows))
        return combine([loaded, Loaded(notices=view.notices)], loaded.missing)


@dataclass(frozen=True, slots=True)
class View:
    """What of a store is seen.

    Attributes:
        recorded_by: UTC instant after which nothing recorded is seen; None for no limit.
        available_by: UTC instant after which nothing that became available is seen; None for no limit.
        notices: what must be said about it.
    """

    recorded_by: np.datetime64 | None = None
    available_by: np.datetime64 | None = None
    notices: tuple[Notice, ...] = ()

    @classmethod
    def of(cls, store: Store, day: dt.date | None) -> View:
        """What ``store`` knew at the end of ``day``, or what could have been known then if it was filled later."""
        if day is None:
            return cls()
        end: np.datetime64 = new_york_instants(np.array([day], dtype="datetime64[D]"), END_OF_DAY)[0]
        first = store.first_recorded()
        if first is None or first <= end:
            return cls(end, end)
        text = (
            f"was first filled on {first.astype('datetime64[D]')}, after {day}: what was known then is judged by the "
            "instants of release alone, and values that were corrected without a release count as corrected."
        )
        return cls(None, end, (Notice("store", text),))

    def read(self, store: Store, names: set[str]) -> dict[str, Rows]:
        """The rows behind ``names``, by stored series.

        Where true vintages of a revised series are held, what is only its latest revision does not count beside them.
        """
        held = store.names()
        wanted = {part for name in names for part in parts_of(name, held)}
        revised = {name for name in wanted if name in SERIES and SERIES[name].revised}
        vintages = store.read(revised, self.recorded_by, self.available_by, sources=VINTAGED)
        return {**store.read(wanted - vintages.keys(), self.recorded_by, self.available_by), **vintages}


def known_rows(store: Store, series: str, as_of: str | None = None) -> Rows:
    """The rows of a stored series ("DGS10", "SPY/close") that count now, or counted at the end of a day.

    Args:
        store: open store.
        series: its name in the store.
        as_of: day such as "2025-06-30"; None for now.

    Raises:
        ConfigError: ``as_of`` is no day, or nothing is stored under this name.
        DataError: nothing was known on that day.
    """
    found = View.of(store, _day(as_of)).read(store, {series})
    if series in found:
        return found[series]
    if series in store.names():
        raise DataError(series, f"nothing of it was known on {as_of}.", "Ask for a later day.")
    raise ConfigError(str(store.path), f"holds no {series!r}.", suggestion(series, store.names()))


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    day: dt.date | None = None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("as_of", f"{text!r} is no date.", "Write it as 2025-06-30.") from error
    return day
