"""The bridge of events: never full, never asleep."""

from __future__ import annotations

from multiprocessing.connection import wait

from forge.cluster.bridge import EventBridge
from forge.model.records import Event


def event(number: int) -> Event:
    return Event(kind="step", slot=0, step=number)


def test_events_arrive_in_order_and_wake_once() -> None:
    bridge = EventBridge()
    for number in range(100_000):  # more than a pipe would hold
        bridge.put(event(number))
    assert wait([bridge.readable], 0)
    assert [found.step for found in bridge.take_all()] == list(range(100_000))
    assert not wait([bridge.readable], 0)
    bridge.put(event(1))
    assert wait([bridge.readable], 0)
    bridge.close()


def test_ring_wakes_without_an_event() -> None:
    bridge = EventBridge()
    bridge.ring()
    bridge.ring()
    assert wait([bridge.readable], 0)
    assert bridge.take_all() == []
    assert not wait([bridge.readable], 0)
    bridge.close()
    bridge.ring()  # after the end: nothing to wake
