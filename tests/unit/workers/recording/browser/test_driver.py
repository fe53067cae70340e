"""chromedriver gets a port of its own, or forge says why not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from forge.errors import RecordingError
from forge.workers.recording.browser.driver import DriverService

COUNTS = "echo x >> {log}; "
TAKEN = "echo IPv4 port not available. Exiting...; exit 1"
STARTED = "echo ChromeDriver was started successfully on port 4711.; exec sleep 60"


def service(folder: Path, script: str) -> DriverService:
    program = folder / "driver"
    program.write_text(f"#!/bin/sh\n{COUNTS.format(log=folder / 'starts')}{script}\n")
    program.chmod(0o755)
    return DriverService(program, folder)


def starts(folder: Path) -> int:
    return len((folder / "starts").read_text().split())


def test_a_port_that_is_taken_is_tried_again(tmp_path: Path) -> None:
    once = f"if [ $(wc -l < {tmp_path / 'starts'}) -lt 3 ]; then {TAKEN}; fi; {STARTED}"
    driver = service(tmp_path, once)
    driver.start()
    try:
        assert (driver.port, starts(tmp_path)) == (4711, 3)
    finally:
        driver.stop()


@pytest.mark.parametrize(("script", "says", "times"), [
    (TAKEN, "IPv4 port not available", 4), ("echo No such option; exit 1", "No such option", 1),
])  # fmt: skip
def test_a_driver_that_does_not_start_says_why(
    tmp_path: Path, script: str, says: str, times: int
) -> None:
    with pytest.raises(RecordingError, match=f"chromedriver did not start: {says}") as caught:
        service(tmp_path, script).start()
    assert caught.value.transient and starts(tmp_path) == times


class Status(BaseHTTPRequestHandler):
    """Answers as the driver does: with the status, and only below its secret path."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200 if self.path.endswith("/status") else 404)
        self.end_headers()

    def log_request(self, *args: object) -> None: ...


@contextmanager
def answering() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Status) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_driver_answers_while_it_runs_and_tells_its_status(tmp_path: Path) -> None:
    with answering() as server:
        port = server.server_port
        driver = service(tmp_path, STARTED.replace("4711", str(port)))
        assert not driver.answers(), "it was never started"
        driver.start()
        try:
            assert driver.answers()
            assert server.asked == [f"/{driver._base}/status"]  # type: ignore[attr-defined]
            driver.process.kill()
            driver.process.wait()
            assert not driver.answers(), "another program has its port now"
        finally:
            driver.stop()


def test_a_driver_that_takes_no_connection_does_not_answer(tmp_path: Path) -> None:
    with answering() as server:
        port = server.server_port
    driver = service(tmp_path, STARTED.replace("4711", str(port)))
    driver.start()
    try:
        assert not driver.answers()
    finally:
        driver.stop()
