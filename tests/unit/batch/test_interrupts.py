"""Signals during a batch."""

from __future__ import annotations

import signal
import threading
from contextlib import closing

import pytest

from forge.batch.interrupts import Interrupts, listen_for_signals


def test_signals_are_routed_while_the_block_runs() -> None:
    before = signal.getsignal(signal.SIGINT)
    with listen_for_signals() as interrupts:
        signal.raise_signal(signal.SIGINT)
        assert (interrupts.count, interrupts.signal) == (1, signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        assert (interrupts.count, interrupts.signal) == (3, signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before


def test_other_threads_route_no_signals() -> None:
    handlers: list[object] = []

    def run() -> None:
        with listen_for_signals():
            handlers.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [before]


def test_first_request_may_raise_too() -> None:
    with closing(Interrupts()) as interrupts, pytest.raises(KeyboardInterrupt), interrupts.raised():
        interrupts.ask(signal.SIGTERM)
    assert (interrupts.count, interrupts.signal) == (2, signal.SIGTERM)


def test_later_requests_do_not_raise() -> None:
    with closing(Interrupts()) as interrupts:
        with interrupts.raised():
            pass
        interrupts.ask(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interrupts.raised():
            try:
                interrupts.ask(signal.SIGINT)
            finally:
                interrupts.ask(signal.SIGINT)  # while something is cleaned up
    assert interrupts.count == 3
