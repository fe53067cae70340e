"""Work beside a recording: the gate that it waits at, and the priority of its thread."""

from __future__ import annotations

import os
import threading

from forge.workers.background import NICE, CpuGate, out_of_the_way


def test_a_new_gate_is_open() -> None:
    gate = CpuGate()
    assert gate.is_open
    assert gate.wait(0)


def test_nothing_passes_a_gate_that_is_shut() -> None:
    gate = CpuGate()
    gate.shut()
    assert not gate.is_open
    assert not gate.wait(0)


def test_with_a_spare_processor_the_gate_stays_open() -> None:
    gate = CpuGate(spare=True)
    gate.shut()
    assert gate.wait(0)


def test_opening_the_gate_wakes_who_waits() -> None:
    gate = CpuGate()
    gate.shut()
    passed: list[bool] = []
    waiting = threading.Thread(target=lambda: passed.append(gate.wait(10)))
    waiting.start()
    gate.open()
    waiting.join()
    assert passed == [True]


def test_a_background_thread_has_low_priority() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with out_of_the_way("test") as thread:
        native = thread.submit(threading.get_native_id).result()
        assert os.getpriority(os.PRIO_PROCESS, native) == NICE
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
