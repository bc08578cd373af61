"""What a reader of a world may know, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from waterline.audit import truncation
from waterline.catalog import SERIES
from waterline.catalog.release import federal_holidays, weekday_of
from waterline.experiment import decide
from waterline.world import Drawn, draw
from waterline.world.parameters import parameters

EVERY = parameters()
DAY = np.timedelta64(1, "D")
DELAYED = EVERY.publication.shutdown_delays


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw("A2", 4, 3.0)


def test_every_series_of_the_experiment_is_there(drawn: Drawn) -> None:
    config = drawn.config.checked()
    optional = {"HYG", "LQD", "TOTBKCR"}
    assert config.built_signal.inputs() - optional <= {*drawn.panel.series, *drawn.panel.bars}
    assert {config.bill_rate, config.benchmark} <= {*drawn.panel.series, *drawn.panel.bars}


def test_nothing_is_known_after_the_last_cutoff_nor_before_it_happened(drawn: Drawn) -> None:
    last = drawn.panel.clock.cutoffs[-1]
    for rows in [*drawn.panel.series.values(), *(bars.closes() for bars in drawn.panel.bars.values())]:
        assert (rows.available_at <= last).all()
        assert (np.diff(rows.available_at) >= np.timedelta64(0, "s")).all()
        assert (rows.available_at >= rows.period).all()
        assert np.isfinite(rows.value).all()


def test_daily_and_weekly_series_come_out_by_the_rule_of_the_catalog(drawn: Drawn) -> None:
    for name, rows in drawn.panel.series.items():
        if "/" not in name and name not in DELAYED:
            first = rows.rows(np.unique(rows.period, return_index=True)[1])
            np.testing.assert_array_equal(first.available_at, SERIES[name].release.instant(first.period))
            assert len(first) == len(rows) or name == "TLAACBW027SBOG"
            assert SERIES[name].low <= rows.value.min() <= rows.value.max() <= SERIES[name].high


def test_a_holiday_moves_the_release(drawn: Drawn) -> None:
    released = drawn.panel.series["WRESBAL"].vintage
    moved = released[weekday_of(released) != 3]
    assert len(moved) > 3
    assert np.isin(moved - DAY, federal_holidays()).all()


def test_companies_file_25_to_40_days_after_the_quarter_on_business_days(drawn: Drawn) -> None:
    for company in EVERY.demand.companies:
        rows = drawn.panel.series[f"{company}/capex"]
        days = (rows.vintage - rows.period).astype(int)
        assert days.min() >= 25
        assert days.max() <= 40 + 4
        assert np.is_busday(rows.vintage, holidays=federal_holidays()).all()
        assert len(set(days.tolist())) > 5
        assert (np.diff(rows.period.astype("datetime64[M]")) == np.timedelta64(3, "M")).all()


def test_filed_figures_differ_from_the_restated_ones() -> None:
    errors = []
    for run in range(6):
        one = draw("A2", 4, 3.0, run)
        for name, restated in one.truth.restated.items():
            filed = one.panel.series[name].value
            errors.append(np.log(restated[: len(filed)] / filed))
    joined = np.concatenate(errors)
    assert joined.std() == pytest.approx(EVERY.demand.revision, rel=0.2)
    assert joined.mean() == pytest.approx(0.0, abs=4 * EVERY.demand.revision / np.sqrt(len(joined)))


@pytest.mark.parametrize("run", range(4))
def test_one_shutdown_holds_national_accounts_back(run: int) -> None:
    one = draw("N1", 9, 3.0, run)
    shutdown = one.truth.shutdown
    rule = replace(SERIES["GDP"].release, delayed={})
    rows = one.panel.series["GDP"]
    first = rows.rows(np.unique(rows.period, return_index=True)[1])
    regular = rule.day(first.period)
    held = (regular >= shutdown.first) & (regular <= shutdown.last)
    assert held.any()
    assert (first.vintage[held] == shutdown.reopened).all()
    assert (first.vintage[~held] == regular[~held]).all()
    low, high = EVERY.publication.shutdown_days
    assert low <= int((shutdown.last - shutdown.first) / DAY) <= high
    for name in DELAYED:
        out = one.panel.series[name].vintage
        assert not ((out >= shutdown.first) & (out <= shutdown.last)).any()


def test_bank_assets_are_told_again_with_the_next_release(drawn: Drawn) -> None:
    rows = drawn.panel.series["TLAACBW027SBOG"]
    period, first, counts = np.unique(rows.period, return_index=True, return_counts=True)
    assert (counts[:-1] == 2).all()
    again = np.setdiff1d(np.arange(len(rows)), first)
    np.testing.assert_array_equal(rows.available_at[again], rows.available_at[first][1:])
    np.testing.assert_array_equal(rows.period[again], period[:-1])
    assert np.log(rows.value[again] / rows.value[first][:-1]).std() == pytest.approx(0.001, rel=0.2)


def test_national_accounts_are_told_twice(drawn: Drawn) -> None:
    rows = drawn.panel.series["GDP"]
    _, counts = np.unique(rows.period, return_counts=True)
    assert (counts[:-2] == 2).all()
    told = rows.rows(np.argsort(rows.period, kind="stable"))
    pairs = told.value[: 2 * (len(told) // 2) - 4].reshape(-1, 2)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert np.abs(pairs[:, 1] / pairs[:, 0] - 1).max() < 6 * EVERY.demand.gdp_revision


@pytest.mark.parametrize("name", ["A3", "N3"])
def test_taking_the_future_away_moves_nothing(name: str) -> None:
    one = draw(name, 1, 2.0)
    made = decide(one.config, one.panel)
    switches = np.flatnonzero(made.regime.switches())
    rows = [made.regime.valid_from, int(switches[0]), int(switches[-1]) - 1, len(one.panel.clock) - 30]
    assert truncation(one.config, one.panel, rows) == []


def money_shows_the_truth(name: str) -> np.ndarray:
    """Correlation of the reverse repo a reader sees with the true water, by run."""
    found = []
    for run in range(6):
        one = draw(name, 2, 6.0, run)
        seen = one.panel.now(one.panel.series["RRPONTSYD"]) / one.panel.now(one.panel.series["TLAACBW027SBOG"])
        found.append(np.corrcoef(seen, one.truth.water)[0, 1])
    return np.array(found)


def test_the_money_side_shows_the_truth_where_it_should() -> None:
    assert money_shows_the_truth("A2").min() > 0.8
    hidden = money_shows_the_truth("N2")
    assert abs(hidden.mean()) < 0.4
    assert hidden.max() < 0.8


def test_capex_follows_the_truth_where_it_should() -> None:
    def growth_shows(name: str) -> np.ndarray:
        found = []
        for run in range(4):
            one = draw(name, 2, 10.0, run)
            rows = one.panel.series["MSFT/capex"]
            row = np.searchsorted(one.truth.sessions, rows.period, side="right") - 1
            growth, seen = np.diff(np.log(rows.value)), row[1:] >= 63
            mean = [one.truth.demand[t - 62 : t + 1].mean() for t in row[1:][seen]]
            found.append(np.corrcoef(growth[seen], mean)[0, 1])
        return np.array(found)

    assert growth_shows("A2").mean() > 0.4
    assert abs(growth_shows("A4").mean()) < 0.35
