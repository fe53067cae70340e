"""The speak phase: every line of a job, in order."""

from __future__ import annotations

import math
from pathlib import Path

from forge.model.records import Line
from forge.model.settings import Settings
from forge.model.settings import Voice as VoiceSettings
from forge.model.speech import SpokenLine
from forge.workers.speaking import wav
from forge.workers.speaking.phase import speak
from tests.support.jobs import job


def test_a_job_is_spoken_line_by_line(tmp_path: Path) -> None:
    lines = (
        Line(step="a", text="One two three four."),
        Line(step="b", text=""),
        Line(step="c", text="Five."),
    )
    settings = Settings(project_dir=tmp_path, voice=VoiceSettings(engine="silent"))
    told: list[tuple[int, str]] = []
    speech = speak(
        job(lines=lines), settings, lambda number, line: told.append((number, line.step))
    )
    assert told == [(1, "a"), (2, "b"), (3, "c")]
    assert speech.lines[1] == SpokenLine(step="b", text="", audio_file=None, audio_ms=0)
    for line in (speech.lines[0], speech.lines[2]):
        samples, _ = wav.read(Path(line.audio_file or ""))
        assert line.audio_ms == math.ceil(samples.size / 48)
        assert Path(line.audio_file or "").is_relative_to(tmp_path / ".forge" / "cache")
