"""How one step is recorded, on a stage without a browser."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from forge.model.card_timing import Titles
from forge.model.records import Mark
from forge.model.settings import Video
from forge.model.speech import Speech, SpokenLine
from forge.model.take import StepTake
from forge.model.timeline import lay_out
from forge.workers.recording.recorder import Journal, StepPlan, record_step
from tests.support.fake_stage import FakeStage
from tests.support.takes import take


@pytest.fixture
def stage() -> FakeStage:
    return FakeStage()


def plan(name: str, *, real: bool = False) -> StepPlan:
    line = SpokenLine(step=name, text="Say it.", audio_file=None, audio_ms=5000)
    return StepPlan(line, 400, real)


def test_a_spoken_step_takes_no_page_time(stage: FakeStage) -> None:
    step = record_step(stage, plan("speak"), lambda: None)
    assert (step.start_ms, step.end_ms, step.moving) == (0, 0, False)


def test_late_movement_belongs_to_the_action(stage: FakeStage) -> None:
    step = record_step(stage, plan("click"), stage.click)
    assert (step.action_start_ms, step.action_end_ms, step.end_ms) == (0, 1400, 1400)
    assert not step.moving


def test_a_restless_page_is_recorded_for_the_hold(stage: FakeStage) -> None:
    stage.rests_after_ms = 60_000
    step = record_step(stage, plan("click"), stage.click)
    assert step.moving and step.end_ms >= 5000


def test_a_page_at_rest_until_a_late_timer_is_recorded_for_the_hold(stage: FakeStage) -> None:
    """The virtual clock sees the rest of the hold coming, and ends its own part early."""
    stage.rest = lambda until_ms: (False, stage.at_ms)  # type: ignore[method-assign]
    step = record_step(stage, plan("click"), stage.click)
    assert step.moving and step.end_ms == 5400


@pytest.mark.parametrize("late_ms", [0, 33, 150])
@pytest.mark.parametrize("audio_ms", [200, 3210])
@pytest.mark.parametrize("marks", [(), (Mark(kind="here", at=8, end=8),)])
def test_no_time_of_a_moving_page_is_missing(
    stage: FakeStage, marks: tuple[Mark, ...], audio_ms: int, late_ms: int
) -> None:
    stage.rests_after_ms, stage.late_ms = 60_000, late_ms
    text = "Click a button."
    lines = tuple(
        SpokenLine(step=name, text=text, audio_file=None, audio_ms=audio_ms, marks=marks)
        for name in ("a", "b", "c")
    )

    def act() -> None:
        stage.click()
        stage.at_ms += 20  # until the next step begins, some time passes

    steps: list[StepTake] = []
    for line in lines:
        before = steps[-1] if steps else None
        steps.append(record_step(stage, StepPlan(line, 400), act, before))
    made = take(steps, range(0, stage.at_ms, 10))
    manifest = lay_out(made, Speech(lines=lines), Titles("T"))
    placed = [manifest.steps[0].action_start_ms, manifest.steps[-1].end_ms]
    pictures = [p for p in manifest.pictures if placed[0] < p.at_ms < placed[1]]
    for one, two in pairwise(pictures):
        passed_ms = made.frames[two.frame].at_ms - made.frames[one.frame].at_ms
        assert passed_ms == 10, "every picture is shown"
        assert two.at_ms - one.at_ms == 10 or marks, "for as long as it was"


def test_the_wait_for_a_word_is_not_recorded(stage: FakeStage) -> None:
    stage.rests_after_ms = 60_000
    mark = Mark(kind="here", at=6, end=6)
    line = SpokenLine(step="a", text="Now   click.", audio_file=None, audio_ms=8000, marks=(mark,))
    step = record_step(stage, StepPlan(line, 400), stage.click)
    assert step.end_ms == 8400 - 4000, "the word comes after 4 s of a still picture"


def test_a_change_without_command_is_recorded(stage: FakeStage) -> None:
    stage.something_came = True
    step = record_step(stage, plan("speak"), lambda: None)
    assert step.end_ms == 400


def test_real_time_lives_through_the_hold(stage: FakeStage) -> None:
    step = record_step(stage, plan("click", real=True), stage.click)
    assert step.moving and step.end_ms - step.action_start_ms >= 5400


def journal_of(*steps: StepTake) -> Journal:
    browser: Any = SimpleNamespace(capabilities={"browserName": "none", "browserVersion": "0"})
    journal = Journal(browser, Video(), "virtual")
    journal.steps += steps
    return journal


@pytest.mark.parametrize(("picture_ms", "end_ms"), [(1433, 1533), (100, 1400)])
def test_a_late_picture_lengthens_the_hold(stage: FakeStage, picture_ms: int, end_ms: int) -> None:
    journal = journal_of(record_step(stage, plan("click"), stage.click))
    journal.add_late_picture(picture_ms)
    assert journal.steps[-1].end_ms == end_ms


def test_the_warning_names_step_and_outside(stage: FakeStage) -> None:
    journal = journal_of(record_step(stage, plan("run"), stage.click))
    journal.warn_of_change(("web socket ws://app/kernel",))
    assert journal.notes([]) == [
        "the page changed by itself after step 'run' had come to rest (web socket"
        " ws://app/kernel): give the step wait_for, or clock='real'"
    ]


def test_unanswered_requests_make_one_warning() -> None:
    said = "not answered, and no longer waited for: GET http://a/1, GET http://a/2"
    assert journal_of().notes(["GET http://a/1", "GET http://a/2"]) == [said]
    assert journal_of().notes([]) == []
