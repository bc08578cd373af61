"""How commands speak, and how they end."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import ModuleType

_STOPPED_BY: list[int] = []
_LOG = logging.getLogger("waterline")


class _Voice(logging.Handler):
    """What the log has to say goes beside the output."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"waterline: {record.getMessage()}", file=sys.stderr)


def set_volume(*, quiet: bool, verbose: bool) -> None:
    """Quiet: nothing but errors and results. Verbose: also what is read, and how long stages take."""
    _LOG.setLevel(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING)
    _LOG.handlers = [_Voice()]


def is_quiet() -> bool:
    """Whether nothing but errors and results is to be said."""
    return not _LOG.isEnabledFor(logging.WARNING)


def tell(sentence: str) -> None:
    """Say something beside the output, unless quiet."""
    if not is_quiet():
        print(f"waterline: {sentence}", file=sys.stderr)


def conclude(told: str, page: Path, *, opened: bool = False) -> None:
    """Say what came out and where it lies; quiet, the place alone.

    Args:
        told: what came out.
        page: the page that shows it.
        opened: whether to show it in a browser too.
    """
    print(page if is_quiet() else f"{told}\n\nResults: {page}")
    if opened:
        _show(page)


def _show(page: Path) -> None:
    """Open a page in the browser; where there is none, say so."""
    import webbrowser

    try:
        shown = webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        shown = False
    if not shown:
        tell("there is no browser here that could be opened.")


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
