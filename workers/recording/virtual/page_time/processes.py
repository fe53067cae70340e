"""The processes of a browser that chromedriver has started."""

from __future__ import annotations

from contextlib import suppress

import psutil


class BrowserProcesses:
    """The children of the driver with process id `driver`."""

    def __init__(self, driver: int) -> None:
        self._driver = driver

    def kill(self) -> None:
        """Kill a browser that stalled: everything that waits for it then fails at once."""
        for process in self._all():
            with suppress(psutil.Error):
                process.kill()

    def gpu(self) -> int | None:
        """Return the id of the process that draws all windows, None if there is none."""
        for process in self._all():
            with suppress(psutil.Error):
                if "--type=gpu-process" in process.cmdline():
                    return process.pid
        return None

    def _all(self) -> list[psutil.Process]:
        return psutil.Process(self._driver).children(recursive=True)
