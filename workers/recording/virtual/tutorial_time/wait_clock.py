"""The clock that limits Selenium's waits, and the time that passed during one."""

from __future__ import annotations

import bisect
from collections.abc import Callable


class WaitClock:
    """Follows page time; while a request or an outside is outstanding, the machine's clock.

    If page time has run ahead of the machine's, this clock stands still until the machine has
    caught up. So, while an answer from outside may still come, a wait does not fail before its
    limit has passed on the machine's clock, too. And no wait takes longer than its limit because
    page time stands still for a server. `page_s` and `machine_s` return the two times in seconds.
    """

    def __init__(self, page_s: Callable[[], float], machine_s: Callable[[], float]) -> None:
        self._page_s, self._machine_s = page_s, machine_s
        self._now_s = self._ahead_s = 0.0
        self._last = (page_s(), machine_s())
        self._reads: list[tuple[float, float, float]] = []  # this clock's time, page, machine

    def read(self, *, out: bool) -> float:
        """Return the time; `out`: something has been outstanding since the last call."""
        page_s, machine_s = self._page_s(), self._machine_s()
        page, machine = page_s - self._last[0], machine_s - self._last[1]
        self._last = (page_s, machine_s)
        if out:
            # Page time that ran ahead counted already: machine time counts only after that.
            caught_up = min(self._ahead_s, machine)
            self._ahead_s -= caught_up
            self._now_s += machine - caught_up
        else:
            self._ahead_s += max(0.0, page - machine)
            self._now_s += page
        self._reads.append((self._now_s, page_s, machine_s))
        return self._now_s

    def since(self, began_s: float) -> tuple[float, float]:
        """Return the page time and machine time since this clock showed `began_s`."""
        at = bisect.bisect_left(self._reads, (began_s - 1e-6,))
        if at == len(self._reads):
            return 0.0, 0.0
        _, page_s, machine_s = self._reads[at]
        return self._page_s() - page_s, self._machine_s() - machine_s

    def forget(self) -> None:
        """Forget the waits of the last step, which are over."""
        self._reads.clear()
        self._ahead_s = 0.0
