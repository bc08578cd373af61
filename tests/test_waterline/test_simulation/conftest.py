"""The helpers beside this file, for tests that pytest imports without a package around them."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import pytest


def _load(name):
    spec = util.spec_from_file_location(f"test_simulation_{name}", Path(__file__).with_name(f"{name}.py"))
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def ledger():
    """Module ``ledger``: the independent broker and trader."""
    return _load("ledger")


@pytest.fixture(scope="session")
def world():
    """Function ``worlds.world``: a random market with targets."""
    return _load("worlds").world


@pytest.fixture(scope="session")
def sweeps():
    """Module ``sweeps``: invented sweeps, and the long way for each of their sets."""
    return _load("sweeps")


@pytest.fixture(scope="session")
def market():
    """A market from columns of closes: one bar per session, no costs, idle cash earning nothing, unless told."""
    import numpy as np

    from waterline.simulation import Market

    def build(*closes, opens=None, fresh=None, cash=None, cost_bps=0.0):
        close = np.column_stack([np.asarray(column, dtype=float) for column in closes])
        rows, columns = close.shape
        return Market(
            sessions=np.busday_offset("2024-01-01", np.arange(rows), roll="forward").astype("datetime64[D]"),
            assets=tuple("ABCDEFGH"[:columns]),
            close=close,
            open=np.full(close.shape, np.nan) if opens is None else np.column_stack(opens).astype(float),
            fresh=~np.isnan(close) if fresh is None else np.asarray(fresh, dtype=bool),
            cash_return=np.zeros(rows) if cash is None else np.asarray(cash, dtype=float),
            cost_bps=np.broadcast_to(np.asarray(cost_bps, dtype=float), columns),
        )

    return build
