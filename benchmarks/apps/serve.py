"""Shared by the projects beside this file: the folder of the apps, and an adapter with a server.

Each project links to this file as `serve.py`, so that its folder can be copied alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

from forge import Adapter, By

#: The folder into which `real_apps.py` installs the apps.
APPS = Path(os.environ.get("BENCH_APPS") or Path.home() / ".cache" / "forge-bench-apps")
NODE = APPS / "js" / "node_modules" / ".bin"
STARTS_S = 90


class ServedApp(Adapter):
    """An app with one server process, whose home is the slot's folder."""

    parallel_safe = True
    server: subprocess.Popen[bytes] | None = None

    def start(self, slot) -> None:
        self.slot = slot

    def fresh(self, name: str) -> Path:
        """Return an empty folder `name` in the slot's folder."""
        folder = self.slot.dir / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def serve(
        self,
        command: Sequence[object],
        url: str,
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start the server in place of the previous one, and wait until it answers.

        Raises: RuntimeError with the end of its log when it ends or does not answer within 90 s.
        """
        self.stop()
        log = self.slot.dir / "server.log"
        with log.open("w") as said:
            self.server = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, "HOME": str(self.slot.dir), **(env or {})},
            )
        end_s = time.monotonic() + STARTS_S
        while not answers(url):
            if self.server.poll() is not None or time.monotonic() > end_s:
                raise RuntimeError(f"{command[0]} does not answer: {log.read_text()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        if self.server is None:
            return
        self.server.terminate()
        try:
            self.server.wait(5)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait(5)
        self.server = None


def answers(url: str) -> bool:
    """Return True if a server answers at `url`, even with a sign-in page or "not found"."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=5).close()
    except urllib.error.HTTPError as problem:
        return problem.code < 500
    except OSError:
        return False
    return True


def seen(browser: Chrome, css: str, seconds: float = 60) -> None:
    """Wait until an element that `css` selects is visible."""
    WebDriverWait(browser, seconds).until(visibility_of_element_located((By.CSS_SELECTOR, css)))
