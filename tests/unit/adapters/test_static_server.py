from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest

from forge.adapters.static_server import Pages, Server

FILM = bytes(range(100))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[HTTPConnection]:
    (tmp_path / "film.mp4").write_bytes(FILM)
    with Server(("127.0.0.1", 0), partial(Pages, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        client = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        try:
            yield client
        finally:
            client.close()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("asked", "place", "content"),
    [
        ("bytes=0-", "bytes 0-99/100", FILM),
        ("bytes=10-19", "bytes 10-19/100", FILM[10:20]),
        ("bytes=90-500", "bytes 90-99/100", FILM[90:]),
        ("bytes=-5", "bytes 95-99/100", FILM[-5:]),
        ("bytes=-500", "bytes 0-99/100", FILM),
    ],
)
def test_a_part_of_a_file(
    asked: str, place: str, content: bytes, connection: HTTPConnection
) -> None:
    for _ in range(2):  # on one connection: the length of the first answer was right
        connection.request("GET", "/film.mp4", headers={"Range": asked})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Range")) == (206, place)
        assert answer.getheader("Content-Type") == "video/mp4"
        assert answer.read() == content


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=20-10", "bytes=-0"])
def test_a_part_that_is_not_there(asked: str, connection: HTTPConnection) -> None:
    connection.request("GET", "/film.mp4", headers={"Range": asked})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Range")) == (416, "bytes */100")
    assert answer.read() == b""


@pytest.mark.parametrize("asked", ["", "bytes=0-4,10-14", "lines=1-2", "bytes=-"])
def test_all_of_a_file_where_no_one_part_is_asked_for(
    asked: str, connection: HTTPConnection
) -> None:
    connection.request("GET", "/film.mp4", headers={"Range": asked} if asked else {})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Accept-Ranges")) == (200, "bytes")
    assert answer.read() == FILM


@pytest.mark.parametrize("path", ["/", "/film.mp4/", "/no.mp4"])
def test_a_part_of_no_file_is_not_found(path: str, connection: HTTPConnection) -> None:
    connection.request("GET", path, headers={"Range": "bytes=0-"})
    answer = connection.getresponse()
    assert answer.status == 404
    answer.read()


def test_a_head_has_no_part(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/film.mp4", headers={"Range": "bytes=0-9"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Length")) == (200, "100")
