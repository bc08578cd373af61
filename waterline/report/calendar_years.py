"""Calendar years of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.report.evaluated import INDEX, MIX, STRATEGY, Evaluated


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One calendar year, or the part of it that was evaluated.

    Attributes:
        year: e.g. 2025.
        returns: portfolio -> simple return within the year, as a fraction.
        scarce: share of its sessions in the scarce state.
        score: score on its last session, NaN where missing.
        parts: pillar -> what it added to that score.
        held: sleeve -> share of equity on its last session.
        slack: slack on its last session, NaN where the signal has none.
        last: its last evaluated session.
    """

    year: int
    returns: dict[str, float]
    scarce: float
    score: float
    parts: dict[str, float]
    held: dict[str, float]
    slack: float
    last: np.datetime64

    @property
    def lead(self) -> float:
        """Return of the strategy minus that of the mix, as a fraction."""
        return self.returns[STRATEGY] - self.returns[MIX]


def calendar_years(run: Evaluated) -> tuple[CalendarYear, ...]:
    """The calendar years that hold at least one return, in order."""
    years = run.sessions.astype("datetime64[Y]")
    ends = [row for row in range(1, len(years)) if row == len(years) - 1 or years[row] != years[row + 1]]
    starts = [0, *ends[:-1]]
    return tuple(_year(run, start, end) for start, end in zip(starts, ends, strict=False))


def _year(run: Evaluated, start: int, end: int) -> CalendarYear:
    slack = run.outcome.score.beside.get("slack")
    return CalendarYear(
        year=int(str(run.sessions[end].astype("datetime64[Y]"))),
        returns={name: float(run.equity[name][end] / run.equity[name][start] - 1.0) for name in (STRATEGY, MIX, INDEX)},
        scarce=float(run.scarce[start + 1 : end + 1].mean()),
        score=float(run.total[end]),
        parts={name: float(part[end]) for name, part in run.parts.items()},
        held={name: float(weight[end]) for name, weight in run.sleeve_weights.items()},
        slack=float("nan") if slack is None else float(slack[run.rows][end]),
        last=run.sessions[end],
    )
