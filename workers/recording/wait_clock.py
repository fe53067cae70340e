"""The clock that Selenium's waits are limited by, and what went by while one lasted."""

from __future__ import annotations

import bisect
from collections.abc import Callable


class WaitClock:
    """Goes by page time; while something is out it goes no faster than the machine's clock.

    So a wait does not fail before its limit is over on the machine's clock too, as long as what it
    waits for may still come from outside. `page_s` and `machine_s` tell the two times in seconds.
    """

    def __init__(self, page_s: Callable[[], float], machine_s: Callable[[], float]) -> None:
        self._page_s, self._machine_s = page_s, machine_s
        self._now_s = 0.0
        self._last = (page_s(), machine_s())
        self._reads: list[tuple[float, float, float]] = []  # this clock's time, page, machine

    def read(self, *, out: bool) -> float:
        """Return the time; `out`: something has been outstanding since the last time."""
        page_s, machine_s = self._page_s(), self._machine_s()
        page, machine = page_s - self._last[0], machine_s - self._last[1]
        self._now_s += max(0.0, min(page, machine) if out else page)
        self._last = (page_s, machine_s)
        self._reads.append((self._now_s, page_s, machine_s))
        return self._now_s

    def since(self, began_s: float) -> tuple[float, float]:
        """How much page time and machine time has gone by since this clock showed `began_s`."""
        at = bisect.bisect_left(self._reads, (began_s - 1e-6,))
        _, page_s, machine_s = self._reads[min(at, len(self._reads) - 1)]
        return self._page_s() - page_s, self._machine_s() - machine_s

    def forget(self) -> None:
        """A step is over: its waits are, too."""
        self._reads.clear()
