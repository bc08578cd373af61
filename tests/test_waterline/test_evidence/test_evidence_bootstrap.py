"""Bootstrap intervals against arch's own and against the metrics, draw by draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from hypothesis import given, settings
from hypothesis import strategies as st

from waterline import metrics
from waterline.evidence import bootstrap
from waterline.evidence.bootstrap import HEADLINE, DailyRows, each_draw, intervals, of_mix, stationary_indices
from waterline.sessions import Dates, Floats


def sessions(rows: DailyRows) -> Dates:
    """Dates whose span is ``rows.years``."""
    days = np.rint(np.linspace(0, rows.years * metrics.DAYS_PER_YEAR, len(rows) + 1))
    return np.datetime64("2015-01-02") + days.astype("timedelta64[D]")


def by_metrics(rows: DailyRows) -> dict[str, float]:
    """The headline figures by the functions that the report quotes."""
    excess, over_bills = rows.strategy - rows.cash, metrics.excess_returns(rows.sleeves, rows.cash)
    ratio = metrics.sharpe_ratio(excess)
    return {
        "mean_excess": metrics.newey_west(excess).value * 252,
        "volatility": metrics.volatility(rows.strategy),
        "sharpe_ratio": ratio,
        "cagr": metrics.cagr(rows.strategy, sessions(rows)),
        "max_drawdown": metrics.max_drawdown(rows.strategy, sessions(rows)).depth,
        "timing_gain": metrics.timing_gain(rows.exposure, over_bills).value,
        "tracking_difference": metrics.tracking_difference(rows.strategy, rows.mix).value,
        "sharpe_difference": ratio - metrics.sharpe_ratio(rows.mix - rows.cash),
    }


def table(count: int = 400, sleeves: int = 2, seed: int = 1) -> DailyRows:
    """A strategy that moves between sleeves in spells of 40 sessions, and the mix of its average exposure."""
    random = np.random.default_rng(seed)
    scarce = (np.arange(count) // 40 % 2).astype(float)
    exposure = np.column_stack([1.0 - scarce, scarce, 0.2 * scarce][:sleeves])
    returns = random.standard_t(4, (count, sleeves)) * 0.01 + 0.0004
    cash = np.full(count, 0.00008) + 0.00001 * scarce
    earned = returns - cash[:, None]
    strategy, mix = cash + (exposure * earned).sum(axis=1), cash + (exposure.mean(axis=0) * earned).sum(axis=1)
    years = round(count / 252 * metrics.DAYS_PER_YEAR) / metrics.DAYS_PER_YEAR
    return DailyRows(strategy, mix, cash, returns, exposure, years)


def test_block_length_known_answer() -> None:
    """Politis and White with the correction of 2009, on the AR(1) of arch's documentation."""
    noise = np.random.RandomState(0).standard_normal(10_100)
    series = np.empty_like(noise)
    series[0] = noise[0]
    for t in range(1, len(noise)):
        series[t] = 0.3 * series[t - 1] + noise[t]
    assert bootstrap.optimal_block_lengths(series[100:, None])[0] == pytest.approx(13.635665, rel=1e-6)
    assert optimal_block_length(series[100:])["circular"].iloc[0] == pytest.approx(15.60894, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(60, 300), st.integers(1, 3), st.integers(0, 10_000))
def test_every_figure_is_that_of_the_metrics(count: int, sleeves: int, seed: int) -> None:
    rows = table(count, sleeves, seed)
    expected = by_metrics(rows)
    assert expected.keys() == HEADLINE.keys()
    for name, statistic in HEADLINE.items():
        assert float(statistic(rows)) == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name
    assert float(of_mix(HEADLINE["cagr"])(rows)) == pytest.approx(metrics.cagr(rows.mix, sessions(rows)), rel=1e-9)


def test_intervals_are_those_of_arch() -> None:
    """The same seed gives the same draws; the figures of each draw come from the metrics."""
    rows = table(300)
    ours = intervals(HEADLINE, rows, floor=30, seed=11, draws=150)

    def figures(strategy: Floats, mix: Floats, cash: Floats, sleeves: Floats, exposure: Floats) -> Floats:
        return np.array(list(by_metrics(DailyRows(strategy, mix, cash, sleeves, exposure, rows.years)).values()))

    columns = (rows.strategy, rows.mix, rows.cash, rows.sleeves, rows.exposure)
    source = StationaryBootstrap(30, *columns, seed=np.random.default_rng(11))
    low, high = source.conf_int(figures, reps=150, method="percentile", size=0.9)
    assert ours.block_length == 30
    assert [ours.figures[name].low for name in HEADLINE] == pytest.approx(low, rel=1e-9, abs=1e-12)
    assert [ours.figures[name].high for name in HEADLINE] == pytest.approx(high, rel=1e-9, abs=1e-12)
    estimates = [figure.estimate for figure in ours.figures.values()]
    assert estimates == pytest.approx(list(by_metrics(rows).values()), rel=1e-9, abs=1e-12)


def test_array_form_and_draw_by_draw_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table(120, sleeves=3)
    fast = intervals(HEADLINE, rows, floor=20, seed=3, draws=40)
    monkeypatch.setattr(bootstrap, "CHUNK", 7 * 120)
    slow = {name: each_draw(lambda draw, name=name: by_metrics(draw)[name]) for name in HEADLINE}
    again = intervals(slow, rows, floor=20, seed=3, draws=40)
    for name, figure in fast.figures.items():
        other = again.figures[name]
        assert (figure.low, figure.high) == pytest.approx((other.low, other.high), rel=1e-9, abs=1e-12)


def test_the_same_seed_gives_the_same_bytes() -> None:
    rows = table()
    first, again, other = (intervals(HEADLINE, rows, 20, seed, 50) for seed in (1, 1, 2))
    assert first == again
    assert first.figures["sharpe_ratio"] != other.figures["sharpe_ratio"]
    assert first.figures["sharpe_ratio"].estimate == other.figures["sharpe_ratio"].estimate


def test_all_columns_of_a_session_move_together() -> None:
    """What the strategy held and earned in a session belongs together in every draw."""

    def mismatch(rows: DailyRows) -> Floats:
        earned = rows.cash + (rows.exposure * (rows.sleeves - rows.cash[..., None])).sum(axis=-1)
        return np.abs(earned - rows.strategy).max(axis=-1)

    figure = intervals({"mismatch": mismatch}, table(), 20, seed=5, draws=200).figures["mismatch"]
    assert max(figure.estimate, figure.low, figure.high) < 1e-15


def test_draws_are_blocks_of_the_stated_mean_length() -> None:
    drawn = np.concatenate(list(stationary_indices(500, 25, 400, seed=1)))
    assert drawn.shape == (400, 500)
    assert drawn.min() == 0
    assert drawn.max() == 499
    breaks = (np.diff(drawn, axis=1) % 500 != 1).mean()
    assert breaks == pytest.approx((1 / 25) * (1 - 1 / 500), abs=4 * math.sqrt(0.04 / drawn.size))
    assert np.bincount(drawn.ravel()).std() / 400 < 0.3


@given(st.floats(1.0, 200.0), st.floats(0.0, 500.0), st.integers(42, 5_000))
def test_block_stays_between_the_floor_and_a_third_of_the_sample(optimal: float, floor: float, count: int) -> None:
    block = bootstrap.usable_block(optimal, floor, count)
    assert 1 <= block <= count // 3
    assert block >= min(optimal, count // 3)
    assert block >= min(floor, count // 3)
    assert block < max(optimal, floor) + 1


def test_block_length_used_is_told() -> None:
    rows = table()
    low, high = (intervals({}, rows, floor, seed=1, draws=1) for floor in (0.0, 55.5))
    assert low.block_length == math.ceil(low.optimal_block_length)
    assert high.block_length == 56
    assert (high.sessions, high.draws, high.coverage) == (400, 1, pytest.approx(0.9))


def test_sessions_with_a_missing_value_are_left_out() -> None:
    rows = table(200)
    gaps = DailyRows(rows.strategy.copy(), rows.mix, rows.cash, rows.sleeves.copy(), rows.exposure, rows.years)
    gaps.strategy[7], gaps.sleeves[90, 1] = np.nan, np.nan
    kept = np.setdiff1d(np.arange(200), [7, 90])
    assert intervals(HEADLINE, gaps, 20, 1, 30) == intervals(HEADLINE, rows.take(kept), 20, 1, 30)


@pytest.mark.parametrize("count", [0, 1, 2, 41])
def test_too_few_sessions_have_no_interval(count: int) -> None:
    told = intervals(HEADLINE, table(60).take(np.arange(count)), 20, 1)
    assert (told.draws, told.block_length, told.sessions) == (0, 0, count)
    assert all(math.isnan(figure.low) and math.isnan(figure.high) for figure in told.figures.values())
    assert math.isfinite(told.figures["cagr"].estimate) == (count > 1)


def test_a_constant_portfolio_has_exact_figures_and_no_ratio() -> None:
    rows = table(100)
    idle = DailyRows(rows.cash, rows.cash, rows.cash, rows.sleeves, np.full((100, 2), 0.3), rows.years)
    told = intervals(HEADLINE, idle, 10, 1, 30).figures
    assert (told["timing_gain"].low, told["timing_gain"].high) == (0.0, 0.0)
    assert (told["max_drawdown"].low, told["mean_excess"].high) == (0.0, 0.0)
    assert math.isnan(told["sharpe_ratio"].estimate)
    assert math.isnan(told["sharpe_ratio"].low)


def test_a_fall_from_the_start_is_a_drawdown() -> None:
    rows = table(60).take(np.arange(2))
    rows.strategy[:] = [-0.1, 0.05]
    assert float(HEADLINE["max_drawdown"](rows)) == pytest.approx(-0.1)


def test_ruin_has_no_growth_rate() -> None:
    rows = table(100)
    rows.strategy[50] = -1.5
    assert math.isnan(HEADLINE["cagr"](rows))
    rows.strategy[50] = -1.0
    assert (HEADLINE["cagr"](rows), HEADLINE["max_drawdown"](rows)) == (-1.0, -1.0)


def test_nine_in_ten_intervals_hold_the_truth() -> None:
    """Mean of an AR(1), 100 samples of 500: coverage within 4 standard errors of .9, the known shortfall included."""
    random, held = np.random.default_rng(8), 0
    for sample in range(100):
        noise = random.normal(0.0, 0.01, 600)
        series = np.convolve(noise, 0.4 ** np.arange(20))[100:600]
        rows = DailyRows(series, 0.0 * series, 0.0 * series, series[:, None], np.ones((500, 1)), 2.0)
        told = intervals({"mean": HEADLINE["mean_excess"]}, rows, 1.0, sample, 300).figures["mean"]
        held += told.low <= 0.0 <= told.high
    assert 78 <= held <= 98
