"""A canary: would this audit see a leak on these data? It plants one and looks.

The canary is a feature: what the speculative sleeve returned in a session. Stamped at the close of that session it is
honest: no cut moves it and nobody earns by it. Read a session earlier it must show at every cut; stamped as early as a
decision would need it, it must earn what no honest feature earns, through the same sleeves, lag and engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.audit.comparing import Bench, first_moved
from waterline.audit.finding import NEVER, Check, Finding
from waterline.contracts import Regime
from waterline.metrics import Estimate, tracking_difference
from waterline.panel import Observations, Panel
from waterline.portfolios import delayed, simulate_strategy
from waterline.sessions import Floats

CANARY = "canary"
SPECULATIVE = "speculative"
FILLS_AFTER = {"next_close": 1, "next_open": 0}
"""Closes between a decision and the first one whose return it earns, but for the next."""
HONEST_BOUND, SEEN_BOUND = 3.0, 5.0
"""t of the gain above which an honest feature has earned too much, and below which a leak has gone unseen."""
BLIND = "Give the audit more sessions, or a sleeve whose members have prices: on these data it proves nothing."


@dataclass(frozen=True, slots=True, eq=False)
class Canary:
    """The planted feature.

    Attributes:
        bench: the run in which it is planted.
        sleeve: index of the sleeve.
        told: the feature as an honest series.
    """

    bench: Bench
    sleeve: int
    told: Observations

    @classmethod
    def of(cls, bench: Bench) -> Canary:
        """What the speculative sleeve returned, or the first where none has that name."""
        names = bench.made.sleeves.names
        sleeve = names.index(SPECULATIVE) if SPECULATIVE in names else 0
        clock, value = bench.panel.clock, sleeve_return(bench, names[sleeve])
        return cls(bench, sleeve, Observations(CANARY, clock.sessions, clock.closes, clock.sessions, value, 7, "D"))

    def earlier(self, sessions: int) -> Observations:
        """The feature stamped so many sessions before its return was known."""
        closes = self.told.available_at
        return replace(self.told.rows(slice(sessions, None)), available_at=closes[: len(closes) - sessions])

    def seen_at(self, row: int, sessions: int) -> bool:
        """Whether the score that reads the feature ``sessions`` early moves when the panel is cut at ``row``."""
        panel = replace(self.bench.panel, series={**self.bench.panel.series, CANARY: self.told})
        past = panel.as_of(panel.clock.cutoffs[row])
        whole, part = (_read_early(one, sessions) for one in (panel, past))
        return first_moved((("signal", part),), (("signal", whole),), row + 1) is not None

    def gain(self, feature: Observations) -> Estimate:
        """What holding the sleeve after a positive feature, and bills else, earns a year over the same average share.

        Without costs, through the run's own lag, calendar and engine.
        """
        bench, config = self.bench, self.bench.config
        up = np.nan_to_num(bench.panel.now(feature)) > 0.0
        exposure = np.zeros(bench.made.exposure.shape)
        exposure[up, self.sleeve] = 1.0
        regime = Regime(up.astype(np.int8), 0, np.zeros(len(up), dtype=np.bool_))
        execution = config.execution.model_copy(update={"cost_multiple": 0.0})
        free = config.model_copy(update={"execution": execution})
        late = delayed(exposure, regime, config.execution.delay_sessions)
        done = simulate_strategy(free, bench.market, bench.made.sleeves, *late)
        share, cash = done.weights.sum(axis=1), bench.market.cash_return
        mix = cash + (share.mean() * (self.told.value - cash))
        first = bench.made.regime.valid_from + 1
        return tracking_difference(done.returns[first:], mix[first:])

    @property
    def lead(self) -> int:
        """Sessions by which the stamp must be early for a decision to earn the return."""
        execution, clock = self.bench.config.execution, self.bench.panel.clock
        waits = int(clock.cutoffs[0] < clock.closes[0])
        return 1 + FILLS_AFTER[execution.fill] + execution.delay_sessions + waits


def _read_early(panel: Panel, sessions: int) -> Floats:
    """(T,) the canary of each session, read ``sessions`` after its own stamp allows: a join on the date."""
    rows = panel.read(CANARY)
    if sessions == 0:
        return panel.now(rows)
    known = np.full(len(panel.clock), np.nan)
    ahead = np.searchsorted(rows.period, panel.clock.sessions) + sessions
    inside = ahead < len(rows)
    known[inside] = rows.value[ahead[inside]]
    return known


def sleeve_return(bench: Bench, name: str) -> Floats:
    """(T,) return of each session of the weights that the sleeve had at the close before; 0 where it had none."""
    marks, inside = bench.market.close, bench.made.sleeves.inside[name]
    moves = np.zeros(marks.shape)
    moves[1:] = np.nan_to_num(marks[1:] / marks[:-1] - 1.0)
    held = np.zeros(inside.shape)
    held[1:] = inside[:-1]
    return np.asarray((held * moves).sum(axis=1))


def canary_check(bench: Bench, rows: Sequence[int]) -> tuple[Check, tuple[Finding, ...]]:
    """Plant the canary honestly and leaking, and see what shows.

    Args:
        bench: the run.
        rows: cuts at which the leaking one must be seen and the honest one must not.
    """
    canary = Canary.of(bench)
    inner = [row for row in rows if row + 1 < len(bench.panel.clock)]
    missed = [row for row in inner if not canary.seen_at(row, 1)]
    wrong = [row for row in inner if canary.seen_at(row, 0)]
    honest, leaking = canary.gain(canary.told), canary.gain(canary.earlier(canary.lead))
    findings = _judged(bench, canary, missed + wrong, honest, leaking)
    name = bench.made.sleeves.names[canary.sleeve]
    note = (
        f"the {name} sleeve's return, read a session early, shows at {len(inner) - len(missed)} of {len(inner)} cuts; "
        f"stamped honestly it earns {honest.value:+.1%} a year (t {honest.t:.1f}), stamped {canary.lead} early "
        f"{leaking.value:+.1%} (t {leaking.t:.1f})"
    )
    figures = {"honest_gain": honest.value, "honest_t": honest.t, "leaking_gain": leaking.value, "leaking_t": leaking.t}
    asks = "Would this audit see a leak on these data, and does an honest feature earn nothing?"
    return Check(CANARY, asks, 2, len(findings), note=note, figures=figures), findings


def _judged(
    bench: Bench, canary: Canary, unseen: list[int], honest: Estimate, leaking: Estimate
) -> tuple[Finding, ...]:
    sleeve = bench.made.sleeves.names[canary.sleeve]
    found = []
    if honest.t > HONEST_BOUND:
        text = (
            f"a return known only afterwards earns {honest.value:+.1%} a year (t {honest.t:.1f}) in the {sleeve} sleeve"
        )
        found.append(Finding("simulation", NEVER, NEVER, (CANARY,), said=text))
    if unseen:
        text = f"a planted leak goes unseen at {len(unseen)} cuts"
        cut = bench.panel.clock.sessions[unseen[0]]
        found.append(Finding("signal", cut, cut, (CANARY,), "blind", said=text, remedy=BLIND))
    if not leaking.t > SEEN_BOUND:
        text = f"tomorrow's return of the {sleeve} sleeve, known today, earns only {leaking.value:+.1%} a year"
        found.append(Finding("simulation", NEVER, NEVER, (CANARY,), "blind", said=text, remedy=BLIND))
    return tuple(found)
