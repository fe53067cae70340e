"""One job is played again: which phases run, what is reported; nothing is really recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forge.errors import ComposeError, RecordingError
from forge.model.records import Attempt, Job
from forge.model.settings import Settings, Video
from forge.model.timeline import ManifestStep
from forge.store.paths import WorkDir
from forge.workers.watching import play
from forge.workers.watching.messages import Clipped, Doing, Drawn, Wish
from forge.workers.watching.play import Replay
from tests.support.jobs import MACHINE, job
from tests.support.phases import FakePhases, FakeWorker

PRINTS: dict[str, Any] = {
    "take_prints": {"steps": "1", "clock": "virtual 1"},
    "video_prints": {"title": "1"},
}
TOUR = job(steps=3, **PRINTS)


class FakePictures:
    """Pictures whose names are those of the steps."""

    def draw(self, step: ManifestStep) -> Drawn:
        return Drawn(step=step.id, picture=f"{step.id}.jpg", length_s=1.0)

    def clip(self, step: ManifestStep) -> Clipped:
        return Clipped(step=step.id, clip=f"{step.id}.mp4")


class Desk:
    """A project whose job is played with fake phases. `told`: the news that came."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(project_dir=folder, video=Video(width=640, height=360))
        self.phases, self.told = FakePhases(), list[object]()

    def play(self, job: Job = TOUR, step: str = "s1", *, again: bool = False) -> Attempt:
        self.phases.done.clear()
        self.told.clear()
        worker = FakeWorker(self.settings, phase="record")
        wish = Wish(self.settings, MACHINE, job, step, self.settings.project_dir, again)
        return Replay(wish, worker.context, self.told.append, self.phases).run()

    @property
    def done(self) -> list[str]:
        """What the phases did, without starts and ends of the browser, which happen beside them."""
        return [what for what in self.phases.done if not what.startswith(("launch", "close"))]

    @property
    def shown(self) -> list[object]:
        """The names of the pictures and clips that were told, in their order."""
        return [
            one.picture if isinstance(one, Drawn) else one.clip
            for one in self.told
            if isinstance(one, Drawn | Clipped)
        ]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    @contextmanager
    def pictures_of(*_: object) -> Iterator[FakePictures]:
        yield FakePictures()

    monkeypatch.setattr(play, "pictures_of", pictures_of)
    return Desk(tmp_path)


def test_new_job_is_spoken_recorded_and_drawn(desk: Desk) -> None:
    assert desk.play().status == "done"
    assert desk.done == ["speak", "patch time", "record virtual"]
    assert desk.shown == ["s1.jpg", "s1.mp4", "s0.jpg", "s2.jpg"], "the author's step comes first"


def test_changed_sentence_needs_no_browser(desk: Desk) -> None:
    desk.play()
    changed = TOUR.model_copy(update={"video_prints": {"title": "2"}})
    assert desk.play(changed).status == "done"
    assert desk.phases.done == ["speak"]
    assert len(desk.shown) == 4


def test_changed_code_is_recorded(desk: Desk) -> None:
    desk.play()
    desk.play(TOUR.model_copy(update={"take_prints": {"steps": "2", "clock": "virtual 1"}}))
    assert "record virtual" in desk.done


def test_unchanged_job_is_recorded_again_on_demand(desk: Desk) -> None:
    desk.play()
    desk.play(again=True)
    assert "record virtual" in desk.done


def test_failed_step_is_reported_with_its_evidence(desk: Desk) -> None:
    error = RecordingError("no such element", step="s1", file="/tour.py", line=9)
    error.any_clock = True
    desk.phases.fails["record virtual"] = error
    attempt = desk.play()
    assert attempt.error and (attempt.error.step, attempt.error.line) == ("s1", 9)
    assert [Path(path).name for path in attempt.error.artifacts] == ["failure.png"]
    assert desk.shown == []


def test_video_of_a_render_stays_as_it_is(desk: Desk) -> None:
    printed = WorkDir.of(desk.settings, TOUR.name).video_print
    printed.parent.mkdir(parents=True)
    printed.write_text("made of something")
    desk.play()
    assert printed.read_text() == "made of something"
    assert not desk.settings.output_dir.exists()


def test_progress_is_told_in_words(desk: Desk) -> None:
    pipe = play._Pipe(desk.told.append)
    for event in (
        '{"kind": "phase", "slot": 0, "phase": "record"}',
        '{"kind": "step", "slot": 0, "step": 2, "steps": 3}',
        '{"kind": "warning", "slot": 0, "text": "mind the gap"}',
    ):
        pipe.send_bytes(event.encode())
    assert desk.told == [Doing(text="records"), Doing(text="records step 2 of 3")]


def test_clips_need_a_job_that_was_played(desk: Desk, tmp_path: Path) -> None:
    wish = Wish(desk.settings, MACHINE, TOUR, "s1", tmp_path)
    with pytest.raises(ComposeError, match="tour was not played yet"):
        play.clips(wish, ("s1",), desk.told.append)
    desk.play()
    desk.told.clear()
    play.clips(wish, ("s2", "s0"), desk.told.append)
    assert desk.shown == ["s2.mp4", "s0.mp4"]
