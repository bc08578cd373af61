"""Months and rolling Sharpe ratio on the run page: figures, words, colours."""

from __future__ import annotations

import re
from itertools import pairwise, product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import waterline.report
from waterline.metrics import sharpe_ratio, sharpe_standard_error
from waterline.report.calendar_years import calendar_years
from waterline.report.chart_data import chart_data
from waterline.report.evaluated import MIX, STRATEGY, Evaluated
from waterline.report.figures import figures
from waterline.report.months import (
    LONGEST_OPEN,
    STEPS,
    CalendarMonth,
    calendar_months,
    month_table,
    months_answer,
    step,
)
from waterline.report.words import steady_answer

TEMPLATES = Path(waterline.report.__file__).parent / "templates"
COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
DICHROMATS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB."""
LAB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@pytest.fixture(scope="module")
def seen(outcome):
    return Evaluated(outcome(seed=4))


def test_months_compound_to_the_calendar_years(seen):
    months, years = calendar_months(seen), calendar_years(seen)
    for year in years:
        own = [one for one in months if str(one.month)[:4] == str(year.year)]
        for name in (STRATEGY, MIX):
            assert np.prod([1.0 + one.returns[name] for one in own]) - 1.0 == pytest.approx(year.returns[name])
    assert len(months) == 34
    assert str(months[0].month) == "2019-03"


def test_months_are_those_of_pandas(seen):
    days = pd.DatetimeIndex(seen.sessions)
    equity = pd.DataFrame({name: seen.equity[name] for name in (STRATEGY, MIX)}, index=days)
    ends = pd.concat([equity.iloc[:1], equity.resample("ME").last()])
    lead = ends.pct_change().iloc[1:].eval("strategy - mix")
    np.testing.assert_allclose([one.lead for one in calendar_months(seen)], lead.to_numpy(), atol=1e-12)


def test_the_table_holds_every_month_once_and_dashes_elsewhere(seen):
    table = month_table(calendar_months(seen), calendar_years(seen))
    assert [row.year for row in table.open] == ["2019", "2020", "2021"]
    texts = [tile.text for row in table.open for tile in row.tiles]
    assert texts.count("–") == 2
    assert texts[:2] == ["–", "–"]
    assert {tile.step for row in table.open for tile in row.tiles} <= {"", *table.key}
    assert table.folded == ()


def test_many_years_are_folded_with_the_newest_open(seen):
    years = [year for year in calendar_years(seen) for _ in range(20)]
    table = month_table(calendar_months(seen), years)
    assert (len(table.open), len(table.folded)) == (LONGEST_OPEN, 60 - LONGEST_OPEN)
    assert table.open[-1].year == "2021"


@given(st.floats(-1, 1))
def test_the_scale_is_even_handed(lead):
    turned = {"ahead": "behind", "behind": "ahead", "even": "even"}
    side, _, size = step(lead).partition("-")
    other, _, other_size = step(-lead).partition("-")
    assert (turned[side], size) == (other, other_size)
    assert (side == "even") == (abs(lead) < STEPS[0])


def test_words_on_months_count_the_months(seen):
    leads = [one.lead for one in calendar_months(seen)]
    told = months_answer(calendar_months(seen))
    assert f"**{sum(lead >= 0.0005 for lead in leads)} of 34 months**" in told
    assert f"{100 * max(leads):+.1f} points" in told
    same = CalendarMonth(np.datetime64("2020-01"), {STRATEGY: 0.02, MIX: 0.0199})
    assert "In no month" in months_answer([same, same])
    alone = CalendarMonth(np.datetime64("2020-01"), {STRATEGY: 0.02, MIX: 0.01})
    assert months_answer([alone]) == "It covers one month, Jan 2020, in which it led the mix (+1.0 points)."


def test_the_newest_window_is_measured_on_its_own_returns(seen):
    run = seen.outcome
    for name in (STRATEGY, MIX):
        excess = (seen.simulations[name].returns - run.cash_return)[-252:]
        assert seen.rolling_sharpe[name].ratio[-1] == pytest.approx(sharpe_ratio(excess))
        assert seen.rolling_sharpe[name].standard_error[-1] == pytest.approx(sharpe_standard_error(excess))
    first = int(np.flatnonzero(np.isfinite(seen.rolling_sharpe[STRATEGY].ratio))[0])
    assert first == 252  # rows, of which the first has no return
    drawn = chart_data(seen).series["sharpe.strategy"]
    assert drawn[:252] == [None] * 252
    assert None not in drawn[252:]


def test_words_on_the_rolling_ratio_never_leave_its_error_out(seen):
    told = steady_answer(seen)
    own = seen.rolling_sharpe[STRATEGY]
    shown = f"{own.ratio[-1]:.2f} ± {own.standard_error[-1]:.2f}".replace("-", "−")
    assert f"Over the 252 sessions to 31 Dec 2021 its Sharpe ratio was **{shown}**" in told
    assert told.count("±") == 2
    assert "only two do not overlap" in told


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"warm_up": 754}, "1 session is less than one window of 252"),
        ({"warm_up": 600}, "less than one window of 252"),
        ({"total": 0.1}, "the same in every window"),
        ({"scale": 0.0}, "there is no Sharpe ratio"),
    ],
    ids=["two sessions", "short", "never switched", "no risk"],
)
def test_runs_without_windows_or_differences_say_so(outcome, odd, words):
    run = Evaluated(outcome(**odd))
    assert words in steady_answer(run)
    steady = next(figure for figure in figures(run) if figure["id"] == "steady")
    rolled = any("ratio" in item.get("format", "") for item in steady["meta"]["read"])
    assert rolled == run.has_rolled
    assert ("sharpe.mix" in chart_data(run).series) == run.has_rolled
    assert {trace["meta"]["series"] for trace in steady["data"]} <= set(chart_data(run).series)
    shown = month_table(calendar_months(run), calendar_years(run))
    assert sum(tile.text != "–" for row in shown.open for tile in row.tiles) == len(calendar_months(run))


def test_sixty_years_have_each_month_once():
    days = np.busday_offset("1960-01-04", np.arange(15_500), roll="forward").astype("datetime64[D]")
    growth = np.cumprod(1.0 + np.random.default_rng(0).normal(0.0003, 0.01, (2, len(days))), axis=1)
    run = SimpleNamespace(sessions=days, equity=dict(zip((STRATEGY, MIX), growth, strict=True)))
    months = calendar_months(run)
    assert len({str(one.month) for one in months}) == len(months) > 12 * 59
    assert np.prod([1.0 + one.returns[MIX] for one in months]) == pytest.approx(growth[1][-1] / growth[1][0])


def _linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(np.clip(LAB @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089], 1e-4, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_keep_text_readable_and_sides_apart_for_every_eye(theme):
    text = (TEMPLATES / "page.css").read_text() + (TEMPLATES / "months.css").read_text()
    colours = {name: _linear(pair[theme]) for name, *pair in COLOUR.findall(text)}
    luminance = {name: float(LAB[1] @ colour) for name, colour in colours.items()}
    scale = ["behind-3", "behind-2", "behind-1", "raised", "ahead-1", "ahead-2", "ahead-3"]
    for name in scale:
        low, high = sorted([luminance[name], luminance["ink"]])
        assert (high + 0.05) / (low + 0.05) > 5
    eyes = (np.eye(3), *map(np.array, DICHROMATS.values()))
    for eye, (left, right) in product(eyes, pairwise(scale)):
        assert np.linalg.norm(_lab(eye @ colours[left]) - _lab(eye @ colours[right])) > 8
    for eye, size in product(eyes, (1, 2, 3)):
        apart = _lab(eye @ colours[f"ahead-{size}"]) - _lab(eye @ colours[f"behind-{size}"])
        assert np.linalg.norm(apart) > (6, 8.5, 11)[size - 1]
