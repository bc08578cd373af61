"""A small internet on the loopback: an HTTP CONNECT proxy that is itself the far end of every tunnel.

An unmodified program talks TLS to the hosts registered here when its environment holds ``Net.env()``: HTTPS_PROXY names
the proxy, SSL_CERT_FILE the throw-away authority that signed the certificates. All data are invented.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import trustme


@dataclass(frozen=True)
class Request:
    """What a client asked: ``path`` is unquoted and without the query; ``headers`` have names in lower case."""

    at: float
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What to send.

    ``stall_s`` is silence before the first byte, ``cut`` the number of body bytes after which the connection is closed,
    ``drip_s`` the time between single bytes.
    """

    body: bytes = b""
    status: int = 200
    kind: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    stall_s: float = 0
    cut: int | None = None
    drip_s: float = 0


Handler = Callable[[Request], Reply]


@dataclass
class Fault:
    """A reply that takes the place of the next ``left`` matching ones; ``reply`` may alter the true reply."""

    host: str
    reply: Callable[[Reply], Reply]
    path: str
    left: float


class Net:
    """The proxy with its hosts. Use as a context manager.

    ``log`` holds every request inside a tunnel, in order of arrival.
    """

    def __init__(self, folder: Path) -> None:
        self.log: list[Request] = []
        self._handlers: dict[str, Handler] = {}
        self._faults: list[Fault] = []
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.closing = threading.Event()
        self.ca = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.ca))

    def register(self, host: str, handler: Handler) -> None:
        """Serve ``host`` with ``handler``; a host that is not registered cannot be reached."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(host).configure_cert(context)
        self._contexts[host], self._handlers[host] = context, handler

    def fail(
        self, host: str, reply: Reply | Callable[[Reply], Reply], times: float = float("inf"), path: str = ""
    ) -> None:
        """Answer the next requests to ``host`` whose path contains ``path`` by ``reply``, or alter the true one."""
        alter = reply if callable(reply) else lambda _: reply
        self._faults.append(Fault(host, alter, path, times))

    def recover(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def env(self) -> dict[str, str]:
        """The environment of a program that is to see this internet and no other."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self.proxy)
        return {**proxies, "SSL_CERT_FILE": str(self.ca), "NO_PROXY": "", "no_proxy": ""}

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Net:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Tunnel", (_Tunnel,), {"net": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        with self._lock:
            connections = tuple(self._open)
        for connection in connections:
            hang_up(connection)
        self._server.server_close()

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.log.append(request)
            fault = next(
                (f for f in self._faults if f.host == request.host and f.path in request.path and f.left), None
            )
            if fault is not None:
                fault.left -= 1
        true = self._handlers[request.host](request)
        return true if fault is None else fault.reply(true)

    def context(self, host: str) -> ssl.SSLContext | None:
        return self._contexts.get(host)

    def keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def drop(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)
        hang_up(connection)


def hang_up(connection: socket.socket) -> None:
    """End a connection from any thread."""
    with contextlib.suppress(OSError):  # the other end was faster
        connection.shutdown(socket.SHUT_RDWR)


class _Tunnel(BaseHTTPRequestHandler):
    """One connection: CONNECT, TLS, then requests until either end leaves."""

    net: Net
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    host = ""

    def log_message(self, *_: object) -> None:
        pass

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0]
        context = self.net.context(self.host)
        if context is None:
            self.send_error(502, "no such host here")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        plain = self.connection
        try:
            self.connection = context.wrap_socket(plain, server_side=True)
        except OSError:  # the client does not trust us, or has left
            self.close_connection = True
            return
        self.net.keep(self.connection)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        reply = self.net.answer(Request(time.time(), self.host, unquote(parts.path), query, headers))
        if reply.stall_s:
            self.net.closing.wait(reply.stall_s)
        try:
            self._send(reply)
        except OSError:  # the client has given up
            self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            self.net.drop(self.connection)
            self.connection.close()

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        for piece in _pieces(reply):
            self.wfile.write(piece)
            if reply.drip_s and self.net.closing.wait(reply.drip_s):
                break
        if reply.cut is not None:
            self.close_connection = True


def _pieces(reply: Reply) -> Iterable[bytes]:
    body = reply.body[: reply.cut]
    return (body[i : i + 1] for i in range(len(body))) if reply.drip_s else (body,)
