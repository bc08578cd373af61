"""Out of the store and back: an exported folder is read to the same bit."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import ASSETS
from waterline.errors import DataError, OutputError
from waterline.panel import Bars, Observations
from waterline.sources import FilesSource, Loaded, Request, StoreSource
from waterline.sources.exporting import _numbers, export_files
from waterline.sources.importing import import_files
from waterline.sources.prices import YIELDS
from waterline.store import Rows, Store

DAYS = ("2020-01-02", "2020-01-03", "2020-01-06")
FLOWS = ("capex", "ocf", "net_borrowing")
TEXT_OF_CAPEX = "capex/"  # the form of a filing is not kept, and a comparative is dated from the filing that carries it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "store.duckdb"


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if _bits(one[name]) != _bits(other[name])]


def _bits(value: Observations | Bars) -> list[object]:
    fields = [getattr(value, name) for name in value.__dataclass_fields__]
    return [(field.dtype, field.tobytes()) if isinstance(field, np.ndarray) else field for field in fields]


def check_same(one: Loaded, other: Loaded) -> None:
    assert differing(one.series, other.series) == []
    assert differing(one.bars, other.bars) == []
    assert (one.missing, one.notices) == (other.missing, other.notices)


def everything(folder: Path) -> Request:
    """All that a folder holds."""
    stems = {part: [path.stem for path in (folder / part).glob("*.csv")] for part in ("fred", "prices", "capex")}
    companies = {stem.partition("_")[0] for stem in stems["capex"]}
    flows = [f"{company}/{flow}" for company in companies for flow in FLOWS]
    return Request(frozenset([*stems["fred"], *flows]), frozenset(stems["prices"]) & ASSETS.keys(), "IRX")


def test_all_real_data_pass_through_the_store_to_the_same_bit(real_data: Path, tmp_path: Path, path: Path) -> None:
    folder = tmp_path / "exported"
    with Store.open(path) as store:
        imported = import_files(store, real_data)
        exported = export_files(store, folder)
    assert (imported.skipped, imported.revised, exported.left_out) == ((), (), ())
    wanted = everything(real_data)
    original = FilesSource(path=real_data).load(wanted)
    check_same(original, StoreSource(path=path).load(wanted))
    check_same(original, FilesSource(path=folder).load(wanted))
    for name in exported.files:
        if not name.startswith(TEXT_OF_CAPEX):
            assert (folder / name).read_bytes() == (real_data / name).read_bytes(), name
    assert {Path(name).stem for name in exported.files} >= YIELDS


def quirky(data: Any) -> Request:
    """A folder with everything that needs care, and the request for it."""
    data.bills()
    data.prices("SPY", DAYS, [10, 11, 12])
    data.prices("SNDK", ["2025-02-20", "2025-02-21", "2025-02-24", "2025-02-25"], [1, 2, 10, 11])
    data.prices("BTC-USD", ["2020-01-01", "2020-01-30"], [7000, 7100])
    data.fred("DGS10", [("2020-01-02", 1.88), ("2020-01-03", "."), ("2020-01-06", "-0.00")])
    data.fred("RRPONTSYD", [("2013-09-19", "."), ("2013-09-20", 5), ("2013-09-23", 0.1)])
    month_ends = [("2025-11-27", 3), ("2025-11-28", 3.1), ("2025-11-30", 3.2), ("2025-12-01", 3.3), ("2026-01-31", 3.4)]
    data.fred("BAMLH0A0HYM2", month_ends)
    data.fred("GDP", [("2019-10-01", 21694.458), ("2020-01-01", 21481.367)])
    data.fred("NFCI", [("2026-03-06", -0.1)])
    vintages = "2026-03-06,2026-03-11,-0.5\n2026-03-06,2026-03-18,-0.6\n2026-03-13,2026-03-18,.\n"
    data.write("fred/vintages/NFCI.csv", f"date,realtime_start,value\n{vintages}")
    data.write("fred/vintages/ANFCI.csv", "date,realtime_start,value\n2026-03-06,2026-03-11,-0.5\n")
    capex = [
        ("2016-12-31", "2017-02-10", 2006, "Net", "10-K"),
        ("2017-03-31", "2017-04-28", 1861, "Net", "10-Q"),
        ("2017-03-31", "2017-04-28", 2148, "Gross", "10-Q/cmp"),
        ("2018-03-31", "2018-04-27", 3098, "Gross", "10-Q"),
    ]
    data.facts("AMZN", capex)
    data.facts("AMZN_ocf", [("2019-12-31", "2020-01-29", 10680000000, "Cash", "10-Q")])
    debt = [("2019-12-31", "2020-01-29"), ("2020-03-31", "2020-04-29"), ("2020-06-30", "2020-07-29")]
    data.facts("AMZN_debt", [(*days, 100 * i, "LongTermDebt", "10-Q") for i, days in enumerate(debt)])
    flows = ("AMZN/capex", "AMZN/ocf", "AMZN/net_borrowing", "AMZN/capex_definition", "ORCL/capex")
    series = ("DGS10", "RRPONTSYD", "BAMLH0A0HYM2", "GDP", "NFCI", "ANFCI", "SOFR", "DSG10", "HYG", "BTC-USD", *flows)
    return Request(frozenset(series), frozenset({"SPY", "SNDK"}), "IRX")


def test_an_imported_folder_loads_as_the_folder_does(data: Any, path: Path) -> None:
    wanted = quirky(data)
    with Store.open(path) as store:
        imported = import_files(store, data.root)
    assert imported.revised == ()
    from_files = FilesSource(path=data.root).load(wanted)
    check_same(from_files, StoreSource(path=path).load(wanted))
    assert len(from_files.notices) > 6
    assert np.signbit(from_files.series["DGS10"].value).tolist() == [False, True]


def test_a_second_import_stores_nothing_and_a_corrected_file_its_corrections(data: Any, path: Path) -> None:
    wanted = quirky(data)
    with Store.open(path) as store:
        import_files(store, data.root)
        assert set(import_files(store, data.root).new.values()) == {0}
        data.fred("DGS10", [("2020-01-02", 1.89), ("2020-01-03", "."), ("2020-01-06", "-0.00")])
        again = import_files(store, data.root)
    assert {name: count for name, count in again.new.items() if count} == {"DGS10": 1}
    assert [(one.series, one.period, one.old, one.new) for one in again.revised] == [
        ("DGS10", dt.date(2020, 1, 2), 1.88, 1.89)
    ]
    check_same(FilesSource(path=data.root).load(wanted), StoreSource(path=path).load(wanted))


def test_an_import_refuses_what_a_run_would_refuse_and_tells_what_it_does_not_know(data: Any, path: Path) -> None:
    data.bills()
    data.prices("ZZZZ", DAYS, [1, 2, 3])
    data.write("fred/NOTES.csv", "x")
    with Store.open(path) as store:
        assert import_files(store, data.root).skipped == ("fred/NOTES.csv", "prices/ZZZZ.csv")
        data.fred("WALCL", [("2020-01-01", 4.0)])
        with pytest.raises(DataError, match="times too small"):
            import_files(store, data.root)
        assert not any(name.startswith("WALCL") for name in store.names())


def test_vintages_are_exported_beside_the_latest_values(data: Any, tmp_path: Path, path: Path) -> None:
    data.bills()
    vintages = "date,realtime_start,value\n2026-03-06,2026-03-11,-0.5\n2026-03-06,2026-03-18,-0.6\n"
    data.write("fred/vintages/NFCI.csv", vintages)
    with Store.open(path) as store:
        import_files(store, data.root)
        exported = export_files(store, tmp_path / "out")
    assert exported.files == ("prices/IRX.csv", "fred/NFCI.csv", "fred/vintages/NFCI.csv")
    assert (tmp_path / "out" / "fred" / "vintages" / "NFCI.csv").read_text() == vintages
    assert (tmp_path / "out" / "fred" / "NFCI.csv").read_text() == "date,value\n2026-03-06,-0.6\n"


def test_a_store_is_exported_as_it_was_known(data: Any, tmp_path: Path, path: Path) -> None:
    data.bills()
    data.fred("DGS10", [("2020-01-02", 1.88)])
    with Store.open(path) as store:
        import_files(store, data.root)
        then = max(summary.last_recorded for summary in store.summaries())
        data.fred("DGS10", [("2020-01-02", 1.89), ("2020-01-03", 1.8)])
        import_files(store, data.root)
        export_files(store, tmp_path / "then", recorded_by=then)
        export_files(store, tmp_path / "now")
    assert (tmp_path / "then" / "fred" / "DGS10.csv").read_text() == "date,value\n2020-01-02,1.88\n"
    assert (tmp_path / "now" / "fred" / "DGS10.csv").read_text() == "date,value\n2020-01-02,1.89\n2020-01-03,1.8\n"


def fetched(
    series: str,
    periods: list[str],
    known: list[str],
    values: list[float],
    vintage: list[str] | None = None,
    source: str = "sec",
) -> Rows:
    at = np.array(known, dtype="datetime64[s]")
    days = at.astype("datetime64[D]") if vintage is None else np.array(vintage, dtype="datetime64[D]")
    return Rows(series, np.array(periods, dtype="datetime64[D]"), at, days, np.array(values), source)


def test_a_filing_accepted_in_the_evening_is_exported_for_the_next_day(data: Any, tmp_path: Path, path: Path) -> None:
    quarters = ["2024-06-30", "2024-09-30", "2024-06-30"]
    known = ["2024-08-01T20:01:00", "2024-10-31T22:44:54", "2025-08-01T20:00:00"]
    days = ["2024-08-01", "2024-10-31", "2025-08-01"]
    with Store.open(path) as store:
        store.append(
            [
                fetched("AMZN/capex", quarters, known, [1.0, 2.0, 1.5], days),
                fetched("AMZN/capex_definition", quarters, known, [0.0, 1.0, 0.0], days),
            ]
        )
        exported = export_files(store, tmp_path / "out")
    assert (exported.files, exported.left_out) == (("capex/AMZN.csv",), ())
    assert (tmp_path / "out" / "capex" / "AMZN.csv").read_text().splitlines()[1:] == [
        "2024-06-30,2024-08-01,1,capex 0,",
        "2024-09-30,2024-11-01,2,capex 1,",
    ]


def test_borrowing_that_was_fetched_is_exported_by_its_own_concepts(data: Any, tmp_path: Path, path: Path) -> None:
    data.bills()
    imported = [("2024-03-31", "2024-04-30", 7), ("2024-06-30", "2024-07-31", 9)]
    data.facts("MSFT_debt", [(*balance, "LongTermDebt", "10-Q") for balance in imported])
    quarters, known = ["2024-03-31", "2024-06-30"], ["2024-04-25T20:05:00", "2024-07-30T20:05:00"]
    told = fetched("MSFT/net_borrowing", quarters[1:], known[1:], [30.0])
    balances = fetched("MSFT/net_borrowing/LongTermDebt", quarters, known, [100.0, 130.0])
    wanted = Request(frozenset({"MSFT/net_borrowing"}), frozenset(), "IRX")
    with Store.open(path) as store:
        import_files(store, data.root)
        store.append([told, balances])
        export_files(store, tmp_path / "out")
    from_store = StoreSource(path=path).load(wanted).series["MSFT/net_borrowing"]
    from_files = FilesSource(path=tmp_path / "out").load(wanted).series["MSFT/net_borrowing"]
    assert from_store.value.tolist() == from_files.value.tolist() == [30]
    assert from_store.available_at.astype(str).tolist() == ["2024-07-30T20:05:00"]
    assert from_files.available_at.astype(str).tolist() == ["2024-07-30T21:30:00"]  # the layout knows days


def test_a_correction_of_a_final_series_is_exported_as_a_vintage(data: Any, tmp_path: Path, path: Path) -> None:
    known, days = (
        ["2020-01-03T21:40", "2020-01-06T21:40", "2020-01-08T22:30"],
        ["2020-01-03", "2020-01-06", "2020-01-08"],
    )
    with Store.open(path) as store:
        periods = ["2020-01-02", "2020-01-03", "2020-01-03"]
        store.append([fetched("DGS10", periods, known, [1.88, 1.80, 1.81], days)])
        exported = export_files(store, tmp_path / "out")
    assert exported.files == ("fred/DGS10.csv", "fred/vintages/DGS10.csv")
    assert (tmp_path / "out" / "fred" / "vintages" / "DGS10.csv").read_text().splitlines()[1:] == [
        "2020-01-02,2020-01-03,1.88",
        "2020-01-03,2020-01-06,1.8",
        "2020-01-03,2020-01-09,1.81",  # seen after the hour of the release: not before the next one
    ]


def test_what_has_no_place_in_the_layout_is_told(tmp_path: Path, path: Path) -> None:
    names = ("SPY/close", "SPY/adj_close", "SPY/volume", "SPY/dividend", "SPY/split", "NOBODY", "IRX")
    with Store.open(path) as store:
        store.append([fetched(name, ["2020-01-02"], ["2020-01-02T21:00"], [2.5]) for name in names])
        exported = export_files(store, tmp_path / "out")
    assert exported.left_out == ("NOBODY", "SPY/dividend", "SPY/split")
    assert (tmp_path / "out" / "prices" / "SPY.csv").read_text().splitlines()[1:] == ["2020-01-02,,,,2.5,2.5,2.5"]
    assert (tmp_path / "out" / "prices" / "IRX.csv").read_text().splitlines()[1:] == ["2020-01-02,,,,2.5,2.5,"]


def test_an_export_does_not_mix_with_what_is_there(tmp_path: Path, path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with Store.open(path) as store, pytest.raises(OutputError, match=r"is not empty: it holds notes\.txt"):
        export_files(store, folder)


@given(st.floats(allow_infinity=False))
def test_a_number_reads_back_to_the_same_float(value: float) -> None:
    (text,) = _numbers(np.array([value]))
    assert (text == "") == math.isnan(value)
    if text:
        assert np.array([float(text)]).tobytes() == np.array([value]).tobytes()
