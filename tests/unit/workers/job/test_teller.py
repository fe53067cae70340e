"""The events that a job sends to the parent process."""

from __future__ import annotations

import pytest

from forge.model.records import Event, Line
from forge.tutorial import Step
from forge.workers.job import teller as tellers
from forge.workers.job.teller import Teller
from forge.workers.real_time import monotonic
from tests.support.jobs import job

JOB = job(steps=2, words=3)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def teller(events: list[Event]) -> Teller:
    return Teller(JOB, 3, events.append)


def test_events_carry_slot_and_job(teller: Teller, events: list[Event]) -> None:
    teller.phase("speak")
    teller.take()
    teller.warn("Mind the gap.")
    assert [(e.kind, e.slot, e.job) for e in events] == [
        ("phase", 3, "tour"),
        ("take", 3, "tour"),
        ("warning", 3, "tour"),
    ]
    assert teller.warnings == [events[2].text] == ["Mind the gap."]


def test_lines_and_steps_carry_the_narration(teller: Teller, events: list[Event]) -> None:
    teller.line(1, Line(step="s0", text="Hello."))
    teller.step(2, Step("s1", "", lambda browser: None, "/tour.py", 1))
    assert [(e.step, e.steps, e.text) for e in events] == [
        (1, 2, "Hello."),
        (2, 2, "word word word"),
    ]


def test_frames_are_reported_once_a_second(
    teller: Teller, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    began_s = monotonic()
    for number, passed_s in enumerate((0.5, 1.1, 1.2, 2.0, 2.2), start=1):
        monkeypatch.setattr(tellers, "monotonic", lambda s=passed_s: began_s + s)
        teller.frame(number, 5)
    assert [(e.step, e.steps) for e in events] == [(2, 5), (5, 5)]
