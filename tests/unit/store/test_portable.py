"""Paths in records are relative where they are kept."""

from __future__ import annotations

from pathlib import Path

from forge.model.records import Attempt, Failure, JobResult, Note
from forge.model.speech import Speech, SpokenLine
from forge.store.job_files import read_speech, write_speech
from forge.store.paths import SPEECH_FILE
from forge.store.portable import located, portable
from tests.support.jobs import job

HERE, THERE = Path("/here/p"), Path("/there")
NOTE = Note(size=1, mtime_ns=2, ctime_ns=3, sha256="4")
ERROR = Failure(
    kind="X", message="m", file="/here/p/t.py", artifacts=("/here/p/.forge/a/failure.png", "/x")
)


def test_a_job_is_located_in_another_folder() -> None:
    one = job(tutorial_file="/here/p/t/a.py", sources={"/here/p/t/a.py": NOTE, "/usr/b.py": NOTE})
    sent = portable(one, HERE)
    assert (sent.tutorial_file, [*sent.sources]) == ("t/a.py", ["t/a.py", "/usr/b.py"])
    assert located(sent, HERE) == one
    assert located(sent, THERE).tutorial_file == "/there/t/a.py"
    assert [*located(sent, THERE).sources] == ["/there/t/a.py", "/usr/b.py"]


def test_an_attempt_is_located_in_another_folder() -> None:
    made = Attempt(job="a", output="/here/p/dist/a.mp4", error=ERROR)
    sent = portable(made, HERE)
    assert sent.output == "dist/a.mp4"
    assert sent.error and sent.error.file == "t.py"
    assert sent.error.artifacts == (".forge/a/failure.png", "/x")
    assert located(sent, HERE) == made


def test_a_result_keeps_paths_outside_of_the_project() -> None:
    result = JobResult(job="a", status="done", output="/videos/a.mp4", log="/here/p/logs/a.log")
    sent = portable(result, HERE)
    assert (sent.output, sent.log, sent.error) == ("/videos/a.mp4", "logs/a.log", None)
    assert located(sent, HERE) == result


def test_old_narration_with_absolute_paths_is_read(tmp_path: Path) -> None:
    """As older versions of forge have written it, in a folder that is no longer there."""
    line = SpokenLine(step="a", text="A", audio_file="/gone/.forge/cache/x.wav", audio_ms=5)
    work_dir = tmp_path / ".forge" / "a"
    work_dir.mkdir(parents=True)
    (work_dir / SPEECH_FILE).write_text(Speech(lines=(line,)).model_dump_json())
    assert read_speech(work_dir).lines == (line,)


def test_narration_names_its_sounds_relative_to_the_project(tmp_path: Path) -> None:
    work_dir, sound = tmp_path / ".forge" / "a", tmp_path / ".forge" / "cache" / "x.wav"
    work_dir.mkdir(parents=True)
    silent = SpokenLine(step="b", text="", audio_file=None, audio_ms=0)
    line = SpokenLine(step="a", text="A", audio_file=str(sound), audio_ms=5)
    write_speech(Speech(lines=(line, silent)), work_dir)
    assert '".forge/cache/x.wav"' in (work_dir / SPEECH_FILE).read_text()
    assert read_speech(work_dir).lines == (line, silent)
