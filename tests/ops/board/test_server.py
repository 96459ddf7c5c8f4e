"""The server of the board: read-only, and only for browsers of this machine that show its own page."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from threading import Thread

import pytest

from ops.board.data import board_data
from ops.board.server import Board, BoardServer
from ops.errors import OpsError
from tests.ops.board.example import PERIOD, fine


@pytest.fixture(scope="module")
def server() -> Iterator[BoardServer]:
    found = BoardServer(Board(lambda: board_data([fine()], PERIOD), 60), 0, 60)
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


Ask = Callable[..., HTTPResponse]


@pytest.fixture
def ask(server: BoardServer) -> Iterator[Ask]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)

    def request(method: str = "GET", path: str = "/", host: str | None = None, **headers: str) -> HTTPResponse:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", f"127.0.0.1:{server.server_port}" if host is None else host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse()

    yield request
    connection.close()


def test_the_page(ask: Ask):
    answer = ask()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; frame-ancestors 'none'")
    assert {name: answer.headers[name] for name in ("X-Content-Type-Options", "X-Frame-Options", "Cache-Control")} == {
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
    }  # fmt: skip
    assert answer.read().startswith(b"<!doctype html>")
    assert "Python" not in answer.headers["Server"]


def test_the_data(ask: Ask):
    answer = ask(path="/data.json", Sec_Fetch_Site="same-origin")
    assert (answer.status, json.loads(answer.read())["error"]) == (200, "")


def test_localhost_is_an_allowed_host(ask: Ask, server: BoardServer):
    assert ask(host=f"LocalHost:{server.server_port}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "", "127.0.0.1", "127.0.0.1.evil.example", "[::1]"]
)
@pytest.mark.parametrize("path", ["/", "/data.json"])
def test_other_hosts_get_no_answer(ask: Ask, host: str, path: str):
    answer = ask(path=path, host=host)
    assert (answer.status, answer.read()) == (421, b"The server answers only for its own address.\n")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_cannot_read_the_data(ask: Ask, site: str):
    assert ask(path="/data.json", Sec_Fetch_Site=site).status == 403
    assert ask(path="/", Sec_Fetch_Site=site).status == 200, "a link to the page works"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(ask: Ask, method: str):
    answer = ask(method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/favicon.ico", "/../etc/passwd", "/data.json/", "/%64ata.json"])
def test_there_are_no_other_paths(ask: Ask, path: str):
    assert ask(path=path).status == 404


def test_head_has_no_body(ask: Ask):
    answer = ask("HEAD")
    assert (answer.status, answer.read(), int(answer.headers["Content-Length"]) > 1000) == (200, b"", True)


def test_the_server_listens_only_on_this_machine(server: BoardServer):
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/"


def test_data_is_read_again_after_the_interval():
    time, reads = [0.0], [0]

    def read() -> dict[str, int]:
        reads[0] += 1
        return {"read": reads[0]}

    board = Board(read, 60, lambda: time[0])
    assert [board.data()["read"] for time[0] in (10.0, 59.0, 60.0, 90.0, 121.0)] == [1, 1, 2, 2, 3]


def test_the_last_data_stays_if_aws_cannot_be_read():
    time, answers = [0.0], [{"read": 2}, OpsError("The credentials have expired."), {"read": 1}]

    def read() -> dict[str, int]:
        answer = answers.pop()
        if isinstance(answer, OpsError):
            raise answer
        return answer

    board = Board(read, 60, lambda: time[0])
    time[0] = 61
    assert board.data() == {"read": 1, "error": "The credentials have expired."}
    time[0] = 122
    assert board.data() == {"read": 2, "error": ""}
