"""Encoding beside a recording: only while the gate is open, only the newest take."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from forge.model.settings import Settings, Style
from forge.model.take import Interaction, Take
from forge.model.timeline import Manifest
from forge.workers.background import CpuGate
from forge.workers.composing.encode_ahead import EncodeAhead
from tests.support.takes import step, take

STEP = step("one", 0, (300, 900), 9000)
CLICK = Interaction(kind="click", at_ms=900, point=(9.0, 9.0))
TAKE = take([STEP.model_copy(update={"interactions": (CLICK,)})], [0])


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


def encode_ahead(
    folder: Path, lay_out: LayOut, gate: CpuGate, *, cursor: bool = True
) -> EncodeAhead:
    settings = Settings(project_dir=folder, style=Style(cursor=cursor))
    return EncodeAhead(lay_out, settings, folder, gate)


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


@pytest.mark.parametrize("cursor", [True, False])
def test_nothing_is_encoded_before_it_is_known_whether_a_cursor_shows(
    tmp_path: Path, lay_out: LayOut, cursor: bool
) -> None:
    ahead = encode_ahead(tmp_path, lay_out, CpuGate(), cursor=cursor)
    ahead.offer(take([STEP], [0]))
    with suppress(ValueError):  # of `lay_out`
        ahead.wait()
    ahead.end()
    assert bool(lay_out.takes) is not cursor


def test_a_failure_is_left_to_composing(tmp_path: Path, lay_out: LayOut) -> None:
    ahead = encode_ahead(tmp_path, lay_out, CpuGate())
    ahead.offer(TAKE)
    assert lay_out.called.wait(10)
    ahead.end()
