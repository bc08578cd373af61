"""Where the store lies when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

FILE = "store.duckdb"


def default_path() -> Path:
    """``waterline/store.duckdb`` in the user's data folder, as the system has it.

    ``$XDG_DATA_HOME`` or ``~/.local/share`` on Linux, ``~/Library/Application Support`` on macOS, ``%LOCALAPPDATA%`` on
    Windows.
    """
    from platformdirs import user_data_path

    return user_data_path("waterline", appauthor=False) / FILE
