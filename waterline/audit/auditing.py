"""The audit of a configuration: every check on its own data, spread over processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from waterline.audit.canary import CANARY, canary_check
from waterline.audit.comparing import Bench
from waterline.audit.crew import Crew, crew, nobody
from waterline.audit.cuts import cut_rows
from waterline.audit.evaluating import first_row
from waterline.audit.finding import STAGES, Audit, Check, Finding
from waterline.audit.poison import NOISE, POISONS
from waterline.audit.shifting import EARLY, LATE, shift_check
from waterline.audit.stamps import stamp_check, stamp_findings
from waterline.audit.trials import REVERSAL, TRUNCATION, Trial, depends_on, findings_of, trials_at
from waterline.audit.vintages import VINTAGES, vintage_check
from waterline.audit.warm_up import WARM_UP, warm_up_check
from waterline.config import Config
from waterline.errors import SpanError, WaterlineError
from waterline.experiment import FEWEST_SESSIONS
from waterline.panel import Panel
from waterline.tuning.progress import Watch

CUTS, FEWEST_CUTS = 60, 2
Told = tuple[Check, tuple[Finding, ...]]
ASKS = {
    TRUNCATION: "Does the past stay when nothing else exists?",
    REVERSAL: "Does a close not know the decision of its own session?",
    **{poison: f"Does the past stay with the {poison}?" for poison in POISONS},
}


@dataclass(frozen=True, slots=True)
class Ask:
    """How hard to look.

    Attributes:
        cuts: sessions to cut at, at least ``FEWEST_CUTS``.
        workers: processes; the findings are the same for any number.
    """

    cuts: int = CUTS
    workers: int = 1


def audit(config: Config, panel: Panel, ask: Ask | None = None, watch: Watch = nobody) -> Audit:
    """Could it have known? Look for every value of ``config`` on ``panel`` that knew what came later.

    Args:
        config: the experiment.
        panel: its whole data.
        ask: how hard to look; ``Ask()`` where not given.
        watch: told how far it is.

    Raises:
        SpanError: the signal never has a score, or too few sessions follow its first.
        WaterlineError: the experiment itself fails, or a worker process was ended from outside.
    """
    ask = ask or Ask()
    bench = Bench.of(config, panel)
    _refuse_short(bench)
    regime = bench.made.regime
    rows = cut_rows(panel, regime.valid_from, regime.switches().nonzero()[0], ask.cuts, config.seed)
    stamped = stamp_findings(panel)
    with crew(ask.workers, watch) as working:
        at_cuts = working.map("cuts", partial(trials_at, bench), rows)
        told = working.map("other checks", _told, _others(bench, rows))
        trials = [trial for at in at_cuts for trial in at]
        moved = [_blamed(working, bench, found) for found in findings_of(bench, trials)]
    checks = (stamp_check(panel, stamped), *_counted(trials), *(check for check, _ in told))
    findings = [*stamped, *moved, *(finding for _, found in told for finding in found)]
    findings.sort(key=lambda finding: (finding.kind != "leak", STAGES.index(finding.stage)))
    return Audit(config.name, config.digest(), checks, tuple(findings))


def _refuse_short(bench: Bench) -> None:
    sessions = bench.panel.clock.sessions
    if first_row(bench.made.regime) + FEWEST_SESSIONS >= len(sessions):
        problem = f"{sessions[0]} to {sessions[-1]} leaves fewer than {FEWEST_SESSIONS} sessions with a score to audit."
        raise SpanError(problem, "Choose an earlier start or a later end.")


def _others(bench: Bench, rows: Sequence[int]) -> list[tuple[str, Callable[[], Told]]]:
    return [
        (CANARY, partial(canary_check, bench, rows)),
        (LATE, partial(shift_check, bench, LATE)),
        (EARLY, partial(shift_check, bench, EARLY)),
        (VINTAGES, partial(vintage_check, bench)),
        (WARM_UP, partial(warm_up_check, bench)),
    ]


def _told(named: tuple[str, Callable[[], Told]]) -> Told:
    """What a check tells; one whose other data the experiment cannot use is not possible and says why."""
    name, look = named
    try:
        return look()
    except WaterlineError as error:
        return Check(name, "Not possible on these data.", 1, skipped=1, note=str(error)), ()


def _counted(trials: Sequence[Trial]) -> list[Check]:
    """One check for each way of looking at a cut."""
    checks = []
    for name, asks in ASKS.items():
        alike = [trial for trial in trials if trial.check == name]
        refused = [trial.refused for trial in alike if trial.refused]
        failed = sum(trial.moved is not None for trial in alike)
        note = f"not possible at {len(refused)} cuts ({refused[0]})" if refused else ""
        checks.append(Check(name, asks, len(alike), failed, len(refused), note))
    return checks


def _blamed(working: Crew, bench: Bench, finding: Finding) -> Finding:
    """The finding with the names of the panel whose future alone makes the same stage move at the same cut.

    None where no single one does: it was the length of the sample, or several together.
    """
    if finding.check == (REVERSAL,):
        return finding
    row = int(bench.panel.clock.sessions.searchsorted(finding.cut))
    names = sorted({*bench.panel.series, *bench.panel.bars})
    for way in (TRUNCATION, NOISE):
        asked = partial(depends_on, bench, row, finding.stage, way)
        behind = working.map("series behind it", asked, names)
        if any(behind):
            return replace(finding, series=tuple(name for name, moves in zip(names, behind, strict=True) if moves))
    return finding
