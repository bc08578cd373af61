"""``benchmarks/results.json``: one flat object of figures, units in their names, that all benchmarks add to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results.json"


def record(figures: Mapping[str, float], path: Path = RESULTS) -> None:
    """Print figures and write them to ``path`` in place of those of the same names; the others stay."""
    for name, figure in figures.items():
        print(f"{name:66s} {figure:14,.4g}")
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, **figures}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
