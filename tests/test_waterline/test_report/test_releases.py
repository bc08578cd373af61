"""The release calendar of a run's inputs, against days that were looked up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from waterline.report.releases import release_table, releases


def by_name(run):
    return {one.input.name: one for one in releases(run)}


def test_the_next_print_is_the_first_that_the_last_decision_did_not_know(outcome):
    """The yield of Monday 3 January 2022 came on the business day after it; that of Friday was known already."""
    found = by_name(outcome())["DGS10"]
    assert found.next.period == np.datetime64("2022-01-03")
    assert found.next.at.astype("datetime64[D]") == np.datetime64("2022-01-04")
    assert found.next.scheduled
    assert found.next.due == "ahead"


def test_every_known_input_has_its_print_after_its_newest_period(outcome):
    for name, one in by_name(outcome()).items():
        if one.input.last_period is None:
            assert one.next is None, name
        else:
            assert one.next.period > one.input.last_period, name


def test_an_input_that_was_due_and_is_not_there_is_flagged(outcome):
    rows = {row[0].detail: row for row in release_table(releases(outcome())).rows}
    assert rows["TEDRATE"][7].kind == "flag"
    assert "overdue" in rows["TEDRATE"][7].detail
    assert rows["DGS10"][7].kind == ""
    assert rows["DGS10"][7].text.startswith("4 Jan 2022, ")
    assert rows["DGS10"][7].detail == "scheduled, about 3 Jan 2022"
    assert rows["NFCI"][7].text == "–"
    assert rows["GDP"][7].detail.startswith("expected, about ")


def test_a_series_that_its_publisher_ended_has_no_next_print(outcome):
    run = outcome()
    ted = run.panel.series["TEDRATE"]
    last = ted.period.copy()
    last[-1] = np.datetime64("2022-01-21")
    panel = replace(run.panel, series={**run.panel.series, "TEDRATE": replace(ted, period=last)})
    found = by_name(replace(run, panel=panel))["TEDRATE"]
    assert found.ended
    assert found.next is None
    rows = {row[0].detail: row for row in release_table((found,)).rows}
    assert rows["TEDRATE"][7].text == "Discontinued"


def test_what_a_later_vintage_adds_does_not_move_the_calendar(outcome):
    """Rows that the last decision could not know say nothing about what it waited for."""
    run = outcome()
    yields = run.panel.series["DGS10"]
    kept = len(yields) - 3
    late = yields.available_at.copy()
    late[kept:] = run.panel.clock.cutoffs[-1] + np.timedelta64(1, "h")
    panel = replace(run.panel, series={**run.panel.series, "DGS10": replace(yields, available_at=late)})
    found = by_name(replace(run, panel=panel))["DGS10"]
    assert found.next.period < yields.period[-1]
