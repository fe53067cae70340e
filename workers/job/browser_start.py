"""The browsers of a lane, each of which starts beside other work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from forge.model.machine import Machine

if TYPE_CHECKING:
    from forge.workers.recording.browser.launch import Launch


class BrowserStart:
    """Starts browsers in another thread: one for each recording, perhaps before its job begins.

    `start` launches one and returns at once. It runs in the other thread because it imports
    Selenium, which takes a while.
    """

    def __init__(self, start: Callable[[Machine], Launch]) -> None:
        self._start = start
        self._thread = ThreadPoolExecutor(1, "forge-ready")
        self._launch: Future[Launch] | None = None
        self._machine: Machine | None = None
        self._used = False  # by a recording, and so by no other one

    def beside(self, work: Callable[[], object]) -> None:
        """Run `work` in the other thread, after what it does now."""
        self._thread.submit(work)

    def settle(self) -> None:
        """Wait until the other thread has nothing more to do."""
        self._thread.submit(lambda: None).result()

    def begin(self, machine: Machine) -> None:
        """Start a browser for the clock of `machine`, unless one is ready; do not wait for it."""
        if self._launch is None or self._used or self._machine != machine:
            self._replace(machine)

    def launch(self, machine: Machine) -> Launch:
        """Return a browser for one recording, which may still be starting.

        Raises:
            MachineError: Selenium or the browser is missing.
        """
        self.begin(machine)
        assert self._launch
        if self._launch.done() and not self._launch.result().is_well:
            self._replace(machine)
        self._used = True
        return self._launch.result()

    def release(self) -> None:
        """End a browser that a recording has used; let another one wait for its recording."""
        if self._used:
            self.close()

    def close(self) -> None:
        """End the browser, and wait until all its processes have ended."""
        launch, self._launch, self._used = self._launch, None, False
        _close(launch)

    def end(self) -> None:
        """Wait for the other thread, and end the browser."""
        self._thread.shutdown()
        self.close()

    def _replace(self, machine: Machine) -> None:
        """Start a browser after the end of the one before."""
        before = self._launch

        def start() -> Launch:
            _close(before)
            return self._start(machine)

        self._launch, self._machine, self._used = self._thread.submit(start), machine, False


def _close(launch: Future[Launch] | None) -> None:
    if launch and not launch.exception():
        launch.result().close()
