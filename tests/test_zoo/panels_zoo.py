"""Sources that stamp too early, and their honest twins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from test_zoo_habitat import DAY, Animal, Case, experiment, habitat, rule_instants, with_series, with_vintages

from waterline.panel import Bars, Panel
from waterline.sessions import new_york_instants
from waterline.testing import sample_panel

LISTED = np.datetime64("2025-02-24")


def stamped(name: str, at: Callable[[np.ndarray], np.ndarray]) -> Panel:
    """The panel with one series known as of a function of its periods."""
    panel = habitat()
    rows = panel.series[name]
    order = np.lexsort((rows.period, at(rows.period)))
    return with_series(panel, replace(rows, available_at=at(rows.period)).rows(order))


def on_wednesday() -> Panel:
    return stamped("WALCL", lambda period: new_york_instants(period, dt.time(16, 30)))


def local_time_taken_for_utc() -> Panel:
    panel = habitat()
    rows = panel.series["WALCL"]
    day = rows.available_at.astype("datetime64[D]").astype("datetime64[s]")
    return with_series(panel, replace(rows, available_at=day + np.timedelta64(16 * 3600 + 30 * 60, "s")))


def at_the_period_end() -> Panel:
    return stamped("MSFT/capex", lambda period: new_york_instants(period, dt.time(16)))


def at_the_first_of_the_month() -> Panel:
    return stamped("AAA", lambda period: new_york_instants(period, dt.time(16)))


def same_day_yield() -> Panel:
    return stamped("DGS10", lambda period: new_york_instants(period, dt.time(15)))


def bars_known(ticker: str, at: Callable[[Bars], np.ndarray]) -> Panel:
    panel = habitat()
    bars = panel.bars[ticker]
    return replace(panel, bars={**panel.bars, ticker: replace(bars, available_at=at(bars))})


def crypto_day_at_the_close() -> Panel:
    return bars_known("BTC-USD", lambda bars: new_york_instants(bars.date, dt.time(16)))


def close_in_utc() -> Panel:
    return bars_known("MSFT", lambda bars: bars.date.astype("datetime64[s]") + np.timedelta64(16 * 3600, "s"))


def weekend_twice() -> Panel:
    panel = habitat()
    bars = panel.bars["BTC-USD"]
    monday = (bars.date.astype(int) + 3) % 7 == 0
    rows = np.sort(np.concatenate([np.arange(len(bars.date)), np.flatnonzero(monday)]))
    columns = {name: getattr(bars, name)[rows] for name in ("date", "open", "close", "available_at")}
    return replace(panel, bars={**panel.bars, "BTC-USD": replace(bars, **columns)})


def revision_passed_as_real_time() -> Panel:
    panel = with_vintages()
    rows = panel.series["GDP"]
    _, back = np.unique(rows.period[::-1], return_index=True)
    latest = rows.rows(len(rows) - 1 - back)
    return with_series(panel, replace(latest, available_at=rule_instants(latest)))


def revision_with_its_own_stamp() -> Panel:
    """As above, with the vintage that a rule gives: nothing but the claim itself is wrong."""
    panel = revision_passed_as_real_time()
    rows = panel.series["GDP"]
    return with_series(panel, replace(rows, vintage=rows.available_at.astype("datetime64[D]")))


def revision_that_says_so() -> Panel:
    panel = revision_with_its_own_stamp()
    return with_series(panel, replace(panel.series["GDP"], point_in_time=False))


def stamps_out_of_order() -> Panel:
    panel = habitat()
    rows = panel.series["WALCL"]
    order = np.arange(len(rows))
    order[300], order[420] = order[420], order[300]
    return with_series(panel, rows.rows(order))


def listed(back: int) -> Panel:
    """Sandisk, with prices from ``back`` days before its listing; without any in the span of the zoo at 0."""
    panel = habitat()
    bars = sample_panel(["SNDK"], 3, dt.date(2024, 6, 3), dt.date(2025, 12, 31)).bars["SNDK"]
    kept = bars.date >= LISTED - back * DAY
    columns = {name: getattr(bars, name)[kept] for name in ("date", "open", "close", "available_at")}
    return replace(panel, bars={**panel.bars, "SNDK": replace(bars, **columns)})


PAIRS: dict[str, tuple[Callable[[], Panel], Callable[[], Panel]]] = {
    "H.4.1 stamped on Wednesday": (on_wednesday, habitat),
    "local time taken for UTC": (local_time_taken_for_utc, habitat),
    "capex stamped at the fiscal period's end": (at_the_period_end, habitat),
    "month stamped on its first day": (at_the_first_of_the_month, habitat),
    "yield known before its release": (same_day_yield, habitat),
    "crypto day stamped at the New York close": (crypto_day_at_the_close, habitat),
    "close stamped in UTC": (close_in_utc, habitat),
    "crypto bar doubled after the weekend": (weekend_twice, habitat),
    "latest revision under the stamp of the first": (revision_passed_as_real_time, with_vintages),
    "latest revision that claims to be real time": (revision_with_its_own_stamp, revision_that_says_so),
    "stamps out of order": (stamps_out_of_order, habitat),
    "prices from before the listing": (lambda: listed(90), lambda: listed(0)),
}


def animals() -> list[Animal]:
    """A source each; most share one honest twin."""
    config = experiment()
    twins = {make: Case(config, make()) for _, make in PAIRS.values()}
    return [
        Animal(name, "panel", Case(config, leaking()), twins[honest], cuts=2)
        for name, (leaking, honest) in PAIRS.items()
    ]
