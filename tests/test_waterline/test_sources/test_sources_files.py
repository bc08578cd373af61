"""The folder source: what is required, what may be missing, and what is recorded about the files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from waterline.errors import ConfigError, DataError
from waterline.sources import ClassicSource, FilesSource, Loaded, Request, SourceConfig

DAYS = ("2020-01-02", "2020-01-03", "2020-01-06")


def request(*series: str, assets: tuple[str, ...] = (), bill_rate: str = "IRX") -> Request:
    return Request(series=frozenset(series), assets=frozenset(assets), bill_rate=bill_rate)


def load(data: Any, *series: str, assets: tuple[str, ...] = (), bill_rate: str = "IRX") -> Loaded:
    return FilesSource(path=data.root).load(request(*series, assets=assets, bill_rate=bill_rate))


def test_everything_asked_for_is_found_under_its_name(data: Any) -> None:
    data.bills()
    data.fred("DGS10", [("2020-01-02", 1.88)])
    for ticker in ("SPY", "HYG"):
        data.prices(ticker, DAYS, [10, 11, 12])
    data.facts("MSFT", [("2019-12-31", "2020-01-29", 3545000000, "Capex", "10-Q")])
    data.facts("MSFT_ocf", [("2019-12-31", "2020-01-29", 10680000000, "Cash", "10-Q")])
    loaded = load(data, "DGS10", "HYG", "MSFT/capex", "MSFT/ocf", assets=("SPY",))
    assert set(loaded.series) == {"IRX", "DGS10", "MSFT/capex", "MSFT/capex_definition", "MSFT/ocf"}
    assert set(loaded.bars) == {"SPY", "HYG"}
    assert loaded.missing == ()
    assert loaded.notices == ()


def test_the_digest_of_every_file_that_was_read_is_recorded_and_no_other(data: Any) -> None:
    paths = [data.bills(), data.fred("DGS10", [("2020-01-02", 1.88)]), data.prices("SPY", DAYS, [10, 11, 12])]
    data.fred("DGS2", [("2020-01-02", 1.5)])
    loaded = load(data, "DGS10", assets=("SPY",))
    assert loaded.files == {
        path.relative_to(data.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
    }


def test_an_absent_optional_name_is_listed_not_refused(data: Any) -> None:
    data.bills()
    loaded = load(data, "SOFR99", "HYG", "ORCL/net_borrowing", "MSFT/capex_definition")
    assert loaded.missing == ("HYG", "MSFT/capex_definition", "ORCL/net_borrowing", "SOFR99")
    assert loaded.notices == ()


def test_a_name_that_means_nothing_is_told_with_the_nearest(data: Any) -> None:
    data.bills()
    loaded = load(data, "DSG10")
    assert loaded.missing == ("DSG10",)
    assert [(notice.subject, "Did you mean 'DGS10'?" in notice.text) for notice in loaded.notices] == [("DSG10", True)]


def test_a_broken_optional_file_is_refused_all_the_same(data: Any) -> None:
    data.bills()
    data.write("fred/DGS10.csv", "")
    with pytest.raises(DataError, match=r"DGS10\.csv: is empty"):
        load(data, "DGS10")


def test_a_missing_required_asset_names_the_nearest_file(data: Any) -> None:
    data.bills()
    data.prices("GOOGL", DAYS, [10, 11, 12])
    with pytest.raises(DataError, match=r"prices/GLD\.csv: no such file\.") as caught:
        load(data, assets=("GLD",))
    assert "GOOGL.csv" in str(caught.value)


def test_an_asset_that_the_catalog_does_not_know_is_refused(data: Any) -> None:
    data.bills()
    with pytest.raises(ConfigError, match="Did you mean 'BTC-USD'"):
        load(data, assets=("BTCUSD",))


def test_a_missing_bill_rate_names_file_and_nearest(data: Any) -> None:
    data.fred("DGS3MO", [("2020-01-02", 1.5)])
    with pytest.raises(DataError, match=r"fred/DTB3\.csv: no such file\. Did you mean 'DGS3MO\.csv'|fred/DTB3\.csv"):
        load(data, bill_rate="DTB3")
    with pytest.raises(DataError, match=r"prices/IRX\.csv: no such file"):
        load(data)


def test_a_bill_rate_outside_the_catalog_is_refused(data: Any) -> None:
    data.bills()
    with pytest.raises(DataError, match="Did you mean 'DGS3MO'"):
        load(data, bill_rate="DGS3M")


def test_vintages_are_read_instead_of_the_latest_revision(data: Any) -> None:
    data.bills()
    data.fred("NFCI", [("2026-03-06", -0.1)])
    vintages = data.write(
        "fred/vintages/NFCI.csv",
        "date,realtime_start,value\n2026-03-06,2026-03-11,-0.5\n2026-03-06,2026-03-18,-0.6\n",
    )
    loaded = load(data, "NFCI")
    assert loaded.series["NFCI"].value.tolist() == [-0.5, -0.6]
    assert loaded.series["NFCI"].point_in_time
    assert set(loaded.files) == {"prices/IRX.csv", vintages.relative_to(data.root).as_posix()}


def test_the_same_files_give_the_same_answer(data: Any) -> None:
    data.bills()
    data.fred("DGS10", [("2020-01-02", 1.88), ("2020-01-03", 1.8)])
    first, second = load(data, "DGS10"), load(data, "DGS10")
    assert first.series["DGS10"].value.tobytes() == second.series["DGS10"].value.tobytes()
    assert first.files == second.files
    assert first.notices == second.notices


def test_errors_show_the_path_as_the_user_wrote_it(data: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data.write("prices/IRX.csv", "")
    monkeypatch.chdir(data.root.parent)
    with pytest.raises(DataError) as caught:
        FilesSource(path=Path("data")).load(request())
    assert caught.value.source == str(Path("data/prices/IRX.csv"))


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere: no such folder\."):
        FilesSource(path=tmp_path / "nowhere").load(request())


def test_kind_chooses_the_source() -> None:
    adapter = TypeAdapter(SourceConfig)
    assert isinstance(adapter.validate_python({"kind": "classic"}), ClassicSource)
    assert adapter.validate_python({"kind": "files", "path": "x"}) == FilesSource(path=Path("x"))


@pytest.mark.parametrize("given", [{"kind": "yahoo"}, {"kind": "files"}, {"kind": "classic", "path": "x"}, {}])
def test_what_no_source_understands_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SourceConfig).validate_python(given)
