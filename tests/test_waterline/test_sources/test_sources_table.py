"""The CSV reader: what it accepts comes through exactly, what it refuses is named by line."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.errors import ConfigError, DataError
from waterline.sources.table import Folder, InputFile, Schema, check_increasing, read_table

SCHEMA: Schema = {"date": "date", "value": "number"}
MISSING = ("", ".")
AsFile = Callable[[str], InputFile]

numbers = st.floats(allow_nan=False, allow_infinity=False)
days = st.dates(dt.date(1850, 1, 1), dt.date(2045, 12, 31))


def in_memory(text: str) -> InputFile:
    raw = text.encode()
    return InputFile("x.csv", "x.csv", raw, hashlib.sha256(raw).hexdigest())


@given(st.dictionaries(days, st.one_of(numbers, st.sampled_from(MISSING)), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_valid_rows_come_back_exactly(cells: dict[dt.date, float | str], newline: str) -> None:
    rows = sorted(cells.items())
    text = newline.join(["date,value", *(f"{day},{value}" for day, value in rows)])
    table = read_table(in_memory(text), SCHEMA, MISSING)
    assert table["date"].tolist() == [day for day, _ in rows]
    expected = np.array([np.nan if isinstance(value, str) else value for _, value in rows])
    assert table["value"].tobytes() == expected.tobytes() or np.array_equal(table["value"], expected, equal_nan=True)
    check_increasing(table)


@given(
    st.lists(days, min_size=2, max_size=30, unique=True).map(sorted),
    st.text(alphabet="abcxyz %,'-e_", min_size=1).filter(
        lambda text: text.strip() not in ("", "-", "e") or "," in text
    ),
    st.data(),
)
def test_a_cell_that_is_no_number_is_named_by_its_line(stamps: list[dt.date], word: str, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, len(stamps) - 1))
    quoted = '"' + word.replace('"', "") + '"'
    lines = [f"{day},{quoted if i == bad else 1.5}" for i, day in enumerate(stamps)]
    with pytest.raises(DataError, match=rf"^x\.csv: line {bad + 2} \({stamps[bad]}\): value is .*not a number"):
        read_table(in_memory("\n".join(["date,value", *lines])), SCHEMA, MISSING)


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999", "1_000", "1,5", "5.25%", "0x10", "n/a", "None"])
def test_words_that_some_parsers_take_for_numbers_are_refused(as_file: AsFile, word: str) -> None:
    with pytest.raises(DataError, match=r"line 3 \(2020-01-03\): value is"):
        read_table(as_file(f'date,value\n2020-01-02,1\n2020-01-03,"{word}"\n'), SCHEMA, MISSING)


@pytest.mark.parametrize("word", ["", "2020-13-01", "2020-02-30", "02/01/2020", "20200102", "2020-1-2", "yesterday"])
def test_impossible_dates_are_named_by_their_line(as_file: AsFile, word: str) -> None:
    with pytest.raises(DataError, match=r"line 3: date is .*Write dates as"):
        read_table(as_file(f"date,value\n2020-01-02,1\n{word},2\n"), SCHEMA, MISSING)


@pytest.mark.parametrize("day", ["0020-01-02", "3025-01-02"])
def test_a_slip_in_the_year_is_refused(as_file: AsFile, day: str) -> None:
    with pytest.raises(DataError, match=rf"line 2 \({day}\): date lies outside 1850-01-01 to 2045-12-31"):
        read_table(as_file(f"date,value\n{day},1\n"), SCHEMA, MISSING)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("date,value\n", "has a header but no rows"),
        ("DATE,DGS10\n2020-01-02,1\n", "the header is 'DATE,DGS10'.*Make it 'date,value'"),
        ("value,date\n1,2020-01-02\n", "the header is 'value,date'"),
        ("<!DOCTYPE html>\n<html>", "the header is '<!DOCTYPE html>'"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:ab", "the header is 'version https://git-lfs"),
        ("date,value\n2020-01-02,1\n2020-01-03\n", "line 3: has 1 cells where the header has 2"),
        ("date,value\n2020-01-02,1,2\n", "line 2: has 3 cells where the header has 2"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(as_file: AsFile, text: str, problem: str) -> None:
    with pytest.raises(DataError, match=rf"^data/fred/X\.csv: {problem}"):
        read_table(as_file(text), SCHEMA, MISSING)


def test_text_that_is_not_unicode_is_refused() -> None:
    raw = "date,value,name\n2020-01-02,1,Société\n".encode("latin-1")
    with pytest.raises(DataError, match=r"is no readable CSV: .*invalid UTF8"):
        read_table(InputFile("x.csv", "x.csv", raw, ""), {**SCHEMA, "name": "text"})


def test_a_row_beyond_the_table_has_no_line(as_file: AsFile) -> None:
    with pytest.raises(IndexError):
        read_table(as_file("date,value\n2020-01-02,1\n"), SCHEMA).line(1)


def test_lines_are_counted_as_an_editor_does(as_file: AsFile) -> None:
    table = read_table(as_file("\ufeffdate,value\n2020-01-02,1\n\n\n2020-01-03,2\n"), SCHEMA, MISSING)
    assert table["value"].tolist() == [1, 2]
    assert table.line(1) == 5


def test_a_repeated_date_names_both_lines(as_file: AsFile) -> None:
    table = read_table(as_file("date,value\n2020-01-02,1\n2020-01-03,2\n2020-01-03,3\n"), SCHEMA, MISSING)
    with pytest.raises(DataError, match=r"line 4 \(2020-01-03\): this date stands on line 3 already"):
        check_increasing(table)


def test_dates_that_run_backwards_name_both_lines(as_file: AsFile) -> None:
    table = read_table(as_file("date,value\n2020-01-03,1\n2020-01-06,2\n2020-01-02,3\n"), SCHEMA, MISSING)
    with pytest.raises(DataError, match=r"line 4 \(2020-01-02\): comes after 2020-01-06 on line 3"):
        check_increasing(table)


@given(st.lists(st.tuples(st.sampled_from("AB"), days), min_size=1, max_size=20))
def test_groups_are_checked_each_by_itself(rows: list[tuple[str, dt.date]]) -> None:
    text = "\n".join(["date,value,name", *(f"{day},1,{name}" for name, day in rows)])
    table = read_table(in_memory(text), {**SCHEMA, "name": "text"})
    groups = [[day for name, day in rows if name == key] for key in "AB"]
    if all(group == sorted(set(group)) for group in groups):
        check_increasing(table, group="name")
    else:
        with pytest.raises(DataError):
            check_increasing(table, group="name")


def test_what_is_hashed_is_what_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "X.csv"
    path.write_bytes(b"date,value\r\n2020-01-02,1\r\n")
    file = Folder.at(tmp_path).require("X.csv")
    assert file.data == path.read_bytes()
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_folder_names_its_nearest_sibling(tmp_path: Path) -> None:
    (tmp_path / "market_data").mkdir()
    with pytest.raises(ConfigError, match=r"marketdata: no such folder\..*Did you mean 'market_data'"):
        Folder.at(tmp_path / "marketdata")


def test_a_file_in_place_of_the_folder_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ConfigError, match="is a file, not a folder"):
        Folder.at(tmp_path / "data")


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "DGS10.csv").write_text("date,value\n")
    with pytest.raises(DataError, match=r"DSG10\.csv: no such file\. Did you mean 'DGS10\.csv'"):
        Folder.at(tmp_path).require("DSG10.csv")


def test_a_folder_in_place_of_a_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "DGS10.csv").mkdir()
    with pytest.raises(DataError, match=r"DGS10\.csv: cannot be read"):
        Folder.at(tmp_path).require("DGS10.csv")


def test_home_and_the_current_directory_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert Folder.at(Path("~/data")).root == tmp_path / "data"
    assert Folder.at(Path("data")).root.resolve() == (tmp_path / "data").resolve()
