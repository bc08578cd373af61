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
MARKS = (b"@compiled", b"@inner", b"@inlined", b"@contracted", b"@extremal", b"@reassociated")
EVERYWHERE: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
INNER: dict[str, Any] = {"no_cpython_wrapper": True, "_nrt": False}
"""numba's options for every function, and for one that only compiled ones call and that makes no array."""


def compiled(function: Function) -> Function:
    """``function`` as machine code that holds no interpreter lock, compiled at its first call."""
    return _compiled(function)


def inner(function: Function) -> Function:
    """As :func:`compiled`, for compiled callers that keep its arrays alive; it makes none.

    It counts no references, which costs more than many a step. Python must not call it: the process would crash.
    """
    return _compiled(function, **INNER)


def inlined(function: Function) -> Function:
    """As :func:`inner`, copied into its callers: for steps so short that passing their arrays would cost more."""
    return _compiled(function, forceinline=True, **INNER)


def contracted(function: Function) -> Function:
    """As :func:`inlined`, where a product and a sum may become one instruction: same bits on one kind of machine."""
    return _compiled(function, fastmath={"contract"}, forceinline=True, **INNER)


def reassociated(function: Function) -> Function:
    """As :func:`inner`, with sums in whatever order is fastest: for figures that need no last digit."""
    return _compiled(function, fastmath={"reassoc", "contract", "nsz", "arcp"}, **INNER)


def extremal(function: Function) -> Function:
    """As :func:`inner`, for the least and largest of values none of which is missing."""
    return _compiled(function, fastmath={"nnan", "nsz"}, **INNER)


def _compiled(function: Function, **options: Any) -> Function:
    settings = vars(numba_config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(cache_folder())
    try:
        compiled_function: Function = njit(**EVERYWHERE, **options)(function)
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
    """Digest of every file with a compiled function, and of its neighbours: their constants are part of the code."""
    root = Path(__file__).parent
    texts = {path: path.read_bytes() for path in sorted(root.rglob("*.py"))}
    marked = {path for path, text in texts.items() if any(mark in text for mark in MARKS)}
    folders = {path.parent for path in marked} - {root}
    digest = hashlib.sha256()
    for path, text in texts.items():
        if path in marked or path.parent in folders:
            digest.update(text)
    return digest.hexdigest()[:16]
