"""The folder of a study: every trial in it, the last choice ready to run, and nothing half-written."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from waterline.config import load
from waterline.errors import OutputError
from waterline.report.results import refuse_foreign
from waterline.report.study.results import write_study
from waterline.tuning.space import row_of

FILES = {
    "best.yaml", "config.yaml", "trials.parquet", "daily.parquet", "returns.npy", "returns_sessions.npy", "index.html",
    "run.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def tuned(study):
    return study(objective=("timing_gain", "volatility"), null=20)


@pytest.fixture(scope="module")
def kept(studies, tuned):
    return studies.kept(tuned, 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tuned, kept, weighed):
    folder = tmp_path_factory.mktemp("study") / "reports" / "out"
    steps = []
    (warning,) = write_study(weighed(tuned, kept), folder, steps.append)
    assert steps == ["writing trials", "drawing the page"]
    assert warning.startswith(f"{sum(map(bool, tuned.trials.problem))} of 672 parameter sets failed")
    return folder


def test_the_folder_holds_exactly_these_files(folder):
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_every_trial_is_a_row_with_its_values(folder, tuned, kept):
    frame = pd.read_parquet(folder / "trials.parquet")
    assert frame["number"].tolist() == list(range(len(tuned.trials)))
    assert set(frame["stage"][frame["fold"] == -1]) == {"sweep"}
    assert set(frame["stage"][frame["fold"] >= 0]) == {"refinement"}
    assert tuple(frame["problem"]) == tuned.trials.problem
    for row in (0, 300, 671):
        assert {path: frame[path].iloc[row] for path in tuned.trials.params} == row_of(tuned.trials.params, row)
    for place, fold in enumerate(tuned.folds):
        for q, metric in enumerate(tuned.objective):
            for span, values in (("train", tuned.trials.train), ("test", tuned.trials.test)):
                np.testing.assert_array_equal(frame[f"{span}_{metric}_fold{fold.number}"], values[:, place, q])
    owner = frame["kept_returns"].to_numpy()
    assert np.flatnonzero(owner >= 0).tolist() == kept.rows.tolist()
    np.testing.assert_array_equal(np.load(folder / "returns.npy")[owner[kept.rows]], kept.returns)
    np.testing.assert_array_equal(np.load(folder / "returns_sessions.npy"), kept.sessions)


def test_choices_of_several_types_stay_apart(tmp_path, study, studies, weighed):
    mixed = study(space={"a.b": {"choice": (1, "1", 2.5, False)}}, mapped=None)
    write_study(weighed(mixed, studies.kept(mixed, 3)), tmp_path / "out")
    frame = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    told = [json.loads(text) for text in frame["a.b"]]
    assert [(type(one), one) for one in told] == [(type(one), one) for one in mixed.trials.params["a.b"].tolist()]


def test_the_last_choice_is_a_configuration_that_loads(folder, tuned):
    best = load(folder / "best.yaml")
    assert best.digest() == tuned.best.digest()
    assert best.tune is None
    assert best.regime.up == tuned.choices[-1].params["regime.up"]
    assert best.execution.rebalance_weekday == tuned.choices[-1].params["execution.rebalance_weekday"]
    head = (folder / "best.yaml").read_text(encoding="utf-8")
    assert f"trial {tuned.choices[-1].trial} of 672," in head
    assert "fold 4" in head
    assert "waterline run best.yaml" in head


def test_a_hostile_name_cannot_leave_its_place_in_the_yaml(tmp_path, study, studies, weighed):
    odd = study(name="x\nname: other\n# ", mapped=None)
    write_study(weighed(odd, studies.kept(odd, 1)), tmp_path / "out")
    assert load(tmp_path / "out" / "best.yaml").name == "x\nname: other\n# "


def test_the_configuration_of_the_study_loads_with_its_search(folder, tuned):
    again = load(folder / "config.yaml")
    assert again.digest() == tuned.config.digest()
    assert again.tune == tuned.config.tune


def test_the_manifest_says_what_it_was_made_of_and_what_came_out(folder, tuned):
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert told["kind"] == "study"
    assert told["study"] == tuned.study
    assert told["digest"] == tuned.config.digest()
    assert told["trials"] == {
        "tried": 672, "sweep": 512, "refinement": 160, "failed": sum(map(bool, tuned.trials.problem)), "kept": 40,
    }  # fmt: skip
    assert [fold["number"] for fold in told["folds"]] == list(range(5))
    assert told["choices"][-1]["params"] == dict(tuned.choices[-1].params)
    assert told["choices"][0]["test"]["volatility"] == tuned.choices[0].test[1]
    assert told["null"]["p_value"] == tuned.null.p_value
    assert len(told["plateau"]["value"]) == len(tuned.plateau.grid[0])
    assert set(told["files"]) == FILES
    assert {"numpy", "plotly", "pydantic"} <= set(told["packages"])
    assert told["timing"]["total"] == tuned.timing.total


def test_only_the_timing_differs_when_a_study_is_written_again(folder, tmp_path, tuned, kept, weighed):
    write_study(weighed(tuned, kept), tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_an_earlier_study_is_replaced_whole(tmp_path, study, studies, weighed):
    one = study(mapped=None)
    write_study(weighed(one, studies.kept(one, 3)), tmp_path / "out")
    (tmp_path / "out" / "left over.txt").write_text("x", encoding="utf-8")
    other = study(seed=1, mapped=None)
    write_study(weighed(other, studies.kept(other, 2)), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert np.load(tmp_path / "out" / "returns.npy").shape[0] == 2


def test_a_failure_leaves_what_was_there(tmp_path, study, studies, monkeypatch, weighed):
    tuned = study(mapped=None)
    write_study(weighed(tuned, studies.kept(tuned, 3)), tmp_path / "out")
    before = (tmp_path / "out" / "run.json").read_bytes()
    broken = studies.kept(tuned, 3)
    broken.rows[0] = len(tuned.trials)
    with pytest.raises(IndexError):
        write_study(weighed(tuned, broken), tmp_path / "out")
    assert (tmp_path / "out" / "run.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("names", [["notes.txt"], ["run.json"], ["run.json", "daily.parquet"]])
def test_foreign_folders_are_refused(tmp_path, study, studies, names, weighed):
    tuned = study(mapped=None)
    for name in names:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(OutputError):
        write_study(weighed(tuned, studies.kept(tuned, 1)), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_run_does_not_overwrite_a_study(folder):
    with pytest.raises(OutputError, match="of a study, not of a run"):
        refuse_foreign(folder)
    refuse_foreign(folder, study=True)
