"""FRED's keyless download: the latest revision, marked so, with the same care for what is stored."""

from __future__ import annotations

import datetime as dt

import pytest
from servers.fred import JUNE, SITE, FredServer, yields
from servers.net import Reply
from servers.stored import Stored

from waterline.catalog import SERIES
from waterline.providers.base import BadAnswer, Provider, ProviderError, RateLimited, ServerFault, UnknownSeries
from waterline.providers.fred import FredProvider
from waterline.providers.fred_csv import FredCsvProvider
from waterline.providers.http import Client

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def download(quick: Client) -> FredCsvProvider:
    return FredCsvProvider(quick, lambda: dt.datetime(2024, 6, 28, 21, tzinfo=dt.UTC))


def test_it_serves_what_fred_serves(download: FredCsvProvider, provider: FredProvider) -> None:
    stand_in: Provider = download
    assert stand_in.name == "fred-csv"
    assert [n for n in SERIES if download.serves(n)] == [n for n in SERIES if provider.serves(n)]


def test_it_gives_the_same_values_as_the_service(
    fred: FredServer, download: FredCsvProvider, provider: FredProvider
) -> None:
    fred.publish("DGS10", JUNE[-1], [(JUNE[3], ".")])
    (rows,), (others,) = download.fetch("DGS10", None).rows, provider.fetch("DGS10", None).rows
    assert rows.source == "fred-csv"
    assert len(rows) == 9
    assert rows.period.tolist() == others.period.tolist()
    assert rows.value.tolist() == others.value.tolist()
    assert rows.available_at.tolist() == others.available_at.tolist()


def test_a_revised_series_is_marked_as_its_latest_revision(fred: FredServer, download: FredCsvProvider) -> None:
    for day, text in ((dt.date(2024, 4, 25), "28000.1"), (dt.date(2024, 5, 30), "28100.2")):
        fred.publish("GDP", day, [(dt.date(2024, 1, 1), text)])
    fetched = download.fetch("GDP", None)
    assert fetched.rows[0].value.tolist() == [28100.2]
    assert "latest revision only" in fetched.notices[0].text
    assert download.fetch("DGS10", None).notices == ()


def test_a_second_fetch_asks_for_a_few_weeks_and_sees_changes(fred: FredServer, download: FredCsvProvider) -> None:
    stored = Stored()
    stored.take(download.fetch("DGS10", None))
    assert download.fetch("DGS10", stored.known()).rows == ()
    assert fred.net.log[-1].query["cosd"] == "2024-06-03"
    fred.publish("DGS10", dt.date(2024, 6, 18), [(JUNE[2], "9"), (dt.date(2024, 6, 17), "4.2")])
    fetched = download.fetch("DGS10", stored.known())
    assert stored.take(fetched) == 2
    assert "2024-06-05 was 4.02 and is 9" in fetched.notices[0].text


HEADER = b"observation_date,DGS10\n"


@pytest.mark.parametrize(
    ("reply", "kind", "problem"),
    [
        (Reply(b"<html>Too Many Requests", 429), RateLimited, "answered 429"),
        (Reply(b"<html>Bad Gateway</html>", 502), ServerFault, "answered 502 .'Bad Gateway'"),
        (Reply(b"<html>We will be back</html>"), ServerFault, "web page in place of data .'We will be back'"),
        (Reply(b"nothing", 403), ServerFault, "answered 403"),
        (Reply(b""), BadAnswer, "the columns of an empty file"),
        (Reply(b"observation_date,DGS2\n2024-06-03,1\n"), BadAnswer, "the columns observation_date, DGS2"),
        (Reply(HEADER), BadAnswer, "sent no value"),
        (Reply(HEADER + b"2024-06-03,.\n2024-06-04,\n"), BadAnswer, "sent no value"),
        (Reply(HEADER + b"2024-06-03,4.0\n2024-06-04,4"), BadAnswer, "breaks off in its line 3"),
        (Reply(HEADER + b"2024-06-03,4.0\n2024-06\n"), BadAnswer, "dates or numbers that are none"),
        (Reply(HEADER + b"2024-06-03,high\n"), BadAnswer, "dates or numbers that are none"),
        (Reply(HEADER + b"2024-06-03,inf\n"), BadAnswer, "dates or numbers that are none"),
        (Reply(HEADER + b"2024-06-04,4\n2024-06-03,4\n"), BadAnswer, "2024-06-03 after 2024-06-04: repeated or out"),
        (Reply(HEADER + b"2024-06-04,4\n2024-06-04,4\n"), BadAnswer, "2024-06-04 after 2024-06-04: repeated or out"),
    ],
)
def test_faults_are_named(
    fred: FredServer, download: FredCsvProvider, reply: Reply, kind: type[ProviderError], problem: str
) -> None:
    fred.net.fail(SITE, reply)
    with pytest.raises(kind, match=problem):
        download.fetch("DGS10", None)


def test_an_unknown_series(fred: FredServer, download: FredCsvProvider) -> None:
    with pytest.raises(UnknownSeries, match="Page not found"):
        download.fetch("DGS30", None)
    with pytest.raises(UnknownSeries, match="no such id"):
        download.fetch("DGS10,DGS2", None)


def test_half_the_rows_of_a_second_fetch(fred: FredServer, download: FredCsvProvider) -> None:
    stored = Stored()
    stored.take(download.fetch("DGS10", None))
    fred.publish("DGS10", dt.date(2024, 6, 18), yields([dt.date(2024, 6, 17)]))
    fred.net.fail(SITE, lambda true: Reply(b"".join(true.body.splitlines(keepends=True)[:6])))
    with pytest.raises(BadAnswer, match="left out 5 stored values from 2024-06-10 to 2024-06-14"):
        download.fetch("DGS10", stored.known())
