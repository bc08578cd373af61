"""How commands speak, and how they end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import ModuleType

_STOPPED_BY: list[int] = []


def tell(sentence: str) -> None:
    """Say something beside the output."""
    print(f"waterline: {sentence}", file=sys.stderr)


def terminal() -> ModuleType:
    """The module that draws, imported when something is drawn."""
    from waterline import terminal as module

    return module


def stop(number: int, _: object) -> NoReturn:
    """End by way of every ``finally``, with the exit code that shells give to a signal."""
    print("\nwaterline: interrupted; what was finished is kept, nothing is half-written.", file=sys.stderr)
    _STOPPED_BY.append(number)
    sys.exit(128 + number)


def end_if_stopped() -> None:
    """End now if a signal was lost: DuckDB now and then swallows what a handler raises while it answers."""
    if _STOPPED_BY:
        sys.exit(128 + _STOPPED_BY[0])
