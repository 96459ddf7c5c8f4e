"""A server on this machine that shows a board and refreshes its data. It answers only GET and HEAD of two paths.

A page of another site can send requests to it. It gets no answer: the browser names that site in the `Host` header
after DNS rebinding, and in `Sec-Fetch-Site` otherwise. https://www.w3.org/TR/fetch-metadata/
"""

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from components.json_values import Json

from ..aws.errors import explained
from .page import page, policy

ADDRESS = "127.0.0.1"
PAGE, DATA = "/", "/data.json"
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ALLOWED = "GET, HEAD"
_SOCKET_SECONDS = 30
"""A connection without a complete request is closed after this time."""

Data = Mapping[str, Json]


class Board:
    """The current data. It is read again only if a browser asks for it and it is older than the interval."""

    def __init__(self, read: Callable[[], Data], interval: float, clock: Callable[[], float] = time.monotonic):
        """Read the data. `interval` is in seconds."""
        self._read, self._interval, self._clock, self._lock = read, interval, clock, Lock()
        self._data, self._at = read(), clock()
        self._error = ""

    def data(self) -> Data:
        """The data. If AWS can't be read, the last data with `error`, a sentence."""
        with self._lock:
            if self._clock() - self._at >= self._interval:
                self._refresh()
            return {**self._data, "error": self._error}

    def _refresh(self) -> None:
        try:
            self._data, self._error = self._read(), ""
        except Exception as error:
            if (line := explained(error)) is None:
                raise
            self._error = line
        self._at = self._clock()


class BoardServer(ThreadingHTTPServer):
    """The server. Raises OSError if the port is in use."""

    daemon_threads = True

    def __init__(self, board: Board, port: int, refresh_seconds: int):
        self.board, self.refresh_seconds = board, refresh_seconds
        super().__init__((ADDRESS, port), _Handler)

    @property
    def hosts(self) -> frozenset[str]:
        """The allowed `Host` headers, in lowercase."""
        names = (f"{name}:{self.server_port}" for name in (ADDRESS, "localhost"))
        return frozenset(names)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{ADDRESS}:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: BoardServer  # pyright: ignore[reportIncompatibleVariableOverride]
    server_version, sys_version = "scheduled-tasks", ""
    timeout = _SOCKET_SECONDS

    def do_GET(self) -> None:
        """Answer the page or its data."""
        host = (self.headers.get("Host") or "").lower()
        path = self.path.partition("?")[0]
        if host not in self.server.hosts or len(self.headers.get_all("Host", [])) != 1:
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, "text/plain", "The server answers only for its own address.\n")
        elif path == PAGE:
            text = page(self.server.board.data(), self.server.refresh_seconds)
            self._answer(HTTPStatus.OK, "text/html", text)
        elif path != DATA:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "There is no such page.\n")
        elif self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "Other sites can't read the data.\n")
        else:
            self._answer(HTTPStatus.OK, "application/json", json.dumps(self.server.board.data()))

    do_HEAD = do_GET  # noqa: N815 - the name that the base class calls

    def _refuse_method(self) -> None:
        text = "This server is read-only.\n"
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", text, {"Allow": _ALLOWED})

    do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse_method  # noqa: N815

    def _answer(self, status: HTTPStatus, kind: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        directive = f"{policy(connects=True)}; frame-ancestors 'none'"
        own = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in {**_HEADERS, **own, "Content-Security-Policy": directive, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - of the base class
        """Write no access log."""
