"""Encoding beside a recording: only while the gate is open, only the newest take."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.workers.background import CpuGate
from forge.workers.composing.encode_ahead import EncodeAhead
from tests.support.takes import step, take

TAKE = take([step("one", 0, (300, 900), 9000)], [0])


class LayOut:
    """Collects the takes it is called with, then fails."""

    def __init__(self) -> None:
        self.takes: list[Take] = []
        self.called = threading.Event()

    def __call__(self, some: Take) -> Manifest:
        self.takes.append(some)
        self.called.set()
        raise ValueError("not laid out")


@pytest.fixture
def lay_out() -> LayOut:
    return LayOut()


def encode_ahead(folder: Path, lay_out: LayOut, gate: CpuGate) -> EncodeAhead:
    return EncodeAhead(lay_out, Settings(project_dir=folder), folder, gate)


def test_nothing_is_encoded_while_the_gate_is_shut(tmp_path: Path, lay_out: LayOut) -> None:
    gate = CpuGate()
    gate.shut()
    ahead = encode_ahead(tmp_path, lay_out, gate)
    ahead.offer(TAKE)
    ahead.end()
    assert not lay_out.takes, "the end does not wait for the gate"


def test_only_the_newest_take_is_encoded(tmp_path: Path, lay_out: LayOut) -> None:
    gate = CpuGate()
    gate.shut()
    ahead = encode_ahead(tmp_path, lay_out, gate)
    newer = TAKE.model_copy(update={"browser": "newer"})
    ahead.offer(TAKE)
    ahead.offer(newer)
    gate.open()
    assert lay_out.called.wait(10)
    ahead.end()
    assert lay_out.takes == [newer]


def test_a_failure_is_left_to_composing(tmp_path: Path, lay_out: LayOut) -> None:
    ahead = encode_ahead(tmp_path, lay_out, CpuGate())
    ahead.offer(TAKE)
    assert lay_out.called.wait(10)
    ahead.end()
