"""Parameter sets and their scores, collected as a study goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric
from waterline.sessions import Floats
from waterline.tuning.outcome import Params, Trials
from waterline.tuning.problem import Scores
from waterline.tuning.space import Columns

IN_SWEEP = -1


@dataclass(slots=True, eq=False)
class Collected:
    """What has been evaluated so far, in order."""

    parts: list[tuple[Columns, Scores, int, int]] = field(default_factory=list)

    def add(self, columns: Columns, scores: Scores, fold: int = IN_SWEEP, batch: int = IN_SWEEP) -> None:
        """Add the sets of one sweep or batch."""
        self.parts.append((columns, scores, fold, batch))

    def since(self, part: int) -> list[tuple[Columns, Scores]]:
        """Columns and scores of the parts from one on."""
        return [(columns, scores) for columns, scores, _, _ in self.parts[part:]]

    def trials(self) -> Trials:
        """All of them as one table."""
        names = list(self.parts[0][0])
        counts = [len(scores.train) for _, scores, _, _ in self.parts]
        return Trials(
            params={name: np.concatenate([columns[name] for columns, *_ in self.parts]) for name in names},
            fold=np.repeat([fold for *_, fold, _ in self.parts], counts),
            batch=np.repeat([batch for *_, batch in self.parts], counts),
            train=self.joined("train"),
            test=self.joined("test"),
            problem=tuple(text for _, scores, _, _ in self.parts for text in scores.problem),
        )

    def joined(self, name: str) -> Floats:
        """One array of the scores for all sets."""
        return np.concatenate([getattr(scores, name) for _, scores, _, _ in self.parts])


def best_first(values: Floats, metrics: Sequence[Metric]) -> np.ndarray:
    """Rows of values (P, Q) by their mean rank over the objectives, best first; sets with a missing value left out."""
    sound = np.flatnonzero(np.isfinite(values).all(axis=1))
    sign = np.array([1.0 if metric in LESS_IS_BETTER else -1.0 for metric in metrics])
    ranks = np.argsort(np.argsort(values[sound] * sign, axis=0, kind="stable"), axis=0, kind="stable")
    return sound[np.argsort(ranks.mean(axis=1), kind="stable")]


def as_params(columns: Columns, rows: Sequence[int]) -> list[Params]:
    """Some sets as mappings of plain values."""
    return [{name: _plain(values[row]) for name, values in columns.items()} for row in rows]


def _plain(value: object) -> str | int | float | bool:
    plain = value.item() if isinstance(value, np.generic) else value
    if not isinstance(plain, str | int | float | bool):
        raise TypeError(f"{plain!r} is no parameter value")
    return plain
