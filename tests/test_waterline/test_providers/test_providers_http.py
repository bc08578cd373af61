"""The HTTP client against a loopback internet: faults have names, waiting has bounds, secrets stay on the wire."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest
from pydantic import SecretStr
from servers.chains import everything_it_holds
from servers.net import Net, Reply

from waterline.providers.base import BadAnswer, ProviderError, RateLimited, ServerFault, Unreachable
from waterline.providers.http import Answer, Client, Patience
from waterline.providers.limits import RateLimit
from waterline.providers.wire import hide, trust

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HOST = "data.example"
URL = f"https://{HOST}/rows"
KEY = "k3y+with/odd=signs"
QUICK = Patience(total_s=20, attempts=3, backoff_s=0.01)


@pytest.fixture
def client(tmp_path: Path):
    client = Client("Example", RateLimit("example", 1000, tmp_path), QUICK)
    yield client
    client.close()


@pytest.fixture
def server(net: Net) -> Net:
    net.register(HOST, lambda request: Reply(b"rows of " + request.query.get("id", "?").encode()))
    return net


def get(client: Client) -> Answer:
    return client.get("ABC", URL, {"id": "ABC", "api_key": SecretStr(KEY)})


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_query_headers_and_secrets_arrive_as_they_are(server: Net, client: Client) -> None:
    client.headers = {"X-Contact": "someone"}
    answer = client.get("ABC", URL, {"id": "A&B=C", "api_key": SecretStr(KEY)}, {"If-None-Match": "7"})
    assert answer.body == b"rows of A&B=C"
    (asked,) = server.log
    assert asked.query == {"id": "A&B=C", "api_key": KEY}
    assert asked.headers["x-contact"] == "someone"
    assert asked.headers["if-none-match"] == "7"
    assert "waterline" in asked.headers["user-agent"]


def test_compressed_answers_are_unpacked(server: Net, client: Client) -> None:
    body = b"date,value\n" * 10_000
    server.register(HOST, lambda _: Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    assert get(client).body == body


@pytest.mark.parametrize("status", [200, 304, 400, 404])
def test_other_statuses_are_for_the_caller_to_judge(server: Net, client: Client, status: int) -> None:
    server.fail(HOST, Reply(b"" if status == 304 else b"<error>no such <b>series</b></error>", status))
    answer = get(client)
    assert answer.status == status
    assert answer.said == ("" if status == 304 else "no such series")
    assert len(server.log) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_waited_out(server: Net, client: Client, status: int) -> None:
    server.fail(HOST, Reply(b"<html>Try again</html>", status), times=2)
    assert get(client).body == b"rows of ABC"
    assert len(server.log) == 3


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (500, ServerFault), (502, ServerFault)])
def test_a_lasting_fault_is_told_with_what_the_server_said(
    server: Net, client: Client, status: int, kind: type[ProviderError]
) -> None:
    page = b"<html><title>x</title><body><h1>Bad   Gateway</h1> for key k3y+with/odd=signs</body></html>"
    server.fail(HOST, Reply(page, status))
    with pytest.raises(kind, match=rf"ABC: Example answered {status} \('Bad Gateway for key …'\)\. .*stored"):
        get(client)
    assert len(server.log) == QUICK.attempts


def test_retry_after_in_seconds_is_honoured(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"slow down", 429, headers={"Retry-After": "1"}), times=1)
    get(client)
    first, second = server.log
    assert second.at - first.at >= 1


def test_retry_after_as_a_date_is_honoured(server: Net, client: Client) -> None:
    in_two_seconds = formatdate(time.time() + 2, usegmt=True)  # whole seconds: one or two from now
    server.fail(HOST, Reply(b"slow down", 503, headers={"Retry-After": in_two_seconds}), times=1)
    get(client)
    first, second = server.log
    assert second.at - first.at >= 0.9


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_server_that_wants_an_hour_is_not_asked_again(server: Net, client: Client, as_date: bool) -> None:
    asked = formatdate(time.time() + 3600, usegmt=True) if as_date else "3600"
    client.patience = replace(QUICK, total_s=1e6)
    server.fail(HOST, Reply(b"slow down", 429, headers={"Retry-After": asked}))
    with pytest.raises(RateLimited, match=r"It asks to wait 3[56]\d\d s"):
        get(client)
    assert len(server.log) == 1


def test_no_pause_reaches_beyond_the_total(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"slow down", 503, headers={"Retry-After": "30"}))
    with pytest.raises(ServerFault, match="It asks to wait 30 s"):
        get(client)
    assert len(server.log) == 1


def test_an_unreadable_retry_after_counts_as_none(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"", 503, headers={"Retry-After": "soon"}), times=1)
    assert get(client).status == 200


def test_a_stall_ends(server: Net, client: Client) -> None:
    client.patience = replace(QUICK, read_s=0.3)
    server.fail(HOST, Reply(b"late", stall_s=30))
    begun = time.monotonic()
    with pytest.raises(Unreachable, match=r"sent nothing for 0\.3 s"):
        get(client)
    assert time.monotonic() - begun < 4
    assert len(server.log) == QUICK.attempts


def test_a_drip_ends_at_the_total(server: Net, client: Client) -> None:
    client.patience = Patience(read_s=5, total_s=0.5, attempts=3, backoff_s=0.01)
    server.fail(HOST, Reply(b"x" * 1000, drip_s=0.05))
    begun = time.monotonic()
    with pytest.raises(Unreachable, match=r"still sending after 0\.5 s"):
        get(client)
    assert time.monotonic() - begun < 2
    assert len(server.log) == 1


def test_a_cut_off_body_is_no_answer(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"date,value\n2020-01-01,1\n", cut=15), times=1)
    assert get(client).body == b"rows of ABC"
    server.fail(HOST, Reply(b"date,value\n2020-01-01,1\n", cut=15))
    with pytest.raises(BadAnswer, match="closed the connection before the end"):
        get(client)


def test_broken_compression_is_no_answer(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(BadAnswer, match="unpacked"):
        get(client)


def test_a_dead_host_behind_the_proxy(server: Net, client: Client) -> None:
    with pytest.raises(Unreachable, match="the proxy refused the connection"):
        client.get("ABC", "https://nowhere.example/rows")


def test_a_refused_connection(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    with pytest.raises(Unreachable, match="connection was refused"):
        client.get("ABC", f"https://127.0.0.1:{unused_port()}/rows")


def test_a_proxy_that_is_down_or_misspelt_keeps_its_password(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    port = unused_port()
    for proxy, problem in (
        (f"http://user:s3cret@127.0.0.1:{port}", "connection was refused"),
        ("http://user:s3/cret@127.0.0.1:none", "HTTPS_PROXY is no address"),
        ("gopher://user:s3cret@127.0.0.1", "HTTPS_PROXY is no address"),
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(Unreachable, match=problem) as told:
            get(client)
        assert "s3" not in everything_it_holds(told.value)


def test_a_name_that_does_not_resolve(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HTTPS_PROXY", raising=False)

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # what the system says without a network
    with pytest.raises(Unreachable, match="its name does not resolve"):
        get(client)


def test_a_certificate_from_elsewhere_is_refused(
    server: Net, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unreachable, match="certificate"):
        get(client)
    assert not server.log


def test_redirects_are_not_followed(server: Net, client: Client) -> None:
    server.fail(HOST, Reply(b"", 302, headers={"Location": "https://elsewhere.example/"}))
    assert get(client).status == 302


def faults() -> list[Reply]:
    said = f"You sent api_key={KEY}".encode()
    return [
        Reply(said, 429),
        Reply(b"<html>" + said, 502),
        Reply(b"", stall_s=30),
        Reply(said, cut=3),
        Reply(said, headers={"Content-Encoding": "gzip"}),
    ]


@pytest.mark.parametrize("fault", faults(), ids=["429", "502", "stall", "cut", "gzip"])
def test_the_key_is_in_no_error_and_no_log(
    server: Net, client: Client, fault: Reply, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    client.patience = replace(QUICK, read_s=0.3 if fault.stall_s else 60)
    server.fail(HOST, fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as told:
        get(client)
    assert told.value.__context__ is None
    assert told.value.__cause__ is None
    held = everything_it_holds(told.value)
    if not fault.stall_s:  # urllib3 logs the request line when an answer begins: what follows is the filter's work
        assert "api_key=…" in caplog.text
    for text in (held, caplog.text, repr(client), *capfd.readouterr()):
        assert KEY not in text
        assert "k3y%2Bwith" not in text


def test_a_shown_server_that_echoes_the_key_in_any_spelling() -> None:
    assert hide(f"no: {KEY}, api_key=abc&x=1 {'k3y%2Bwith%2Fodd%3Dsigns'}", [KEY]) == "no: …, api_key=…&x=1 …"


def test_without_a_certificate_file_the_usual_authorities_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    context = trust()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) > 50
