"""``waterline tune`` as a user runs it: killed and continued, on one core and on eight, with wrong input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waterline.config import load
from waterline.ledger import count, family_of

TUNE = (
    "tune={space: {regime.up: {float: [0.3, 0.9]}, regime.dwell: {int: [5, 60]}, "
    "signal.params.price.scaling.window: {choice: [504, 1260]}}, sweep: 128, keep: 16, trials: 24, batch: 4, "
    "keep_returns: 50, validation: {train_years: 10, test_years: 4}}"
)
SAME = ("best.yaml", "trials.parquet", "returns.npy", "config.yaml")


@pytest.fixture(scope="module")
def desk(tmp_path_factory, root):
    """Runs the command in a folder of its own, with a ledger of its own."""
    folder = tmp_path_factory.mktemp("tune")
    environment = os.environ | {"WATERLINE_LEDGER": str(folder / "ledger"), "PYTHONPATH": str(root)}
    started = []

    def start(out, *words):
        command = [sys.executable, "-m", "waterline.cli", "tune"]
        if "--join" not in words:
            command += [str(root / "configs/classic.yaml"), "--set", TUNE, "--out", str(folder / out)]
        command += words
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, env=environment, cwd=folder, **pipes))
        return started[-1]

    start.folder = folder
    yield start
    for process in started:
        with process:
            process.kill()


def finished(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def batches(folder):
    """Told batches in the notebook beside the results folder."""
    journal = folder.with_name(f"{folder.name}.unfinished") / "journal.jsonl"
    return len(journal.read_bytes().splitlines()) - 1 if journal.exists() else 0


def stopped_after(process, folder, number, sign):
    while batches(folder) < number and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(sign)
    process.communicate(timeout=60)
    return batches(folder)


@pytest.fixture(scope="module")
def whole(desk):
    """An uninterrupted study on one core."""
    out = finished(desk("whole"))
    return desk.folder / "whole", out


def same(one, other):
    return [name for name in SAME if (one / name).read_bytes() != (other / name).read_bytes()]


def test_a_study_says_its_verdict_and_where_it_lies(whole):
    folder, out = whole
    assert "standard error" in out
    assert str(folder / "index.html") in out
    assert not folder.with_name("whole.unfinished").exists()
    trials = pd.read_parquet(folder / "trials.parquet")
    assert len(trials) == 1 + 128 + 24 * trials.filter(like="train_timing_gain").shape[1]
    kept = np.load(folder / "returns.npy")
    assert kept.dtype == np.float32
    assert len(kept) == 50 == (trials.filter(like="kept").to_numpy() >= 0).sum()


def test_a_study_that_was_stopped_again_and_again_ends_in_the_same_result(desk, whole):
    folder, told = desk.folder / "stopped", 0
    for sign, words in [(signal.SIGKILL, ()), (signal.SIGINT, ("--resume", "--workers", "2"))]:
        before, told = told, stopped_after(desk(folder.name, *words), folder, told + 3, sign)
        assert before < told < 18, "it must be stopped in the middle"
        assert not (folder / "best.yaml").exists()
    finished(desk(folder.name, "--resume", "--workers", "8"))
    assert same(folder, whole[0]) == []


def test_an_unfinished_study_is_not_overwritten_and_not_continued_as_another(desk, root):
    folder = desk.folder / "other"
    assert stopped_after(desk(folder.name), folder, 1, signal.SIGKILL) > 0
    for words, said in [((), "--resume"), (("--resume", "--set", "seed=7"), "the seed was 0 and is now 7")]:
        process = desk(folder.name, *words)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 2
        assert said in err
        assert "Traceback" not in err


def test_the_best_configuration_runs_as_it_is(desk, whole, root):
    folder, _ = whole
    command = [sys.executable, "-m", "waterline.cli", "check", str(folder / "best.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    assert "# good" in done.stdout
    assert "tune:" not in done.stdout
    assert load(folder / "best.yaml").regime.up != load(Path(root / "configs/classic.yaml")).regime.up


def test_every_trial_stands_in_the_ledger(desk, whole, root):
    found = count(family_of(load(root / "configs/classic.yaml")), desk.folder / "ledger")
    trials = pd.read_parquet(whole[0] / "trials.parquet")
    distinct = trials.drop_duplicates(["regime.up", "regime.dwell", "signal.params.price.scaling.window"])
    assert found.studies >= 1
    assert found.distinct_configs >= len(distinct) - 1
    assert found.rows >= len(trials)


def test_the_manifest_holds_where_the_time_went(whole):
    manifest = json.loads((whole[0] / "run.json").read_text())
    text = json.dumps(manifest)
    assert "optuna" in text
    assert "compile" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "tune.validation.train_years=40"), "training of 40 years"),
        (("--set", "tune.objective=sharp_ratio"), "'sharpe_ratio'"),
        (("--set", "tune.space={regime.upp: {float: [0, 1]}}"), "'regime.up'"),
    ],
)
def test_what_cannot_be_used_ends_with_one_sentence_and_nothing_written(desk, words, said):
    process = desk("refused", *words)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not (desk.folder / "refused").exists()
    assert not (desk.folder / "refused.unfinished").exists()


def test_a_second_process_joins_a_study_in_a_database(desk):
    url = f"sqlite:///{desk.folder / 'shared.db'}"
    short = ("--set", "tune.sweep=64", "--set", "tune.keep=4", "--trials", "30", "--storage", url)
    first = desk("shared", *short)
    said = first.stderr.readline()
    name = said.split("--join ")[1].split()[0]
    assert "The process that began it writes the results" in finished(desk("", "--join", name, "--storage", url))
    finished(first)
    assert json.loads((desk.folder / "shared" / "run.json").read_text())
    assert "order of arrival" in (desk.folder / "shared" / "index.html").read_text()


def test_a_database_out_of_reach_is_named_without_its_password(desk):
    process = desk("nowhere", "--storage", "postgresql://user:hunter2@127.0.0.1:9/none", "--set", "tune.sweep=64")
    out, err = process.communicate(timeout=200)
    assert process.returncode == 2, err
    assert "127.0.0.1" in err
    assert "hunter2" not in out + err
    assert "Traceback" not in err
