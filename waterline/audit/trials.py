"""The trials at one cut: take the future away, replace it, and reverse the decision."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from waterline.audit.comparing import Bench, Moved
from waterline.audit.finding import STAGES, Finding, Stage
from waterline.audit.poison import NOISE, POISONS, poisoned, removed
from waterline.config import Config
from waterline.errors import WaterlineError
from waterline.panel import Panel

TRUNCATION, REVERSAL = "truncation", "decision reversed"
REFUSALS = (WaterlineError, ArithmeticError, ValueError)
"""What a plugin may raise at data that no publisher would send, without having known anything."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way of looking at one cut.

    Attributes:
        check: name of the way.
        row: the cut.
        moved: what moved; None where nothing did.
        refused: why it could not be tried; empty where it could.
    """

    check: str
    row: int
    moved: Moved | None
    refused: str = ""


def truncated(bench: Bench, row: int) -> Moved | None:
    """What moves when only what was public at the cutoff of ``row`` exists."""
    return bench.moved_by(bench.panel.as_of(bench.panel.clock.cutoffs[row]), row)


def with_poison(bench: Bench, row: int, poison: str) -> Moved | None:
    """What moves when everything after the cutoff of ``row`` has other values.

    Noise is asked about decisions and holdings, the others about decisions alone: a portfolio has no value at a missing
    price, and a third future adds nothing to what trades know.
    """
    panel = poisoned(bench.panel, bench.panel.clock.cutoffs[row], poison, bench.config.seed + row)
    return bench.moved_by(panel, row, trade=poison == NOISE)


def trials_at(bench: Bench, row: int) -> tuple[Trial, ...]:
    """All trials at one cut."""
    return (
        _trial(TRUNCATION, row, partial(truncated, bench, row)),
        _trial(REVERSAL, row, partial(bench.moved_by_reversal, row)),
        *(_trial(poison, row, partial(with_poison, bench, row, poison)) for poison in POISONS),
    )


def _trial(check: str, row: int, look: Callable[[], Moved | None]) -> Trial:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Trial(check, row, look())
        except REFUSALS as error:
            return Trial(check, row, None, f"{type(error).__name__}: {error}")


def truncation(config: Config, panel: Panel, rows: Sequence[int]) -> list[Finding]:
    """What moves when the panel is cut at each of the sessions ``rows``; empty when nothing leaks.

    Two trials at each. The first keeps what was public at its cutoff and expects every score, state and target up to
    that session bit for bit, and every holding that was settled. The second reverses what the session decided and
    expects the holdings at its close to be the same: an order that fills on the session of its decision cannot pass.

    Args:
        config: the experiment.
        panel: its whole data.
        rows: sessions to cut at, each at least 1.
    """
    bench = Bench.of(config, panel)
    sessions = panel.clock.sessions
    found = ((row, truncated(bench, row) or bench.moved_by_reversal(row)) for row in rows)
    return [Finding(moved.stage, sessions[row], sessions[moved.row]) for row, moved in found if moved is not None]


def findings_of(bench: Bench, trials: Sequence[Trial]) -> tuple[Finding, ...]:
    """One finding a stage and way of trading: its earliest session, its first cut, and the checks that saw it."""
    found = []
    sessions = bench.panel.clock.sessions
    for stage in STAGES:
        for reversal in (False, True):
            seen = [
                (trial, trial.moved)
                for trial in trials
                if trial.moved and trial.moved.stage == stage and (trial.check == REVERSAL) == reversal
            ]
            if not seen:
                continue
            finding = Finding(
                stage=stage,
                cut=sessions[min(trial.row for trial, _ in seen)],
                first_session=sessions[min(moved.row for _, moved in seen)],
                check=tuple(dict.fromkeys(trial.check for trial, _ in seen)),
                cuts=len({trial.row for trial, _ in seen}),
                size=max(moved.size for _, moved in seen),
            )
            found.append(_same_session(finding) if reversal else finding)
    return tuple(found)


def _same_session(finding: Finding) -> Finding:
    text = f"what is held at the close of {finding.cut} depends on the decision of that same session"
    return replace(finding, said=text, first_session=finding.cut)


def depends_on(bench: Bench, row: int, stage: Stage, way: str, name: str) -> bool:
    """Whether ``stage`` up to ``row`` moves when the future of one series or asset is taken away, or made noise.

    Args:
        bench: the run.
        row: the cut.
        stage: what is looked at.
        way: ``TRUNCATION`` or ``NOISE``.
        name: of the series or asset.
    """
    return _trial(way, row, partial(_moved_at, bench, row, stage, way, name)).moved is not None


def _moved_at(bench: Bench, row: int, stage: Stage, way: str, name: str) -> Moved | None:
    instant = bench.panel.clock.cutoffs[row]
    if way == TRUNCATION:
        other = removed(bench.panel, instant, {name})
    else:
        other = poisoned(bench.panel, instant, way, bench.config.seed + row, {name})
    moved = bench.moved_by(other, row, trade=stage == "simulation")
    return moved if moved is not None and moved.stage == stage else None
