"""The JSON schema agrees with what the program itself says about a configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from waterline.cli import app
from waterline.config import load
from waterline.config.schema import DIALECT
from waterline.errors import WaterlineError

SHIPPED = sorted(path.name for path in (Path(__file__).parents[2] / "configs").glob("*.yaml"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    done = CliRunner().invoke(app, ["schema"])
    assert done.exit_code == 0
    return dict(json.loads(done.stdout))


def faults(schema: dict[str, Any], tree: object) -> list[str]:
    plain = json.loads(json.dumps(tree, default=str))
    return [error.json_path for error in jsonschema.Draft202012Validator(schema).iter_errors(plain)]


def read(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))


def test_it_is_a_schema_of_its_dialect_with_a_sentence_for_each_key(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(schema)
    for section in ("Config", "TuneConfig", "Execution", "SleeveConfig", "LiquidityRegime"):
        untold = [key for key, value in schema["$defs"][section]["properties"].items() if "description" not in value]
        assert untold == []


@pytest.mark.parametrize("name", SHIPPED)
def test_it_accepts_what_ships(schema: dict[str, Any], root: Path, name: str) -> None:
    assert faults(schema, read(root / "configs" / name)) == []


def test_something_that_ships_extends_and_tunes(root: Path) -> None:
    trees = [read(root / "configs" / name) for name in SHIPPED]
    assert any("extends" in tree and "tune" in tree for tree in trees)


def test_it_accepts_what_check_prints(schema: dict[str, Any], root: Path) -> None:
    assert faults(schema, load(root / "configs" / "ai_capex.tune.yaml").resolved()) == []


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown key", {"nam": "x"}, "$"),
    ("a key of a section", {"regime": {"upp": 1}}, "$.regime"),
    ("a kind", {"data": {"kind": "cloud"}}, "$.data"),
    ("no kind", {"data": {}}, "$.data"),
    ("no path", {"data": {"kind": "files"}}, "$.data"),
    ("a parameter of the signal", {"signal": {"params": {"phy": 1.0}}}, "$.signal.params"),
    ("a path of no plugin", {"signal": {"use": "os:system"}}, "$.signal.use"),
    ("a time", {"cutoff": "26:00"}, "$.cutoff"),
    ("a bound", {"execution": {"band_absolute": 2}}, "$.execution.band_absolute"),
    ("a benchmark", {"benchmark": "SPX"}, "$.benchmark"),
    ("a member", {"sleeves": {"speculative": {"members": ["NOPE"]}}}, "$.sleeves.speculative.members[0]"),
    ("an asset class", {"costs_bps": {"bonds": 1.0}}, "$.costs_bps"),
    ("a metric", {"tune": {"space": {"regime.up": {"float": [0, 1]}}, "objective": "luck"}}, "$.tune"),
    ("no space", {"tune": {"objective": "cagr"}}, "$.tune"),
]


@pytest.mark.parametrize(("change", "place"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_it_refuses_what_the_program_refuses(
    schema: dict[str, Any], root: Path, tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    tree = read(root / "configs" / "classic.yaml") | change
    assert any(path.startswith(place) for path in faults(schema, tree))
    (tmp_path / "wrong.yaml").write_text(json.dumps(tree, default=str))
    with pytest.raises(WaterlineError):
        load(tmp_path / "wrong.yaml")


@pytest.mark.parametrize("key", ["name", "data", "start", "sleeves"])
def test_only_what_builds_on_another_file_may_leave_out_what_is_required(
    schema: dict[str, Any], root: Path, key: str
) -> None:
    tree = read(root / "configs" / "classic.yaml")
    del tree[key]
    assert faults(schema, tree) == ["$"]
    assert faults(schema, tree | {"extends": "classic.yaml"}) == []
    part = {"extends": "classic.yaml", "sleeves": {"speculative": {"cap": 0.5}}, "data": {"path": "/data"}}
    assert faults(schema, part) == []
    assert faults(schema, part | {"regime": {"upp": 1}}) != []
