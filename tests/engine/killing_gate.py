"""A server between the provider and the emulator that ends a process after AWS has made a change, before it answers."""

import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


class Gate:
    """Forwards requests to the emulator, and kills a process group after one of them."""

    def __init__(self, emulator: str):
        self._emulator, self._lock = emulator, threading.Lock()
        self._call, self._process = "", 0
        self.endpoint = ""
        """The URL of the gate."""

    def kill_after(self, call: str, process: int) -> None:
        """Kill a process group after a call.

        Args:
            call: A part of the request's method, path, target and body, such as `POST /schedules/backup`.
            process: The ID of the process group.
        """
        with self._lock:
            self._call, self._process = call, process

    def killed(self, request: str) -> bool:
        """Kill the process group if this request is its last one. Returns whether it did."""
        with self._lock:
            if not self._call or self._call not in request:
                return False
            self._call = ""
            os.killpg(self._process, signal.SIGKILL)
            return True

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request to the emulator, and return its answer."""
        request = urllib.request.Request(self._emulator + path, body or None, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.getheaders(), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, list(error.headers.items()), error.read()


@contextmanager
def gate(emulator: str) -> Generator[Gate]:
    """Run a gate in front of an emulator."""
    made = Gate(emulator)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            status, answer_headers, content = made.forward(self.command, self.path, headers, body)
            call = (
                f"{self.command} {self.path} {self.headers.get('X-Amz-Target', '')} {body.decode('utf-8', 'replace')}&"
            )
            if made.killed(call):
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in answer_headers:
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _any  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.endpoint = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
