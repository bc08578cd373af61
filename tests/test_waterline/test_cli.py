"""The command line as a person meets it: a process, its exit code, its sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

RESULTS = {"tearsheet.html", "index.html", "metrics.json", "daily.parquet", "orders.parquet", "run.json"}


def waterline(root: Path, *words: str, cwd: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
    command, environment = [sys.executable, "-m", "waterline.cli", *words], os.environ | extra
    return subprocess.run(
        command, cwd=cwd or root, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def run_alone(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """A run that is the only trial of its ledger."""
    words = ("run", "configs/classic.yaml", "--set", "end=1999-12-31", "--out", str(out))
    return waterline(root, *words, WATERLINE_LEDGER=f"{out.parent}-ledger")


@pytest.fixture(scope="module")
def results(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    out = tmp_path_factory.mktemp("results") / "out"
    done = run_alone(root, out)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


def test_run_writes_the_results_and_says_where(results: tuple[Path, str]) -> None:
    out, said = results
    assert {path.name for path in out.iterdir()} == RESULTS
    assert str(out / "index.html") in said
    assert "same-exposure mix" in said
    assert {path.name for path in out.parent.iterdir()} == {"out", "index.html", ".gallery.json"}


def test_run_keeps_the_gallery_beside_its_results(root: Path, results: tuple[Path, str]) -> None:
    folder = results[0].parent
    kept = (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="out/index.html"' in kept
    assert "1 run<" in kept
    done = waterline(root, "gallery", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"1 shown, 0 not.\n\nGallery: {folder / 'index.html'}\n"
    assert (folder / "index.html").read_text(encoding="utf-8") == kept


def test_daily_has_the_promised_columns(results: tuple[Path, str]) -> None:
    daily = pd.read_parquet(results[0] / "daily.parquet")
    assert daily.index.name == "date"
    promised = ["return", "static_mix_return", "benchmark_return", "cash_return", "score", "state"]
    assert list(daily.columns[: len(promised)]) == promised
    weights = daily.filter(like="weight_")
    assert "weight_AAPL" in weights
    assert (weights.sum(axis=1) - 1).abs().max() < 1e-9
    assert set(daily["state"]) <= {0, 1}
    assert daily.index.is_monotonic_increasing
    assert daily.notna().all(axis=None)


def test_metrics_agree_with_the_daily_table(results: tuple[Path, str]) -> None:
    daily = pd.read_parquet(results[0] / "daily.parquet")
    metrics = json.loads((results[0] / "metrics.json").read_text())
    whole = metrics["windows"]["all"]
    for name, column in (("strategy", "return"), ("mix", "static_mix_return")):
        growth = float((1 + daily[column]).prod())
        years = (daily.index[-1] - daily.index[0]).days / 365.25
        assert whole[name]["cagr"] == pytest.approx(growth ** (1 / years) - 1, rel=1e-9)
    assert whole["sessions"] == len(daily) - 1
    assert metrics["windows"]["post_idea"]["sessions"] == 0
    assert metrics["look_ahead_tax"]["lines"][-1]["cagr"] == whole["strategy"]["cagr"]


def test_the_tear_sheet_was_held_against_the_metrics(results: tuple[Path, str]) -> None:
    returns = pd.read_parquet(results[0] / "daily.parquet")["return"].iloc[1:]
    metrics = json.loads((results[0] / "metrics.json").read_text())
    found = {one["title"]: one for one in metrics["verified"] if one["portfolio"] == "Strategy"}
    own = metrics["windows"]["all"]["strategy"]
    assert len(found) >= 8
    for title, name in (("Return a year", "cagr"), ("Sortino ratio", "sortino_ratio"), ("Kurtosis", "kurtosis")):
        assert found[title]["ours"] == own[name]
    by_sessions = float((1 + returns).prod()) ** (252 / len(returns)) - 1
    assert found["Return a year"]["quantstats"] == pytest.approx(by_sessions, abs=0.000051)
    assert found["Kurtosis"]["quantstats"] == pytest.approx(returns.kurt(), abs=0.0051)
    page = (results[0] / "index.html").read_text(encoding="utf-8")
    assert all(one["reason"] in page for one in found.values())


def test_the_manifest_says_what_is_needed_to_run_it_again(results: tuple[Path, str]) -> None:
    manifest = json.loads((results[0] / "run.json").read_text())
    assert manifest["config"]["regime"]["up"] == 0.5
    assert len(manifest["digest"]) == 64
    assert all(len(digest) == 64 for digest in manifest["inputs"].values())
    assert manifest["packages"]["vectorbt"]
    assert "REALINV" in manifest["not_point_in_time"]
    assert str(Path.home()) not in json.dumps(manifest)


def test_same_inputs_same_bytes(results: tuple[Path, str], root: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    run_alone(root, again)
    for name in ("daily.parquet", "metrics.json", "orders.parquet", "run.json", "index.html"):
        assert (again / name).read_bytes() == (results[0] / name).read_bytes(), name


def test_check_prints_the_resolved_config_and_its_digest(root: Path) -> None:
    done = waterline(root, "check", "configs/ai_capex.yaml", "--set", "regime.up=0.9")
    assert done.returncode == 0
    assert "up: 0.9" in done.stdout
    assert "# digest: " in done.stdout


def test_help_names_the_commands(root: Path) -> None:
    done = waterline(root, "--help")
    assert done.returncode == 0
    assert "check" in done.stdout
    assert "run" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["check", "configs/clasic.yaml"], "Did you mean configs/classic.yaml?"),
        (["check", "configs/classic.yaml", "--set", "regime.upp=1"], "Did you mean 'up'?"),
        (["run", "configs/classic.yaml", "--set", "end=1991-01-02"], "too short to warm up"),
        (["audit", "configs/classic.yaml", "--set", "end=1991-01-02"], "fewer than 21 sessions with a score to audit"),
        (["run", "configs/classic.yaml", "--out", "README.md"], "is a file"),
        (["run", "configs/classic.yaml", "--out", "configs"], "holds files that no run wrote"),
        (["gallery", "config"], "Did you mean 'configs'?"),
        (["compare", "configs", "docs"], "configs is no results folder: it has no run.json."),
    ],
)
def test_a_users_error_is_one_sentence_and_exit_2(root: Path, tmp_path: Path, words: list[str], sentence: str) -> None:
    out = [] if "--out" in words or words[0] in {"check", "audit", "gallery"} else ["--out", str(tmp_path / "out")]
    done = waterline(root, *words, *out)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert not list(tmp_path.iterdir())


def test_an_error_leaves_earlier_results_as_they_were(results: tuple[Path, str], root: Path) -> None:
    out = results[0]
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    done = waterline(root, "run", "configs/classic.yaml", "--set", "end=1991-01-02", "--out", str(out))
    assert done.returncode == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_an_interrupt_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "waterline.cli", "run", "configs/classic.yaml", "--out", str(out)]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while not any(tmp_path.iterdir()) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_an_unwritable_place_is_told(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = waterline(root, "run", "configs/classic.yaml", "--out", str(tmp_path / "file" / "out"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
