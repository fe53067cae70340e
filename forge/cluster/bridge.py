"""Events of a lane on another host, as a connection that the batch's loop can wait for."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from multiprocessing import Pipe

from forge.model.records import Event


class EventBridge:
    """A queue of events and a pipe: `readable` is so when events are there, or after `ring`.

    `put` and `ring` never block: they are called in the one thread that Dask's client has, and a
    pipe that is full would stop it. So there is at most one byte in the pipe.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self.readable, self._bell = Pipe(duplex=False)
        self._rung = threading.Lock()

    def put(self, event: Event) -> None:
        """Add `event`; from any thread."""
        self._events.append(event)
        self.ring()

    def ring(self) -> None:
        """Make `readable` readable; from any thread."""
        if self._rung.acquire(blocking=False):
            with suppress(OSError):  # closed
                self._bell.send_bytes(b"!")

    def take_all(self) -> list[Event]:
        """Return the events that have come; in the thread of the batch's loop."""
        while self.readable.poll():
            self.readable.recv_bytes()
            self._rung.release()
        return [self._events.popleft() for _ in range(len(self._events))]

    def close(self) -> None:
        """Close both ends."""
        self.readable.close()
        self._bell.close()
