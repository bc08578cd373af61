"""A storage that cannot be used is told in a sentence, and its password nowhere."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import postgres

from waterline.config.tuning import TuneConfig
from waterline.tuning.identity import Identity
from waterline.tuning.shared import Plan, create_study, join
from waterline.tuning.storage import Address, StorageError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server with a password."""
    folder = postgres.programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: no initdb in the path nor below /usr/lib/postgresql")
    with postgres.running(folder) as port:
        yield f"postgresql://{postgres.USER}:{postgres.QUOTED}@127.0.0.1:{port}/studies"


def whole_chain(error: BaseException) -> str:
    """All that a traceback, or a look at the chained exceptions, could show."""
    shown = "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        shown += repr(seen) + repr(vars(seen))
        seen = seen.__cause__ or seen.__context__
    return shown


def without_secret(error: BaseException) -> bool:
    """Whether neither the password nor a part of it that its odd characters divide is in the error."""
    shown = whole_chain(error)
    return not any(part in shown for part in (postgres.PASSWORD, postgres.QUOTED, "n0t", "s3cret", "tide"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("n0t", "no", "refuses this user or password"),
        ("captain", "pirate", "refuses this user or password"),
        ("/studies", "/nowhere", "has no database of this name"),
        ("/studies", "/postgres", "holds no studies"),
        ("%40", "@", "In a password, write"),
        ("postgresql", "mysql", "In a password, write"),
        ("127.0.0.1:", "127.0.0.1:port", "In a password, write"),
    ],
)
def test_a_storage_that_cannot_be_used_is_told_without_its_password(server: str, old: str, new: str, said: str) -> None:
    with pytest.raises(StorageError, match=said) as caught:
        join(server.replace(old, new), "demo")
    assert caught.value.exit_code == 2
    assert without_secret(caught.value)


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    address = f"postgresql://{postgres.USER}:{postgres.QUOTED}@127.0.0.1:1/studies"
    with pytest.raises(
        StorageError, match=r"postgresql://captain:\*\*\*@127.0.0.1:1/studies does not answer"
    ) as caught:
        create_study(
            address, "demo", TuneConfig(space={"x": {"float": (0, 1)}}), Plan(Identity("c", "d", 0, 8), "{}", [[]])
        )
    assert without_secret(caught.value)


def test_without_a_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StorageError, match=r"pip install 'waterline\[postgres\]'") as caught:
        join(f"postgresql://{postgres.USER}:{postgres.QUOTED}@127.0.0.1:1/studies", "demo")
    assert without_secret(caught.value)


def test_files_that_are_no_database_are_told(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database\n" * 100, encoding="ascii")
    for name, said in (("text.db", "is not a database"), ("absent.db", "There is no file"), ("", "cannot be opened")):
        with pytest.raises(StorageError, match=said):
            join(f"sqlite:///{tmp_path / name}", "demo")
    assert not (tmp_path / "absent.db").exists()
    for address in ("sqlite://", "sqlite:///:memory:", "studies.db", ""):
        with pytest.raises(StorageError, match="is not postgresql://"):
            join(address, "demo")


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=4, max_size=12), st.booleans())
def test_an_address_never_shows_its_password(secret: str, is_escaped: bool) -> None:
    secret = f"Q{secret}Z"
    written = quote(secret, safe="") if is_escaped else secret
    text = f"postgres://captain:{written}@host:5432/studies?sslmode=require&password={written}"
    shown = "postgresql://captain:***@host:5432/studies"
    if is_escaped or "@" not in secret:
        address = Address.read(text)
        assert (str(address), repr(address)) == (shown, f"Address({shown})")
    else:
        with pytest.raises(StorageError, match="In a password, write") as caught:
            Address.read(text)
        assert secret not in whole_chain(caught.value)
