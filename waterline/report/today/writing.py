"""From words of the command line to a day, and from a page to a file."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path

from waterline.errors import ConfigError, OutputError


def day_of(text: str | None) -> dt.date | None:
    """The day that ``--as-of`` names; None where it is not given.

    Raises:
        ConfigError: it is no day.
    """
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigError("--as-of", f"{text!r} is no day.", "Write it as 2025-12-31.") from None


def write_page(path: Path, text: str) -> None:
    """Write a page, whole or not at all; its folder is made where it does not exist.

    Raises:
        OutputError: nothing can be written there.
    """
    staging = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
        staging = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        staging.chmod(0o644)
        staging.replace(path)
    except OSError as error:
        if staging is not None:
            with contextlib.suppress(OSError):
                staging.unlink()
        raise OutputError(f"{path} cannot be written ({error.strerror}).", "Choose another --html.") from None
