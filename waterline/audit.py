"""Could it have known? Rerun on the past alone and compare: nothing that was decided then may move.

Two trials at each tried session. The first keeps what was public at its cutoff and expects every score, state and
target up to that session bit for bit, and every holding up to the session before. The second reverses what the
session decided and expects the holdings at its close to be the same: an order that fills on the session of its
decision cannot pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.config import Config
from waterline.experiment import Decision, decide
from waterline.panel import Panel
from waterline.portfolios import asset_market, simulate_strategy
from waterline.simulation import Market, Simulation

Stage = str
Compared = tuple[tuple[Stage, np.ndarray], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A value of the past that moved when the future was taken away.

    Attributes:
        stage: "signal", "regime", "strategy" or "simulation": the first that moved.
        cut: session whose future was removed.
        first_session: earliest session whose value moved.
    """

    stage: Stage
    cut: np.datetime64
    first_session: np.datetime64

    def __str__(self) -> str:
        return f"{self.stage}: the value of {self.first_session} depends on what came after {self.cut}"


def truncation(config: Config, panel: Panel, rows: Sequence[int]) -> list[Finding]:
    """What moves when the panel is cut at each of the sessions ``rows``; empty when nothing leaks.

    Args:
        config: the experiment.
        panel: its whole data.
        rows: sessions to cut at, each at least 1.
    """
    whole = decide(config, panel)
    market = asset_market(panel, whole.sleeves.assets, config)
    held = _holdings(_simulated(config, market, whole))
    findings = []
    for row in rows:
        past = panel.as_of(panel.clock.cutoffs[row])
        decided = decide(config, past)
        simulated = _simulated(config, asset_market(past, whole.sleeves.assets, config), decided)
        contrary = _simulated(config, market, _reversed(whole, row))
        found = (
            _first_moved(panel, row, _decisions(decided), _decisions(whole), row + 1)
            or _first_moved(panel, row, _holdings(simulated), held, row)
            or _first_moved(panel, row, _holdings(contrary), held, row + 1)
        )
        findings += [found] if found else []
    return findings


def _reversed(made: Decision, row: int) -> Decision:
    """The same decisions but for session ``row``, which enters the other state and reverses the sleeves."""
    exposure, states = made.exposure.copy(), made.regime.states.copy()
    exposure[row] = exposure[row][::-1]
    states[row] = 1 - states[row]
    return replace(made, exposure=exposure, regime=replace(made.regime, states=states))


def _simulated(config: Config, market: Market, made: Decision) -> Simulation:
    return simulate_strategy(config, market, made.sleeves, made.exposure, made.regime)


def _decisions(made: Decision) -> Compared:
    return (
        ("signal", made.score.total),
        ("regime", made.regime.states),
        ("strategy", made.sleeves.targets(made.exposure)),
    )


def _holdings(simulated: Simulation) -> Compared:
    return (("simulation", simulated.weights), ("simulation", simulated.equity))


def _first_moved(panel: Panel, row: int, part_of: Compared, whole: Compared, rows: int) -> Finding | None:
    """The first difference within the first ``rows`` sessions."""
    for (stage, part), (_, full) in zip(part_of, whole, strict=True):
        moved = _differs(part[:rows], full[:rows])
        if moved.any():
            sessions = panel.clock.sessions
            return Finding(stage, sessions[row], sessions[int(np.argmax(moved))])
    return None


def _differs(part: np.ndarray, full: np.ndarray) -> np.ndarray:
    """(t,) rows in which the two are not the same to the last bit; NaN equals NaN."""
    same = (part == full) | (np.isnan(part) & np.isnan(full))
    return np.asarray(~same.reshape(len(part), -1).all(axis=1))
