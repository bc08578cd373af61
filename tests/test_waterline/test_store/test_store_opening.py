"""Opening the file: made whole, shared, waited for, brought up to date, refused when it cannot be trusted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from waterline.errors import DataError
from waterline.store import Fetch, Rows, Store, StoreBusyError, StoreError, default_path, schema

MakeRows = Callable[..., Rows]
HOLD = """
import sys
from pathlib import Path
from waterline.store import Store
with Store.open(Path(sys.argv[1]), read_only=sys.argv[2] == "reader"):
    print("open", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(path: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the store open until it is let go."""
    command = [sys.executable, "-c", HOLD, str(path), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.communicate()


def test_a_new_store_appears_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "store.duckdb"
    with Store.open(path) as store:
        assert store.names() == frozenset()
    assert [child.name for child in path.parent.iterdir()] == ["store.duckdb"]


def test_the_default_lies_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in default_path().parents
    assert default_path().name == "store.duckdb"
    with Store.open() as store:
        assert store.path == default_path()


def test_a_reader_does_not_make_a_store(path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no store here yet\. Fill one with `waterline fetch CONFIG` or"):
        Store.open(path, read_only=True)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be created: "):
        Store.open(tmp_path / "file" / "store.duckdb")


def test_a_reader_cannot_write(filled: Path, rows: MakeRows) -> None:
    with Store.open(filled, read_only=True) as store, pytest.raises(duckdb.Error, match="read-only"):
        store.append([rows("A", ["2021-01-01"], ["2021-01-02"], [1])])


def test_readers_share_the_store(filled: Path) -> None:
    with held(filled, "reader"), Store.open(filled, read_only=True, patience_seconds=0) as store:
        assert store.names() == {"A", "B"}


@pytest.mark.parametrize("read_only", [True, False])
def test_who_holds_the_store_is_told_at_once_and_named_in_the_end(filled: Path, read_only: bool) -> None:
    said: list[tuple[float, str]] = []
    with held(filled, "writer") as holder:
        start = time.monotonic()
        with pytest.raises(StoreBusyError) as caught:
            Store.open(
                filled,
                read_only=read_only,
                patience_seconds=0.7,
                say=lambda text: said.append((time.monotonic() - start, text)),
            )
        waited = time.monotonic() - start
    assert [text for _, text in said] == [f"store is in use by pid {holder.pid}, waiting …"]
    assert said[0][0] < 0.5
    assert 0.7 <= waited < 5
    assert caught.value.pid == holder.pid
    assert caught.value.exit_code == 3
    assert f"in use by pid {holder.pid}" in str(caught.value)
    assert f"Wait until pid {holder.pid} ends" in str(caught.value)


def test_patience_is_rewarded(filled: Path) -> None:
    with held(filled, "writer") as holder:
        said: list[str] = []

        def let_go(text: str) -> None:
            said.append(text)
            assert holder.stdin is not None
            holder.stdin.close()
            holder.stdin = None

        with Store.open(filled, patience_seconds=30, say=let_go) as store:
            assert store.names() == {"A", "B"}
    assert len(said) == 1


def test_a_store_that_is_open_for_writing_here_is_not_waited_for(filled: Path) -> None:
    with Store.open(filled), pytest.raises(StoreError, match="open for writing in this very process"):
        Store.open(filled, read_only=True, patience_seconds=60)


LAYOUT_1 = """
    CREATE TABLE observations (
        series VARCHAR NOT NULL, period DATE NOT NULL, available_at TIMESTAMP NOT NULL, recorded_at TIMESTAMP NOT NULL,
        value DOUBLE NOT NULL, source VARCHAR NOT NULL, vintage DATE NOT NULL
    );
    CREATE TABLE fetches (
        series VARCHAR NOT NULL, provider VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL,
        finished_at TIMESTAMP NOT NULL, rows_new BIGINT NOT NULL, revised BIGINT NOT NULL, state VARCHAR NOT NULL,
        message VARCHAR NOT NULL
    );
    CREATE TABLE meta (schema_version INTEGER NOT NULL);
    INSERT INTO meta VALUES (1);
    INSERT INTO observations VALUES (
        'DGS10', '2020-01-02', '2020-01-03 21:40:00', '2020-02-01 00:00:00', 1.88, 'fred', '2020-01-03'
    );
    INSERT INTO fetches VALUES ('DGS10', 'fred', '2020-02-01', '2020-02-01', 1, 0, 'fresh', 'as it was');
"""


def write_layout_1(path: Path) -> None:
    """A store as the first layout had it: fetches without markers."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(LAYOUT_1)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_store_of_the_first_layout_is_brought_up_to_date(path: Path, read_only: bool) -> None:
    write_layout_1(path)
    with Store.open(path, read_only=read_only) as store:
        assert store.read(["DGS10"])["DGS10"].value.tolist() == [1.88]
        fetch = store.last_fetch("DGS10")
        assert fetch is not None
        assert (fetch.message, fetch.marker) == ("as it was", "")
        assert schema.version(store._database) == schema.VERSION == 2
    with Store.open(path) as store:
        store.log(Fetch("DGS10", "fred", fetch.started_at, fetch.finished_at, 0, 0, "fresh", marker="etag"))
        again = store.last_fetch("DGS10")
        assert again is not None
        assert again.marker == "etag"


def test_a_migration_that_fails_leaves_the_old_layout(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_layout_1(path)
    broken = {1: (*schema.MIGRATIONS[1], "ALTER TABLE nowhere ADD COLUMN x VARCHAR")}
    monkeypatch.setattr(schema, "MIGRATIONS", broken)
    with pytest.raises(duckdb.CatalogException):
        Store.open(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("SELECT max(schema_version) FROM meta").fetchall() == [(1,)]
        columns = connection.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'fetches'").fetchall()
    assert ("marker",) not in columns


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_layout_is_refused_and_left_alone(filled: Path, read_only: bool) -> None:
    with duckdb.connect(str(filled)) as connection:
        connection.execute("INSERT INTO meta VALUES (99)")
    before = filled.read_bytes()
    with pytest.raises(StoreError, match=r"has layout 99, newer than the 2 .* Update Waterline; the file is untouched"):
        Store.open(filled, read_only=read_only)
    assert filled.read_bytes() == before


def test_the_file_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE cats (name VARCHAR)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="no store of Waterline"):
        Store.open(path)
    assert path.read_bytes() == before
