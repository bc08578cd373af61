"""What if the run had begun later?

A later start may change decisions in all honesty: an expanding statistic over sessions has seen less, and a state that
depends on its own past has another past. So this tells how much, and is never a finding; a decision that had known the
future would show where the future is taken away.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from waterline.audit.comparing import Bench
from waterline.audit.finding import Check, Finding
from waterline.experiment import FEWEST_SESSIONS, decide
from waterline.panel import Panel
from waterline.sessions import Clock

WARM_UP = "later start"
LATER_SESSIONS = (252, 504)


def beginning_at(panel: Panel, row: int) -> Panel:
    """The panel with its clock from session ``row`` on; the data reach back as far as they did."""
    clock = panel.clock
    return replace(panel, clock=Clock(clock.sessions[row:], clock.cutoffs[row:], clock.closes[row:]))


def warm_up_check(bench: Bench) -> tuple[Check, tuple[Finding, ...]]:
    """The share of sessions decided alike after starts that come a year and two years later."""
    figures, notes = {}, []
    for later in LATER_SESSIONS:
        alike = _alike(bench, later)
        if alike is None:
            continue
        figures[f"alike_{later}"], sessions = alike
        notes.append(f"{later} sessions later: {alike[0]:.1%} of {sessions} sessions in the same state")
    asks = "Are the states the same when the run begins later?"
    tried, skipped = len(LATER_SESSIONS), len(LATER_SESSIONS) - len(notes)
    return Check(WARM_UP, asks, tried, 0, skipped, "; ".join(notes), figures, judges=False), ()


def _alike(bench: Bench, later: int) -> tuple[float, int] | None:
    """Share and number of sessions, once both starts have a score; None where too few are left."""
    if later + FEWEST_SESSIONS >= len(bench.panel.clock):
        return None
    other = decide(bench.config, beginning_at(bench.panel, later)).regime
    first = max(bench.made.regime.valid_from, other.valid_from + later)
    same = bench.made.regime.states[first:] == other.states[first - later :]
    return (float(np.mean(same)), len(same)) if len(same) >= FEWEST_SESSIONS else None
