"""The packaged history: what the packages' own loaders give, available when it was, and frank about its flaws."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from waterline.errors import DataError
from waterline.sources import ClassicSource, Loaded, Request
from waterline.sources.classic import STOCKS, _packaged

EVERYTHING = Request(
    series=frozenset({"AAA", "BAA", "REALGDP", "REALINV", "NFCI"}),
    assets=frozenset({*STOCKS, "SP500"}),
    bill_rate="TBILLQ",
)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return ClassicSource().load(EVERYTHING)


def test_all_names_are_there_and_the_rest_is_missing(loaded: Loaded) -> None:
    assert set(loaded.series) == {"AAA", "BAA", "REALGDP", "REALINV", "TBILLQ"}
    assert set(loaded.bars) == {*STOCKS, "SP500"}
    assert loaded.missing == ("NFCI",)


def test_prices_equal_those_of_the_package_loaders(loaded: Loaded) -> None:
    from skfolio.datasets import load_sp500_dataset, load_sp500_index

    frame = load_sp500_dataset().join(load_sp500_index())
    assert set(frame.columns) == set(loaded.bars)
    for ticker, bars in loaded.bars.items():
        expected = frame.loc["1993":] if ticker == "RRC" else frame
        assert bars.date.tolist() == [stamp.date() for stamp in expected.index]
        np.testing.assert_array_equal(bars.close, expected[ticker].to_numpy())
        assert np.isnan(bars.open).all()


def test_a_share_that_hardly_traded_is_left_out_until_it_does(loaded: Loaded) -> None:
    from skfolio.datasets import load_sp500_dataset

    prices = load_sp500_dataset()["RRC"]
    unchanged = prices.pct_change().eq(0)
    assert unchanged.loc[:"1991"].mean() > 0.9
    assert prices["1990-04-10"] / prices["1990-04-09"] == pytest.approx(1 / 3, abs=1e-3)
    assert loaded.bars["RRC"].date[0] == np.datetime64("1993-01-04")
    assert any(notice.subject == "RRC" and "rows before 1993-01-04" in notice.text for notice in loaded.notices)


def test_yields_equal_those_of_the_package_loader(loaded: Loaded) -> None:
    from arch.data import default

    frame = default.load()
    for name in ("AAA", "BAA"):
        rows = loaded.series[name]
        assert rows.period.tolist() == [stamp.date() for stamp in frame.index]
        np.testing.assert_array_equal(rows.value, frame[name].to_numpy())
        assert rows.point_in_time


def test_accounts_equal_those_of_the_package_loader(loaded: Loaded) -> None:
    from statsmodels.datasets import macrodata

    frame = macrodata.load_pandas().data
    starts = [
        dt.date(int(year), 3 * int(quarter) - 2, 1)
        for year, quarter in zip(frame["year"], frame["quarter"], strict=True)
    ]
    for name, column, scale in (("REALGDP", "realgdp", 1e9), ("REALINV", "realinv", 1e9), ("TBILLQ", "tbilrate", 1.0)):
        rows = loaded.series[name]
        assert rows.period.tolist() == starts
        np.testing.assert_array_equal(rows.value, frame[column].to_numpy() * scale)


@pytest.mark.parametrize(
    ("name", "period", "known"),
    [
        ("REALINV", "2000-01-01", "2000-05-01"),  # 30 days after the quarter is a Sunday
        ("TBILLQ", "2000-01-01", "2000-04-03"),
        ("AAA", "2000-01-01", "2000-02-01"),
    ],
)
def test_a_quarter_or_month_is_known_after_its_end(loaded: Loaded, name: str, period: str, known: str) -> None:
    rows = loaded.series[name]
    at = int(np.flatnonzero(rows.period == np.datetime64(period))[0])
    assert rows.vintage[at] == np.datetime64(known)


def test_what_was_revised_is_not_point_in_time(loaded: Loaded) -> None:
    flags = {name: rows.point_in_time for name, rows in loaded.series.items()}
    assert flags == {"AAA": True, "BAA": True, "TBILLQ": True, "REALGDP": False, "REALINV": False}


def test_known_days_of_the_market(loaded: Loaded) -> None:
    index = loaded.bars["SP500"]
    at = int(np.flatnonzero(index.date == np.datetime64("2000-03-24"))[0])
    assert index.close[at] == 1527.46  # the high of the dot-com boom
    assert index.asset_class == "index"
    assert index.available_at[at] == np.datetime64("2000-03-24T21:00", "s")
    assert index.date[-1].item() == dt.date(2022, 12, 28)


@pytest.mark.parametrize(
    "words",
    [
        "survivors",
        "rounded to 0.001",
        "without dividends",
        "stand in",
        "stands in for the capex",
        "2009Q3",
        "frenchdata",
    ],
)
def test_the_flaws_are_told(loaded: Loaded, words: str) -> None:
    assert any(words in notice.text for notice in loaded.notices)


def test_only_what_was_asked_for_is_read_and_told() -> None:
    loaded = ClassicSource().load(Request(series=frozenset(), assets=frozenset({"SP500"}), bill_rate="TBILLQ"))
    assert set(loaded.bars) == {"SP500"}
    assert sorted(name.split("==")[0] for name in loaded.files) == ["skfolio", "statsmodels"]
    assert not any("survivors" in notice.text for notice in loaded.notices)


def test_releases_and_digests_are_recorded(loaded: Loaded) -> None:
    import skfolio

    data = files("skfolio.datasets.data").joinpath("sp500_dataset.csv.gz").read_bytes()
    name = f"skfolio=={skfolio.__version__}/skfolio/datasets/data/sp500_dataset.csv.gz"
    assert loaded.files[name] == hashlib.sha256(data).hexdigest()
    assert len(loaded.files) == 4


def test_the_french_factors_are_still_broken_and_so_rightly_unused() -> None:
    from arch.data import frenchdata

    assert pd.DatetimeIndex(frenchdata.load().index).year.max() == 1970


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Request(frozenset(), frozenset({"SPY"}), "TBILLQ"), "classic: holds no 'SPY'"),
        (Request(frozenset(), frozenset({"MSFT", "WMTT"}), "TBILLQ"), "Did you mean 'WMT'"),
        (Request(frozenset(), frozenset({"MSFT"}), "IRX"), "classic: holds no 'IRX'"),
    ],
)
def test_a_required_name_it_does_not_hold_is_refused(wanted: Request, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ClassicSource().load(wanted)


@pytest.mark.parametrize("package", ["numpy", "no-such-distribution"])
def test_a_package_without_the_data_is_named(package: str) -> None:
    with pytest.raises(DataError, match=f"{package}: no/such.csv: the packaged data file is not installed"):
        _packaged(package, "no/such.csv")


def test_loading_imports_no_data_package_and_opens_no_socket() -> None:
    code = (
        "import sys, socket\n"
        "socket.socket = None\n"
        "from waterline.sources import ClassicSource, Request\n"
        "assert not {'pandas', 'pyarrow', 'exchange_calendars'} & sys.modules.keys()\n"
        "ClassicSource().load(Request(frozenset({'AAA'}), frozenset({'AAPL'}), 'TBILLQ'))\n"
        "assert not {'skfolio', 'arch', 'statsmodels', 'vectorbt'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
