"""The evaluated returns of a run, in the form that the evidence works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.contracts import States
from waterline.evidence.bootstrap import DailyRows
from waterline.metrics import Window, years_between
from waterline.outcome import Outcome
from waterline.sessions import Dates, Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """n returns with what was held for each of them.

    Attributes:
        sessions: (n + 1,) dates, beginning with the session before the first return.
        rows: the daily table; its exposure is the one in force at the close before each return.
        states: (n,) state that this exposure was decided in.
    """

    sessions: Dates
    rows: DailyRows
    states: States

    @classmethod
    def of(cls, outcome: Outcome) -> Sample:
        """All that was evaluated in ``outcome``."""
        first, portfolios = outcome.first, outcome.portfolios
        later = slice(first + 1, None)
        sleeves = np.column_stack([portfolios.sleeves[name].returns[later] for name in outcome.sleeves.names])
        return cls(
            sessions=outcome.sessions[first:],
            rows=DailyRows(
                strategy=outcome.strategy.returns[later],
                mix=outcome.static_mix.returns[later],
                cash=outcome.cash_return[later],
                sleeves=sleeves,
                exposure=portfolios.in_force[first:-1],
                years=years_between(outcome.sessions[first:]),
            ),
            states=_in_force(outcome, first),
        )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dates(self) -> Dates:
        """(n,) session of each return."""
        return self.sessions[1:]

    @property
    def excess(self) -> Floats:
        """(n,) return of the strategy over bills."""
        return self.rows.strategy - self.rows.cash

    @property
    def sleeve_excess(self) -> Floats:
        """(n, K) returns of the sleeves over bills."""
        return self.rows.sleeves - self.rows.cash[:, None]

    def within(self, window: Window) -> Sample:
        """The part of one window."""
        rows, sessions = self.rows, self.sessions[window.span]
        part = slice(window.first, window.last)
        taken = DailyRows(
            rows.strategy[part],
            rows.mix[part],
            rows.cash[part],
            rows.sleeves[part],
            rows.exposure[part],
            years_between(sessions) if len(window) else float("nan"),
        )
        return Sample(sessions, taken, self.states[part])

    def between(self, begins: np.datetime64, ends: np.datetime64) -> Flags:
        """(n,) True for the returns of the sessions from ``begins`` to ``ends``, both included."""
        return np.asarray((self.dates >= begins) & (self.dates <= ends))


def _in_force(outcome: Outcome, first: int) -> States:
    """(n,) a state decided at one close is in force from the next on, later still where decisions come late."""
    rows = np.arange(first, max(first, len(outcome.sessions) - 1))
    late = 1 + outcome.config.execution.delay_sessions
    return np.asarray(outcome.regime.states[np.maximum(rows - late, 0)])
