"""Small lines without axes: a curve as an SVG path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waterline.sessions import Floats

HEIGHT = 28.0
POINTS = 120
LEAST = 1e-6
"""Equity below this is drawn here: nothing has no logarithm."""


def sparks(curves: Sequence[Floats], points: int = POINTS) -> list[str]:
    """SVG paths of the curves on one logarithmic scale, 100 wide and ``HEIGHT`` high.

    Args:
        curves: (n,) each, of the same sessions, finite.
        points: most points of a path; both ends are among them.
    """
    picked = np.unique(np.linspace(0, len(curves[0]) - 1, points).astype(int))
    heights = [np.log(np.maximum(curve[picked], LEAST)) for curve in curves]
    low, high = min(h.min() for h in heights), max(h.max() for h in heights)
    span = high - low if high > low else 1.0
    x = 100.0 * picked / max(len(curves[0]) - 1, 1)
    return [_path(x, 1.0 + (HEIGHT - 2.0) * (1.0 - (height - low) / span)) for height in heights]


def _path(x: Floats, y: Floats) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
