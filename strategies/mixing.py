"""Mixes of sleeves as researchers write them: a share of equity by sleeve name."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from waterline.sessions import Floats

TOLERANCE = 1e-9


def _within_equity(mix: dict[str, float]) -> dict[str, float]:
    total = sum(mix.values())
    if total > 1.0 + TOLERANCE:
        raise ValueError(f"the shares sum to {total:g}, and there is no leverage: at most 1")
    return mix


Mix = Annotated[dict[str, Annotated[float, Field(ge=0, le=1)]], AfterValidator(_within_equity)]


def as_row(mix: dict[str, float], sleeves: tuple[str, ...]) -> Floats:
    """(K,) the mix in the order of the sleeves; sleeves it does not name get nothing."""
    return np.array([mix.get(name, 0.0) for name in sleeves])
