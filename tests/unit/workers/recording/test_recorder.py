"""How one step is recorded, by a stage that has no browser."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from forge.workers.recording.recorder import changed_by_itself, record_step, with_late_picture


class FakeStage:
    """Time goes by when it is lived; the page rests `rests_after_ms` after a command."""

    def __init__(self) -> None:
        self.hand: Any = SimpleNamespace(done=tuple)
        self.resting, self.commands = True, 0
        self.at_ms, self.rests_after_ms = 0, 400
        self.something_came = False

    def now_ms(self) -> int:
        return self.at_ms

    def live_until(self, at_ms: float) -> None:
        self.at_ms = max(self.at_ms, round(at_ms))

    def disturbed(self, since_ms: int) -> bool:
        return self.something_came

    def rest(self, until_ms: int) -> tuple[bool, int]:
        rest_ms = self.at_ms + self.rests_after_ms
        self.at_ms = min(until_ms, rest_ms)
        return rest_ms < until_ms, rest_ms

    def click(self) -> None:
        self.commands += 1
        self.at_ms += 1000


@pytest.fixture
def stage() -> FakeStage:
    return FakeStage()


def test_a_step_that_only_speaks_takes_no_time_of_a_page_at_rest(stage: FakeStage) -> None:
    step = record_step(stage, "speak", lambda: None, 5000, 400, real=False)
    assert (step.start_ms, step.end_ms, step.moving) == (0, 0, False)


def test_what_moves_after_the_last_command_belongs_to_the_action(stage: FakeStage) -> None:
    step = record_step(stage, "click", stage.click, 5000, 400, real=False)
    assert (step.action_start_ms, step.action_end_ms, step.end_ms) == (0, 1400, 1400)
    assert not step.moving


def test_a_page_that_does_not_rest_is_lived_with_until_the_hold_ends(stage: FakeStage) -> None:
    stage.rests_after_ms = 60_000
    step = record_step(stage, "click", stage.click, 5000, 400, real=False)
    assert step.moving and step.end_ms >= 5000


def test_a_page_that_something_comes_to_is_watched_without_a_command(stage: FakeStage) -> None:
    stage.something_came = True
    step = record_step(stage, "speak", lambda: None, 5000, 400, real=False)
    assert step.end_ms == 400


def test_real_time_lives_through_the_hold(stage: FakeStage) -> None:
    step = record_step(stage, "click", stage.click, 5000, 400, real=True)
    assert step.moving and step.end_ms - step.action_start_ms >= 5400


def test_a_late_picture_is_part_of_the_hold_before(stage: FakeStage) -> None:
    step = record_step(stage, "click", stage.click, 5000, 400, real=False)
    assert with_late_picture(step, 1433).end_ms == 1533
    assert with_late_picture(step, 100).end_ms == step.end_ms


def test_the_warning_names_step_outside_and_way_out() -> None:
    told = changed_by_itself("run", ("web socket ws://app/kernel",))
    assert told == (
        "the page changed by itself after step 'run' had come to rest (web socket"
        " ws://app/kernel): give the step wait_for, or clock='real'"
    )
