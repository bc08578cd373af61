"""What can go wrong, one class per remedy. Each stores the offending values and ends with the next step.

A :class:`WaterlineError` is the only exception that the command line turns into a sentence; anything else is a bug
and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to ``name``, or None when nothing resembles it."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """``Did you mean 'x'?``, or the list of what is known when nothing comes near."""
    names = sorted(known)
    best = nearest(name, names)
    if best is not None:
        return f"Did you mean {best!r}?"
    return f"Known: {', '.join(names)}." if names else "Nothing is known here yet."


class WaterlineError(Exception):
    """Root of all errors that a user can cause or mend.

    Args:
        problem: what is wrong, with key, value and bound, as one sentence.
        remedy: the next step, as one sentence.
    """

    exit_code = 2

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}")


class ConfigError(WaterlineError):
    """A key or value of the configuration (file or ``--set``) cannot be used."""

    def __init__(self, key: str, problem: str, remedy: str) -> None:
        self.key = key
        super().__init__(f"{key}: {problem}", remedy)


class PluginError(ConfigError):
    """A signal or strategy named in the configuration cannot be loaded."""


class DataError(WaterlineError):
    """A file, series or value of the data cannot be trusted.

    Args:
        source: the file or series at fault, as the user knows it.
        problem: what is wrong with it, with value and bound.
        remedy: the next step.
    """

    exit_code = 3

    def __init__(self, source: str, problem: str, remedy: str) -> None:
        self.source = source
        super().__init__(f"{source}: {problem}", remedy)


class SpanError(WaterlineError):
    """The data and the asked period leave nothing to compute: no overlap, or too short to warm up."""


class OutputError(WaterlineError):
    """The results folder cannot be written."""
