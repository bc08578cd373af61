"""The SEC provider when data.sec.gov fails: each fault has a name, nothing of a broken answer is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers.net import Net, Reply
from servers.sec_documents import ASSETS, CALENDAR_YEARS, PPE, Document, calendar_company
from servers.sec_server import HOST, SecServer

from waterline.errors import WaterlineError
from waterline.providers.base import BadAnswer, RateLimited, ServerFault, UnknownSeries, Unreachable
from waterline.providers.http import Patience
from waterline.providers.limits import RateLimit
from waterline.providers.sec import NotReported, Refused, SecProvider

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CIK = 789019  # MSFT
QUARTERS = 4 * len(CALENDAR_YEARS)
QUICK = Patience(connect_s=1, read_s=0.3, total_s=5, attempts=2, backoff_s=0.01)


@pytest.fixture
def server(net: Net) -> SecServer:
    server = SecServer(net)
    server.add(calendar_company(CIK))
    return server


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[SecProvider]:
    provider = SecProvider("researcher@example.org", RateLimit("sec", 1000, tmp_path), QUICK)
    yield provider
    provider.close()


HTML = Reply(b"<html><body>We are sorry</body></html>", 500)
FAULTS: dict[str, tuple[Reply, type[WaterlineError], str]] = {
    "undeclared": (Reply(b"<html>Undeclared Automated Tool</html>", 403), Refused, "refused.*Undeclared.*contact"),
    "429": (Reply(b"slow down", 429), RateLimited, "answered 429 .*slow down"),
    "429 with an hour": (Reply(b"", 429, headers={"Retry-After": "3600"}), RateLimited, "answered 429"),
    "500": (HTML, ServerFault, "answered 500 .*We are sorry"),
    "page for data": (replace(HTML, status=200), ServerFault, "200 with a page in place of data .*We are sorry"),
    "empty": (Reply(b""), BadAnswer, "sent 0 bytes that are no JSON"),
    "list": (Reply(b"[]"), BadAnswer, "sent 2 bytes that are no JSON"),
    "stall": (Reply(b"{}", stall_s=5), Unreachable, "sent nothing for 0.3 s"),
    "unconditional 304": (Reply(b"", 304), ServerFault, "answered 304"),
    "other shape": (Reply(b'{"facts": []}'), BadAnswer, "unknown shape"),
    "no facts": (Reply(b'{"facts": {}}'), NotReported, f"MSFT reports no quarter of {PPE} or {ASSETS} in US dollars"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_have_names_and_pass(server: SecServer, provider: SecProvider, net: Net, fault: str) -> None:
    reply, kind, said = FAULTS[fault]
    net.fail(HOST, reply, path="companyfacts")
    with pytest.raises(kind, match=said) as caught:
        provider.fetch("MSFT/capex", None)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith("MSFT/capex: SEC ")
    net.recover()
    provider.close()
    assert len(provider.fetch("MSFT/capex", None).rows[0]) == QUARTERS


@pytest.mark.parametrize("path", ["companyfacts", f"submissions/CIK{CIK:010}.json", "submissions-001"])
@pytest.mark.parametrize("cut", ["connection", "document"])
def test_a_document_that_is_cut_off_is_not_used(
    server: SecServer, provider: SecProvider, net: Net, path: str, cut: str
) -> None:
    def half(true: Reply) -> Reply:
        size = len(true.body) // 2
        return replace(true, cut=size) if cut == "connection" else replace(true, body=true.body[:size])

    net.fail(HOST, half, path=path)
    with pytest.raises(BadAnswer, match=r"before the end of its answer|no JSON document, or not all of it"):
        provider.fetch("MSFT/capex", None)


def test_a_passing_fault_is_not_noticed(server: SecServer, provider: SecProvider, net: Net) -> None:
    net.fail(HOST, HTML, times=1)
    assert provider.fetch("MSFT/capex", None).rows


def test_a_server_that_wants_no_contact_of_ours_is_believed(server: SecServer, tmp_path: Path, net: Net) -> None:
    """The stand-in refuses programs without a contact, as the SEC does."""
    plain = SecProvider("researcher@example.org", RateLimit("sec", 1000, tmp_path), QUICK)
    plain._client.headers = {}
    with pytest.raises(Refused, match=r"Undeclared Automated Tool.*Set providers\.contact"):
        plain.fetch("MSFT/capex", None)
    plain.close()


def test_an_unknown_company_is_named(net: Net, provider: SecProvider) -> None:
    SecServer(net)
    with pytest.raises(UnknownSeries, match="MSFT/capex: SEC knows no company facts under this company's number"):
        provider.fetch("MSFT/capex", None)


@pytest.mark.parametrize(
    "broken",
    [{"end": "2012-13-01"}, {"val": None}, {"val": "ten"}, {"val": float("inf")}, {"accn": None}, {"filed": "soon"}],
    ids=str,
)
def test_a_fact_that_is_none_voids_the_answer(
    server: SecServer, provider: SecProvider, broken: dict[str, object]
) -> None:
    found = calendar_company(CIK)
    entry = found["facts"]["us-gaap"][PPE]["units"]["USD"][7]
    entry |= broken
    if broken.get("accn", "") is None:
        del entry["accn"]
    server.put(f"/api/xbrl/companyfacts/CIK{CIK:010}.json", found)
    with pytest.raises(BadAnswer, match=r"MSFT/capex: SEC sent (facts|filings) of an unknown shape"):
        provider.fetch("MSFT/capex", None)


@pytest.mark.parametrize(
    "index",
    [
        {},
        {"filings": {"recent": {}}},
        {"filings": {"recent": [], "files": []}},
        {"filings": {"files": [{"name": "x"}]}},
    ],
    ids=["empty", "no columns", "no table", "no page"],
)
def test_a_list_of_filings_of_another_shape_is_refused(
    server: SecServer, provider: SecProvider, index: Document
) -> None:
    server.put(f"/submissions/CIK{CIK:010}.json", index)
    with pytest.raises(BadAnswer, match="list of filings of an unknown shape"):
        provider.fetch("MSFT/capex", None)


def test_a_page_with_another_kind_of_name_is_not_asked_for(server: SecServer, provider: SecProvider, net: Net) -> None:
    columns: Document = {name: [] for name in ("accessionNumber", "filingDate", "acceptanceDateTime", "form")}
    page = {"name": "../api/elsewhere.json", "filingFrom": "1990-01-01", "filingTo": "2030-01-01"}
    server.put(f"/submissions/CIK{CIK:010}.json", {"filings": {"recent": columns, "files": [page]}})
    with pytest.raises(BadAnswer, match=r"a page named '\.\./api/elsewhere\.json'"):
        provider.fetch("MSFT/capex", None)
    assert len(net.log) == 2
