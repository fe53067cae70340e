"""The events that a job sends to the parent process."""

from __future__ import annotations

import pytest

from forge.model.records import Event, Line
from forge.tutorial import Step
from forge.workers.job import reporter as reporters
from forge.workers.job.reporter import Reporter
from forge.workers.real_time import monotonic
from tests.support.jobs import job

JOB = job(steps=2, words=3)


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def reporter(events: list[Event]) -> Reporter:
    return Reporter(JOB, 3, events.append)


def test_events_carry_slot_and_job(reporter: Reporter, events: list[Event]) -> None:
    reporter.phase("speak")
    reporter.take(True)
    reporter.warn("Mind the gap.")
    assert [(e.kind, e.slot, e.job) for e in events] == [
        ("phase", 3, "tour"),
        ("take", 3, "tour"),
        ("warning", 3, "tour"),
    ]
    assert reporter.warnings == [events[2].text] == ["Mind the gap."]


def test_lines_and_steps_carry_the_narration(reporter: Reporter, events: list[Event]) -> None:
    reporter.line(1, Line(step="s0", text="Hello."))
    reporter.step(2, Step("s1", "", lambda browser: None, "/tour.py", 1))
    assert [(e.step, e.steps, e.text) for e in events] == [
        (1, 2, "Hello."),
        (2, 2, "word word word"),
    ]


def test_frames_are_reported_once_a_second(
    reporter: Reporter, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    began_s = monotonic()
    for number, passed_s in enumerate((0.5, 1.1, 1.2, 2.0, 2.2), start=1):
        monkeypatch.setattr(reporters, "monotonic", lambda s=passed_s: began_s + s)
        reporter.frame(number, 5)
    assert [(e.step, e.steps) for e in events] == [(2, 5), (5, 5)]
