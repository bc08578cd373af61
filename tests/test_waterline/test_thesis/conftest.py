"""An invented ground on which no claim holds, to be bent until one does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import lfilter

from waterline.sessions import Floats
from waterline.thesis.claims import GENERATORS, ORDER_OF_DAMAGE, SPECULATIVE
from waterline.thesis.ground import Ground

ROWS, BURN = 2400, 600
Make = Callable[..., Ground]


def persistent(rng: np.random.Generator, rows: int, memory: float) -> Floats:
    """An autoregression of unit variance."""
    noise = rng.standard_normal(rows + BURN) * np.sqrt(1.0 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], noise)[BURN:])


def spells(rng: np.random.Generator, rows: int) -> Floats:
    """Scarce (1) and ample (0) spells of about 180 and 350 sessions."""
    state, lengths = float(rng.random() < 0.4), []
    while sum(len(spell) for spell in lengths) < rows:
        mean = 180.0 if state else 350.0
        lengths.append(np.full(20 + int(rng.gamma(3.0, mean / 3.0)), state))
        state = 1.0 - state
    return np.concatenate(lengths)[:rows]


def invented(seed: int, rows: int = ROWS) -> Ground:
    """Heavy tails, persistent volatility that is higher in scarce states, correlated groups: a null, no straw man.

    Dispersion, yields and demand know nothing of the state or of returns.
    """
    rng = np.random.default_rng(seed)

    def shocks() -> Floats:
        return np.asarray(rng.standard_t(4, rows) / np.sqrt(2.0))

    scarce = spells(rng, rows)
    wild = np.exp(0.35 * persistent(rng, rows, 0.985)) * np.where(scarce == 1.0, 1.4, 1.0)
    common = 0.01 * wild * shocks()
    own = dict(zip(ORDER_OF_DAMAGE, (0.035, 0.012, 0.007, 0.002), strict=True))
    apart = np.exp(0.35 * persistent(rng, rows, 0.985))
    demand, slack = persistent(rng, rows, 0.995), 0.5 + 0.3 * persistent(rng, rows, 0.997)
    treasury, real = 0.05 * wild * shocks(), 0.05 * shocks()
    columns = {
        "scarce": scarce,
        "demand": demand,
        "slack": slack,
        "drain": demand * (1.0 - 2.0 * slack),
        "supply": persistent(rng, rows, 0.99),
        SPECULATIVE: 1.4 * common + 0.012 * wild * shocks(),
        GENERATORS: common + 0.006 * wild * shocks(),
        "market": common,
        "VIXCLS": 20.0 * wild,
        "DGS2": np.cumsum(0.04 * shocks()),
        "DFII10": real,
        "THREEFYTP10": 0.7 * real + 0.02 * shocks(),
        "DGS10": treasury,
        "DBAA": 0.8 * treasury + 0.02 * wild * shocks(),
        **{name: 0.0003 + common + size * wild * shocks() for name, size in own.items()},
    }
    members = {f"A{number}": common + 0.015 * apart * shocks() for number in range(8)}
    return Ground(np.datetime64("2010-01-01") + np.arange(rows + 1).astype("timedelta64[D]"), columns, members)


@pytest.fixture(scope="session")
def make() -> Make:
    """Builds an invented ground from a seed."""
    return invented
