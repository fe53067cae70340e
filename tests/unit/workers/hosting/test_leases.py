"""Leases: a batch ends when it is not renewed in time, and no other does."""

from __future__ import annotations

import threading

from forge.workers.hosting.leases import Leases


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_lease_that_is_over_ends_its_batch_alone() -> None:
    clock = Clock()
    leases = Leases(clock)
    leases.renew("a", 60.0)
    clock.now_s += 30.0
    leases.renew("b", 60.0)
    clock.now_s += 30.0
    assert leases.wait_for_end() == "a"
    assert leases.any, "that of b"
    leases.end("b")
    assert not leases.any


def test_renewal_moves_the_end() -> None:
    clock = Clock()
    leases = Leases(clock)
    for batch in ("a", "b"):
        leases.renew(batch, 60.0)
    clock.now_s += 50.0
    leases.renew("a", 60.0)
    clock.now_s += 10.0
    assert leases.wait_for_end() == "b"


def test_closed_leases_wait_for_nothing() -> None:
    leases = Leases()
    leases.renew("a", 3600.0)
    threading.Timer(0.01, leases.close).start()
    assert leases.wait_for_end() is None
