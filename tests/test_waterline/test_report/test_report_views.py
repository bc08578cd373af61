"""What the page shows, before it is a page."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.report.answers import answers
from waterline.report.calendar_years import CalendarYear, calendar_years
from waterline.report.chart_data import chart_data, kept_rows, rounded
from waterline.report.evaluated import BILLS, INDEX, MIX, STRATEGY, Evaluated
from waterline.report.figures import asset_colours, figures, ramp
from waterline.report.key_numbers import comparison, key_numbers
from waterline.report.numerals import percent
from waterline.report.releases import release_table, releases
from waterline.report.tables import episode_table, new_york, window_rows
from waterline.report.tub import DRAIN, LABEL_GAP, RIM, SURFACE_LABEL, tub

WEEKDAYS = np.busday_offset("1990-01-01", np.arange(6000), roll="forward").astype("datetime64[D]")


@given(st.integers(2501, 6000), st.lists(st.integers(0, 2500), max_size=5))
def test_long_histories_keep_ends_marks_and_the_last_day_of_each_week_and_month(count, marks):
    sessions = WEEKDAYS[:count]
    rows = set(kept_rows(sessions, marks).tolist())
    assert {0, count - 1, *marks} <= rows
    months = sessions.astype("datetime64[M]")
    assert {row for row in range(count - 1) if months[row] != months[row + 1]} <= rows
    assert {row for row in range(count - 1) if sessions[row + 1] - sessions[row] > np.timedelta64(1, "D")} <= rows
    assert len(rows) < 0.3 * count


def test_short_histories_keep_every_day():
    assert kept_rows(WEEKDAYS[:2500]).tolist() == list(range(2500))


def test_series_are_rounded_and_missing_is_none():
    assert rounded(np.array([1 / 3, 123456.789, np.nan, np.inf, -0.0])) == [0.333333, 123457.0, None, None, 0.0]


def test_the_parts_add_up_to_the_score_where_it_is_their_mean(outcome):
    run = Evaluated(outcome(missing=slice(300, 330)))
    added = np.nansum(list(run.parts.values()), axis=0)
    known = np.isfinite(run.total)
    np.testing.assert_allclose(added[known], run.total[known])
    assert run.held.sum() == 30


def test_holdings_add_up_to_one_in_every_row(outcome):
    run = Evaluated(outcome())
    np.testing.assert_allclose(sum(run.weights.values()), 1.0)
    np.testing.assert_allclose(sum(run.sleeve_weights.values()) + run.weights[BILLS], 1.0)
    assert list(run.weights)[-1] == BILLS


def test_calendar_years_chain_to_the_whole(outcome):
    run = Evaluated(outcome(seed=4))
    years = calendar_years(run)
    for name in (STRATEGY, MIX, INDEX):
        chained = np.prod([1.0 + year.returns[name] for year in years])
        assert chained == pytest.approx(run.equity[name][-1])
    assert [year.year for year in years] == [2019, 2020, 2021]


def test_equity_agrees_with_the_measured_growth(outcome):
    run = Evaluated(outcome(seed=5))
    whole = comparison(run, "all")
    for name, figures_of in whole.figures.items():
        assert run.equity[name][-1] - 1.0 == pytest.approx(figures_of.cumulative_return)
        assert run.drawdown[name].min() == pytest.approx(figures_of.max_drawdown.depth)


def test_spells_cover_the_charts_without_gap(outcome):
    data = chart_data(Evaluated(outcome(seed=1)))
    assert data.spells[0]["from"] == data.dates[0]
    assert data.spells[-1]["to"] == data.dates[-1]
    assert all(one["to"] == two["from"] for one, two in pairwise(data.spells))
    assert {len(values) for values in data.series.values()} == {len(data.dates)}


def test_held_days_are_marked_and_only_they(outcome):
    run = Evaluated(outcome(missing=slice(300, 330)))
    (span,) = chart_data(run).held
    assert (span["from"], span["to"]) == (str(run.outcome.sessions[300]), str(run.outcome.sessions[330]))
    assert chart_data(Evaluated(outcome())).held == []


def test_every_series_that_a_figure_names_is_there(outcome):
    run = Evaluated(outcome())
    series = set(chart_data(run).series)
    for figure in figures(run):
        named = {trace["meta"]["series"] for trace in figure["data"]}
        read = {name for item in figure["meta"]["read"] for name in (item.get("over") or [item["series"]])}
        errors = {item["error"] for item in figure["meta"]["read"] if "error" in item}
        errors |= {trace["meta"]["error"] for trace in figure["data"] if "error" in trace["meta"]}
        assert named | read | errors <= series


def test_figures_carry_no_data_and_no_fixed_colour(outcome):
    for figure in figures(Evaluated(outcome())):
        for trace in figure["data"]:
            assert not {"x", "y"} & set(trace)
            assert trace["line"]["color"].startswith("var(--")


def test_shades_of_neighbours_differ():
    for sleeve, limit in ((0, 9), (1, 13)):
        for members in range(1, limit + 1):
            assert len(set(ramp(sleeve, members))) == members


def test_each_holding_has_one_colour_and_bills_are_grey(outcome):
    run = Evaluated(outcome())
    colours = asset_colours(run)
    assert len(colours) == len(set(colours)) == len(run.weights)
    assert colours[-1] == "--bills"


def test_key_numbers_stand_beside_mix_and_index(outcome, judged):
    run = Evaluated(outcome(seed=6))
    keys = {key.title: key for key in key_numbers(run, judged(run.outcome).evidence)}
    assert keys["Return a year"].value == percent(run.outcome.windows["all"].strategy.cagr)
    assert [mark.portfolio for mark in keys["Volatility"].marks] == [STRATEGY, MIX, INDEX]
    assert [mark.portfolio for mark in keys["Sharpe ratio"].marks] == [STRATEGY, MIX]
    for key in keys.values():
        for mark in key.marks:
            assert mark.at is None or 0 <= mark.at <= 100
            assert mark.low is None or mark.low <= mark.at <= mark.high
    gain, estimate = keys["Timing gain"], run.outcome.windows["all"].timing_gain
    assert gain.zero is not None
    assert (gain.marks[0].at < gain.zero) == (estimate.value < 0)


def test_a_window_without_sessions_says_so(outcome):
    before, after, whole = window_rows(Evaluated(outcome()))
    assert after.rows == ()
    assert "No session" in after.note
    assert before.rows == whole.rows
    assert [row[0] for row in whole.rows] == [STRATEGY, MIX, INDEX]


def test_episodes_are_told_newest_first_and_sort_by_value(outcome):
    run = Evaluated(outcome(seed=1))
    table = episode_table(run)
    assert len(table.rows) == len(run.outcome.episodes) > 1
    assert table.rows[0][1].key == str(run.outcome.episodes[-1].decided)
    assert "still on" in table.rows[0][2].detail
    gains = [float(row[7].key) for row in table.rows]
    assert gains == pytest.approx([spell.gain for spell in run.outcome.episodes[::-1]])
    assert max(abs(row[8].share) for row in table.rows) == 1.0


def test_the_state_of_every_input_is_told(outcome):
    rows = {row[0].detail or row[0].text: row for row in release_table(releases(outcome())).rows}
    assert [cell.text for cell in rows["TEDRATE"]][4:7] == ["7 days", "Too old", "As first published"]
    assert rows["NFCI"][5].text == "Never known"
    assert rows["NFCI"][3].text == "–"
    assert rows["GDP"][6].text == "Not point in time"
    assert next(iter(rows)) == "NFCI"


def test_instants_are_told_in_new_york_time():
    assert new_york(np.datetime64("2025-07-01T20:40:00")) == "1 Jul 2025, 16:40"
    assert new_york(np.datetime64("2025-12-31T21:40:00")) == "31 Dec 2025, 16:40"
    assert new_york(None) == "–"


def test_the_tub_stands_on_the_slack_of_the_run(outcome):
    run = Evaluated(outcome())
    years = calendar_years(run)
    drawing = tub(years)
    slack = run.outcome.score.beside["slack"][-1]
    assert drawing.surface.y == pytest.approx(DRAIN - (DRAIN - RIM) * slack, abs=0.1)
    assert [year.year for year in drawing.years] == [2019, 2020, 2021]
    assert tub(calendar_years(Evaluated(outcome(slack=False)))) is None


@given(st.lists(st.floats(0, 1.4), min_size=2, max_size=9))
def test_labels_of_the_tub_never_overlap_and_never_cross(levels):
    last = np.datetime64("2025-12-31")
    years = tuple(CalendarYear(2010 + n, {}, 0.0, 0.0, {}, {}, level, last) for n, level in enumerate(levels))
    drawing = tub(years)
    assert list(drawing.tides) == sorted(drawing.tides, key=lambda tide: tide.y)
    heights = sorted([drawing.surface.y - SURFACE_LABEL, *(tide.label_y for tide in drawing.tides)])
    assert all(below - above >= LABEL_GAP - 0.01 for above, below in pairwise(heights))


def test_pictures_stay_inside_their_frame(outcome, judged):
    for seed in range(2):
        run = outcome(seed=seed, scale=3.0)
        drawings = [answer.drawing for answer in answers(Evaluated(run), judged(run).evidence)]
        places = [
            v for drawing in drawings for k, v in drawing.items() if k in ("at", "low", "high", "zero", "up", "down")
        ]
        assert all(-0.01 <= place <= 100.01 for place in places if place is not None)
