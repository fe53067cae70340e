"""A clock for tests of durations."""

from __future__ import annotations


class StillClock:
    """A clock that returns the same time, in seconds, until a test sets another."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s
