"""Runs side by side: over the sessions that all share, with the figures of pandas, or refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from test_report_pages import Page

from waterline.errors import OutputError
from waterline.metrics import newey_west
from waterline.report.comparison.numbers import measured
from waterline.report.comparison.runs import runs_of
from waterline.report.comparison.writing import compare
from waterline.report.gallery.folders import ResultsError

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, shelves, ran, outcome):
    """Runs: two alike, one over another span with another score, one with other keys, one that shares no session."""
    folder = tmp_path_factory.mktemp("shelf")
    _, evidence = ran
    shelves.put_run(folder / "one", *ran)
    shelves.put_run(folder / "other", outcome(seed=9, warm_up=90), evidence, seed=3)
    shelves.put_run(folder / HOSTILE.replace("/", "%"), *ran, name=HOSTILE, description=HOSTILE)
    shelves.put_run(folder / "apart", *ran)
    daily = pd.read_parquet(folder / "apart" / "daily.parquet")
    daily.index += pd.DateOffset(years=40)
    daily.to_parquet(folder / "apart" / "daily.parquet")
    return folder


@pytest.fixture(scope="module")
def written(shelf):
    """The page of two runs, and the two."""
    names = [str(shelf / name) for name in ("one", "other")]
    return compare(names, shelf / "page" / "both.html"), runs_of(names)


def _shared(shelf):
    frames = [pd.read_parquet(shelf / name / "daily.parquet") for name in ("one", "other")]
    days = frames[0].index.intersection(frames[1].index)
    return days, [frame.loc[days[1:]] for frame in frames]


def test_the_curves_are_those_of_the_files_on_the_shared_sessions(shelf, written):
    days, frames = _shared(shelf)
    assert frames[0].index[0] > pd.read_parquet(shelf / "one" / "daily.parquet").index[5]
    for run, frame in zip(written[1], frames, strict=True):
        assert (run.sessions == days.to_numpy().astype("datetime64[D]")).all()
        assert run.equity[0] == run.mix[0] == 1.0
        np.testing.assert_allclose(run.equity[1:], (1 + frame["return"]).cumprod(), rtol=1e-12)
        np.testing.assert_allclose(run.lead[-1], ((1 + frame["return"]) / (1 + frame["static_mix_return"])).prod())
        assert (run.scarce[1:] == (frame["state"] == 1)).all()


def test_the_figures_are_those_of_pandas(shelf, written):
    days, frames = _shared(shelf)
    years = (days[-1] - days[0]).days / 365.25
    first = frames[0]["return"].to_numpy()
    for one, frame in zip(measured(written[1]), frames, strict=True):
        returns, excess = frame["return"], frame["return"] - frame["cash_return"]
        assert one.own.cagr == pytest.approx((1 + returns).prod() ** (1 / years) - 1)
        assert one.own.volatility == pytest.approx(returns.std() * 252**0.5)
        assert one.own.sharpe_ratio == pytest.approx(excess.mean() / excess.std() * 252**0.5)
        assert one.own.max_drawdown.depth == pytest.approx(_deepest(returns))
        ahead = (returns - frame["static_mix_return"]).to_numpy()
        assert one.gain.value == pytest.approx(252 * ahead.mean())
        assert one.gain.standard_error == pytest.approx(252 * newey_west(ahead).standard_error)
        if one.against is not None:
            assert one.against.value == pytest.approx(252 * (returns.to_numpy() - first).mean())
    assert measured(written[1])[0].against is None


def _deepest(returns):
    wealth = np.concatenate([[1.0], (1 + returns).cumprod()])
    return (wealth / np.maximum.accumulate(wealth) - 1).min()


def test_the_page_is_whole_and_its_links_lead_to_the_runs(shelf, written):
    page = Page(written[0].read_text(encoding="utf-8"))
    assert page.open == []
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a" and "#" not in attrs["href"]]
    found = [(written[0].parent / unquote(link)).resolve() for link in links]
    assert found == [(shelf / name / "index.html").resolve() for name in ("one", "other")]
    assert "1 key differs." in page.text()
    assert "seed 0 3" in page.text()
    assert written[0].stat().st_size < 5e6


def test_the_charts_have_a_line_and_a_ribbon_for_each_run(written):
    told = json.loads(Page(written[0].read_text(encoding="utf-8")).scripts[0])
    growth, states = told["figures"]
    drawn = [trace["meta"]["series"] for trace in growth["data"]]
    assert sorted(drawn) == ["growth.A", "growth.B", "lead.A", "lead.B"]
    assert [panel["name"] for panel in states["meta"]["panels"]] == ["A", "B"]
    for run in written[1]:
        assert told["series"][f"growth.{run.letter}"][-1] == pytest.approx(run.equity[-1], rel=1e-5)
        assert told["series"][f"scarce.{run.letter}"] == run.scarce.astype(float).tolist()
    assert told["dates"][0] == str(written[1][0].sessions[0])


def test_sixty_years_are_thinned_without_losing_a_switch(tmp_path, shelves, ran):
    for place, name in enumerate(("one", "two")):
        shelves.put_run(tmp_path / name, *ran)
        chance = np.random.default_rng(place)
        days = pd.bdate_range("1960-01-01", "2019-12-31", name="date")
        returns = {key: chance.normal(0.0003, 0.01, len(days)) for key in ("return", "static_mix_return")}
        states = (np.arange(len(days)) // 300 + place) % 2
        pd.DataFrame(returns | {"state": states}, index=days).to_parquet(tmp_path / name / "daily.parquet")
    page = compare([str(tmp_path / "one"), str(tmp_path / "two")])
    assert page == tmp_path / "comparison.html"
    told = json.loads(Page(page.read_text(encoding="utf-8")).scripts[0])
    assert len(told["dates"]) < 4000
    switches = {str(day.date()) for day in days[300::300]}
    assert switches <= set(told["dates"])


def test_hostile_names_stay_words(shelf):
    names = ["one", HOSTILE.replace("/", "%")]
    page = Page(compare([str(shelf / name) for name in names], shelf / "hostile.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert "img" not in {tag for tag, _ in page.elements}
    assert HOSTILE in page.text()


def test_a_study_is_compared_by_its_test_folds(tmp_path, shelves, studies, ran):
    tuned = studies.study(ran[0])
    for name in ("a", "b"):
        shelves.put_study(tmp_path / name, studies.weighed(tuned))
    one, _ = runs_of([str(tmp_path / "a"), str(tmp_path / "b")])
    np.testing.assert_allclose(one.equity, tuned.walk_forward.equity, rtol=1e-9)
    assert one.cash is None
    words = Page(compare([str(tmp_path / "a"), str(tmp_path / "b")]).read_text(encoding="utf-8")).text()
    assert "Nothing: the configurations are the same" in words


def test_a_run_may_be_named_without_its_path(shelf, tmp_path, monkeypatch):
    (tmp_path / "reports").symlink_to(shelf)
    monkeypatch.chdir(tmp_path)
    assert [run.folder for run in runs_of(["one", "reports/other"])] == [Path("reports/one"), Path("reports/other")]
    with pytest.raises(ResultsError, match="'reports/other'"):
        runs_of(["one", "othr"])


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("one",), "1 named; from 2 to 8 can be compared"),
        (("one",) * 9, "9 named"),
        (("one", "other", "../shelf0/one"), "is named twice"),
        (("one", "othre"), r"othre is no results folder: it does not exist. Did you mean '.*other'\?"),
        (("one", "empty"), "empty is no results folder: it has no run.json"),
        (("one", "apart"), "no sessions in common"),
        (("one", "curveless"), "has no daily.parquet"),
        (("one", "broken"), "daily.parquet cannot be read"),
        (("one", "backward"), "does not hold two or more sessions in order"),
        (("one", "bare"), "lacks static_mix_return"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(shelf, tmp_path, names, told):
    home = tmp_path / "shelf0"
    home.mkdir()
    for path in shelf.iterdir():
        if path.is_dir():
            (home / path.name).symlink_to(path)
    (home / "empty").mkdir()
    daily = pd.read_parquet(shelf / "one" / "daily.parquet")
    for name in ("curveless", "broken", "backward", "bare"):
        (home / name).mkdir()
        for file in ("run.json", "metrics.json"):
            (home / name / file).write_bytes((shelf / "one" / file).read_bytes())
    (home / "broken" / "daily.parquet").write_bytes(b"PAR1 not PAR1")
    daily[::-1].to_parquet(home / "backward" / "daily.parquet")
    daily[["return"]].to_parquet(home / "bare" / "daily.parquet")
    with pytest.raises(ResultsError, match=told) as refused:
        compare([str(home / name) for name in names])
    assert refused.value.exit_code == 2
    assert not list(home.glob("*.html"))


def test_only_an_earlier_comparison_is_overwritten(shelf, tmp_path):
    names = [str(shelf / name) for name in ("one", "other")]
    (tmp_path / "mine.html").write_text("mine")
    with pytest.raises(OutputError, match="is no comparison"):
        compare(names, tmp_path / "mine.html")
    assert (tmp_path / "mine.html").read_text() == "mine"
    page = compare(names, tmp_path)
    assert page == tmp_path / "comparison.html"
    before = page.read_bytes()
    assert compare(names, page).read_bytes() == before
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        compare(names, tmp_path / "file" / "page.html")
