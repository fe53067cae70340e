"""The page's server: loopback names only, its own requests only, its own files only."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from forge.errors import UsageError
from forge.watching.board import Board
from forge.watching.server import ADDRESS, Server, serving

PICTURE = f"{'ab' * 16}.jpg"
JSON = {"Content-Type": "application/json"}


class Desk:
    """A server, what its readers have chosen, and requests to it."""

    def __init__(self, server: Server, chosen: list[tuple[str, str, bool]]) -> None:
        self.server, self.chosen = server, chosen
        self.body = b""

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> HTTPResponse:
        connection = HTTPConnection(ADDRESS, self.server.server_port, timeout=10)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            self.body = answer.read()
            return answer
        finally:
            connection.close()

    def choose(self, wish: Any, **headers: str) -> int:
        text = wish if isinstance(wish, str) else json.dumps(wish)
        return self.ask("/choose", "POST", text, **(JSON | headers)).status


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / PICTURE).write_bytes(b"0123456789")
    (tmp_path / "secret.txt").write_text("secret")
    chosen: list[tuple[str, str, bool]] = []
    board = Board("shop")
    with serving(None, board, tmp_path, lambda *wish: chosen.append(wish)) as server:
        yield Desk(server, chosen)


def test_page_is_served_on_loopback_under_a_policy(desk: Desk) -> None:
    for path, kind in (("/", "html"), ("/watch.js", "javascript"), ("/watch.css", "css")):
        answer = desk.ask(path)
        assert answer.status == 200 and kind in answer.headers["Content-Type"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert desk.server.server_address[0] == "127.0.0.1"


def test_picture_is_served_whole_or_in_part(desk: Desk) -> None:
    assert desk.ask(f"/files/{PICTURE}").status == 200 and desk.body == b"0123456789"
    part = desk.ask(f"/files/{PICTURE}", Range="bytes=2-4")
    assert (part.status, desk.body) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    desk.ask(f"/files/{PICTURE}", Range="bytes=7-")
    assert desk.body == b"789"


@pytest.mark.parametrize(
    "path",
    [
        "/files/secret.txt",
        "/files/../secret.txt",
        "/files/%2e%2e/x",
        f"/files/{'cd' * 16}.jpg",
        "/x",
    ],
)
def test_nothing_else_is_served(desk: Desk, path: str) -> None:
    assert desk.ask(path).status == 404
    assert b"secret" not in desk.body


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "127.0.0.1:1", "127.0.0.1.nip.io:{port}", ""]
)
def test_other_host_names_are_refused(desk: Desk, host: str) -> None:
    port = desk.server.server_port
    assert desk.ask("/", Host=host.format(port=port)).status == 403
    assert desk.choose({"job": "a", "step": "b"}, Host=host.format(port=port)) == 403
    assert desk.chosen == []


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_names_of_loopback_are_accepted(desk: Desk, name: str) -> None:
    assert desk.ask("/", Host=f"{name}:{desk.server.server_port}").status == 200


def test_requests_of_other_pages_are_refused(desk: Desk) -> None:
    assert desk.ask("/events", Sec_Fetch_Site="cross-site").status == 403
    assert desk.ask(f"/files/{PICTURE}", Sec_Fetch_Site="same-site").status == 403
    form = {"Content-Type": "text/plain"}
    assert desk.choose({"job": "a", "step": "b"}, **form) == 404
    assert desk.chosen == []


def test_choice_is_passed_on(desk: Desk) -> None:
    assert desk.choose({"job": "tour", "step": "s1"}) == 204
    assert desk.choose({"job": "tour", "step": "s1", "again": True}) == 204
    assert desk.chosen == [("tour", "s1", False), ("tour", "s1", True)]


@pytest.mark.parametrize("wrong", ["{", "[]", '"a"', '{"job": "a"}', "{}" + " " * 20_000])
def test_wrong_choice_is_refused(desk: Desk, wrong: str) -> None:
    assert desk.choose(wrong) == 400
    assert desk.chosen == []


def test_events_begin_with_what_is_shown_and_go_on(desk: Desk) -> None:
    desk.server.board.change(lambda shown: setattr(shown, "doing", "speaks"))
    connection = HTTPConnection(ADDRESS, desk.server.server_port, timeout=10)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert json.loads(answer.readline().removeprefix(b"data: "))["doing"] == "speaks"
    desk.server.board.change(lambda shown: setattr(shown, "doing", "records"))
    answer.readline()
    assert json.loads(answer.readline().removeprefix(b"data: "))["doing"] == "records"
    answer.close()
    connection.close()


def test_port_that_is_taken_is_refused_if_it_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    port = desk.server.server_port
    taken = pytest.raises(UsageError, match=f"--port {port}: Address already in use")
    with taken, serving(port, Board("x"), tmp_path, lambda *_: None):
        pass
    with socket.create_server((ADDRESS, 0)) as free:
        wanted = free.getsockname()[1]
    with serving(wanted, Board("x"), tmp_path, lambda *_: None) as server:
        assert server.url == f"http://127.0.0.1:{wanted}/"


def test_usual_port_that_is_taken_is_replaced(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forge.watching.server.PORT", desk.server.server_port)
    with serving(None, Board("y"), tmp_path, lambda *_: None) as other:
        assert other.server_port != desk.server.server_port
