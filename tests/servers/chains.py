"""Everything that an exception can give away."""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def everything_it_holds(error: BaseException) -> str:
    """All text reachable from an error and its chain: messages, arguments, attributes, locals of Waterline's frames."""
    return "\n".join(_texts(error, set()))


def _texts(error: BaseException | None, seen: set[int]) -> Iterator[str]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield from (str(error), repr(error), repr(error.args), repr(getattr(error, "__notes__", "")))
    yield from traceback.format_exception(error)
    for value in (*error.args, *vars(error).values()):
        yield repr(value)
        if isinstance(value, BaseException):
            yield from _texts(value, seen)
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "/waterline/" in frame.f_code.co_filename:
            yield from (repr(value) for value in frame.f_locals.values())
    yield from _texts(error.__cause__, seen)
    yield from _texts(error.__context__, seen)
