"""The daily file of a run or study, trusted in nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from waterline.report.gallery.folders import ResultsError
from waterline.sessions import Dates, Flags, Floats

DAILY = "daily.parquet"
FEWEST = 2
NEEDED, WELCOME = ("date", "return", "static_mix_return"), ("cash_return", "state")
"""Columns without which nothing can be compared, and those that may be absent."""
SCARCE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Daily:
    """Curves over n sessions, each starting at what the first row's return leaves of 1; see ``Run`` for the rest."""

    dates: Dates
    equity: Floats
    mix: Floats
    cash: Floats | None
    scarce: Flags | None


def read_daily(folder: Path) -> Daily:
    """The curves in a results folder.

    Raises:
        ResultsError: there is no such file, it cannot be read or lacks a column, or its sessions are not in order or
            lack returns.
    """
    columns = _columns(folder / DAILY)
    dates, equity, mix = columns["date"], _grown(columns["return"]), _grown(columns["static_mix_return"])
    cash = _grown(columns["cash_return"]) if "cash_return" in columns else None
    curves = [curve for curve in (equity, mix, cash) if curve is not None]
    whole = all((np.isfinite(curve) & (curve > 0)).all() for curve in curves)
    if len(dates) < FEWEST or not whole or not (dates[1:] > dates[:-1]).all():
        raise ResultsError(f"{DAILY} does not hold two or more sessions in order with a return each.")
    return Daily(dates, equity, mix, cash, columns["state"] == SCARCE if "state" in columns else None)


def _grown(returns: Floats) -> Floats:
    return np.asarray(np.cumprod(1.0 + returns))


def _columns(path: Path) -> dict[str, Any]:
    """Column -> (n,) dates or doubles."""
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            if lacking := [name for name in NEEDED if name not in names]:
                raise ResultsError(f"{DAILY} lacks {', '.join(lacking)}.")
            wanted = [*NEEDED, *(name for name in WELCOME if name in names)]
            table = file.read(columns=wanted, use_threads=False)
        found = {name: np.asarray(table.column(name)) for name in wanted}
        return {
            name: values.astype("datetime64[D]" if name == "date" else np.float64) for name, values in found.items()
        }
    except FileNotFoundError:
        raise ResultsError(f"it has no {DAILY}, so there are no curves to compare.") from None
    except (OSError, ValueError, TypeError, ArrowException):
        raise ResultsError(f"{DAILY} cannot be read.") from None
