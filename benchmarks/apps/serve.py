"""What the projects beside this file share: where the apps are, and a server that answers.

Each of them links to this file as `serve.py`, so that its folder can be copied alone.
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

#: Where `real_apps.py` installs them.
APPS = Path(os.environ.get("BENCH_APPS") or Path.home() / ".cache" / "forge-bench-apps")
NODE = APPS / "js" / "node_modules" / ".bin"
STARTS_S = 90


class ServedApp(Adapter):
    """An app with one server process, whose home is a folder of the slot's."""

    parallel_safe = True
    server: subprocess.Popen[bytes] | None = None

    def start(self, slot) -> None:
        self.slot = slot

    def fresh(self, name: str) -> Path:
        """An empty folder of the slot's; what an earlier render has left in it is gone."""
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
        """Start the server, in place of the one before, and wait until it answers.

        RuntimeError: it ended, or has not answered within 90 s; with the end of what it said.
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
    """Whether a server answers there, be it with a sign-in page or "not found"."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=5).close()
    except urllib.error.HTTPError as problem:
        return problem.code < 500
    except OSError:
        return False
    return True


def seen(browser: Chrome, css: str, seconds: float = 60) -> None:
    """Wait until something that `css` selects is to be seen."""
    WebDriverWait(browser, seconds).until(visibility_of_element_located((By.CSS_SELECTOR, css)))
