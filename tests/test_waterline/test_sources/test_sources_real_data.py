"""The real files load as they are, and show the numbers that history is known for."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from waterline.catalog import SERIES
from waterline.sources import FilesSource, Loaded, Request
from waterline.sources.filings import read_facts
from waterline.sources.prices import YIELDS
from waterline.sources.table import Folder

FLOWS = ("capex", "ocf", "net_borrowing")
THESIS_SERIES = (
    "DGS2", "DGS10", "DFII10", "THREEFYTP10", "SOFR", "IORB", "EFFR", "WALCL", "WTREGEN", "WRESBAL", "RRPONTSYD",
    "BAA10Y", "NFCI", "STLFSI4", "TOTBKCR", "TEDRATE", "VIXCLS", "GDP", "NEWORDER", "BAMLH0A0HYM2",
)  # fmt: skip
THESIS_COMPANIES = ("AMZN", "GOOGL", "META", "MSFT", "ORCL")
THESIS_ASSETS = (
    "BTC-USD", "ETH-USD", "ARKK", "IGV", "IWO", "WCLD", "MU", "SNDK", "WDC", "STX", "XLE", "COWZ", "VTV", "SPY", "BIL",
    "MSTR", "COIN", "XBI", "QQQ", "SMH",
)  # fmt: skip
HAND_ENTERED_FROM = np.datetime64("2026-01-01")  # later figures do not all stand in the raw extract


def stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.csv"))


@pytest.fixture(scope="module")
def everything(real_data: Path) -> Loaded:
    """All that the folder holds."""
    companies = [name for name in stems(real_data / "capex") if "_" not in name]
    return FilesSource(path=real_data).load(
        Request(
            series=frozenset([*stems(real_data / "fred"), *(f"{name}/{flow}" for name in companies for flow in FLOWS)]),
            assets=frozenset(stems(real_data / "prices")) - YIELDS,
            bill_rate="IRX",
        )
    )


def test_every_file_is_read(real_data: Path, everything: Loaded) -> None:
    expected = {
        path.relative_to(real_data).as_posix()
        for folder in ("fred", "prices", "capex")
        for path in (real_data / folder).glob("*.csv")
    }
    with_vintages = {path.stem for path in (real_data / "fred").glob("vintages/*.csv")}
    latest = {f"fred/{name}.csv" for name in with_vintages}
    assert everything.files.keys() == (expected - latest) | {f"fred/vintages/{name}.csv" for name in with_vintages}
    assert everything.missing == ("ORCL/net_borrowing",)  # no debt file: nothing is filed that could be found


def test_nothing_is_known_before_its_period_ends(everything: Loaded) -> None:
    for rows in everything.series.values():
        assert (rows.available_at > rows.period).all()
        assert (np.diff(rows.available_at) >= np.timedelta64(0, "s")).all()
    for bars in everything.bars.values():
        assert (bars.available_at > bars.date).all()


@pytest.mark.parametrize(
    ("series", "day", "value"),
    [
        ("RRPONTSYD", "2022-12-30", 2553.716e9),
        ("WALCL", "2022-04-13", 8_965_487e6),
        ("DGS10", "2020-08-04", 0.52),
        ("BAMLH0A0HYM2", "2020-03-23", 10.87),
        ("BAMLH0A0HYM2", "2008-12-15", 21.82),
        ("VIXCLS", "2020-03-16", 82.69),
        ("SOFR", "2019-09-17", 5.25),
    ],
)
def test_known_values(everything: Loaded, series: str, day: str, value: float) -> None:
    rows = everything.series[series]
    assert rows.value[rows.period == np.datetime64(day)].tolist() == pytest.approx([value])


def test_known_extremes(everything: Loaded) -> None:
    assert everything.series["RRPONTSYD"].value.max() == pytest.approx(2553.716e9)
    assert everything.series["WALCL"].value.max() == pytest.approx(8_965_487e6)
    assert everything.series["DGS10"].value.min() == 0.52
    assert everything.series["RRPONTSYD"].period[0] == np.datetime64("2013-09-23")
    assert everything.series["TEDRATE"].period[-1] == np.datetime64("2022-01-21")


def test_identities_between_series(everything: Loaded) -> None:
    values = {
        name: dict(zip(everything.series[name].period.tolist(), everything.series[name].value.tolist(), strict=True))
        for name in ("DFF", "EFFR", "T10YIE", "DGS10", "DFII10")
    }
    assert all(values["DFF"][day] == rate for day, rate in values["EFFR"].items())
    days = values["T10YIE"].keys() & values["DGS10"].keys() & values["DFII10"].keys()
    assert len(days) > 5000
    assert all(abs(values["DGS10"][d] - values["DFII10"][d] - values["T10YIE"][d]) < 1e-9 for d in days)


@pytest.mark.parametrize(
    ("ticker", "day", "close"),
    [
        ("BTC-USD", "2021-11-08", 67566.83),
        ("GSPC", "2020-03-23", 2237.40),
        ("IXIC", "2000-03-10", 5048.62),
        ("VIX", "2020-03-16", 82.69),
    ],
)
def test_known_closes(everything: Loaded, ticker: str, day: str, close: float) -> None:
    bars = everything.bars[ticker]
    assert bars.close[bars.date == np.datetime64(day)].tolist() == pytest.approx([close], abs=0.005)


@pytest.mark.parametrize(
    ("ticker", "day", "percent"),
    [
        ("SPY", "2020-03-16", -10.94),
        ("SPY", "2008-10-13", 14.52),
        ("SPY", "2025-04-09", 10.50),
        ("GSPC", "1987-10-19", -20.47),
        ("QQQ", "2025-04-09", 12.00),
        ("META", "2022-02-03", -26.39),
    ],
)
def test_known_returns(everything: Loaded, ticker: str, day: str, percent: float) -> None:
    bars = everything.bars[ticker]
    at = int(np.flatnonzero(bars.date == np.datetime64(day))[0])
    assert 100 * (bars.close[at] / bars.close[at - 1] - 1) == pytest.approx(percent, abs=0.006)


def test_sandisk_begins_with_regular_trading(everything: Loaded) -> None:
    assert everything.bars["SNDK"].date[0] == np.datetime64("2025-02-24")


@pytest.mark.parametrize(
    ("ticker", "day", "factor"), [("KO", "2015-06-01", 4), ("XLP", "2010-06-01", 2), ("MSFT", "2012-06-01", 3)]
)
def test_a_split_planted_in_a_real_history_is_caught(
    real_data: Path, tmp_path: Path, ticker: str, day: str, factor: int
) -> None:
    lines = (real_data / "prices" / f"{ticker}.csv").read_text().splitlines()
    split = [line if line[:10] >= day or line.startswith("date") else _scaled(line, factor) for line in lines]
    (tmp_path / "prices").mkdir()
    (tmp_path / "prices" / f"{ticker}.csv").write_text("\n".join(split))
    (tmp_path / "prices" / "IRX.csv").write_bytes((real_data / "prices" / "IRX.csv").read_bytes())
    with pytest.raises(Exception, match=rf"\({day}\).*unadjusted split.*factor of {1 / factor:g}"):
        FilesSource(path=tmp_path).load(Request(frozenset(), frozenset({ticker}), "IRX"))


def _scaled(line: str, factor: int) -> str:
    day, *prices, volume = line.split(",")
    return ",".join([day, *(str(float(price) * factor) if price else "" for price in prices), volume])


def test_what_is_not_point_in_time_is_told(everything: Loaded) -> None:
    told = {notice.subject for notice in everything.notices if notice.text.startswith("not point in time")}
    flagged = {name for name, rows in everything.series.items() if not rows.point_in_time}
    assert told == flagged
    latest = {name for name in everything.series if f"fred/{name}.csv" in everything.files}
    assert flagged == {name for name in latest if SERIES[name].revised}
    assert {"GDP", "THREEFYTP10"} <= flagged
    assert not {"DGS10", "WALCL", "RRPONTSYD"} & flagged


def test_amazon_changes_its_definition_once(everything: Loaded) -> None:
    definition = everything.series["AMZN/capex_definition"]
    order = np.argsort(definition.period)
    assert (definition.value[order] == (definition.period[order] > np.datetime64("2016-12-31"))).all()
    late = definition.period == np.datetime64("2017-03-31")
    assert definition.vintage[late].tolist() == [dt.date(2018, 4, 27)]


def test_net_borrowing_is_issuance_minus_repayments_as_filed(real_data: Path, everything: Loaded) -> None:
    rows = everything.series["GOOGL/net_borrowing"]
    amounts: dict[str, float] = defaultdict(float)
    for line in (real_data / "capex" / "GOOGL_debt.csv").read_text().splitlines():
        quarter, _, usd, concept, _ = line.split(",")
        if quarter == "2025-06-30" and not concept.startswith("LongTermDebt"):
            amounts[concept] += float(usd)
    expected = (
        amounts["ProceedsFromDebtNetOfIssuanceCosts"]
        - amounts["RepaymentsOfDebtAndCapitalLeaseObligations"]
        + amounts["FinanceLeasePrincipalPayments"]
    )
    assert amounts["ProceedsFromDebtNetOfIssuanceCosts"] == 26.846e9
    assert rows.value[rows.period == np.datetime64("2025-06-30")].tolist() == [expected]


Spans = dict[str, list[tuple[str | None, str, float]]]


def _raw_facts(path: Path) -> Spans:
    """End of span -> (start, filed, value), over all concepts of a company."""
    spans: Spans = defaultdict(list)
    for taxonomy in json.loads(path.read_text())["facts"].values():
        for concept in taxonomy.values():
            for fact in concept["units"].get("USD", []):
                spans[fact["end"]].append((fact.get("start"), fact["filed"], float(fact["val"])))
    return spans


def _first_derivable(spans: Spans, period: str, value: float) -> str | None:
    """The first day on which the filings so far give ``value`` for the quarter that ends on ``period``.

    Either a fact says it (a balance, or a span of up to a quarter), or it is the difference of two year-to-date spans.
    """
    days: list[str] = []
    end = dt.date.fromisoformat(period)
    for start, filed, said in spans[period]:
        if start is None or (end - dt.date.fromisoformat(start)).days < 105:
            days += [filed] if said == value else []
            continue
        for earlier, facts in spans.items():
            if 75 < (end - dt.date.fromisoformat(earlier)).days < 105:
                days += [max(filed, day) for begin, day, other in facts if begin == start and said - other == value]
    return min(days, default=None)


@pytest.mark.parametrize("name", ["AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "ORCL"])
def test_no_figure_is_known_before_the_raw_filings_give_it(real_data: Path, name: str) -> None:
    spans = _raw_facts(real_data / "capex" / "raw" / f"{name}.json")
    checked = 0
    for path in sorted((real_data / "capex").glob(f"{name}*.csv")):
        facts = read_facts(Folder.at(real_data).require(f"capex/{path.name}"))
        for period, known, value in zip(facts.period, facts.known, facts.value.tolist(), strict=True):
            if period >= HAND_ENTERED_FROM:
                continue
            derivable = _first_derivable(spans, str(period), value)
            assert derivable is not None, (path.name, period)
            assert str(known) >= derivable, (path.name, period)
            checked += 1
    assert checked > 100


def test_the_thesis_loads_in_a_blink(real_data: Path) -> None:
    wanted = Request(
        series=frozenset([*THESIS_SERIES, *(f"{name}/{flow}" for name in THESIS_COMPANIES for flow in FLOWS)]),
        assets=frozenset(THESIS_ASSETS),
        bill_rate="IRX",
    )
    source = FilesSource(path=real_data)
    source.load(wanted)
    start = time.perf_counter()
    source.load(wanted)
    assert time.perf_counter() - start < 1.5
