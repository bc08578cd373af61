"""An audit as a whole: what it says of the shipped default, of a leak, of revised data, and from the command line."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from typer.testing import CliRunner

from waterline.audit import Ask, Audit, audit, look_ahead_tax
from waterline.audit.canary import canary_check, sleeve_return
from waterline.audit.comparing import Bench
from waterline.audit.shifting import EARLY, shift_check
from waterline.cli import app
from waterline.config import Config, load
from waterline.contracts import Score, Signal
from waterline.errors import DataError, SpanError
from waterline.experiment import Decision, gather, run
from waterline.panel import Observations, Panel

CUTS = 4
SPAN = ["start=1990-01-02", "end=1994-12-30"]
CHECKS = [
    "stamps", "truncation", "decision reversed", "future as noise", "future missing", "future with flipped sign",
    "canary", "a session later", "a session earlier", "first release against latest", "later start",
]  # fmt: skip


class Peeking(Signal):
    """A month's move of the index, or the one that is still to come. For tests only."""

    ahead: bool = False
    sessions: int = 21

    def inputs(self) -> frozenset[str]:
        return frozenset({"SP500"})

    def score(self, panel: Panel) -> Score:
        close, step = panel.now(panel.read("SP500")), self.sessions
        moved = np.full(len(close), np.nan)
        rows = slice(0, -step) if self.ahead else slice(step, None)
        moved[rows] = -10.0 * np.log(close[step:] / close[:-step])[: len(moved[rows])]
        return Score(total=moved)


@pytest.fixture
def researcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal stands where a researcher's module would."""
    module = ModuleType("signals.peeking")
    module.Peeking = Peeking  # type: ignore[attr-defined]  # the module is made here
    monkeypatch.setitem(sys.modules, "signals.peeking", module)


@pytest.fixture(scope="module")
def classic(root: Path) -> Config:
    return load(root / "configs" / "classic.yaml", SPAN)


@pytest.fixture(scope="module")
def panel(classic: Config) -> Panel:
    return gather(classic)


@pytest.fixture(scope="module")
def shipped(classic: Config, panel: Panel) -> Audit:
    return audit(classic, panel, Ask(cuts=CUTS))


def peeking(root: Path, **params: object) -> Config:
    return load(root / "configs" / "classic.yaml", [*SPAN, *PEEK, f"signal.params={json.dumps(params)}"])


PEEK = ["signal.use=signals.peeking:Peeking", "regime.dwell=5", "regime.up=0.2", "regime.down=-0.2"]


def test_the_shipped_default_knows_nothing_of_the_future(shipped: Audit) -> None:
    assert [str(finding) for finding in shipped.findings] == []
    assert shipped.exit_code == 0
    assert [check.name for check in shipped.checks] == CHECKS
    assert {check.verdict for check in shipped.checks} == {"passed", "told", "not possible"}
    assert all(check.tried == CUTS for check in shipped.checks[1:6])


def test_findings_and_figures_are_the_same_for_any_number_of_workers(
    classic: Config, panel: Panel, shipped: Audit
) -> None:
    assert audit(classic, panel, Ask(cuts=CUTS, workers=2)).as_json() == shipped.as_json()


def test_progress_is_told_stage_by_stage(root: Path, researcher: None, panel: Panel) -> None:
    told = []
    audit(peeking(root, ahead=True), panel, Ask(cuts=2), lambda now: told.append((now.stage, now.done, now.total)))
    assert told[:3] == [("cuts", 0, 2), ("cuts", 1, 2), ("cuts", 2, 2)]
    assert [stage for stage, done, total in told if done == total] == ["cuts", "other checks", "series behind it"]


def test_a_leak_is_told_with_series_date_stage_and_remedy(root: Path, researcher: None, panel: Panel) -> None:
    found = audit(peeking(root, ahead=True), panel, Ask(cuts=3))
    leak = found.findings[0]
    assert (leak.kind, leak.stage, leak.series) == ("leak", "signal", ("SP500",))
    assert "truncation" in leak.check
    assert "future as noise" in leak.check
    assert leak.first_session <= leak.cut
    assert "panel.now" in leak.to_do()
    assert found.exit_code == 1
    assert audit(peeking(root, ahead=False), panel, Ask(cuts=3)).passed


def test_a_plugin_that_refuses_an_absurd_future_is_not_accused(
    root: Path, researcher: None, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Peeking.score

    def strict(self: Peeking, known: Panel) -> Score:
        if not np.isfinite(known.read("SP500").value).all():
            raise ValueError("no gaps")
        return honest(self, known)

    monkeypatch.setattr(Peeking, "score", strict)
    found = audit(peeking(root), panel, Ask(cuts=3))
    assert found.passed
    check = found.check("future missing")
    assert (check.tried, check.failed, check.skipped, check.verdict) == (3, 0, 3, "not possible")
    assert "ValueError: no gaps" in check.note


@pytest.mark.parametrize("override", ["execution.delay_sessions=3", 'cutoff="12:00"'])
def test_the_canary_sings_whatever_the_lag(root: Path, override: str) -> None:
    config = load(root / "configs" / "classic.yaml", [*SPAN, override])
    check, found = canary_check(Bench.of(config, gather(config)), [800, 1100])
    assert found == ()
    assert check.figures["leaking_t"] > 10
    assert check.figures["honest_t"] < 3


def test_an_audit_that_could_not_see_a_leak_says_so(classic: Config, panel: Panel) -> None:
    flat = {name: replace(bars, close=np.full_like(bars.close, 10.0)) for name, bars in panel.bars.items()}
    _, found = canary_check(Bench.of(classic, replace(panel, bars=flat)), [800])
    assert {finding.kind for finding in found} == {"blind"}


def test_a_result_that_would_live_on_one_session_is_fragile_and_named(
    root: Path, researcher: None, panel: Panel
) -> None:
    """A session's lead of the sleeves over each other is known one session before: too late to earn, but only just."""
    alert = ["regime.up=0.0001", "regime.down=-0.0001", "regime.dwell=0", "regime.confirm=1"]
    config = load(root / "configs" / "classic.yaml", [*SPAN, *PEEK, *alert, 'signal.params={"sessions": 1}'])
    plain = Bench.of(config, panel)
    lead = np.cumsum(np.subtract(*(sleeve_return(plain, name) for name in ("speculative", "generators"))))
    clock = panel.clock
    known = Observations("SP500", clock.sessions[1:], clock.closes[:-1], clock.sessions[:-1], np.exp(lead[1:]), 7, "D")
    bench = Bench.of(config, replace(panel, series={**panel.series, "SP500": known}))
    check, found = shift_check(bench, EARLY)
    assert check.figures["change"] > 10 * check.figures["standard_error"]
    assert [(finding.kind, finding.series) for finding in found] == [("fragile", ("SP500",))]
    assert "mostly SP500" in str(found[0])


def test_prices_alone_have_no_stamp_to_shift(classic: Config, panel: Panel) -> None:
    bench = replace(Bench.of(classic, panel), panel=replace(panel, series={}))
    check, found = shift_check(bench, EARLY)
    assert (check.verdict, found) == ("not possible", ())
    assert "prices alone" in check.note


def test_the_tax_without_vintages_has_two_readings_and_says_what_it_cannot(classic: Config, panel: Panel) -> None:
    tax = look_ahead_tax(classic, panel)
    assert [line.reading for line in tax.lines] == ["observation dates", "lagged revised"]
    assert tax.difference(tax.lines[-1]).sharpe == 0.0
    assert tax.difference(tax.lines[0]).sharpe != 0.0
    assert tax.latest_only == ("REALGDP", "REALINV")
    assert "REALGDP, REALINV" in tax.remark


def test_the_last_line_of_the_tax_is_the_run_itself(classic: Config, panel: Panel) -> None:
    outcome = run(classic, panel)
    made = Decision(outcome.score, outcome.regime, outcome.sleeves, outcome.exposure)
    tax = look_ahead_tax(classic, panel, made)
    whole = outcome.windows["all"]
    assert (tax.honest.cagr, tax.honest.sharpe.value) == (whole.strategy.cagr, whole.strategy.sharpe_ratio)
    assert tax.honest.timing_gain == whole.timing_gain
    assert tax.honest.max_drawdown == whole.strategy.max_drawdown.depth
    assert tax.first_session == outcome.sessions[outcome.first]
    assert tax.as_json() == look_ahead_tax(classic, panel).as_json()


def test_a_reading_on_which_the_experiment_fails_is_told(
    root: Path, researcher: None, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, late = Peeking.score, panel.read("REALGDP").available_at

    def strict(self: Peeking, known: Panel) -> Score:
        if (known.read("REALGDP").available_at < late).any():
            raise DataError("REALGDP", "is known too early.", "Stamp it.")
        return honest(self, known)

    monkeypatch.setattr(Peeking, "score", strict)
    tax = look_ahead_tax(peeking(root), panel)
    assert [line.reading for line in tax.lines] == ["lagged revised"]
    assert tax.refused == (("observation dates", "REALGDP: is known too early. Stamp it."),)
    assert "On observation dates the experiment fails: REALGDP" in tax.remark


def test_a_check_that_the_experiment_refuses_is_not_possible_and_says_why(
    root: Path, researcher: None, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, stamps = Peeking.score, panel.read("REALGDP").available_at

    def strict(self: Peeking, known: Panel) -> Score:
        if known.read("REALGDP").available_at[0] > stamps[0]:
            raise DataError("REALGDP", "came late.", "Wait.")
        return honest(self, known)

    monkeypatch.setattr(Peeking, "score", strict)
    found = audit(peeking(root), panel, Ask(cuts=2))
    assert found.passed
    assert found.check("a session later").verdict == "not possible"
    assert "REALGDP: came late." in found.check("a session later").note
    assert found.check("a session earlier").verdict == "passed"


def test_revisions_that_know_the_future_show_in_the_tax(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml", SPAN)
    panel = gather(config)
    rows = panel.series["REALINV"]
    blurred = rows.value * np.exp(0.05 * np.random.default_rng(0).standard_normal(len(rows)))
    at = np.concatenate([rows.available_at, rows.available_at + np.timedelta64(400, "D")])
    period = np.tile(rows.period, 2)
    order = np.lexsort((period, at))
    told = replace(
        rows,
        period=period[order],
        available_at=at[order],
        vintage=at[order].astype("datetime64[D]"),
        value=np.concatenate([blurred, rows.value])[order],
        point_in_time=True,
    )
    tax = look_ahead_tax(config, replace(panel, series={**panel.series, "REALINV": told}))
    assert [line.reading for line in tax.lines] == [
        "observation dates", "lagged revised", "first release", "full vintages",
    ]  # fmt: skip
    assert tax.vintaged == ("REALINV",)
    assert tax.lines[1].sharpe.value != tax.lines[2].sharpe.value
    assert json.dumps(tax.as_json(), allow_nan=False)


def test_a_span_without_decisions_is_refused(root: Path) -> None:
    config = load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=1991-12-31"])
    with pytest.raises(SpanError, match="sessions with a score to audit"):
        audit(config, gather(config))


def test_the_command_prints_json_and_ends_with_1_where_something_leaks(root: Path, researcher: None) -> None:
    leak = [f"--set={key}" for key in (*SPAN, *PEEK, 'signal.params={"ahead": true}')]
    words = ["audit", str(root / "configs" / "classic.yaml"), "--cuts", "2", *leak]
    done = CliRunner().invoke(app, [*words, "--json", "--tax"])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["passed"] is False
    assert told["findings"][0]["stage"] == "signal"
    assert [line["reading"] for line in told["tax"]["lines"]] == ["observation dates", "lagged revised"]
    plain = CliRunner().invoke(app, words)
    assert "1. Leak, signal: the value of" in plain.stdout
    assert "To do: Read series with panel.now" in plain.stdout
    assert plain.exit_code == 1
