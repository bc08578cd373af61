"""What if everything had come out a session later, or a session earlier?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from waterline.audit.comparing import Bench
from waterline.audit.evaluating import sharpe_ratios
from waterline.audit.finding import NEVER, Check, Finding
from waterline.panel import Observations, Panel
from waterline.sessions import Clock, Instants

LATE, EARLY = "a session later", "a session earlier"
SESSIONS = {LATE: 1, EARLY: -1}
REMEDY = (
    "Look at the release time of these series and at the cutoff: the result lives on a single session, and a stamp "
    "that is one off would make or break it."
)


def shifted(panel: Panel, sessions: int, only: Collection[str] | None = None) -> Panel:
    """The panel with every series known one session later (``sessions`` 1) or earlier (-1) than it was.

    Prices stay: the time of a close is no matter of doubt.

    Args:
        panel: whole data.
        sessions: 1 or -1.
        only: names of the series to shift; all where not given.
    """
    moved = {
        name: _shifted(rows, panel.clock, sessions) if only is None or name in only else rows
        for name, rows in panel.series.items()
    }
    return replace(panel, series=moved)


def _shifted(rows: Observations, clock: Clock, sessions: int) -> Observations:
    return replace(rows, available_at=moved_instants(rows.available_at, clock, sessions))


def moved_instants(instants: Instants, clock: Clock, sessions: int) -> Instants:
    """Instants between two cutoffs as instants between the next two (1) or those before (-1), in the same order.

    Before the first cutoff and after the last they move by the distance of the nearest two.
    """
    cutoffs = clock.cutoffs.astype("datetime64[s]").astype(np.int64)
    to_come = np.append(cutoffs[1:], 2 * cutoffs[-1] - cutoffs[-2])
    known, then = (cutoffs, to_come) if sessions > 0 else (to_come, cutoffs)
    told = instants.astype("datetime64[s]").astype(np.int64)
    inside = np.ceil(np.interp(told, known, then)).astype(np.int64)
    outside = np.where(told < known[0], told + then[0] - known[0], told + then[-1] - known[-1])
    moved = np.where((told >= known[0]) & (told <= known[-1]), inside, outside)
    return np.asarray(moved.astype("datetime64[s]"))


def shift_check(bench: Bench, which: str) -> tuple[Check, tuple[Finding, ...]]:
    """The Sharpe ratio on data that came a session later or earlier, against a standard error of the run's own.

    A session later may not change it by more, a session earlier may not improve it by more.

    Raises:
        SpanError: too few sessions have a score.
    """
    asks = f"Had every series come out {which}: does the result {'stay' if which == LATE else 'not improve'}?"
    if not bench.panel.series:
        return Check(which, asks, 0, note="the experiment reads prices alone"), ()
    change, error, sharpe = sharpe_change(bench, which)
    failed = bool(abs(change) > error if which == LATE else change > error)
    text = f"Sharpe {sharpe:.2f} becomes {sharpe + change:.2f}; one standard error is {error:.2f}"
    numbers = {"sharpe_ratio": sharpe, "change": change, "standard_error": error}
    check = Check(which, asks, 1, int(failed), note=text, figures=numbers)
    return check, (_finding(bench, which, text, change),) if failed else ()


def sharpe_change(bench: Bench, which: str, only: Collection[str] | None = None) -> tuple[float, float, float]:
    """Change of the Sharpe ratio, its standard error in the run as it is, and the ratio as it is."""
    base, other = sharpe_ratios(bench, [shifted(bench.panel, SESSIONS[which], only)])
    return other.ratio - base.ratio, base.error, base.ratio


def _finding(bench: Bench, which: str, text: str, change: float) -> Finding:
    """With the series that do at least half of it alone, or the one that does most."""
    alone = {name: sharpe_change(bench, which, {name})[0] for name in sorted(bench.panel.series)}
    strong = [name for name, part in alone.items() if part * change > 0 and abs(part) >= abs(change) / 2]
    most = max(alone, key=lambda name: alone[name] * np.sign(change))
    names = ", ".join(strong or [most])
    return Finding(
        stage="panel",
        cut=NEVER,
        first_session=NEVER,
        check=(which,),
        kind="fragile",
        series=tuple(strong or [most]),
        said=f"had every series come out {which}: {text} (mostly {names})",
        remedy=REMEDY,
    )
