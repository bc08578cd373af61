"""What the charts of a study's page are put together from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.report.figures import Meta

DIGITS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Where something readable stands, and what is read there: name and figure each."""

    x: float
    y: float
    read: tuple[tuple[str, str], ...]

    @property
    def is_known(self) -> bool:
        """Whether it can be drawn."""
        return math.isfinite(self.x) and math.isfinite(self.y)

    def as_json(self) -> list[object]:
        """As the page's script reads it."""
        return [rounded(self.x), rounded(self.y), self.read]


def readable(points: Sequence[Point], at: int = -1) -> Meta:
    """What can be read point by point, and which one is read first; the last one where not given."""
    return {"points": [point.as_json() for point in points], "at": at if at >= 0 else len(points) - 1}


def dots(points: Sequence[Point], marker: Meta) -> Meta:
    """A trace of points."""
    x, y = [rounded(point.x) for point in points], [rounded(point.y) for point in points]
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker}


def ring(x: float, y: float) -> list[Meta]:
    """Traces of a ring that shows on every shade; none where its place is not known."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return []
    edges = (("var(--paper)", 5.0), ("var(--dry)", 2.4))
    shape = {"type": "scatter", "mode": "markers", "x": [x], "y": [y]}
    return [
        {**shape, "marker": {"symbol": "circle-open", "size": 13, "color": colour, "line": {"width": width}}}
        for colour, width in edges
    ]


def mark(at: float, text: str, colour: str, dash: str = "solid") -> list[Meta]:
    """A vertical line with its name; none where its place is not known."""
    return [{"x": rounded(at), "text": text, "colour": f"var({colour})", "dash": dash}] if math.isfinite(at) else []


def y_axis(title: str, number: int = 1, of: int = 1, **more: object) -> Meta:
    """A panel; ``number`` counts from the top."""
    return {"axis": f"yaxis{number if number > 1 else ''}", "share": 1 / of, "title": title, **more}


def place_on(axis: npt.NDArray[np.generic], value: object) -> float:
    """Where a value stands among the values of an axis, counted in their steps; NaN where it does not."""
    if axis.dtype.kind in "iuf" and isinstance(value, int | float):
        order = np.argsort(axis)
        return float(np.interp(float(value), axis[order].astype(np.float64), order))
    return next((float(place) for place, one in enumerate(axis.tolist()) if one == value), math.nan)


def rounded(value: float) -> float:
    """To ``DIGITS`` significant digits."""
    return float(f"{value:.{DIGITS}g}")


def known(value: float) -> float | None:
    """Rounded; None where it is not finite."""
    return rounded(value) if math.isfinite(value) else None
