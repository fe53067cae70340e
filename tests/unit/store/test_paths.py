"""Where the files of a job lie."""

from __future__ import annotations

from pathlib import Path

from forge.model.settings import Settings
from forge.store.paths import Outputs, WorkDir


def test_the_video_appears_last() -> None:
    outputs = Outputs(Path("/dist"), "tour.de")
    assert [path.name for path in outputs.all] == [
        "tour.de.srt",
        "tour.de.vtt",
        "tour.de.chapters.vtt",
        "tour.de.chapters.txt",
        "tour.de.jpg",
        "tour.de.mp4",
    ]
    assert outputs.all[-1] == outputs.video == Path("/dist/tour.de.mp4")


def test_contact_sheet_is_an_optional_output(tmp_path: Path) -> None:
    settings = Settings(project_dir=tmp_path, contact_sheet=True)
    names = [path.name for path in Outputs.of(settings, "tour").all]
    assert names[-2:] == ["tour.contact-sheet.jpg", "tour.mp4"]


def test_work_dir_has_the_name_of_the_job(tmp_path: Path) -> None:
    work_dir = WorkDir.of(Settings(project_dir=tmp_path), "tour.de")
    assert work_dir.path == tmp_path / ".forge" / "tour.de"
    assert work_dir.take == work_dir.path / "take.json"


def test_failed_attempts_are_found(tmp_path: Path) -> None:
    work_dir = WorkDir(tmp_path)
    assert work_dir.attempts() == []
    work_dir.attempt(1).mkdir()
    assert work_dir.attempts() == [tmp_path / "attempt-1"]
