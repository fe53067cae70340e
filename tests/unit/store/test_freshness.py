"""Judging by prints and files what a render has to do for a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forge.model.records import Job, JobResult
from forge.model.settings import Settings
from forge.store.file_notes import notes_of
from forge.store.fingerprint import write_printed
from forge.store.freshness import assess, forget, seen_again, still_there
from forge.store.paths import Outputs, WorkDir
from tests.support.jobs import MACHINE, job

TAKE, VIDEO = {"steps": "1", "clock": "virtual"}, {"narration": "1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(project_dir=tmp_path)


def planned(name: str = "tour", **fields: Any) -> Job:
    return job(name, **{"take_prints": TAKE, "video_prints": VIDEO} | fields)


def keep_take(settings: Settings, name: str = "tour", prints: dict[str, str] = TAKE) -> None:
    work_dir = WorkDir.of(settings, name)
    work_dir.path.mkdir(parents=True, exist_ok=True)
    write_printed(work_dir.take_print, prints, {})


def keep_video(settings: Settings, name: str = "tour") -> None:
    """Write the outputs, the manifest, and the print of a video, as a render does."""
    work_dir, outputs = WorkDir.of(settings, name), Outputs.of(settings, name)
    for path in (*outputs.all, work_dir.manifest):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    notes = notes_of([*outputs.all, work_dir.manifest])
    write_printed(work_dir.video_print, TAKE | VIDEO, notes)


def test_new_job_needs_a_recording(settings: Settings) -> None:
    verdict = assess(settings, MACHINE, planned())
    assert (verdict.needs, verdict.why) == ("record", "there is no complete render of it yet")
    assert verdict.take_from == ()


def test_an_unchanged_video_is_fresh(settings: Settings) -> None:
    keep_take(settings)
    keep_video(settings)
    verdict = assess(settings, MACHINE, planned())
    assert (verdict.needs, verdict.why) == ("fresh", None)
    assert set(verdict.made) > {"tour.mp4", "tour.srt"}


def test_another_sentence_needs_no_recording(settings: Settings) -> None:
    keep_take(settings)
    keep_video(settings)
    verdict = assess(settings, MACHINE, planned(video_prints={"narration": "2"}))
    assert (verdict.needs, verdict.why) == ("compose", "changed: narration")
    assert [kept.folder.name for kept in verdict.take_from] == ["tour"]


def test_another_step_needs_a_recording(settings: Settings) -> None:
    keep_take(settings)
    keep_video(settings)
    verdict = assess(settings, MACHINE, planned(take_prints=TAKE | {"steps": "2"}))
    assert (verdict.needs, verdict.why) == ("record", "changed: steps")


def test_missing_file_makes_the_video_stale(settings: Settings) -> None:
    keep_take(settings)
    keep_video(settings)
    Outputs.of(settings, "tour").video.unlink()
    verdict = assess(settings, MACHINE, planned())
    assert (verdict.needs, verdict.why) == ("compose", "there is no tour.mp4")


def test_the_take_of_another_language_serves(settings: Settings) -> None:
    keep_take(settings, "tour.de")
    verdict = assess(settings, MACHINE, planned(takes_from=("tour.de",)))
    assert verdict.needs == "compose"
    assert [kept.folder.name for kept in verdict.take_from] == ["tour.de"]


def test_the_own_take_comes_first(settings: Settings) -> None:
    keep_take(settings, "other")
    keep_take(settings)
    verdict = assess(settings, MACHINE, planned(takes_from=("other",)))
    assert [kept.folder.name for kept in verdict.take_from] == ["tour", "other"]


def test_a_forgotten_job_needs_a_recording(settings: Settings) -> None:
    keep_take(settings)
    keep_video(settings)
    forget(settings, [planned()])
    assert assess(settings, MACHINE, planned()).needs == "record"


def test_changed_video_is_lost(settings: Settings) -> None:
    keep_video(settings)
    outputs = Outputs.of(settings, "tour")
    result = JobResult(
        job="tour", status="done", output=str(outputs.video), files=notes_of(outputs.all)
    )
    assert still_there(result)
    assert seen_again(result) is result
    outputs.video.write_text("another")
    assert not still_there(result)
    seen = seen_again(result)
    assert (seen.status, seen.output, seen.files) == ("failed", None, {})
    assert seen.error is not None and seen.error.kind == "OutputLost"
