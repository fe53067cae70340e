"""The take's time: real time, in which some stretches last longer or shorter than they did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from forge.workers import real_time


class Bend(NamedTuple):
    """A stretch of real time in which `gain_ms` more (negative: fewer) pass in the take."""

    start_ms: float
    end_ms: float
    gain_ms: float


class TakeClock:
    """A clock whose time can be bent. Times in milliseconds since it was started."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Set the time to 0, and forget all bends."""
        self._zero_s = real_time.time()
        self._bends: list[Bend] = []

    def real_ms(self, epoch_s: float | None = None) -> float:
        """Return the real time now, or at `epoch_s`; at least 0."""
        now_s = real_time.time() if epoch_s is None else epoch_s
        return max(0.0, (now_s - self._zero_s) * 1000)

    def take_ms(self, real_ms: float) -> int:
        """Return the take's time at a real moment."""
        at_ms = real_ms
        for bend in self._bends:
            if real_ms >= bend.end_ms:
                at_ms += bend.gain_ms
            elif real_ms > bend.start_ms:
                part = (real_ms - bend.start_ms) / (bend.end_ms - bend.start_ms)
                at_ms += bend.gain_ms * part
        return round(at_ms)

    def now_ms(self) -> int:
        """Return the take's time now."""
        return self.take_ms(self.real_ms())

    def skip(self, ms: float) -> None:
        """Let `ms` pass in the take at once."""
        now_ms = self.real_ms()
        self._bends.append(Bend(now_ms, now_ms, ms))

    @contextmanager
    def beat(self, ms: float) -> Iterator[None]:
        """Make the block last exactly `ms` in the take; skips may be part of it."""
        began_ms, real_ms = self.now_ms(), self.real_ms()
        yield
        self._bend(real_ms, ms - (self.now_ms() - began_ms))

    @contextmanager
    def untimed(self, longest_ms: float) -> Iterator[None]:
        """Make the block take no time in the take, unless it really takes `longest_ms`."""
        real_ms = self.real_ms()
        try:
            yield
        finally:
            taken_ms = self.real_ms() - real_ms
            if taken_ms < longest_ms:
                self._bend(real_ms, -taken_ms)

    def _bend(self, start_ms: float, gain_ms: float) -> None:
        self._bends.append(Bend(start_ms, self.real_ms(), gain_ms))
