"""The chromedriver process of one browser."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from selenium.webdriver.chrome.service import Service

from forge.errors import RecordingError
from forge.text.redact import without_secrets
from forge.workers import real_time

DRIVER_START_S = 20.0
ANSWER_S = 5.0
OK = 200
PORT_TRIES = 4
PORT_TAKEN = b"port not available"
PORT_LINE = re.compile(rb"started successfully on port (\d+)")


class DriverService(Service):
    """chromedriver on a port that it chose itself.

    Selenium picks a free port, which may be taken by the time the driver binds it: parallel starts
    lose that race (selenium issue 11027). Asked for port 0, the driver prints the one that it got.

    A web page that is served from this machine may send requests to that port. So the driver
    answers only below a path with a random name (docs/security.md says what that protects from).
    """

    def __init__(self, driver: Path, folder: Path) -> None:
        super().__init__(executable_path=str(driver), port=-1)
        self._log_file = folder / "driver.log"
        # The driver creates the profile in its TMPDIR. (Given a --user-data-dir, the headless shell
        # opens no page, and so chromedriver gets no session.)
        self._environment = {**without_secrets(os.environ), "TMPDIR": str(folder)}
        self._base = secrets.token_urlsafe(24)

    @property
    def service_url(self) -> str:
        """The URL for commands."""
        return f"{super().service_url}/{self._base}"

    def start(self) -> None:
        """Start the driver, and read its port from its output, which must come within 20 s.

        The port that it got for IPv6 may be taken for IPv4. Then it ends, and is started again.
        """
        for _ in range(PORT_TRIES):
            self._spawn()
            said = self._awaited()
            if found := PORT_LINE.search(said):
                self.port = int(found[1])
                return
            self.stop()
            if PORT_TAKEN not in said:
                break
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise RecordingError(
            f"chromedriver did not start: {''.join(last) or 'no output'}", transient=True
        )

    def answers(self) -> bool:
        """Return True if the driver runs and tells its status, which may take 5 s."""
        process: subprocess.Popen[bytes] | None = getattr(self, "process", None)
        if process is None or process.poll() is not None:
            return False
        connection = HTTPConnection("localhost", self.port, timeout=ANSWER_S)
        try:
            connection.request("GET", f"/{self._base}/status")
            return connection.getresponse().status == OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _spawn(self) -> None:
        with self._log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [self.path, "--port=0", f"--url-base=/{self._base}"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _awaited(self) -> bytes:
        """Return what the driver has written when it names its port, ends, or is late."""
        deadline = real_time.monotonic() + DRIVER_START_S
        while not PORT_LINE.search(said := self._log_file.read_bytes()):
            if self.process.poll() is not None or real_time.monotonic() > deadline:
                return self._log_file.read_bytes()
            real_time.sleep(0.005)  # a file cannot be waited for
        return said

    def stop(self) -> None:
        """End the driver. Its browser was closed before; `guard` ends one that was not."""
        process: subprocess.Popen[bytes] | None = getattr(self, "process", None)
        if process is None or process.poll() is not None:
            return
        for end in (process.terminate, process.kill):
            end()
            try:
                process.wait(timeout=3)
                return
            except subprocess.TimeoutExpired:
                continue
