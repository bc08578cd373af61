"""The whole scorecard: wiring, windows, JSON, missing data, and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from waterline import experiment, terminal
from waterline.config import Config, load
from waterline.panel import Panel
from waterline.testing import sample_panel
from waterline.thesis import CLAIMS, NOT_DECIDABLE, Scorecard, scorecard, table_digest
from waterline.thesis.claims import GENERATORS, ORDER_OF_DAMAGE, SPECULATIVE
from waterline.thesis.ground import Ground
from waterline.thesis.reading import read_ground
from waterline.thesis.words import reasons, rows, told_windows

Run = tuple[Config, Panel, Scorecard]


@pytest.fixture(scope="module")
def thesis(root: Path) -> Run:
    """The thesis's own configuration on invented data, its idea published within them."""
    config = load(root / "configs/ai_capex.yaml", ["idea_date=2022-01-03"])
    members = [ticker for sleeve in config.sleeves.values() for ticker in sleeve.members]
    panel = sample_panel({*config.built_signal.inputs(), *members, config.benchmark, config.bill_rate})
    return config, panel, scorecard(config, panel)


@pytest.fixture(scope="module")
def classic(root: Path) -> Run:
    config = load(root / "configs/classic.yaml")
    panel = experiment.gather(config)
    return config, panel, scorecard(config, panel)


@pytest.fixture(scope="module")
def ground(thesis: Run) -> Ground:
    return read_ground(*thesis[:2])


def test_every_claim_is_measured_where_the_data_are_at_hand(thesis: Run) -> None:
    card = thesis[2]
    assert set(card.findings) == {"pre_idea", "post_idea", "all"}
    for findings in card.findings.values():
        assert [found.claim for found in findings] == list(CLAIMS)
    assert all(found.parts and not found.missing for found in card.findings["all"])
    assert card.findings["pre_idea"] != card.findings["all"]


def test_random_data_support_nothing(thesis: Run) -> None:
    assert {found.verdict for found in thesis[2].findings["all"]} == {NOT_DECIDABLE}


def test_demand_is_that_of_the_signal(thesis: Run, ground: Ground) -> None:
    config, panel, _ = thesis
    parts = config.built_signal.parts(panel)
    assert ground["demand"] == pytest.approx(parts.value[0][:-1], nan_ok=True)
    assert parts.gate is not None
    assert ground["slack"] == pytest.approx(parts.gate[:-1], nan_ok=True)


def test_columns_line_up_with_decisions_and_moves(thesis: Run, ground: Ground) -> None:
    _, panel, _ = thesis
    assert all(len(column) == len(ground) for column in (*ground.columns.values(), *ground.members.values()))
    spy = panel.bars["SPY"]
    moves = spy.close[1:] / spy.close[:-1] - 1.0
    assert ground["market"] == pytest.approx(moves[-len(ground) :])
    yields = panel.series["DGS10"]
    day = panel.clock.sessions[1000:1002]
    known = [float(yields.value[yields.period == one][-1]) for one in day]
    assert ground["DGS10"][1000] == pytest.approx(known[1] - known[0])
    assert np.isfinite(ground["DBAA"][1000])


def test_a_weekend_of_crypto_counts_to_the_session_after_it_and_never_to_one_before(
    thesis: Run, ground: Ground
) -> None:
    _, panel, _ = thesis
    btc, sessions = panel.bars["BTC-USD"], panel.clock.sessions
    friday = int(np.flatnonzero(np.diff(sessions) == np.timedelta64(3, "D"))[20])
    marks = [btc.close[btc.date == sessions[row] - np.timedelta64(1, "D")][0] for row in (friday, friday + 1)]
    assert ground.members["BTC-USD"][friday] == pytest.approx(marks[1] / marks[0] - 1.0)


def test_sleeve_returns_are_over_bills_at_weights_known_before(thesis: Run, ground: Ground) -> None:
    config, panel, _ = thesis
    made = experiment.decide(config, panel)
    bills = panel.now(panel.read(config.bill_rate))
    row, total = 2000, 0.0
    days = (panel.clock.sessions[row + 1] - panel.clock.sessions[row]) / np.timedelta64(1, "D")
    for column, ticker in enumerate(made.sleeves.assets):
        weight = made.sleeves.inside[SPECULATIVE][row, column]
        total += weight * (ground.members[ticker][row] - bills[row] / 100 * days / 360) if weight else 0.0
    assert ground[SPECULATIVE][row] == pytest.approx(total)
    assert np.isnan(ground[GENERATORS][:60]).all()


def test_inputs_that_are_not_point_in_time_are_named(thesis: Run) -> None:
    found = {found.claim.number: found for found in thesis[2].findings["all"]}
    assert found[4].not_point_in_time == ("THREEFYTP10",)
    assert "GDP" in found[6].not_point_in_time
    assert "NFCI" not in found[2].not_point_in_time  # shown beside the score, not counted in it


def test_classic_lacks_what_most_claims_need_and_says_what(classic: Run) -> None:
    found = {found.claim.number: found for found in classic[2].findings["all"]}
    assert {one.verdict for one in found.values()} == {NOT_DECIDABLE}
    assert found[1].missing == ("a signal with slack",)
    assert found[3].missing[0].startswith("crypto (BTC-USD")
    assert found[4].missing == ("DFII10", "THREEFYTP10")
    assert "BAA10Y" in " ".join(found[5].missing)
    assert "WALCL" in found[6].missing[0]
    assert len(found[7].missing) == 3
    assert found[2].parts[0].episodes == 6


def test_an_empty_window_is_not_decidable_and_says_why(classic: Run) -> None:
    card = classic[2]
    found = card.findings["post_idea"][1]
    assert (found.verdict, found.reason) == (NOT_DECIDABLE, "No session of these data lies in this window.")
    headings = [heading for heading, _ in told_windows(card)]
    assert len(headings) == 2
    assert headings[0].startswith("before 9 Feb 2026")
    assert headings[1].startswith("from 9 Feb 2026 on")
    assert headings[1].endswith(NOT_DECIDABLE)


def test_all_sessions_never_stand_alone(thesis: Run) -> None:
    assert [heading.split(":")[0] for heading, _ in told_windows(thesis[2])] == [
        "before 3 Jan 2022, in-sample for the idea",
        "from 3 Jan 2022 on, after the idea was public",
        "all sessions",
    ]


def test_what_was_decided_does_not_move_when_the_future_is_removed(classic: Run, thesis: Run, ground: Ground) -> None:
    config, panel, _ = classic
    whole = read_ground(config, panel)
    for row in (1500, 3500):
        past = read_ground(config, panel.as_of(panel.clock.cutoffs[row]))
        for name in ("scarce", "demand", "drain"):
            assert past[name] == pytest.approx(whole[name][:row], nan_ok=True, rel=0, abs=0)
    cut = thesis[1].as_of(thesis[1].clock.cutoffs[2500])
    for name in ("VIXCLS", "DGS2"):
        assert cut.now(cut.read(name))[:-1] == pytest.approx(ground[name][:2500], nan_ok=True, rel=0, abs=0)


def test_json_is_plain_and_whole(thesis: Run) -> None:
    card = thesis[2]
    text = json.dumps(card.as_json(), allow_nan=False)
    told = json.loads(text)
    assert told["claims_digest"] == table_digest()
    assert [claim["key"] for claim in told["claims"]] == [claim.key for claim in CLAIMS]
    assert told["windows"]["post_idea"]["first_session"] == "2022-01-03"
    first, second = told["findings"]["all"][:2]
    assert second["parts"][0]["estimate"] == card.findings["all"][1].parts[0].estimate
    assert first["parts"][2]["part"]["weak"] is True
    assert set(told["findings"]) == set(told["windows"])
    assert json.dumps(scorecard(*thesis[:2]).as_json(), allow_nan=False) == text


def test_the_table_has_a_row_a_claim_and_one_a_number(thesis: Run) -> None:
    findings = thesis[2].findings["all"]
    table = rows(findings)
    assert len(table) == 7 + sum(len(claim.parts) for claim in CLAIMS)
    assert [row[0] for row in table if row[0]] == list("1234567")
    assert all(len(row) == len(table[0]) for row in table)
    assert len(reasons(findings)) == 7


def test_the_terminal_shows_every_claim_and_its_reason(classic: Run, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show_scorecard(classic[2])
    said = capsys.readouterr().out
    assert all(name in said for name in ("power", "p (Holm)", NOT_DECIDABLE, ORDER_OF_DAMAGE[0]))
    assert all(reason in said for reason in reasons(classic[2].findings["pre_idea"]))


def test_the_command(classic: Run, root: Path) -> None:
    command = [sys.executable, "-m", "waterline.cli", "thesis", "configs/classic.yaml", "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(json.dumps(classic[2].as_json()))
