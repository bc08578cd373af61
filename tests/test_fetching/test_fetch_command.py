"""``waterline fetch`` as a person meets it: the table, a second call, faults, and every way of being interrupted."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.desk import MACRO, TICKERS, Desk, open_desk, table
from servers.fred import KEY
from servers.net import Reply

from waterline.store import Store

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
EVERYTHING = {*MACRO, *TICKERS, "IRX"}
YAHOO = "query2.finance.yahoo.com"
FRED = "api.stlouisfed.org"
LATER = {"Retry-After": "9999"}
DEAD = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """One user with an internet of his own."""
    with open_desk(tmp_path) as desk:
        yield desk


def stored(desk: Desk) -> dict[str, int]:
    with Store.open(desk.store, read_only=True) as store:
        return {summary.series: summary.rows for summary in store.summaries()}


def test_fetch_then_run_without_a_network(desk: Desk) -> None:
    first = desk.fetch()
    assert first.returncode == 0, first.stderr
    shown = table(first)
    assert set(shown) == EVERYTHING
    assert {row["state"] for row in shown.values()} <= {"fresh", "stale"}
    assert all(int(row["new"]) > 100 for name, row in shown.items() if name != "GDP")
    assert shown["SPY"]["source"] == "yahoo"
    before = len(desk.net.log)
    second = table(desk.fetch())
    assert {row["new"] for row in second.values()} == {"0"}
    assert len(desk.net.log) - before <= 2 * len(EVERYTHING)
    out = desk.folder / "out"
    done = desk.waterline("run", str(desk.config), "--out", str(out), **DEAD)
    assert done.returncode == 0, done.stderr
    assert (out / "index.html").exists()
    then = desk.waterline("run", str(desk.config), "--out", str(out), "--as-of", "2022-06-30", **DEAD)
    assert then.returncode == 0, then.stderr
    assert '"last": "2022-06-30"' in (out / "run.json").read_text(encoding="utf-8")
    assert "judged by the instants of release alone" in (out / "metrics.json").read_text(encoding="utf-8")


def test_data_commands_look_into_the_store(desk: Desk) -> None:
    assert desk.fetch().returncode == 0
    listed = desk.waterline("data", "list", "--store", str(desk.store))
    assert {"WALCL", "SPY/adj_close"} <= {line.split("\t")[0] for line in listed.stdout.splitlines()}
    shown = desk.waterline("data", "show", "WALCL", "--as-of", "2022-06-30", "--store", str(desk.store))
    assert shown.stdout.splitlines()[-1].startswith("2022-06-29\t2022-06-30T20:30:00Z\t")
    folder = desk.folder / "files"
    assert desk.waterline("data", "export", str(folder), "--store", str(desk.store)).returncode == 0
    assert (folder / "fred" / "WALCL.csv").exists()
    copy = desk.folder / "copy.duckdb"
    assert desk.waterline("data", "import", str(folder), "--store", str(copy)).returncode == 0
    missing = desk.waterline("data", "show", "WALCLL", "--store", str(desk.store))
    assert (missing.returncode, "Did you mean 'WALCL'?" in missing.stderr) == (2, True)
    assert "Traceback" not in missing.stderr


def test_a_wrong_key_fails_alone_and_appears_nowhere(desk: Desk) -> None:
    secret = "fedcba9876543210" * 2
    done = desk.fetch(FRED_API_KEY=secret)
    assert done.returncode == 3
    states = {name: row["state"] for name, row in table(done).items()}
    assert {name for name, state in states.items() if state == "failed"} == set(MACRO)
    assert "4 of 8 series failed" in done.stderr
    for text in (done.stdout, done.stderr):
        assert secret not in text
    for path in desk.folder.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
    again = desk.fetch()
    assert again.returncode == 0
    assert {name for name, row in table(again).items() if int(row["new"])} == set(MACRO)
    assert not any(path.is_file() and KEY.encode() in path.read_bytes() for path in desk.folder.rglob("*"))


def test_without_a_key_it_says_how_to_get_one_and_the_download_serves(desk: Desk) -> None:
    done = desk.fetch(FRED_API_KEY="")
    assert done.returncode == 3
    assert "FRED_API_KEY" in table(done)["GDP"]["why"]
    order = ["--set", "providers.order=[fred-csv, yahoo]"]
    keyless = desk.waterline("fetch", str(desk.config), *order, FRED_API_KEY="")
    assert keyless.returncode == 0, keyless.stderr
    assert "latest revision only" in table(keyless)["GDP"]["why"]


def test_a_broken_service_keeps_what_was_good_and_the_next_call_resumes(desk: Desk) -> None:
    desk.net.fail(YAHOO, Reply(b"<html>Will be right back...</html>", 502, headers=LATER))
    done = desk.fetch()
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert {name for name, row in table(done).items() if row["state"] == "failed"} == {*TICKERS, "IRX"}
    assert set(stored(desk)) == set(MACRO)
    desk.net.recover()
    resumed = desk.fetch()
    assert resumed.returncode == 0
    assert {name for name, row in table(resumed).items() if int(row["new"])} == {*TICKERS, "IRX"}


def test_refresh_fetches_first_and_a_failed_fetch_stops_the_run(desk: Desk) -> None:
    out = desk.folder / "out"
    words = ["run", str(desk.config), "--refresh", "--out", str(out)]
    desk.net.fail(YAHOO, Reply(b"<html>Too Many Requests</html>", 429, headers=LATER))
    done = desk.waterline(*words)
    assert (done.returncode, out.exists()) == (3, False)
    desk.net.recover()
    done = desk.waterline(*words)
    assert done.returncode == 0, done.stderr
    assert "Results: " in done.stdout


def test_no_network_at_all(desk: Desk) -> None:
    done = desk.waterline("fetch", str(desk.config), "--set", "providers.order=[yahoo]", **DEAD)
    assert done.returncode == 3
    shown = table(done)
    assert {row["state"] for row in shown.values()} == {"failed"}
    assert "the connection was refused" in shown["ARKK"]["why"]
    assert "not asked again" in shown["XLE"]["why"]
    assert "no configured provider" in shown["GDP"]["why"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_an_interrupted_fetch_loses_nothing_that_was_stored(desk: Desk, number: signal.Signals) -> None:
    with desk.start("fetch", str(desk.config)) as process:
        _wait_for(lambda: sum(request.host == YAHOO for request in desk.net.log) >= 3, process)
        process.send_signal(number)
        _, complained = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -9)
    assert "Traceback" not in complained
    kept = stored(desk) if desk.store.exists() else {}
    assert desk.fetch().returncode == 0
    whole = stored(desk)
    assert {name: whole[name] for name in kept} == kept
    assert {name.split("/")[0] for name in whole} == EVERYTHING


def test_two_fetches_at_once_end_as_one(desk: Desk) -> None:
    with desk.start("fetch", str(desk.config)) as one, desk.start("fetch", str(desk.config)) as two:
        said = [process.communicate(timeout=240) for process in (one, two)]
    assert [one.returncode, two.returncode] == [0, 0], said
    assert any("in use by" in complained for _, complained in said)
    assert {name.split("/")[0] for name in stored(desk)} == EVERYTHING


def test_offline_is_obeyed(desk: Desk) -> None:
    done = desk.waterline("fetch", str(desk.config), "--set", "providers.offline=true")
    assert done.returncode == 2
    assert "providers.offline is true" in done.stderr
    assert not desk.net.log


def test_a_run_on_no_store_says_what_to_do(desk: Desk, tmp_path: Path) -> None:
    done = desk.waterline("run", str(desk.config), "--out", str(tmp_path / "out"))
    assert done.returncode == 3
    assert "waterline fetch CONFIG" in done.stderr


def _wait_for(condition, process) -> None:  # type: ignore[no-untyped-def]  # a callable and a running process
    deadline = time.monotonic() + 120
    while not condition() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
