"""The limits of a job in a lane."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from forge.batch.flight import Flight
from forge.batch.lanes import LaneLike, Seat
from forge.model.records import Attempt, Event
from forge.model.settings import Limits
from tests.support.jobs import job

LIMITS = Limits(job_s=60, silence_s=10)


def no_lane(slot: int) -> LaneLike:
    raise AssertionError(f"lane {slot} is not needed")


@pytest.fixture
def flight() -> Flight:
    """Return a job that began at 100 s, with no event since."""
    return Flight(job("a"), 0, Seat(no_lane), Future(), 100.0, 100.0)


def test_silence_message_names_the_last_event(flight: Flight) -> None:
    flight.hear(Event(kind="phase", slot=0, job="a", phase="record"), 105.0)
    flight.hear(Event(kind="step", slot=0, job="a", step=2, steps=3), 106.0)
    assert flight.deadline_s(LIMITS) == 116.0
    assert flight.overdue(LIMITS, 115.9) is None
    assert flight.overdue(LIMITS, 116.0) == (
        "gave no sign of life for 10 s (limits.silence_s), while in record, step 2 of 3"
    )


def test_job_with_events_has_a_limit(flight: Flight) -> None:
    flight.hear(Event(kind="phase", slot=0, job="a", phase="speak"), 159.0)
    assert flight.deadline_s(LIMITS) == 160.0
    assert "took longer than 60 s (limits.job_s)" in (flight.overdue(LIMITS, 160.0) or "")


def test_excused_time_counts_for_no_limit(flight: Flight) -> None:
    flight.excuse(3600.0)
    assert flight.deadline_s(LIMITS) == 3710.0
    flight.hear(Event(kind="phase", slot=0, job="a", phase="speak"), 3755.0)
    assert flight.deadline_s(LIMITS) == 3760.0


def test_waiting_for_another_host_counts_for_no_limit(flight: Flight) -> None:
    flight.hear(Event(kind="queued", slot=0, job="a"), 109.0)
    flight.hear(Event(kind="queued", slot=0, job="a"), 500.0)
    assert flight.deadline_s(LIMITS) == 510.0
    flight.hear(Event(kind="send", slot=0, job="a"), 505.0)
    assert flight.doing == "sending its recording"
    flight.hear(Event(kind="fetch", slot=0, job="a"), 509.0)
    assert flight.overdue(LIMITS, 519.0) == (
        "gave no sign of life for 10 s (limits.silence_s), while in bringing its files home"
    )


def test_attempt_times_count_from_the_batch(flight: Flight) -> None:
    ended = flight.end(Attempt(job="a"), "/a.log", 90.0, 130.0)
    assert (ended.wall_s, ended.started_s, ended.ended_s) == (30.0, 10.0, 40.0)
