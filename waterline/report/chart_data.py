"""The numbers behind the charts: rounded series on one list of dates, thinned where the history is long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from waterline.report.evaluated import STRATEGY, Curves, Evaluated
from waterline.sessions import Dates, Flags, Floats

LONGEST = 2500
"""Sessions up to which the charts show every day."""
DIGITS = 6
SHARE_UNIT = 1e-5
"""Shares of equity are drawn to a tenth of a basis point, or many assets would fill the page."""

Numbers = list[float | None]


@dataclass(frozen=True, slots=True, eq=False)
class ChartData:
    """What the page's script reads beside the figures.

    Attributes:
        rows: (m,) evaluated rows that are drawn.
        dates: (m,) ISO dates.
        series: name -> (m,) values, None where missing.
        spells: the states in order, each to the start of the next.
        held: spans without a score, in which the state was carried over.
        thinned: whether days were left out.
    """

    rows: list[int]
    dates: list[str]
    series: dict[str, Numbers]
    spells: list[dict[str, str]]
    held: list[dict[str, str]]
    thinned: bool

    def as_json(self) -> dict[str, object]:
        """The part that the script needs."""
        return {"dates": self.dates, "series": self.series, "spells": self.spells, "held": self.held}


def chart_data(run: Evaluated) -> ChartData:
    """All series of the page. Switches, troughs, month ends and both ends are kept whatever else is left out."""
    return drawn(run, _series(run), _spells(run), _held_spans(run))


def drawn(
    run: Curves, series: Mapping[str, Floats], spells: list[dict[str, str]], held: list[dict[str, str]]
) -> ChartData:
    """The series that are drawn over the sessions of ``run``, beside those of its curves."""
    rows = kept_rows(run.sessions, _marks(run))
    return ChartData(
        rows=rows.tolist(),
        dates=[str(date) for date in run.sessions[rows]],
        series={name: rounded(values[rows]) for name, values in {**_curves(run), **series}.items()},
        spells=spells,
        held=held,
        thinned=len(rows) < len(run.sessions),
    )


def kept_rows(sessions: Dates, marks: Iterable[int] = (), longest: int = LONGEST) -> np.ndarray:
    """Indices to draw: all up to ``longest`` sessions, else the last of each week and month, the ends and ``marks``."""
    count = len(sessions)
    if count <= longest:
        return np.arange(count)
    days = sessions.astype("datetime64[D]").astype(np.int64)
    weeks, months = (days + 3) // 7, sessions.astype("datetime64[M]").astype(np.int64)
    ends = np.flatnonzero((weeks[1:] != weeks[:-1]) | (months[1:] != months[:-1]))
    return np.unique(np.concatenate([[0, count - 1], ends, np.array(list(marks), dtype=np.int64)]))


def rounded(values: Floats, digits: int = DIGITS) -> Numbers:
    """Values to ``digits`` significant digits; None where not finite."""
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values.tolist()]


def _series(run: Evaluated) -> dict[str, Floats]:
    score = run.outcome.score
    rolled = run.rolling_sharpe.items() if run.has_rolled else ()
    families = {
        "sharpe": {name: sharpe.ratio for name, sharpe in rolled},
        "sharpe_error": {name: sharpe.standard_error for name, sharpe in rolled},
        "part": run.parts,
        "hold": {name: np.round(values / SHARE_UNIT) * SHARE_UNIT for name, values in run.weights.items()},
        "sleeve": run.sleeve_weights,
        "beside": {name: values[run.rows] for name, values in score.beside.items()},
        **{f"member.{pillar}": {name: values[run.rows] for name, values in members.items()}
           for pillar, members in score.members.items()},
    }  # fmt: skip
    return {"score": run.total, **_named(families)}


def _curves(run: Curves) -> dict[str, Floats]:
    return _named({"growth": run.equity, "drawdown": run.drawdown})


def _named(families: Mapping[str, Mapping[str, Floats]]) -> dict[str, Floats]:
    return {f"{family}.{name}": values for family, items in families.items() for name, values in items.items()}


def _marks(run: Curves) -> list[int]:
    switches = np.flatnonzero(run.scarce[1:] != run.scarce[:-1]) + 1
    troughs = [int(depth.argmin()) for depth in run.drawdown.values() if len(depth)]
    top = [int(run.equity[STRATEGY].argmax())] if len(run.sessions) else []
    return [*switches.tolist(), *(switches - 1).tolist(), *troughs, *top]


def _spells(run: Evaluated) -> list[dict[str, str]]:
    spells = run.outcome.episodes
    ends = [*(str(spell.decided) for spell in spells[1:]), *(str(spell.last) for spell in spells[-1:])]
    return [
        {"state": spell.state, "from": str(spell.decided), "to": end} for spell, end in zip(spells, ends, strict=True)
    ]


def _held_spans(run: Evaluated) -> list[dict[str, str]]:
    return spans(run.sessions, run.held)


def spans(sessions: Dates, flags: Flags) -> list[dict[str, str]]:
    """From where to where the flags are set, each span to the session after its last where there is one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    last = len(sessions) - 1
    return [
        {"from": str(sessions[start]), "to": str(sessions[min(int(stop), last)])}
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]
