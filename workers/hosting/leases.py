"""Leases: a batch runs on this host only as long as its parent process renews its lease.

A connection proves nothing. Through a tunnel it stays up although the parent is gone, and a parent
that hangs keeps it open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from forge.workers import real_time


class Leases:
    """The lease of each batch. All methods may be called from any thread.

    `now_s` is a clock, in seconds.
    """

    def __init__(self, now_s: Callable[[], float] = real_time.monotonic) -> None:
        self._now_s = now_s
        self._ends_s: dict[str, float] = {}
        self._changed = threading.Condition()
        self._closed = False

    def renew(self, batch: str, lease_s: float) -> None:
        """Let `batch` run for another `lease_s` seconds."""
        with self._changed:
            self._ends_s[batch] = self._now_s() + lease_s
            self._changed.notify_all()

    def end(self, batch: str) -> None:
        """Forget the lease of `batch`, whose parent has ended it."""
        with self._changed:
            self._ends_s.pop(batch, None)

    def close(self) -> None:
        """Let `wait_for_end` return None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait_for_end(self) -> str | None:
        """Wait until the lease of a batch is over; return its name, and None after `close`."""
        with self._changed:
            while not self._closed:
                batch = min(self._ends_s, key=self._ends_s.__getitem__, default=None)
                left_s = None if batch is None else self._ends_s[batch] - self._now_s()
                if batch is not None and left_s is not None and left_s <= 0:
                    del self._ends_s[batch]
                    return batch
                self._changed.wait(left_s)
        return None

    @property
    def any(self) -> bool:
        """True if a batch has a lease."""
        with self._changed:
            return bool(self._ends_s)
