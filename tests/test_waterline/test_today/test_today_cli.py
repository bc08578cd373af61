"""``waterline now`` as a person meets it: a process, its exit code, its sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = "configs/classic.yaml"


def now(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "waterline.cli", "now", CONFIG, *words]
    return subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


def test_an_earlier_day_is_answered_with_trades_and_a_page_as_json(root: Path, tmp_path: Path) -> None:
    held, page = tmp_path / "held.csv", tmp_path / "now.html"
    held.write_text("asset,units\nAAPL,1000\ncash,500\n", encoding="utf-8")
    done = now(root, "--as-of", "2008-11-03", "--holdings", str(held), "--html", str(page), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["standing"]["session"] == "2008-11-03"
    assert told["rebalancing"]["trades"]
    assert told["flips"]
    assert str(page) in done.stderr
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 3, "too old to answer from: "),
        (["--as-of", "2999-01-01"], 2, "has not come yet"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_with_its_exit_code(root, words, code, sentence) -> None:
    done = now(root, *words)
    assert done.returncode == code
    assert sentence in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert done.stdout == ""


def test_an_unknown_holding_names_the_nearest(root: Path, tmp_path: Path) -> None:
    held = tmp_path / "held.csv"
    held.write_text("asset,value\nAPPL,1000\n", encoding="utf-8")
    done = now(root, "--as-of", "2009-12-31", "--holdings", str(held))
    assert done.returncode == 2
    assert "Did you mean 'AAPL'?" in done.stderr
