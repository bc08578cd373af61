"""What a study's candidates earned beside the static mix of each one's own average exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.panel import Panel
from waterline.sessions import Dates, Floats
from waterline.simulation.sweep import COLUMNS, equity, sweep
from waterline.tuning.columns import sets_of
from waterline.tuning.ground import Grounds, has_compiled_form, with_earned
from waterline.tuning.kept import KeptReturns
from waterline.tuning.outcome import Tuned
from waterline.tuning.space import space_of

MOST = 200
"""Candidates put to the test of superior predictive ability: its time grows with their number."""
NOT_COMPILED = "The configuration has no compiled form, so that the mixes of its candidates were not traded."


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Some of the trials whose returns were kept, chosen by their place in the table and not by what they earned.

    Attributes:
        trials: (C,) rows among the trials of the study.
        lead: (T, C) daily return over the longest training span less that of the candidate's own static mix.
    """

    trials: npt.NDArray[np.int64]
    lead: Floats


def candidates(tuned: Tuned, kept: KeptReturns, panel: Panel, most: int = MOST) -> Candidates | None:
    """Every n-th kept trial beside its mix, both through the kernel; None where there is no compiled form."""
    if not has_compiled_form(tuned.config) or len(kept.rows) == 0:
        return None
    chosen = np.unique(np.linspace(0, len(kept.rows) - 1, min(most, len(kept.rows))).round().astype(np.int64))
    rows = kept.rows[chosen]
    first, last = span_of(kept.sessions, panel)
    grounds = Grounds(tuned.config, panel, np.array([first, last]))
    columns = {name: values[rows] for name, values in tuned.trials.params.items()}
    sets, _ = sets_of(grounds, space_of(tuned.config), columns)
    ground, sets = with_earned(grounds.ground(), sets)
    sums, sleeves, before = sweep(ground, sets).blocks[:, 0], ground.inside.shape[1], len(COLUMNS)
    average = sums[:, before : before + sleeves] / (last - first)
    fixed = sets._replace(
        table=np.repeat(average[:, None, :], sets.table.shape[1], axis=1),
        graded=np.zeros(len(rows), dtype=np.bool_),
        delay=np.zeros(len(rows), dtype=np.int64),
    )
    mixes = equity(ground, fixed)
    mix_returns = mixes[:, first:last] / mixes[:, first - 1 : last - 1] - 1.0
    return Candidates(rows, (kept.returns[chosen].astype(np.float64) - mix_returns).T)


def span_of(sessions: Dates, panel: Panel) -> tuple[int, int]:
    """First row of these consecutive sessions on the panel's clock, and the row after the last."""
    first = int(np.searchsorted(panel.clock.sessions, sessions[0]))
    return first, first + len(sessions)
