"""Where the animals live: an invented panel, and an experiment whose state changes often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

import numpy as np

from waterline.catalog import SERIES
from waterline.config import Config
from waterline.panel import Observations, Panel
from waterline.sessions import Floats
from waterline.testing import sample_panel

FIRST, LAST = dt.date(2016, 1, 4), dt.date(2018, 6, 29)
MARKET = ("BTC-USD", "IRX", "JNJ", "MSFT", "SPY", "XOM")
NAMES = (*MARKET, "AAA", "DGS10", "GDP", "MSFT/capex", "WALCL")
SLEEVE = {"weighting": "equal", "seasoning_sessions": 1, "cap": 1.0, "crypto_cap": 1.0}
TRICK = "signals.zoo:Trick"
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Case:
    """One run to audit."""

    config: Config
    panel: Panel
    world: Callable[[], AbstractContextManager[None]] = field(default=nullcontext)


@dataclass(frozen=True)
class Animal:
    """A planted leak, the stage that must be named, and the same without the leak."""

    name: str
    stage: str
    leaking: Case
    honest: Case
    cuts: int = 3


def habitat() -> Panel:
    """The honest panel; of the accounts it holds the latest revision only, and says so."""
    return sample_panel(NAMES, seed=3, first=FIRST, last=LAST)


def trading_days() -> Panel:
    """The honest panel without its macro series."""
    return sample_panel(MARKET, seed=3, first=FIRST, last=LAST)


def with_vintages() -> Panel:
    """The honest panel with every release of the accounts."""
    panel = habitat()
    return with_series(panel, told_three_times(panel.series["GDP"]))


def told_three_times(rows: Observations) -> Observations:
    """A quarterly series with its first release, one a month later and one a year later, each with its stamp."""
    rng = np.random.default_rng(4)
    noise = np.exp(0.02 * rng.standard_normal((2, len(rows))))
    days = [rows.vintage, rows.vintage + 30 * DAY, rows.vintage + 365 * DAY]
    instants = [rows.available_at + lag * DAY for lag in (0, 30, 365)]
    values = [rows.value, rows.value * noise[0], rows.value * noise[0] * noise[1]]
    period, at = np.tile(rows.period, 3), np.concatenate(instants)
    order = np.lexsort((period, at))
    return replace(
        rows,
        period=period[order],
        available_at=at[order],
        vintage=np.concatenate(days)[order],
        value=np.concatenate(values)[order],
        point_in_time=True,
    )


def experiment(trick: str = "momentum", **changes: object) -> Config:
    """The experiment; ``trick`` names the function of ``signals.zoo`` that scores."""
    base: dict[str, object] = {
        "name": "zoo",
        "data": {"kind": "classic"},
        "start": FIRST,
        "signal": {"use": TRICK, "params": {"name": trick}},
        "regime": {"kind": "schmitt", "up": 0.3, "down": -0.3, "confirm": 1, "dwell": 2},
        "sleeves": {
            "speculative": {"members": ["BTC-USD", "MSFT"], **SLEEVE},
            "generators": {"members": ["JNJ", "XOM"], **SLEEVE},
        },
    }
    return Config.model_validate({**base, **changes})


def momentum(panel: Panel, sessions: int = 21) -> Floats:
    """(T,) an honest score of about unit size: the last month's move of the index."""
    close = panel.now(panel.read("SPY"))
    moved = np.full(len(close), np.nan)
    moved[sessions:] = np.log(close[sessions:] / close[:-sessions]) / 0.08
    return moved


def restless(panel: Panel) -> Floats:
    """(T,) an honest score that leaves its state in doubt on most days."""
    return 2.0 * momentum(panel, 5)


def with_series(panel: Panel, rows: Observations) -> Panel:
    """The panel with one series replaced."""
    return replace(panel, series={**panel.series, rows.series: rows})


def rule_instants(rows: Observations) -> np.ndarray:
    """What the catalog says of the rows."""
    return SERIES[rows.series].release.instant(rows.period)
