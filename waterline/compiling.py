"""Compilation to machine code, kept on disk once a machine. The only door to ``numba``.

numba keys its cache by the file of the compiled function alone; a change in a function that it calls from another file
would go unseen. So each state of all our kernels together has a folder of its own in the user's cache.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from numba import njit
from numba.core import config as numba_config

Function = TypeVar("Function", bound=Callable[..., Any])
MARKS = (b"@compiled", b"@inlined", b"@contracted", b"@extremal", b"@reassociated")


def compiled(function: Function) -> Function:
    """``function`` as machine code that holds no interpreter lock, compiled at its first call."""
    return _compiled(function)


def inlined(function: Function) -> Function:
    """As :func:`compiled`, copied into its callers: for steps so short that passing their arrays would cost more."""
    return _compiled(function, forceinline=True)


def contracted(function: Function) -> Function:
    """As :func:`inlined`, where a product and a sum may become one instruction: same bits on one kind of machine."""
    return _compiled(function, fastmath={"contract"}, forceinline=True)


def reassociated(function: Function) -> Function:
    """As :func:`compiled`, with sums in whatever order is fastest: for figures that need no last digit."""
    return _compiled(function, fastmath={"reassoc", "contract", "nsz", "arcp"})


def extremal(function: Function) -> Function:
    """As :func:`compiled`, for the least and largest of values none of which is missing."""
    return _compiled(function, fastmath={"nnan", "nsz"})


def _compiled(function: Function, **options: Any) -> Function:
    settings = vars(numba_config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(cache_folder())
    try:
        compiled_function: Function = njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        settings["CACHE_DIR"] = before
    return compiled_function


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Where this state of the kernels is kept: in the user's cache, or in a temporary folder where none is writable."""
    from platformdirs import user_cache_path

    asked = vars(numba_config)["CACHE_DIR"]
    base = Path(asked) if asked else user_cache_path("waterline") / "kernels"
    folder = base / _state_of_kernels()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    return folder if writable else Path(_temporary().name)


@lru_cache(maxsize=1)
def _temporary() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="waterline-kernels-")


def _state_of_kernels() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text = path.read_bytes()
        if any(mark in text for mark in MARKS):
            digest.update(text)
    return digest.hexdigest()[:16]
