"""Debt to the Penny from a local Fiscal Data server, with the real client."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from servers.net import Net, Reply, Request
from servers.stored import Stored

from waterline.providers import treasury
from waterline.providers.base import BadAnswer, ProviderError, ServerFault, UnknownSeries, Unreachable
from waterline.providers.http import Client, Patience
from waterline.providers.limits import RateLimit
from waterline.providers.treasury import DEBT, TreasuryProvider

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
HOST = "api.fiscaldata.treasury.gov"
NOW = dt.datetime(2025, 3, 3, 22, tzinfo=dt.UTC)


class FiscalData:
    """Pages of dated amounts, as the service sends them: numbers as text, holes as the word null."""

    def __init__(self, net: Net) -> None:
        days = np.arange(np.datetime64("2024-12-02"), np.datetime64("2025-03-01"))
        self.rows = [(str(day), f"{2.8e13 + 1e9 * i:.2f}") for i, day in enumerate(days[np.is_busday(days)])]
        self.rows.insert(0, ("1993-04-01", "null"))
        net.register(HOST, self.answer)

    def answer(self, request: Request) -> Reply:
        first = request.query.get("filter", "record_date:gte:0000").rsplit(":", 1)[1]
        kept = [{"record_date": day, "debt_held_public_amt": amount} for day, amount in self.rows if day >= first]
        size, number = int(request.query["page[size]"]), int(request.query["page[number]"])
        page = kept[size * (number - 1) : size * number]
        meta = {"total-count": len(kept), "total-pages": max(-(-len(kept) // size), 1)}
        return Reply(json.dumps({"data": page, "meta": meta}).encode(), kind="application/json")


@pytest.fixture
def server(net: Net) -> FiscalData:
    return FiscalData(net)


@pytest.fixture
def provider(server: FiscalData, tmp_path: Path) -> Iterator[TreasuryProvider]:
    patience = Patience(connect_s=1, read_s=0.3, total_s=5, attempts=2, backoff_s=0.01)
    client = Client(treasury.PROVIDER, RateLimit("quick", 1000, tmp_path), patience)
    yield TreasuryProvider(client, lambda: NOW)
    client.close()


def test_all_pages_are_read_and_known_on_the_next_business_day(
    provider: TreasuryProvider, server: FiscalData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(treasury, "PAGE", 10)
    (rows,) = provider.fetch(DEBT, None).rows
    assert len(rows) == len(server.rows) - 1
    friday = int(np.flatnonzero(rows.period == np.datetime64("2025-01-17"))[0])
    assert rows.available_at[friday] == np.datetime64("2025-01-21T21:00:00")  # over Martin Luther King's day
    assert rows.value[0] == 2.8e13


def test_a_second_fetch_asks_for_a_stretch_and_finds_what_changed(
    provider: TreasuryProvider, server: FiscalData
) -> None:
    stored = Stored()
    stored.take(provider.fetch(DEBT, None))
    assert stored.take(provider.fetch(DEBT, stored.known())) == 0
    day, _ = server.rows[-3]
    server.rows[-3] = (day, "1.5e13")
    fetched = provider.fetch(DEBT, stored.known())
    assert stored.take(fetched) == 1
    (changed,) = [rows for rows in fetched.rows if (rows.value == 1.5e13).any()]
    assert changed.available_at[changed.value == 1.5e13] == np.datetime64("2025-03-03T22:00:00")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lambda reply: replace(reply, body=reply.body[:80]), BadAnswer),
        (lambda reply: replace(reply, cut=50), BadAnswer),
        (lambda reply: replace(reply, body=b"<html>Oops</html>", kind="text/html"), ServerFault),
        (lambda reply: replace(reply, status=502, body=b"<html>Bad gateway</html>"), ServerFault),
        (lambda reply: replace(reply, body=b'{"data": [], "meta": {"total-count": 0, "total-pages": 1}}'), BadAnswer),
        (lambda reply: replace(reply, body=reply.body.replace(b'"total-count": ', b'"total-count": 9')), BadAnswer),
        (lambda reply: replace(reply, stall_s=2), Unreachable),
    ],
    ids=["broken off", "cut", "page", "502", "empty", "half", "stall"],
)
def test_a_fault_is_named(provider: TreasuryProvider, net: Net, fault: object, kind: type[ProviderError]) -> None:
    net.fail(HOST, fault)  # type: ignore[arg-type]  # as parametrised
    with pytest.raises(kind, match=DEBT) as caught:
        provider.fetch(DEBT, None)
    assert caught.value.exit_code == 3


def test_it_serves_one_series(provider: TreasuryProvider) -> None:
    assert provider.serves(DEBT)
    assert not provider.serves("GDP")
    with pytest.raises(UnknownSeries):
        provider.fetch("GDP", None)
