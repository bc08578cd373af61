"""The benchmarks measure what they say: their figures share one file, and their static sets are put into tables."""

from __future__ import annotations

import json

import numpy as np
import pytest


@pytest.fixture
def support(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))


@pytest.mark.usefixtures("support")
def test_a_benchmark_leaves_the_figures_of_the_others(tmp_path, capsys):
    from support.results import record

    path = tmp_path / "results.json"
    record({"a_s": 1.5, "b_mb": 2.0}, path)
    record({"b_mb": 3.0, "c_s": 4.0}, path)
    assert json.loads(path.read_text()) == {"a_s": 1.5, "b_mb": 3.0, "c_s": 4.0}
    assert [line.split() for line in capsys.readouterr().out.splitlines()][2:] == [["b_mb", "3"], ["c_s", "4"]]


@pytest.mark.usefixtures("support")
def test_every_static_set_is_put_together_from_tables_and_no_other_is():
    from support.job import made_ground, made_sets, static_sets

    from waterline.simulation.sweep import planning, sweep

    ground, rows = made_ground(1400), np.arange(planning.LEAST)
    for sets, share in ((static_sets(len(rows)), 1.0), (made_sets(len(rows)), 0.0)):
        parts = planning.Planner(ground, sets).split(rows)
        assert sum(len(members) for group, members in parts if group is not None) == share * len(rows)
        known, traded = sweep(ground, sets), sweep(ground, sets, session_by_session=True)
        np.testing.assert_allclose(known.blocks, traded.blocks, rtol=1e-9, atol=1e-12)


@pytest.mark.usefixtures("support")
def test_the_quickest_repeat_counts():
    from support.clocks import quickest

    ticks = iter([0.0, 5.0, 10.0, 12.0, 20.0, 29.0])
    assert quickest(lambda: None, 3, lambda: next(ticks)) == 2.0
