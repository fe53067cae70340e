"""The browser of a job, which starts beside other work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from forge.model.machine import Machine

if TYPE_CHECKING:
    from forge.workers.recording.browser.launch import Launch


class BrowserStart:
    """Starts a browser in another thread, at most one at a time.

    `start` launches one and returns at once. It runs in the other thread because it imports
    Selenium, which takes a while.
    """

    def __init__(self, start: Callable[[Machine], Launch]) -> None:
        self._start = start
        self._thread = ThreadPoolExecutor(1, "forge-ready")
        self._launch: Future[Launch] | None = None

    def beside(self, work: Callable[[], object]) -> None:
        """Run `work` in the other thread, after what it does now."""
        self._thread.submit(work)

    def settle(self) -> None:
        """Wait until the other thread has nothing more to do."""
        self._thread.submit(lambda: None).result()

    def begin(self, machine: Machine) -> None:
        """Start a browser for the clock of `machine`, if there is none; do not wait for it."""
        self._launch = self._launch or self._thread.submit(self._start, machine)

    def launch(self, machine: Machine) -> Launch:
        """Return the browser; start it if there is none.

        Raises:
            MachineError: Selenium or the browser is missing.
        """
        self.begin(machine)
        assert self._launch
        return self._launch.result()

    def close(self) -> None:
        """End the browser, and wait until all its processes have ended."""
        launch, self._launch = self._launch, None
        if launch and not launch.exception():
            launch.result().close()

    def end(self) -> None:
        """Wait for the other thread, and end the browser."""
        self._thread.shutdown()
        self.close()
