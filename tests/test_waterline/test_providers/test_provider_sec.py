"""The SEC provider against a local data.sec.gov, with the real client: what it asks, what it makes of the answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from servers.net import Net
from servers.sec_documents import ASSETS, CALENDAR_YEARS, PPE, RECENT, Line, calendar_company, document, history
from servers.sec_server import SecServer

from waterline.providers.base import (
    BadAnswer,
    Fetched,
    Known,
    UnknownSeries,
)
from waterline.providers.http import Patience
from waterline.providers.limits import RateLimit
from waterline.providers.sec import MissingContact, NotReported, SecProvider

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CONTACT = "researcher@example.org"
CIK = 789019  # MSFT
QUICK = Patience(connect_s=1, read_s=0.3, total_s=5, attempts=2, backoff_s=0.01)
QUARTERS = 4 * len(CALENDAR_YEARS)


@pytest.fixture
def server(net: Net) -> SecServer:
    server = SecServer(net)
    server.add(calendar_company(CIK))
    return server


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecProvider]:
    monkeypatch.delenv("WATERLINE_CONTACT", raising=False)
    provider = SecProvider(CONTACT, RateLimit("sec", 1000, tmp_path), QUICK)
    yield provider
    provider.close()


def known(fetched: Fetched) -> Known:
    rows = fetched.rows[0]
    return Known(rows.period.max(), rows.available_at.max(), fetched.marker, fetched.rows)


def paths(net: Net) -> list[str]:
    return [request.path for request in net.log]


def test_quarters_arrive_with_the_instant_of_their_acceptance(server: SecServer, provider: SecProvider) -> None:
    capex, definition = provider.fetch("MSFT/capex", None).rows
    assert (capex.series, definition.series) == ("MSFT/capex", "MSFT/capex_definition")
    assert capex.source == "sec"
    assert capex.period[:4].astype(str).tolist() == ["2012-03-31", "2012-06-30", "2012-09-30", "2012-12-31"]
    assert capex.value[:5].tolist() == [10e6, 20e6, 30e6, 40e6, 11e6]
    assert capex.available_at[0] == np.datetime64("2012-04-25T21:30", "s")
    assert capex.vintage[3] == np.datetime64("2013-02-01")
    assert len(capex.value) == QUARTERS
    assert not definition.value.any()
    assert (definition.available_at == capex.available_at).all()


def test_one_download_serves_all_flows_and_tells_who_asks(server: SecServer, provider: SecProvider, net: Net) -> None:
    provider.fetch("MSFT/capex", None)
    assert provider.fetch("MSFT/ocf", None).rows[0].series == "MSFT/ocf"
    borrowed, *concepts = provider.fetch("MSFT/net_borrowing", None).rows
    assert borrowed.series == "MSFT/net_borrowing"
    assert [rows.series for rows in concepts] == ["MSFT/net_borrowing/LongTermDebt"]
    assert borrowed.value[:2].tolist() == [40e6, 60e6]
    assert paths(net) == [
        f"/api/xbrl/companyfacts/CIK{CIK:010}.json",
        f"/submissions/CIK{CIK:010}.json",
        f"/submissions/CIK{CIK:010}-submissions-001.json",
    ]
    assert {request.headers["user-agent"] for request in net.log} == {f"Waterline {CONTACT}"}


def test_older_pages_are_read_only_where_they_are_needed(server: SecServer, provider: SecProvider, net: Net) -> None:
    server.add(document(CIK, history(years=range(2016, 2016 + RECENT // 4))))
    provider.fetch("MSFT/capex", None)
    assert len(paths(net)) == 2


def test_an_acceptance_that_is_not_listed_is_the_end_of_the_filing_day(
    server: SecServer, provider: SecProvider
) -> None:
    server.add(calendar_company(CIK), accepted=lambda filed: f"{filed}T20:05:00.000Z")
    server.put(
        f"/submissions/CIK{CIK:010}-submissions-001.json",
        {"accessionNumber": [], "filingDate": [], "acceptanceDateTime": [], "form": []},
    )
    (capex, _) = provider.fetch("MSFT/capex", None).rows
    assert capex.available_at[0] == np.datetime64("2012-04-25T21:30", "s")
    assert capex.available_at[-2] == np.datetime64("2024-10-25T20:05", "s")


def test_nothing_new_costs_one_conditional_request_a_company(
    server: SecServer, provider: SecProvider, net: Net
) -> None:
    flows = ("MSFT/capex", "MSFT/ocf", "MSFT/net_borrowing")
    first = {flow: known(provider.fetch(flow, None)) for flow in flows}
    provider.close()
    net.log.clear()
    again = {flow: provider.fetch(flow, first[flow]) for flow in flows}
    assert all(fetched.rows == () and fetched.marker == first[flow].marker for flow, fetched in again.items())
    (request,) = net.log
    assert request.headers["if-none-match"]


def test_without_validators_equal_bytes_are_nothing_new(server: SecServer, provider: SecProvider, net: Net) -> None:
    server.validators = False
    first = known(provider.fetch("MSFT/capex", None))
    provider.close()
    net.log.clear()
    assert provider.fetch("MSFT/capex", first).rows == ()
    assert len(net.log) == 1


def test_a_flow_asked_for_later_is_read_whole(server: SecServer, provider: SecProvider) -> None:
    first = known(provider.fetch("MSFT/capex", None))
    provider.close()
    assert provider.fetch("MSFT/capex", first).rows == ()
    assert len(provider.fetch("MSFT/ocf", None).rows[0]) == QUARTERS


def test_a_marker_of_other_rules_counts_for_nothing(server: SecServer, provider: SecProvider, net: Net) -> None:
    first = known(provider.fetch("MSFT/capex", None))
    for marker in (first.marker.replace('"rules": 1', '"rules": 0'), "no json", "7", ""):
        provider.close()
        net.log.clear()
        assert len(provider.fetch("MSFT/capex", replace(first, marker=marker)).rows[0]) == QUARTERS
        assert "if-none-match" not in net.log[0].headers


def test_a_new_report_and_a_restatement_arrive_as_new_rows(server: SecServer, provider: SecProvider) -> None:
    first = provider.fetch("MSFT/capex", None)
    provider.close()
    news = [
        Line(PPE, "2025-01-01", "2025-03-31", 25e6, "2025-04-25"),
        Line(PPE, "2024-01-01", "2024-03-31", 23e6, "2025-04-25"),
    ]
    server.add(calendar_company(CIK, *news))
    second = provider.fetch("MSFT/capex", known(first))
    keys = [
        set(zip(rows.period.tolist(), rows.available_at.tolist(), rows.value, strict=True))
        for rows in (first.rows[0], second.rows[0])
    ]
    assert keys[0] < keys[1]
    assert sorted(value for _, _, value in keys[1] - keys[0]) == [23e6, 25e6]
    assert any("1 figures were restated" in notice.text for notice in second.notices)


@pytest.mark.parametrize(
    "contact", [None, "", "  ", "me", "me@home", "me @home.org", "a@b.c\r\nX-Injected: 1", "mé@b.org"]
)
def test_a_missing_or_strange_contact_is_the_users_mistake(
    server: SecServer, provider: SecProvider, net: Net, tmp_path: Path, contact: str | None
) -> None:
    with pytest.raises(MissingContact, match=r"providers\.contact: .*WATERLINE_CONTACT") as caught:
        SecProvider(contact, RateLimit("sec", 1000, tmp_path), QUICK).fetch("MSFT/capex", None)
    assert caught.value.exit_code == 2
    assert net.log == []


def test_the_environment_stands_in_for_the_contact(
    server: SecServer, provider: SecProvider, net: Net, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATERLINE_CONTACT", "other@example.net")
    other = SecProvider(None, RateLimit("sec", 1000, tmp_path), QUICK)
    assert other.fetch("MSFT/capex", None).rows
    other.close()
    assert net.log[0].headers["user-agent"] == "Waterline other@example.net"


def test_what_is_served_is_known_without_asking(provider: SecProvider) -> None:
    asked = (
        "MSFT/capex",
        "ORCL/ocf",
        "META/net_borrowing",
        "MSFT",
        "MSFT/",
        "TSLA/capex",
        "DGS10",
        "MSFT/capex_definition",
    )
    assert [provider.serves(name) for name in asked] == [True, True, True, False, False, False, False, False]
    with pytest.raises(UnknownSeries, match="TSLA/capex: SEC serves no such company flow"):
        provider.fetch("TSLA/capex", None)


def test_a_concept_that_is_absent_is_replaced_by_its_other_name(server: SecServer, provider: SecProvider) -> None:
    server.add(document(CIK, history(ASSETS)))
    capex, _ = provider.fetch("MSFT/capex", None).rows
    assert len(capex.value) == QUARTERS
    with pytest.raises(NotReported, match="MSFT reports no quarter of NetCash"):
        provider.fetch("MSFT/ocf", None)
    with pytest.raises(NotReported, match="reports too little debt for any quarter: none of these concepts"):
        provider.fetch("MSFT/net_borrowing", None)


def test_another_currency_is_not_dollars(server: SecServer, provider: SecProvider) -> None:
    server.add(document(CIK, history(), unit="EUR"))
    with pytest.raises(NotReported, match="in US dollars"):
        provider.fetch("MSFT/capex", None)


def test_a_change_of_name_is_told_and_numbered(server: SecServer, provider: SecProvider) -> None:
    server.add(document(CIK, [*history(years=range(2012, 2016)), *history(ASSETS, range(2016, 2018))]))
    fetched = provider.fetch("MSFT/capex", None)
    assert fetched.rows[1].value.tolist() == [0.0] * 16 + [1.0] * 8
    assert [notice.text for notice in fetched.notices] == [f"is reported under 2 concepts in turn: {PPE}, {ASSETS}."]


def test_quarters_that_no_filing_tells_are_named(server: SecServer, provider: SecProvider) -> None:
    server.add(document(CIK, [line for line in history() if line.end != "2015-09-30"]))
    fetched = provider.fetch("MSFT/capex", None)
    assert len(fetched.rows[0].value) == QUARTERS - 2
    assert [notice.text for notice in fetched.notices] == [
        "no filing tells the quarters between 2015-06-30 and 2016-03-31."
    ]


def test_slips_of_filers_are_passed_over(server: SecServer, provider: SecProvider) -> None:
    whole = provider.fetch("MSFT/capex", None).rows[0]
    provider.close()
    slips = [
        Line(PPE, "2034-01-01", "2034-03-31", 1e6, "2024-04-25"),
        Line(PPE, "2025-01-01", "2024-09-30", 7e6, "2025-04-25"),
        Line(PPE, "2025-01-01", "2024-12-31", 9e6, "2025-04-25"),
    ]
    server.add(calendar_company(CIK, *slips))
    again = provider.fetch("MSFT/capex", None).rows[0]
    assert all(np.array_equal(getattr(whole, f.name), getattr(again, f.name)) for f in dataclasses.fields(whole))


def test_ten_requests_a_second_is_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATERLINE_CONTACT", raising=False)
    limit = SecProvider(CONTACT)._client.limit
    assert (limit.name, limit.per_second) == ("sec", 10.0)


def test_less_than_is_stored_is_refused(server: SecServer, provider: SecProvider) -> None:
    first = known(provider.fetch("MSFT/capex", None))
    provider.close()
    server.add(document(CIK, history(years=range(2012, 2020))))
    with pytest.raises(BadAnswer, match="sent facts up to 2019-12-31 only, while 2024-12-31 is stored"):
        provider.fetch("MSFT/capex", first)
