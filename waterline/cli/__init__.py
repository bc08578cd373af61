"""The command line decides nothing: it parses, makes one call, and prints."""

from __future__ import annotations

import signal
import sys

from waterline.cli import auditing, fetching, judging, running, simulating, today, tuning
from waterline.cli.app import app
from waterline.cli.speaking import stop
from waterline.errors import WaterlineError

__all__ = ["app", "auditing", "fetching", "judging", "main", "running", "simulating", "today", "tuning"]


def main() -> None:
    """Entry point: a user's error is one sentence and its exit code; an interrupt cleans up and leaves no results."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        app()
    except WaterlineError as error:
        print(f"waterline: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
