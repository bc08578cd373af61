"""The page of simulated worlds in a real browser."""

from __future__ import annotations

import numpy as np
import pytest

from waterline.metrics import Estimate
from waterline.report.worlds.page import render_worlds
from waterline.world import History, Study, Trial
from waterline.world.detection import Detection


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    """Two worlds with a hundred runs each and one history shown of each."""
    chance = np.random.default_rng(2)
    seen = Detection((12, 30), 1, 2, 0.8, 0.5)
    trials = tuple(
        Trial(place, 504, Estimate(0.1, 0.05, 2.0), 0.08, {"hac": p, "shift": p}, {"hac": place % 10 > 0}, seen)
        for place, p in enumerate(chance.uniform(0.0, 1.0, 100).tolist())
    )
    days = np.datetime64("2018-01-01") + np.arange(600)
    states = np.repeat([0, 1, 2, 0], 150).astype(np.int8)
    growth = {name: np.exp(np.cumsum(0.01 * chance.standard_normal(600))) for name in ("strategy", "mix")}
    shown = [
        History(name, 0, days, states, np.roll(states == 2, 20), chance.standard_normal(600), growth)
        for name in ("N1", "A1")
    ]
    path = tmp_path_factory.mktemp("worlds") / "index.html"
    studies = [Study(name, 5, 8.0, trials) for name in ("N1", "A1")]
    path.write_text(render_worlds(studies, shown), encoding="utf-8")
    return path.as_uri()


def test_axe_finds_no_barrier_in_either_theme(opened, barriers):
    page = opened(1280)
    assert barriers(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.querySelector('.caption').style.color = '#444c54'")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text>')")
    planted = barriers(page)
    assert any("dark: color-contrast" in told for told in planted)
    assert any("light: label" in told for told in planted)
