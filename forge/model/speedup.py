"""Speed up waits without speech and without action.

A wait of more than two seconds (an upload, a slow report) plays at three times its speed. Half a
second at each end keeps its speed, so that a viewer sees the wait begin and end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

IDLE_MS = 2000
EDGE_MS = 500
SPEED = 3

Span = tuple[int, int]


class Pace(NamedTuple):
    """How the time of one step passes in the video: the `fast` spans (ms, in order) are sped up."""

    fast: tuple[Span, ...] = ()

    def at(self, ms: int) -> int:
        """Return when the video shows moment `ms` of the recording, both from the same origin."""
        saved_ms = 0
        for start_ms, end_ms in self.fast:
            passed_ms = min(max(0, ms - start_ms), end_ms - start_ms)
            saved_ms += passed_ms - passed_ms // SPEED
        return ms - saved_ms


AS_LIVED = Pace()


def pace_of(length_ms: int, busy: Iterable[Span]) -> Pace:
    """Return the pace of a step of `length_ms`, in which the `busy` spans keep their speed."""
    fast: list[Span] = []
    free_ms = 0  # the end of the last busy span so far
    for start_ms, end_ms in (*sorted(busy), (length_ms, length_ms)):
        if min(start_ms, length_ms) - free_ms > IDLE_MS:
            fast.append((free_ms + EDGE_MS, min(start_ms, length_ms) - EDGE_MS))
        free_ms = max(free_ms, end_ms)
    return Pace(tuple(fast))
