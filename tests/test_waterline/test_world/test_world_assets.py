"""Returns: drift, volatility and correlation are those of the table, whatever the seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from waterline.world import draw
from waterline.world.assets import PERCENT, Returns, conditional_variance, draw_returns
from waterline.world.grid import grid
from waterline.world.latent import SCARCE, SLACK, Path
from waterline.world.parameters import parameters
from waterline.world.trend import trend_states

EVERY = parameters()
DAYS = grid(8.0, EVERY.calendar)
GROUP = {ticker: group for group, tickers in EVERY.assets.groups.items() for ticker in tickers}
SEEDS = 24


def constant(state: int, seed: int, world: str = "A2", demand: float = 0.5) -> Returns:
    """Returns of a world that never leaves ``state``, with bills at 2 %."""
    count = len(DAYS.sessions)
    path = Path(np.full(count, state, dtype=np.int8), np.full(count, demand), np.zeros(count))
    bills = np.full(count, 2.0)
    return draw_returns(DAYS, path, bills, EVERY.worlds[world], EVERY, np.random.default_rng(seed))


@pytest.fixture(scope="module", params=[SLACK, SCARCE], ids=["slack", "scarce"])
def drawn(request: pytest.FixtureRequest) -> tuple[int, list[Returns]]:
    return request.param, [constant(request.param, seed) for seed in range(SEEDS)]


def test_mean_return_is_bill_and_drift(drawn: tuple[int, list[Returns]]) -> None:
    state, every = drawn
    table = EVERY.drifts["strong"].base
    for column, ticker in enumerate(every[0].tickers):
        kept = np.concatenate([r.value[r.trades[:, column], column] for r in every])
        per_year = 365 if ticker == "BTC-USD" else 252
        error = per_year * kept.std() / np.sqrt(len(kept))
        assert per_year * kept.mean() == pytest.approx(0.02 + PERCENT * table[GROUP[ticker]][state], abs=4 * error)


def test_volatility_is_that_of_the_state(drawn: tuple[int, list[Returns]]) -> None:
    state, every = drawn
    for column, ticker in enumerate(every[0].tickers):
        kept = np.concatenate([r.value[r.trades[:, column], column] for r in every])
        annual = kept.std() * np.sqrt(365 if ticker == "BTC-USD" else 252)
        expected = PERCENT * EVERY.risks["thesis"].volatility[GROUP[ticker]][state]
        assert annual == pytest.approx(expected, rel=0.08)


def test_correlation_is_that_of_the_state(drawn: tuple[int, list[Returns]]) -> None:
    state, every = drawn
    assert every[0].tickers[:4] == ("BTC-USD", "ARKK", "IGV", "WCLD")
    rows = DAYS.day_of_session[1:]
    sessions = np.concatenate([np.column_stack([r.value[rows - 1, 0], r.value[rows, 1:5]]) for r in every])
    found = np.corrcoef(sessions.T)[np.triu_indices(5, 1)]
    assert found == pytest.approx(EVERY.risks["thesis"].correlation[state], abs=0.06)


def test_a_session_does_not_tell_the_crypto_of_its_own_day(drawn: tuple[int, list[Returns]]) -> None:
    """Its bar is final after the session: what the session told of it, a stale mark would give away."""
    _, every = drawn
    rows = DAYS.day_of_session
    crypto = np.concatenate([r.value[rows, 0] for r in every])
    stocks = np.concatenate([r.value[rows, 1] for r in every])
    assert np.corrcoef(crypto, stocks)[0, 1] == pytest.approx(0.0, abs=4 / np.sqrt(len(crypto)))


def test_tails_are_heavy_and_bounded(drawn: tuple[int, list[Returns]]) -> None:
    _, every = drawn
    core = np.concatenate([r.value[DAYS.day_of_session, 4] for r in every])
    z = (core - core.mean()) / core.std()
    assert (z**4).mean() > 5
    assert all((r.value > -0.6).all() for r in every)


def test_demand_adds_drift_with_slack_and_takes_it_without() -> None:
    idle, busy = (constant(SLACK, 0, "A3", demand).drift[-1] for demand in (0.0, 1.0))
    drained = constant(SCARCE, 0, "A3", 1.0).drift[DAYS.day_of_session[-1]]
    arkk = constant(SLACK, 0).tickers.index("ARKK")
    assert busy[arkk] > idle[arkk] > 0 > drained[arkk]


def test_conditional_variance_is_its_recursion_with_a_mean_of_one() -> None:
    garch = EVERY.assets.garch
    z = np.clip(np.random.default_rng(0).standard_t(4, (200_000, 1)) / np.sqrt(2), -10, 10)
    variance = conditional_variance(z, garch)
    assert variance.mean() == pytest.approx(1.0, abs=0.08)
    h = 1.0
    for t in range(300):
        assert variance[t, 0] == pytest.approx(h, rel=1e-12)
        shock = np.sqrt(h) * z[t, 0]
        leverage = garch.gamma if shock < 0 else 0.0
        h = (1 - garch.alpha - garch.gamma / 2 - garch.beta) + (garch.alpha + leverage) * shock**2 + garch.beta * h
        h = min(h, garch.ceiling)


def test_crypto_trades_every_day_and_stocks_on_sessions() -> None:
    bars = draw("A1", 0, 2.0).panel.bars
    assert (np.diff(bars["BTC-USD"].date) == np.timedelta64(1, "D")).all()
    assert np.isin(bars["SPY"].date, DAYS.sessions).all()
    assert bars["BTC-USD"].available_at[0] == bars["BTC-USD"].date[0] + np.timedelta64(1, "D")


def test_late_assets_are_listed_in_the_first_half_of_the_evaluation() -> None:
    drawn = [draw("A1", seed, 2.0) for seed in range(4)]
    begins = {one.panel.bars[ticker].date[0] for one in drawn for ticker in EVERY.assets.late}
    sessions = drawn[0].truth.sessions[drawn[0].truth.evaluated :]
    assert len(begins) > 4
    assert all(sessions[0] <= begin <= sessions[len(sessions) // 2] for begin in begins)


def test_marked_drift_adds_up_to_the_drift_of_the_bars() -> None:
    one = draw("N1", 0, 2.0)
    column = one.truth.assets.index("BTC-USD")
    drift = one.truth.drift[1:, column]
    daily = PERCENT * EVERY.drifts["level"].base["speculative"][0] / 365
    gaps = np.diff(one.truth.sessions).astype(int)
    np.testing.assert_allclose(drift, gaps * daily, rtol=1e-9)
    stock = one.truth.drift[1:, one.truth.assets.index("SPY")]
    assert stock == pytest.approx(PERCENT * EVERY.drifts["level"].base["core"][0] / 252)


def test_what_poses_as_liquidity_is_past_returns_alone() -> None:
    returns = constant(SLACK, 5, "N3")
    cut = 2000
    later = np.where(np.arange(len(DAYS.days))[:, None] >= DAYS.day_of_session[cut], -returns.value, returns.value)
    whole, changed = (trend_states(DAYS, one, EVERY) for one in (returns, replace(returns, value=later)))
    np.testing.assert_array_equal(whole[: cut + 1], changed[: cut + 1])
    assert (whole[cut + 1 :] != changed[cut + 1 :]).any()
    assert set(np.unique(whole)) == {0, 1, 2}
    sums = [returns.value[DAYS.day_of_session[t - 126 : t], :4].sum() for t in range(200, len(DAYS.sessions))]
    assert np.median(np.array(sums)[whole[200:] == SCARCE]) < 0 < np.median(np.array(sums)[whole[200:] == 1])
