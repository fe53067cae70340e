from __future__ import annotations

import socket
import threading
import time

import pytest

from forge.adapters.readiness import answers


def served(answer: bytes) -> tuple[str, list[bytes | OSError], threading.Thread]:
    """Serve one answer; return its URL, what the connection ended with, and the server's thread."""
    listening, ended = socket.create_server(("127.0.0.1", 0)), list[bytes | OSError]()

    def serve() -> None:
        with listening, listening.accept()[0] as connection:
            connection.recv(2**16)
            connection.sendall(answer)
            try:
                ended.append(connection.recv(1))
            except OSError as problem:
                ended.append(problem)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/", ended, thread


@pytest.mark.parametrize(("status", "ready"), [("200 OK", True), ("503 Wait", False)])
def test_an_answer_is_read_so_that_the_app_logs_no_broken_pipe(status: str, ready: bool) -> None:
    body = b"x" * 100_000
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    url, ended, thread = served(head + body)
    assert answers(url, time.monotonic() + 5) == ready
    thread.join()
    assert ended == [b""]  # closed in order; with bytes unread it would have been reset


def test_an_answer_that_ends_early_or_never_is_an_answer() -> None:
    for head in (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", b"HTTP/1.1 200 OK\r\n\r\n"):
        url, _, thread = served(head)
        assert answers(url, time.monotonic() + 0.1)
        thread.join()
