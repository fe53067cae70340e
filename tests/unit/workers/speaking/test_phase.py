"""The speak phase: every line of a job, in order."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from forge.model.records import Line, Mark
from forge.model.settings import Settings
from forge.model.settings import Voice as VoiceSettings
from forge.model.speech import SpokenLine
from forge.model.utterance import scripts
from forge.text.segments import words
from forge.workers.speaking import wav
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.phase import shown_words, speak
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
        job(lines=lines),
        settings,
        lambda number, line: told.append((number, line.step)),
        pytest.fail,
    )
    assert told == [(1, "a"), (2, "b"), (3, "c")]
    assert speech.lines[1] == SpokenLine(step="b", text="", audio_file=None, audio_ms=0)
    for line in (speech.lines[0], speech.lines[2]):
        samples, _ = wav.read(Path(line.audio_file or ""))
        assert line.audio_ms == math.ceil(samples.size / 48)
        assert Path(line.audio_file or "").is_relative_to(tmp_path / ".forge" / "cache")


def test_words_are_those_that_captions_show() -> None:
    line = Line(step="a", text="Save `useState()` in SQL.")
    settings = Settings(voice=VoiceSettings(say={"SQL": "my sequel"}))
    (script,) = scripts([line], settings, None)
    assert script.said.text == "Save use State in my sequel."
    heard = [
        Heard(at, end, float(number), number + 0.9)
        for number, (at, end) in enumerate(words(script.said.text, "en"))
    ]
    found = shown_words(script, heard)
    assert [(line.text[w.at : w.end], w.from_ms, w.until_ms) for w in found] == [
        ("Save", 0, 900),
        ("useState", 1000, 2900),
        ("in", 3000, 3900),
        ("SQL", 4000, 5900),
    ]


def test_each_line_has_its_words(tmp_path: Path) -> None:
    marks = (Mark(kind="pause", at=4, end=4, pause_s=2.0),)
    lines = (Line(step="a", text="One two.", marks=marks), Line(step="b", text="→"))
    settings = Settings(project_dir=tmp_path, voice=VoiceSettings(engine="silent"))
    first, second = speak(job(lines=lines), settings, lambda number, line: None, pytest.fail).lines
    assert (first.audio_ms, first.marks) == (1200 + 2000 + 1200, marks)
    assert [(w.at, w.end, w.from_ms) for w in first.words] == [(0, 3, 0), (4, 7, 3200)]
    assert (second.audio_ms, second.words) == (1200, ())


def test_advice_is_told_once_for_each_line(tmp_path: Path) -> None:
    lines = (Line(step="a", text="word " * 90), Line(step="b", text="Short."))
    settings = Settings(project_dir=tmp_path, voice=VoiceSettings(engine="silent"))
    notes: list[str] = []
    speak(job(lines=lines), settings, lambda number, line: None, notes.append)
    assert [note.split(";")[0] for note in notes] == ["step 'a': 34 s of narration"]
