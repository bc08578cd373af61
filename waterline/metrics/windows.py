"""The three spans that are always reported: before the idea was public, after, and all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from waterline.sessions import Dates

IDEA_PUBLISHED = np.datetime64("2026-02-09")
"""First session after the thesis was published (5 and 6 February 2026): the earliest that it cannot have seen."""


@dataclass(frozen=True, slots=True)
class Window:
    """A range of returns of an evaluation.

    ``returns[window.rows]`` are its returns, ``sessions[window.span]`` its dates with the session before in front.

    Attributes:
        name: key in ``metrics.json``.
        label: how a reader would say it.
        first: index of the first return.
        last: index after the last return.
    """

    name: str
    label: str
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def rows(self) -> slice:
        """Where its T returns stand among the returns; also where the closes before them stand among the sessions."""
        return slice(self.first, self.last)

    @property
    def span(self) -> slice:
        """Where its T + 1 sessions stand among the sessions; empty for a window without returns."""
        return slice(self.first, self.last + 1 if len(self) else self.first)


def split_windows(sessions: Dates, published: np.datetime64 = IDEA_PUBLISHED) -> tuple[Window, Window, Window]:
    """``pre_idea``, ``post_idea`` and ``all``, any of which may be empty.

    Args:
        sessions: (T + 1,) dates of the evaluation, beginning with the session before the first return.
        published: first session that belongs to ``post_idea``.
    """
    count = max(len(sessions) - 1, 0)
    cut = int(np.searchsorted(sessions[1:], published))
    day = f"{published.astype(dt.date):%d %b %Y}".lstrip("0")
    return (
        Window("pre_idea", f"before {day}, in-sample for the idea", 0, cut),
        Window("post_idea", f"from {day} on, after the idea was public", cut, count),
        Window("all", "all sessions", 0, count),
    )
