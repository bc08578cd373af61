"""From what is held to what is wanted."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from waterline import experiment
from waterline.errors import ConfigError
from waterline.today import read_holdings
from waterline.today.holdings import CASH, Holding, HoldingsError, rebalance
from waterline.today.targets import portfolio_of

DAY = dt.date(2008, 11, 5)
AMOUNTS = st.floats(0, 1e7).map(lambda value: round(value, 4))


@pytest.fixture(scope="module")
def made_on():
    return {}


@pytest.fixture
def wanted(world_at, made_on):
    if not made_on:
        world = world_at(DAY)
        made_on["it"] = world, portfolio_of(world, experiment.decide(world.config, world.decided))
    return made_on["it"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["AAPL", "AMD", "CVX", "SP500", "XOM"]), AMOUNTS, max_size=5),
    st.floats(1.0, 1e6),
    st.booleans(),
)
def test_holdings_plus_trades_are_the_target_weights_and_no_money_appears(wanted, held, cash, in_units):
    world, portfolio = wanted
    holdings = [Holding(name, amount, in_units) for name, amount in held.items()] + [Holding(CASH, cash, False)]
    made = rebalance(world, portfolio, holdings)
    weights = {target.asset: target.weight for target in portfolio.targets}
    worth = {one.asset: one.amount * (price(world, one.asset) if one.in_units else 1.0) for one in holdings}
    assert made.equity_usd == pytest.approx(sum(worth.values()))
    assert sum(trade.trade_usd for trade in made.trades) == pytest.approx(0.0, abs=1e-6 * made.equity_usd)
    for trade in made.trades:
        assert trade.held_usd == pytest.approx(worth.get(trade.asset, 0.0))
        after = (trade.held_usd + trade.trade_usd) / made.equity_usd
        target = weights.get(trade.asset, 0.0) if trade.asset != CASH else portfolio.bills
        assert after == pytest.approx(target, abs=1e-9)
        assert trade.wanted_weight == pytest.approx(target, abs=1e-9)
        if trade.asset != CASH:
            assert trade.trade_units * price(world, trade.asset) == pytest.approx(trade.trade_usd)
    stocks = {name for name in worth if name not in {CASH, "SP500"}}
    assert {trade.asset for trade in made.trades} >= {name for name in stocks if worth[name] > 0} | {CASH}
    paid = sum(abs(trade.trade_usd) * (1.0 if trade.asset == "SP500" else 3.0) * 1e-4 for trade in made.trades[:-1])
    assert made.costs_usd == pytest.approx(paid)


def price(world, name):
    bars = world.known.bars[name]
    return float(bars.close[bars.date <= DAY][-1])


def test_the_band_is_the_one_of_the_weekly_decision(wanted):
    world, portfolio = wanted
    top = max(portfolio.targets, key=lambda target: target.weight)
    half = max(world.config.execution.band_absolute, world.config.execution.band_relative * top.weight)
    for away, inside in ((0.99, True), (1.01, False)):
        held = 100.0 * (top.weight + away * half)
        made = rebalance(world, portfolio, [Holding(top.asset, held, False), Holding(CASH, 100.0 - held, False)])
        assert next(trade for trade in made.trades if trade.asset == top.asset).in_band is inside


def test_a_held_target_needs_no_trade(wanted):
    world, portfolio = wanted
    holdings = [Holding(target.asset, 1e4 * target.weight, False) for target in portfolio.targets]
    made = rebalance(world, portfolio, [*holdings, Holding(CASH, 1e4 * portfolio.bills, False)])
    assert max(abs(trade.trade_usd) for trade in made.trades) < 1e-8
    assert all(trade.in_band for trade in made.trades)


def test_what_the_data_do_not_price_is_taken_as_a_value_and_refused_as_units(wanted):
    world, portfolio = wanted
    made = rebalance(world, portfolio, [Holding("TSLA", 500.0, in_units=False)])
    sold = next(trade for trade in made.trades if trade.asset == "TSLA")
    assert sold.trade_usd == -500.0
    assert math.isnan(sold.trade_units)
    with pytest.raises(HoldingsError, match="no price of TSLA"):
        rebalance(world, portfolio, [Holding("TSLA", 5.0, in_units=True)])
    with pytest.raises(HoldingsError, match=r"worth 0\.00 USD"):
        rebalance(world, portfolio, [Holding(CASH, 0.0, in_units=False)])


def test_the_target_weights_and_the_bills_are_everything(wanted):
    _, portfolio = wanted
    assert sum(target.weight for target in portfolio.targets) + portfolio.bills == pytest.approx(1.0)
    assert sum(portfolio.exposure.values()) == pytest.approx(1.0)
    assert portfolio.decides == "weekly"  # 5 November 2008 was a Wednesday
    assert str(portfolio.next_weekly) == "2008-11-12"


def test_a_file_of_units_and_a_file_of_values(tmp_path):
    file = tmp_path / "held.csv"
    file.write_text("asset,units\nBTC-USD,0.25\nCash,-100\n", encoding="utf-8")
    assert read_holdings(file) == (Holding("BTC-USD", 0.25, True), Holding(CASH, -100.0, False))
    file.write_bytes(b"\xef\xbb\xbfasset,value\r\nVTV,1000\r\ncash,5\r\n")
    assert read_holdings(file) == (Holding("VTV", 1000.0, False), Holding(CASH, 5.0, False))


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        (
            "asset,units\nVTW,1\n",
            ConfigError,
            r"held.csv: line 2: asset 'VTW' is not in the catalog. Did you mean 'VTV'",
        ),
        ("asset,units\nvtv,1\n", ConfigError, "Did you mean 'VTV'"),
        ("asset,units\nVTV,1\nVTV,2\n", HoldingsError, r"line 3 \(VTV\): VTV stands there twice"),
        ("asset,units\nVTV,-1\n", HoldingsError, r"line 2 \(VTV\): units of VTV is -1"),
        ("asset,value\nVTV,\n", HoldingsError, "value of VTV is empty"),
        ("asset,units\nVTV,many\n", HoldingsError, "'many', not a number"),
        ("ticker,units\nVTV,1\n", HoldingsError, "Make it 'asset,units' or 'asset,value'"),
        ("asset,units\n", HoldingsError, "no rows"),
        ("", HoldingsError, "first line"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_with_the_line(tmp_path, text, kind, told):
    file = tmp_path / "held.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(kind, match=told) as raised:
        read_holdings(file)
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(HoldingsError, match="cannot be read"):
        read_holdings(tmp_path / "none.csv")
