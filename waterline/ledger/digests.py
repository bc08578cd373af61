"""When two tries are the same: names of experiment families, digests of what was tried and of what came out.

Digests are kept for ever and compared between machines, so nothing here may change what it returns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from waterline.config import Config
from waterline.sessions import Floats

Digests = npt.NDArray[np.uint64]

DIGITS, LEAST_POWER, MOST_POWER = 9, -10, 300
"""A sum counts to nine significant digits, but to 1e-10 at the finest: beyond lies the dust of adding up returns."""
SCALES = np.array([float(f"1e{-power}") for power in range(LEAST_POWER, MOST_POWER + 1)])
"""What turns the last digit that counts into a one; from text, as the last bit of ``pow`` differs between machines."""
PLACES = 512
"""More than there are scales."""
UNDEFINED = np.uint64(0)
"""Digest of returns whose sums are not finite: a try that failed."""


def family_of(config: Config) -> str:
    """Name of the experiment that ``config`` is a variant of: classes of signal and strategy, and kind of data.

    Parameters, members, thresholds, dates and costs are what a search varies, so they do not part families. Nor does
    the name: luck is used up by looking at results, whatever they are called, and a count that a new name sets back to
    zero would count nothing. The classes are named by where they are defined, not by the path that the configuration
    takes to them. Renaming or moving a class does begin a new family, as nothing can tell it from a new idea.
    """
    signal, strategy = _defined_in(type(config.built_signal)), _defined_in(type(config.built_strategy))
    return f"{signal} + {strategy} on {'classic' if config.data.kind == 'classic' else 'market'} data"


def _defined_in(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def config_digest(config: Config) -> Digests:
    """(1,) the first 16 hexadecimal digits of the configuration's own digest, which ``run.json`` shows."""
    return np.array([int(config.digest()[:16], 16)], dtype=np.uint64)


def config_digests(study: str, rows: npt.NDArray[Any] | Sequence[bytes]) -> Digests:
    """(P,) digests of the parameter sets of a study.

    Args:
        study: identity of the study, which stands for everything that its parameter sets share.
        rows: (P, D) parameter values as numbers (of a choice: its position), always in the same order; or P texts.
    """
    key = hashlib.blake2b(study.encode(), digest_size=32).digest()
    begun = hashlib.blake2b(digest_size=8, key=key)

    def digest(row: bytes) -> bytes:
        one = begun.copy()
        one.update(row)
        return one.digest()

    texts = _texts(rows) if isinstance(rows, np.ndarray) else rows
    return np.frombuffer(b"".join(map(digest, texts)), dtype=">u8").astype(np.uint64)


def _texts(rows: npt.NDArray[Any]) -> Iterator[bytes]:
    """The bytes of each row as little-endian doubles, with one kind of zero."""
    values = np.ascontiguousarray(rows, dtype="<f8") + 0.0
    return (row.tobytes() for row in values)


def returns_digest(growth: Floats, total: Floats, squares: Floats) -> Digests:
    """(P,) digests of what P parameter sets returned, from sums over the same sessions.

    Sums to nine significant digits, and to ten decimals at most. A sweep and the reference engine agree to about 1e-14,
    so a strategy has the same digest from either, but for the few in 100,000 with a sum on the edge of rounding.
    Parameter sets that trade alike share one. Where a sum is not finite, the digest is ``UNDEFINED``.

    Args:
        growth: (P,) product of 1 + return.
        total: (P,) sum of returns over bills.
        squares: (P,) sum of their squares.
    """
    columns = [np.atleast_1d(np.asarray(column, dtype=np.float64)) for column in (growth, total, squares)]
    finite = np.logical_and.reduce([np.isfinite(column) for column in columns])
    digest = np.zeros(finite.shape, dtype=np.uint64)
    for column in columns:
        digest = _mixed(digest ^ _rounded(np.where(finite, column, 0.0)))
    return np.where(finite, np.maximum(digest, np.uint64(1)), UNDEFINED)


def digest_of_returns(returns: Floats, cash: Floats) -> int:
    """The digest of one strategy, by its returns (n,) and those of bills (n,) over the same sessions."""
    excess = returns - cash
    sums = np.prod(1.0 + returns), excess.sum(), (excess * excess).sum()
    return int(returns_digest(*map(np.atleast_1d, sums))[0])


def _rounded(value: Floats) -> Digests:
    """The digits of each value that count, and the power of ten of the last of them, in one whole number."""
    exponent = np.floor(np.log10(np.maximum(np.abs(value), 10.0**LEAST_POWER))).astype(np.int64)
    place = np.maximum(exponent - (DIGITS - 1) - LEAST_POWER, 0)
    mantissa = np.rint(value * SCALES[place]).astype(np.int64)
    carried = np.abs(mantissa) >= 10**DIGITS
    mantissa, place = np.where(carried, mantissa // 10, mantissa), place + carried
    return np.asarray(mantissa * PLACES + place, dtype=np.int64).view(np.uint64)


def _mixed(state: Digests) -> Digests:
    """One step of splitmix64 (Steele, Lea and Flood 2014), which makes of any two states unrelated numbers."""
    z = state + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
