"""Speed up waits in which nobody speaks and nothing is done.

Such a wait (an upload, a slow report) shows at three times its speed when it is longer than two
seconds; half a second at each of its edges stays as it was, so that one sees it begin and end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

IDLE_MS = 2000
EDGE_MS = 500
SPEED = 3

Span = tuple[int, int]


class Pace(NamedTuple):
    """How the time of one step passes in the video: `fast` spans (ms, in order) are sped up."""

    fast: tuple[Span, ...] = ()

    def at(self, ms: int) -> int:
        """When in the video shows what was lived at `ms`, both from one and the same moment."""
        saved_ms = 0
        for start_ms, end_ms in self.fast:
            passed_ms = min(max(0, ms - start_ms), end_ms - start_ms)
            saved_ms += passed_ms - passed_ms // SPEED
        return ms - saved_ms


AS_LIVED = Pace()


def pace_of(length_ms: int, busy: Iterable[Span]) -> Pace:
    """The pace of what lasted `length_ms`, in which `busy` spans keep their speed."""
    fast: list[Span] = []
    free_ms = 0  # up to here everything is busy, or decided
    for start_ms, end_ms in (*sorted(busy), (length_ms, length_ms)):
        if min(start_ms, length_ms) - free_ms > IDLE_MS:
            fast.append((free_ms + EDGE_MS, min(start_ms, length_ms) - EDGE_MS))
        free_ms = max(free_ms, end_ms)
    return Pace(tuple(fast))
