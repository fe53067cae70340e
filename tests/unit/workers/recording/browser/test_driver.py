"""chromedriver gets a port of its own, or forge says why not."""

from __future__ import annotations

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
