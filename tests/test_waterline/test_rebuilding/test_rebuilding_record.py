"""A results folder held against a rebuilt one: what makes it another experiment, and what is only told."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from waterline.config import load
from waterline.errors import ConfigError
from waterline.rebuilding import Record, RecordError, held_against, words

TRIES = {"family": "f", "number": 12.0, "studies": 1, "note": "n"}


@pytest.fixture(scope="module")
def manifest(root: Path) -> dict[str, Any]:
    config = load(root / "configs" / "classic.yaml")
    return {
        "name": config.name,
        "digest": config.digest(),
        "config": config.resolved(),
        "seed": 0,
        "sessions": {"first": "1990-01-02", "last": "2009-12-31"},
        "inputs": {"fred/DGS10.csv": "a" * 64, "prices/SPY.csv": "b" * 64},
        "engine": "rust",
        "code": {"waterline": "c" * 64, "signals.slack": "d" * 64},
        "python": "3.11.7",
        "packages": {"numpy": "2.4.6"},
        "git": {"commit": "e" * 40, "changed": False},
    }


@pytest.fixture
def folders(manifest: dict[str, Any], tmp_path: Path) -> tuple[Path, Path]:
    kept, rebuilt = tmp_path / "kept", tmp_path / "rebuilt"
    rebuilt.mkdir()
    write(rebuilt / "run.json", manifest)
    write(rebuilt / "metrics.json", {"evidence": {"tries": TRIES}, "cagr": 0.1})
    (rebuilt / "index.html").write_text("<p>")
    shutil.copytree(rebuilt, kept)
    return kept, rebuilt


def write(path: Path, tree: object) -> None:
    path.write_text(json.dumps(tree))


def changed(manifest: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    other = copy.deepcopy(manifest)
    change(other)
    return other


def test_a_folder_held_against_itself_is_identical(folders: tuple[Path, Path]) -> None:
    found = held_against(Record.of(folders[0]), folders[1])
    assert (found.is_identical, found.is_reproduced, found.exit_code) == (True, True, 0)
    assert found.differences == ()
    assert words.verdict(found).endswith(": bit-identical.")


def test_the_recorded_tries_are_what_the_evidence_is_judged_by(folders: tuple[Path, Path]) -> None:
    record = Record.of(folders[0] / "index.html")
    assert record.tries is not None
    assert (record.tries.number, record.tries.studies) == (12.0, 1)
    write(folders[0] / "metrics.json", {})
    assert Record.of(folders[0]).tries is None


@pytest.mark.parametrize(
    ("change", "kind", "told", "code"),
    [
        (lambda m: m["inputs"].update({"fred/DGS10.csv": "f" * 64}), "data", "fred/DGS10.csv: digest aaaaaaaaaaaa", 1),
        (lambda m: m["inputs"].pop("prices/SPY.csv"), "data", "prices/SPY.csv: digest bbbbbbbbbbbb when", 1),
        (lambda m: m["config"]["regime"].update(up=0.9), "config", "regime.up: 0.5 when the run was made, 0.9 now", 1),
        (lambda m: m.update(digest="0" * 64), "config", "digest: ", 1),
        (lambda m: m["sessions"].update(last="2010-01-04"), "sessions", "last: 2009-12-31", 1),
        (lambda m: m["packages"].update(numpy="2.5.0"), "packages", "numpy: 2.4.6 when the run was made, 2.5.0 now", 0),
        (lambda m: m.update(python="3.12.1"), "packages", "python: 3.11.7", 0),
        (lambda m: m["code"].update({"signals.slack": "0" * 64}), "code", "signals.slack: digest dddddddddddd", 0),
    ],
)
def test_each_circumstance_is_named_and_only_another_experiment_is_a_finding(
    folders: tuple[Path, Path], manifest: dict[str, Any], change, kind: str, told: str, code: int
) -> None:
    write(folders[1] / "run.json", changed(manifest, change))
    found = held_against(Record.of(folders[0]), folders[1])
    assert [difference.kind for difference in found.differences] == [kind]
    assert found.differences[0].told().startswith(told)
    assert found.exit_code == code
    assert any(told in line for line in words.circumstances(found))
    assert ("not reproduced" in words.verdict(found)) == (code == 1)


def test_a_later_commit_of_the_same_code_is_no_difference(folders: tuple[Path, Path], manifest: dict[str, Any]) -> None:
    write(folders[1] / "run.json", changed(manifest, lambda m: m.update(git={"commit": "9" * 40, "changed": True})))
    assert held_against(Record.of(folders[0]), folders[1]).differences == ()


def test_a_record_without_digests_of_code_goes_by_its_commit(
    folders: tuple[Path, Path], manifest: dict[str, Any]
) -> None:
    old = changed(manifest, lambda m: (m.pop("code"), m.update(git={"commit": "9" * 40, "changed": True})))
    write(folders[0] / "run.json", old)
    told = [difference.told() for difference in held_against(Record.of(folders[0]), folders[1]).differences]
    assert told == ["commit: 999999999999 with changes when the run was made, eeeeeeeeeeee now"]


def test_edited_missing_and_foreign_files_are_told(folders: tuple[Path, Path]) -> None:
    kept, rebuilt = folders
    write(kept / "metrics.json", {"evidence": {"tries": TRIES}, "cagr": 0.3})
    (kept / "index.html").unlink()
    (kept / "notes.txt").write_text("mine")
    found = held_against(Record.of(kept), rebuilt)
    assert {file.name: file.state for file in found.files} == {
        "index.html": "missing",
        "metrics.json": "differs",
        "notes.txt": "not rebuilt",
    }
    assert found.exit_code == 1
    assert "2 of 2 files differ (index.html, metrics.json), though nothing in the record does" in words.verdict(found)
    metrics = next(row for row in words.file_rows(found) if row[0] == "metrics.json")
    assert metrics[2] == "0.2"
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["reproduced"] is False


def test_a_file_beside_the_results_is_no_finding(folders: tuple[Path, Path]) -> None:
    (folders[0] / "notes.txt").write_text("mine")
    found = held_against(Record.of(folders[0]), folders[1])
    assert (found.is_identical, found.exit_code) == (True, 0)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (shutil.rmtree, "no such folder"),
        (lambda kept: (kept / "run.json").unlink(), "holds no run.json"),
        (lambda kept: (kept / "run.json").write_text("{"), "is no JSON"),
        (lambda kept: (kept / "run.json").write_text("[]"), "is no record"),
        (lambda kept: (kept / "run.json").write_text("{}"), "holds no configuration"),
        (lambda kept: (kept / "trials.parquet").touch(), "a study, not of a run"),
    ],
)
def test_a_folder_without_a_whole_record_is_refused(folders: tuple[Path, Path], damage, said: str) -> None:
    damage(folders[0])
    with pytest.raises(RecordError, match=said) as caught:
        Record.of(folders[0])
    assert caught.value.exit_code == 2


def test_a_configuration_that_this_version_cannot_use_is_named(
    folders: tuple[Path, Path], manifest: dict[str, Any]
) -> None:
    write(folders[0] / "run.json", changed(manifest, lambda m: m["config"].update(colour="red")))
    with pytest.raises(ConfigError, match=r"run\.json: colour: there is no such key"):
        Record.of(folders[0])
