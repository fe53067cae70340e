"""Signals during a batch."""

from __future__ import annotations

import signal
import threading

from forge.batch.interrupts import listen_for_signals


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
