"""What the gallery finds in a folder: right figures, right predecessors, nothing trusted, little read twice."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.ledger import family_of
from waterline.report.gallery import shelf as module
from waterline.report.gallery.differences import differences, flat
from waterline.report.gallery.folders import printable
from waterline.report.gallery.shelf import MEMORY, remember, shelf


@pytest.fixture
def put(tmp_path, shelves, ran):
    """Function: a run's results in a folder of that name."""
    return lambda folder, after=0.0, /, **config: shelves.put_run(tmp_path / folder, *ran, after, **config)


@pytest.fixture
def reads(monkeypatch):
    """Names of the folders that are read."""
    found = []
    entry_of = module.entry_of
    monkeypatch.setattr(module, "entry_of", lambda path: found.append(path.name) or entry_of(path))
    return found


def _kept(folder):
    """The shelf, remembered as the gallery does."""
    found = shelf(folder)
    (folder / MEMORY).write_bytes(remember(found))
    return found


def test_the_figures_are_those_of_the_files(tmp_path, put, ran):
    put("one")
    (entry,) = shelf(tmp_path).entries
    daily = pd.read_parquet(tmp_path / "one" / "daily.parquet")
    grown = tuple((1 + daily[["return", "static_mix_return"]]).prod())
    years = (daily.index[-1] - daily.index[0]).days / 365.25
    run, evidence = ran
    assert entry.growth == pytest.approx(grown, rel=1e-12)
    assert entry.cagr == pytest.approx(tuple(g ** (1 / years) - 1 for g in grown), rel=1e-9)
    interval = evidence.windows["all"].timing.interval
    assert entry.gain == (interval.estimate, interval.low, interval.high)
    assert entry.verdict == evidence.verdict.text
    assert entry.family == "a family"
    assert (entry.first, entry.last) == (str(daily.index[1].date()), str(daily.index[-1].date()))
    assert (entry.kind, entry.name, entry.digest) == ("run", run.config.name, run.digest)


def test_the_sparkline_passes_through_the_equity(tmp_path, put):
    put("one")
    (entry,) = shelf(tmp_path).entries
    daily = pd.read_parquet(tmp_path / "one" / "daily.parquet")
    logs = [np.log((1 + daily[name]).cumprod().to_numpy()) for name in ("static_mix_return", "return")]
    drawn = [np.array([pair.split() for pair in path[1:].split("L")], dtype=float) for path in entry.paths]
    start = drawn[0][0, 1]
    for points, curve in zip(drawn, logs, strict=True):
        assert (points[0, 0], points[-1, 0], points[0, 1]) == (0.0, 100.0, start)
        assert ((points[:, 1] >= 1) & (points[:, 1] <= 27)).all()
        nearest = np.rint(points[:, 0] / 100 * (len(curve) - 1)).astype(int)
        assert np.corrcoef(points[:, 1], curve[nearest])[0, 1] < -0.99
    rises = [start - points[-1, 1] for points in drawn]
    assert rises[0] / rises[1] == pytest.approx(logs[0][-1] / logs[1][-1], abs=0.02)


def test_a_study_shows_its_test_folds(tmp_path, shelves, studies, ran):
    tuned = studies.study(ran[0], null=20)
    shelves.put_study(tmp_path / "tuned", studies.weighed(tuned))
    (entry,) = shelf(tmp_path).entries
    walk = tuned.walk_forward
    assert entry.kind == "study"
    assert entry.growth == pytest.approx((walk.equity[-1], walk.mix_equity[-1]), rel=1e-9)
    assert (entry.first, entry.last) == (str(walk.sessions[1]), str(walk.sessions[-1]))
    assert entry.gain[0] == walk.metrics.timing_gain.value
    assert entry.p_value == tuned.null.p_value
    assert entry.verdict.startswith("The search tried")
    assert "**" not in entry.verdict
    assert len(entry.paths) == 2
    assert entry.family == family_of(tuned.config)


def test_a_simulation_shows_how_many_of_its_bounds_hold(tmp_path):
    def put(name, runs, *holds):
        figures = {f"rejects: {k}": {"value": 0.1, "holds": held} for k, held in enumerate(holds)}
        tree = {"kind": "simulation", "seed": 0, "years": 8.0, "runs": runs, "worlds": {"N1": {"figures": figures}}}
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.json").write_text(
            json.dumps(tree | {"worlds": tree["worlds"] | {"E1": {"figures": 3}}})
        )
        os.utime(tmp_path / name / "study.json", (runs, runs))

    put("few", 20, True, True)
    put("many", 200, True, False, True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "study.json").write_text('{"kind": "survey"}')
    found = shelf(tmp_path)
    many, few = found.entries
    assert (few.kind, few.name, few.luck) == ("simulation", "Simulated worlds E1, N1", "All bounds hold")
    assert many.luck == "1 of 3 bounds broken"
    assert many.verdict == "200 histories of 8 years in each world: of 3 bounds, 2 hold."
    assert [change.key for change in differences([found.before()["many"].config, many.config])] == ["runs"]
    assert found.skipped == ("other: its study.json is of no simulation of Waterline.",)


def test_each_is_held_against_the_one_of_its_family_before_it(tmp_path, put):
    put("b", 10, seed=1)
    put("a", 20, seed=2)
    put("c", 30, seed=3)
    for name in ("x", "y"):
        other = put(name, 15 if name == "x" else 25)
        told = json.loads((other / "metrics.json").read_text())
        told["evidence"]["tries"]["family"] = "another"
        (other / "metrics.json").write_text(json.dumps(told))
    found = shelf(tmp_path)
    assert [entry.folder for entry in found.entries] == ["c", "y", "a", "x", "b"]
    assert {later: earlier.folder for later, earlier in found.before().items()} == {"c": "a", "a": "b", "y": "x"}
    (change,) = differences([found.before()["c"].config, found.entries[0].config])
    assert (change.key, change.values) == ("seed", ("2", "3"))


def test_what_a_run_replaced_is_remembered_for_the_difference(tmp_path, put):
    put("out", 0, seed=1)
    _kept(tmp_path)
    put("out", 10, seed=2)
    _kept(tmp_path)
    found = _kept(tmp_path)
    assert [entry.folder for entry in found.entries] == ["out"]
    assert found.before()["out"].config["seed"] == "1"
    put("out", 20, seed=2)
    assert _kept(tmp_path).before()["out"].config["seed"] == "1"
    shutil.rmtree(tmp_path / "out")
    assert _kept(tmp_path).replaced == ()


def test_only_what_changed_is_read_again(tmp_path, put, reads):
    for place in range(4):
        put(f"run{place}", place, seed=place)
    first = _kept(tmp_path)
    assert sorted(reads) == ["run0", "run1", "run2", "run3"]
    reads.clear()
    assert _kept(tmp_path) == first
    assert reads == []
    put("run2", 9, seed=7)
    changed = _kept(tmp_path)
    assert reads == ["run2"]
    (tmp_path / MEMORY).unlink()
    assert shelf(tmp_path).entries == changed.entries


@pytest.mark.parametrize(
    "memory", [b"", b"{", b"[]", b"\xff", b'{"version":1,"entries":[[]],"replaced":[]}', b"[" * 9999]
)
def test_a_broken_memory_costs_time_only(tmp_path, put, memory):
    put("one")
    whole = shelf(tmp_path)
    (tmp_path / MEMORY).write_bytes(memory)
    assert shelf(tmp_path) == whole


def test_what_cannot_be_shown_is_named_with_its_reason(tmp_path, put, monkeypatch):
    whole = put("whole")
    monkeypatch.setenv("WATERLINE_LEDGER", str(tmp_path / "ledger"))
    for name in (".out-staging", "ledger", "foreign", "st.unfinished", "cut", "list", "half", "strange", "deep"):
        (tmp_path / name).mkdir()
    (tmp_path / "a file").write_text("x")
    (tmp_path / "cut" / "run.json").write_bytes((whole / "run.json").read_bytes()[:-40])
    (tmp_path / "list" / "run.json").write_text("[1]")
    (tmp_path / "deep" / "run.json").write_text("[" * 100_000)
    (tmp_path / "strange" / "run.json").write_text('{"name": "x", "config": 3}')
    (tmp_path / "half" / "run.json").write_bytes((whole / "run.json").read_bytes())
    found = shelf(tmp_path)
    assert [entry.folder for entry in found.entries] == ["whole"]
    assert found.skipped == (
        "cut: run.json is no whole JSON.",
        "deep: run.json is no whole JSON.",
        "foreign: it has no run.json.",
        "half: it has no metrics.json.",
        "list: run.json is no JSON object.",
        "st.unfinished: a study that is not finished.",
        "strange: its run.json names no configuration: no run of Waterline wrote it.",
    )


@pytest.mark.parametrize("damage", ["missing", "no parquet", "cut"])
def test_without_a_daily_file_all_but_the_curve_is_shown(tmp_path, put, damage):
    path = put("one") / "daily.parquet"
    data = {"missing": None, "no parquet": b"x", "cut": path.read_bytes()[:-20]}[damage]
    path.unlink() if data is None else path.write_bytes(data)
    (entry,) = shelf(tmp_path).entries
    assert entry.paths == ()
    assert entry.growth[0] > 0


def test_figures_of_the_wrong_kind_are_missing(tmp_path, put):
    folder = put("one")
    told = json.loads((folder / "metrics.json").read_text())
    told["windows"]["all"]["strategy"] = {"cagr": "1", "cumulative_return": True, "first_session": 5}
    told["windows"]["all"]["mix"] = [1]
    told["evidence"] = {"verdict": {"kind": "glory", "text": 7}, "windows": {"all": {"timing": {"p_value": 10**400}}}}
    (folder / "metrics.json").write_text(json.dumps(told))
    (entry,) = shelf(tmp_path).entries
    assert np.isnan([*entry.growth, *entry.cagr, entry.p_value]).all()
    assert (entry.first, entry.luck, entry.verdict) == ("", "–", "")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), TREES, max_size=4))
def test_a_configuration_does_not_differ_from_itself(tree):
    assert differences([flat(tree), flat(json.loads(json.dumps(tree)))]) == ()
    assert all(change.values[1] is None for change in differences([flat(tree), {}]))


@given(st.text())
def test_printable_text_is_one_line_that_can_be_written(text):
    shown = printable(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    shown.encode()
    assert printable(shown) == shown


def test_what_a_study_searches_is_told_beside_a_study_only():
    run, study = {"regime.up": "0.9"}, {"regime.up": "0.8", "tune.trials": "60"}
    assert [change.key for change in differences([run, study])] == ["regime.up"]
    assert [change.key for change in differences([study, study | {"tune.trials": "90"}])] == ["tune.trials"]
