"""Below the HTTP client: connections, whom to trust, what a broken one means, and secrets kept out of the logs."""

from __future__ import annotations

import logging
import os
import re
import ssl
from collections.abc import Iterable
from http.client import IncompleteRead
from typing import TYPE_CHECKING
from urllib.parse import quote

from waterline.providers.base import BadAnswer, ProviderError, Unreachable

if TYPE_CHECKING:
    from urllib3 import PoolManager

HIDDEN = "…"
KEY = re.compile(r"(api_?key=)[^&\s\"']+", re.IGNORECASE)


def connections(proxy: str) -> PoolManager:
    """A pool of connections, through ``proxy`` where there is one."""
    from urllib3 import PoolManager, ProxyManager, make_headers
    from urllib3.util import parse_url

    _redact_logs()
    if not proxy:
        return PoolManager(ssl_context=trust())
    return ProxyManager(proxy, proxy_headers=make_headers(proxy_basic_auth=parse_url(proxy).auth), ssl_context=trust())


def trust() -> ssl.SSLContext:
    """The certificates to trust: SSL_CERT_FILE and SSL_CERT_DIR, else the system's and those of certifi."""
    import certifi

    context = ssl.create_default_context()
    if not {"SSL_CERT_FILE", "SSL_CERT_DIR"} & os.environ.keys():
        context.load_verify_locations(certifi.where())
    return context


def hide(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without ``secrets``, as they are or as a URL spells them, and without any value of ``api_key=``."""
    for secret in filter(None, secrets):
        text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    return KEY.sub(rf"\g<1>{HIDDEN}", text)


def failure(error: Exception, provider: str, series: str, connect_s: float, read_s: float) -> ProviderError:
    """The typed error for one of urllib3's; takes nothing of it but its class.

    Args:
        error: as raised.
        provider: named in the error.
        series: named in the error.
        connect_s: how long a connection was waited for.
        read_s: how long a byte was waited for.
    """
    from urllib3 import exceptions as raised

    cause = error.original_error if isinstance(error, raised.ProxyError) else error
    if isinstance(error, raised.ProxyError) and not isinstance(cause, raised.HTTPError):
        return Unreachable(provider, series, "cannot be reached: the proxy refused the connection.")
    if isinstance(error, raised.ProtocolError) and any(isinstance(arg, IncompleteRead) for arg in error.args):
        return BadAnswer(provider, series, "closed the connection before the end of its answer.")
    if isinstance(error, raised.DecodeError):
        return BadAnswer(provider, series, "sent a compressed answer that cannot be unpacked.")
    problems: tuple[tuple[type[Exception], str], ...] = (
        (raised.NameResolutionError, "cannot be reached: its name does not resolve."),
        (raised.NewConnectionError, "cannot be reached: the connection was refused."),
        (raised.ConnectTimeoutError, f"cannot be reached: no connection within {connect_s:g} s."),
        (raised.ReadTimeoutError, f"sent nothing for {read_s:g} s."),
        (raised.LocationValueError, "cannot be asked: HTTPS_PROXY is no address of a proxy."),
        (raised.SSLError, "cannot be trusted: its certificate or encryption was not accepted."),
    )
    found = next((problem for kind, problem in problems if isinstance(cause, kind)), "broke the connection.")
    return Unreachable(provider, series, found)


class _Redacted(logging.Filter):
    """Takes keys out of the request lines that urllib3 logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hide(record.getMessage()), ()
        return True


_REDACTED = _Redacted()


def _redact_logs() -> None:
    for name in ("urllib3.connectionpool", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_REDACTED)  # a second time changes nothing
