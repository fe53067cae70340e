"""Requests to stop a batch: Ctrl-C and the signals that end a process."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupts:
    """Counts requests to stop, and wakes the batch's loop from any thread.

    The first Ctrl-C lets the jobs in flight end, the second kills them; SIGTERM and SIGHUP count
    as two. `signal` is the number of the last one.
    """

    def __init__(self) -> None:
        self.count = 0
        self.signal: int | None = None
        self._raises = False
        self.wake_receive, self._wake_send = socket.socketpair()
        self._wake_send.setblocking(False)

    def ask(self, number: int, _frame: object = None) -> None:
        """Count a request to stop; a signal handler."""
        self.signal = number
        self.count += 1 if number == signal.SIGINT else 2
        self.wake()
        if self._raises:
            self._raises = False  # a second one does not interrupt the cleaning up
            raise KeyboardInterrupt

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Raise KeyboardInterrupt, too, at the first request while the block runs."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def wake(self, _future: object = None) -> None:
        """Make `wake_receive` readable; for signal handlers, callbacks and other threads."""
        try:
            self._wake_send.send(b"!")
        except OSError:
            pass  # full: the loop is awake already; closed: there is no loop

    def close(self) -> None:
        """Close both sockets."""
        self.wake_receive.close()
        self._wake_send.close()


@contextmanager
def listen_for_signals() -> Iterator[Interrupts]:
    """Route SIGINT, SIGTERM and SIGHUP to an `Interrupts` while the block runs.

    An ignored SIGHUP stays ignored: under `nohup` a batch outlives its terminal. Only the main
    thread of a program may route signals: in another thread none is.
    """
    interrupts = Interrupts()
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = {number: signal.signal(number, interrupts.ask) for number in numbers}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        interrupts.close()
