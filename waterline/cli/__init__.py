"""The command line decides nothing: it parses, makes one call, and prints."""

from __future__ import annotations

import signal
import sys
import traceback

from waterline.cli import (
    auditing,
    describing,
    fetching,
    galleries,
    judging,
    running,
    scaffolding,
    simulating,
    today,
    tuning,
    verifying,
)
from waterline.cli.app import app
from waterline.cli.speaking import stop
from waterline.errors import WaterlineError

__all__ = [
    "app",
    "auditing",
    "describing",
    "fetching",
    "galleries",
    "judging",
    "main",
    "running",
    "scaffolding",
    "simulating",
    "today",
    "tuning",
    "verifying",
]
BUG = 70
"""Exit code of what is nobody's fault but the program's (EX_SOFTWARE), so that it is not taken for a finding."""


def main() -> None:
    """Entry point: a user's error is one sentence and its exit code; an interrupt cleans up and leaves no results."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        app(prog_name="waterline")
    except WaterlineError as error:
        print(f"waterline: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 - nothing is swallowed: the traceback is shown, only the exit code is ours
        traceback.print_exc()
        sys.exit(BUG)
