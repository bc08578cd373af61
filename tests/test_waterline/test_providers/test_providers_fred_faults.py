"""What FRED can do wrong, through the real fredapi: each fault is named, and the next fetch goes on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from servers.chains import everything_it_holds
from servers.fred import API, KEY, FredServer
from servers.net import Reply
from servers.stored import Stored

from waterline.providers.base import BadAnswer, ProviderError, RateLimited, ServerFault, Unreachable
from waterline.providers.fred import FredProvider

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

OBSERVATIONS = "/observations"
FAULTS: list[tuple[str, Reply, type[ProviderError], str]] = [
    ("429", Reply(b"<html>Too Many Requests</html>", 429), RateLimited, "answered 429 .'Too Many Requests'"),
    ("429-asking", Reply(b"", 429, headers={"Retry-After": "900"}), RateLimited, "asks to wait 900 s"),
    ("500-xml", Reply(b'<error code="500" message="Internal Server Error"/>', 500), ServerFault, "answered 500"),
    ("502-html", Reply(b"<html><hr><body>Bad Gateway</html>", 502), ServerFault, "answered 502 .'Bad Gateway'"),
    ("html-200", Reply(b"<!DOCTYPE html><html>Maintenance</html>"), ServerFault, "web page in place of data"),
    ("stall", Reply(stall_s=30), Unreachable, "sent nothing for 0.3 s"),
    ("403", Reply(b"Forbidden", 403), BadAnswer, "answered 403 .'Forbidden'"),
    ("empty-body", Reply(b""), BadAnswer, "no readable XML"),
    ("no-rows", Reply(b'<observations count="0"/>'), BadAnswer, "sent nothing, though it has values from 2024-06-03"),
    (
        "a-row-of-two",
        Reply(b'<observations count="2"><observation date="2024-06-03" value="1"/></observations>'),
        BadAnswer,
        "repeated or out|of 2 rows",
    ),
    (
        "null",
        Reply(b'<observations count="1"><observation date="2024-06-03"/></observations>'),
        BadAnswer,
        "dates or numbers that are none",
    ),
    (
        "no-date",
        Reply(b'<observations><observation date="soon" value="1"/></observations>'),
        BadAnswer,
        "dates or numbers that are none",
    ),
    (
        "no-number",
        Reply(b'<observations><observation date="2024-06-03" value="n/a"/></observations>'),
        BadAnswer,
        "numbers that are none",
    ),
]


@pytest.mark.parametrize(("reply", "kind", "problem"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_faults_are_named_and_the_next_fetch_goes_on(
    fred: FredServer, provider: FredProvider, reply: Reply, kind: type[ProviderError], problem: str, second: bool
) -> None:
    stored = Stored()
    if second:
        stored.take(provider.fetch("DGS10", None))
        fred.publish("DGS10", dt.date(2024, 6, 18), [(dt.date(2024, 6, 17), "4.20")])
    since = stored.known() if second else None
    fred.net.fail(API, reply, path=OBSERVATIONS)
    usual = provider.client.patience
    provider.client.patience = replace(usual, read_s=0.3) if reply.stall_s else usual
    with pytest.raises(kind, match=problem) as told:
        provider.fetch("DGS10", since)
    assert str(told.value).startswith("DGS10: FRED ")
    assert told.value.exit_code == 3
    assert KEY not in everything_it_holds(told.value)
    assert told.value.__context__ is None
    fred.net.recover()
    provider.client.patience = usual
    assert stored.take(provider.fetch("DGS10", since)) == (1 if second else 10)


def test_passing_faults_are_waited_out(fred: FredServer, provider: FredProvider) -> None:
    provider.client.patience = replace(provider.client.patience, attempts=4)
    fred.net.fail(API, Reply(b"<html>", 502), times=1)
    fred.net.fail(API, Reply(b"", 429, headers={"Retry-After": "0"}), times=1)
    fred.net.fail(API, lambda true: Reply(true.body, kind=true.kind, cut=40), times=1)
    assert len(provider.fetch("DGS10", None).rows[0]) == 10


def rows_of(true: Reply) -> list[bytes]:
    return [b"<observation " + row.partition(b"/>")[0] + b"/>" for row in true.body.split(b"<observation ")[1:]]


def with_rows(rows: list[bytes], count: int | None = None) -> Reply:
    return Reply(b'<observations count="%d">%s</observations>' % (count or len(rows), b"".join(rows)), kind="text/xml")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda true: with_rows(rows_of(true)[:5]), r"nothing after 2024-06-07, though it has values to 2024-06-14"),
        (lambda true: with_rows(rows_of(true)[5:]), r"nothing before 2024-06-10, though it has values from 2024-06-03"),
        (lambda true: with_rows(rows_of(true) * 2), r"sent 2024-06-03 after 2024-06-14: repeated or out of order"),
        (lambda true: with_rows(rows_of(true)[::-1]), r"sent 2024-06-13 after 2024-06-14"),
        (lambda true: with_rows(sorted(rows_of(true) + rows_of(true)[3:4])), r"sent 2024-06-06 after 2024-06-06"),
    ],
    ids=["first-half", "second-half", "twice", "backwards", "one-twice"],
)
def test_incomplete_or_disordered_rows_are_refused(
    fred: FredServer, provider: FredProvider, change, problem: str
) -> None:
    fred.net.fail(API, change, path=OBSERVATIONS)
    with pytest.raises(BadAnswer, match=problem):
        provider.fetch("DGS10", None)


def test_fewer_rows_than_counted_are_asked_for_again_and_refused(fred: FredServer, provider: FredProvider) -> None:
    def half(true: Reply) -> Reply:
        return with_rows([] if b'offset="5"' in true.body else rows_of(true)[:5], count=10)

    fred.net.fail(API, half, path=OBSERVATIONS)
    with pytest.raises(BadAnswer, match="sent 5 of 10 rows"):
        provider.fetch("DGS10", None)


def test_a_second_answer_that_skips_stored_values_is_refused(fred: FredServer, provider: FredProvider) -> None:
    stored = Stored()
    stored.take(provider.fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 18), [(dt.date(2024, 6, 17), "4.20")])
    fred.net.fail(API, lambda true: with_rows(rows_of(true)[:2] + rows_of(true)[7:]), path=OBSERVATIONS)
    with pytest.raises(BadAnswer, match="left out 5 stored values from 2024-06-05 to 2024-06-11"):
        provider.fetch("DGS10", stored.known())
