"""What is done after a change, and what the page then shows; nothing is really played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forge.errors import MachineError, TutorialError, UsageError
from forge.model.records import Attempt, Failure
from forge.watching.board import Board, Shown, ShownStep
from forge.watching.director import Director, Watched
from tests.support.watched import FakeWorker, planned, tour


class FakeChanges:
    """Changes that a test makes: `look` returns them once."""

    def __init__(self) -> None:
        self.changed: set[Path] = set()
        self.pending = False

    def look(self) -> set[Path]:
        changed, self.changed = self.changed, set()
        return changed

    def add_new(self) -> None: ...


class Desk:
    """A watched project of one job, played once. `said`: the lines for the terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, list[str]()
        self.worker = FakeWorker(planned(folder, tour(), warnings=["mind the gap"]))
        self.board = Board("shop")
        self.changes = FakeChanges()
        self.locked: Exception | None = None
        watched = Watched(folder, {}, (), "", folder)
        self.director = Director(watched, self.board, self.worker, self.lock, self.said.append)
        monitor: Any = self.changes
        self.director._changes = monitor

    @contextmanager
    def lock(self, work_root: Path) -> Iterator[None]:
        if self.locked:
            raise self.locked
        yield

    def settle(self) -> list[str]:
        """Do all that there is to do; return the works."""
        self.worker.done.clear()
        while self.director.turn():
            pass
        return self.worker.done

    def change(self, *names: str) -> list[str]:
        self.changes.changed = {self.folder / name for name in names or ("tour.py",)}
        return self.settle()

    @property
    def shown(self) -> Shown:
        return self.board.shown

    def step(self, name: str) -> ShownStep:
        found = self.shown.jobs[0].step(name)
        assert found
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.director.begin()
    assert desk.settle() == ["play tour s0", "clips tour ('s1',)"]
    return desk


def test_first_play_shows_pictures_clips_and_warnings(desk: Desk) -> None:
    (job,) = desk.shown.jobs
    assert (job.state, job.warnings, desk.shown.warnings) == ("played", ["slow"], ["mind the gap"])
    assert [(s.picture, s.clip, s.length_s, s.stale) for s in job.steps] == [
        ("one.jpg", "s0.mp4", 2.5, False),
        ("two.jpg", "s1.mp4", 2.5, False),
    ]
    assert (desk.shown.job, desk.shown.step, desk.shown.doing) == ("tour", "s0", "")
    assert desk.shown.took_s is not None
    assert desk.said[-1].startswith("tour: played")


def test_changed_sentence_is_played_and_shown(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(says=["one", "three"]))
    assert desk.change() == ["planned", "play tour s1", "clips tour ('s0',)"]
    assert (desk.shown.step, desk.step("s1").text, desk.step("s1").picture) == (
        *("s1", "three", "three.jpg"),
    )
    assert "changed: tour.py" in desk.said


def test_change_without_effect_plays_nothing(desk: Desk) -> None:
    assert desk.change() == ["planned"]
    assert desk.shown.jobs[0].state == "played"


def test_old_pictures_stay_until_there_are_new_ones(desk: Desk) -> None:
    seen = []
    desk.worker.plan = planned(desk.folder, tour(), style="red")

    def look() -> None:
        if desk.worker.done[-1].startswith("play"):
            seen.append((desk.step("s0").picture, desk.step("s0").stale, desk.step("s0").clip))

    desk.worker.during = look
    desk.change("forge.toml")
    assert seen == [("one.jpg", True, "")]


def test_wrong_project_is_shown_and_plays_nothing(desk: Desk) -> None:
    good, desk.worker.plan = desk.worker.plan, TutorialError("tour.py:3: no", hint="say yes")
    assert desk.change() == ["planned"]
    problem = desk.shown.problem
    assert problem and (problem.message, problem.hint) == ("tour.py:3: no", "say yes")
    assert desk.step("s0").clip == "s0.mp4", "the last good version can still be played"
    desk.worker.plan = good
    assert desk.change() == ["planned"]
    assert desk.shown.problem is None


def test_failed_step_is_shown_with_its_place_and_screenshot(desk: Desk) -> None:
    shot = desk.folder / "failure.png"
    shot.write_bytes(b"a picture")
    error = Failure(
        kind="RecordingError",
        message="no such element",
        step="s1",
        file="/p/tour.py",
        line=9,
        artifacts=(str(desk.folder / "console.log"), str(shot)),
    )
    desk.worker.attempt = Attempt(job="tour", error=error)
    desk.worker.plan = planned(desk.folder, tour(), codes="new")
    assert desk.change() == ["planned", "play tour s0"], "it is not tried again by itself"
    (job,) = desk.shown.jobs
    assert job.problem and job.state == "failed"
    assert (job.problem.where, job.problem.step) == ("/p/tour.py:9", "s1")
    assert (desk.folder / job.problem.picture).read_bytes() == b"a picture"
    assert "/p/tour.py:9: step 's1': no such element" in desk.said[-1]


def test_error_outside_a_job_is_shown(desk: Desk) -> None:
    desk.worker.attempt = MachineError("the process that plays has ended", hint="it starts again")
    desk.worker.plan = planned(desk.folder, tour(), codes="new")
    desk.change()
    problem = desk.shown.jobs[0].problem
    assert problem and problem.hint == "it starts again"


def test_change_meanwhile_stops_the_work_and_begins_again(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(), codes="new")

    def save() -> None:
        if desk.worker.done == ["planned", "play tour s0"]:
            desk.changes.changed = {desk.folder / "tour.py"}

    desk.worker.during = save
    assert desk.change() == [
        *("planned", "play tour s0"),
        *("planned", "play tour s0", "clips tour ('s1',)"),
    ]


def test_file_that_always_changes_is_pointed_out(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(), codes="new")

    def write() -> None:
        if desk.worker.done[-1].startswith("play") and len(desk.worker.done) < 12:
            desk.changes.changed = {desk.folder / "app.db"}

    desk.worker.during = write
    desk.change()
    assert sum("does not belong under `watch`" in line for line in desk.said) == 1


def test_file_that_changed_before_the_end_is_no_failure(desk: Desk) -> None:
    error = Failure(kind="ChangedError", message="tour.py has changed")
    desk.worker.attempt = Attempt(job="tour", error=error)
    desk.worker.plan = planned(desk.folder, tour(), codes="new")

    def succeed_at_last() -> None:
        if len(desk.worker.done) == 3:
            desk.worker.attempt = None

    desk.worker.during = succeed_at_last
    assert desk.change() == ["planned", *["play tour s0"] * 2, "clips tour ('s1',)"]
    assert desk.shown.jobs[0].problem is None


def test_change_that_is_not_at_rest_is_waited_for(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(), codes="new")
    desk.worker.during = lambda: setattr(desk.changes, "pending", True)
    assert desk.change() == ["planned"]
    desk.changes.pending, desk.worker.during = False, lambda: None
    assert desk.change() == ["planned", "play tour s0", "clips tour ('s1',)"]


def test_project_of_another_command_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []

    def wait(timeout_s: float) -> None:
        waited.append(desk.shown.doing)
        desk.locked = None

    monkeypatch.setattr(desk.board, "wait", wait)
    desk.locked = UsageError("another forge (pid 7) is at work")
    desk.worker.plan = planned(desk.folder, tour(), codes="new")
    assert desk.change() == ["planned", "play tour s0", "clips tour ('s1',)"]
    assert waited == ["waits: another forge (pid 7) is at work"]


def test_reader_chooses_another_job_or_the_same_again(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(), tour("other"))
    desk.change()
    assert desk.shown.job == "other", "a new tutorial is shown"
    desk.director.choose("tour", "s1", again=False)
    assert desk.settle() == []
    desk.director.choose("tour", "s1", again=True)
    assert desk.settle() == ["play tour s1", "clips tour ('s0',)"]


def test_unknown_choice_is_ignored(desk: Desk) -> None:
    desk.director.choose("nowhere", "s0", again=True)
    desk.director.choose("tour", "s9", again=True)
    assert (desk.settle(), desk.shown.step) == ([], "s0")


def test_step_that_is_chosen_comes_before_other_clips(desk: Desk) -> None:
    desk.worker.plan = planned(desk.folder, tour(says=["one", "two", "three"]), codes="new")

    def choose() -> None:
        if desk.worker.done[-1] == "clips tour ('s1', 's2')":
            desk.director.choose("tour", "s2", again=False)

    desk.worker.during = choose
    assert desk.change()[2:] == ["clips tour ('s1', 's2')", "clips tour ('s2', 's1')"]


def test_wrong_project_at_the_beginning_ends_the_command(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.worker.plan = TutorialError("tour.py:3: no")
    with pytest.raises(TutorialError):
        desk.director.begin()
