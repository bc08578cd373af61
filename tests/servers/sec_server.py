"""A stand-in for data.sec.gov: company facts and submissions, the declared contact, conditional requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from servers.net import Net, Reply, Request
from servers.sec_documents import Document, end_of_day, submissions

HOST = "data.sec.gov"
UNDECLARED = (
    b"<!DOCTYPE html><html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body>"
    b"<h1>Your Request Originates from an Undeclared Automated Tool</h1><p>Please declare your traffic by updating "
    b"your user agent to include company specific information.</p></body></html>"
)
UNKNOWN = (
    b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
)


class SecServer:
    """Serves what was added; a company may be added again with other facts.

    Attributes:
        validators: whether answers carry an ETag, and conditional requests are honoured.
    """

    def __init__(self, net: Net) -> None:
        self.validators = True
        self._files: dict[str, bytes] = {}
        net.register(HOST, self.answer)

    def add(self, found: Document, accepted: Callable[[str], str] = end_of_day) -> None:
        """Serve company facts and the list of their filings."""
        self.put(f"/api/xbrl/companyfacts/CIK{found['cik']:010}.json", found)
        for name, page in submissions(found, accepted).items():
            self.put(f"/submissions/{name}", page)

    def put(self, path: str, found: object) -> None:
        """Serve one document."""
        self._files[path] = json.dumps(found).encode()

    def answer(self, request: Request) -> Reply:
        if "@" not in request.headers.get("user-agent", ""):
            return Reply(UNDECLARED, 403)
        body = self._files.get(request.path)
        if body is None:
            return Reply(UNKNOWN, 404, "application/xml")
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if not self.validators:
            return Reply(body, kind="application/json")
        if request.headers.get("if-none-match") == tag:
            return Reply(b"", 304, headers={"ETag": tag})
        return Reply(body, kind="application/json", headers={"ETag": tag})
