"""A line is spoken in parts, with exact silence between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forge.model.utterance import Utterance
from forge.workers.speaking import wav
from forge.workers.speaking.engines.espeak import EspeakVoice
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.saying import say

RATE = wav.RATE


class Buzzer:
    """Buzzes for 0.5 s, with silence of 0.1 s before and 0.2 s after, and reports it or not."""

    key = "buzzer"

    def __init__(self, *, reports: bool) -> None:
        self.reports = reports
        self.asked: list[str] = []

    def speak(self, text: str, path: Path) -> list[Heard] | None:
        self.asked.append(text)
        sound = np.zeros(RATE * 8 // 10, dtype=np.int16)
        sound[RATE // 10 : RATE * 6 // 10] = 5000
        wav.write(path, sound)
        return [Heard(0, len(text), 0.0, 0.8)] if self.reports else None


def loud(samples: wav.Samples) -> list[tuple[float, float]]:
    """Return where sound begins and ends, in milliseconds."""
    at = np.flatnonzero(np.abs(samples.astype(int)) > wav.SILENCE)
    cuts = np.flatnonzero(np.diff(at) > 1)
    begins, ends = [at[0], *at[cuts + 1]], [*at[cuts], at[-1]]
    return [(a * 1000 / RATE, (b + 1) * 1000 / RATE) for a, b in zip(begins, ends, strict=True)]


@pytest.mark.parametrize("reports", [True, False])
def test_a_pause_is_silence_of_exactly_its_length(reports: bool, tmp_path: Path) -> None:
    voice = Buzzer(reports=reports)
    said = Utterance("One. Two!", "en", ((5, 1.25),))
    samples, heard = say(voice, said, tmp_path / "raw.wav")
    assert voice.asked == ["One.", "Two!"]
    assert loud(samples) == [(2, 502), (1752, 2252)]
    assert [(w.at, w.end) for w in heard] == [(0, 3), (5, 8)]
    assert [t for w in heard for t in (w.from_s, w.until_s)] == pytest.approx(
        [0.002, 0.502, 1.752, 2.252], abs=0.011
    )


def test_pauses_at_the_ends_and_next_to_each_other(tmp_path: Path) -> None:
    said = Utterance("Ah", "en", ((0, 0.5), (0, 0.25), (2, 1.0)))
    samples, heard = say(Buzzer(reports=True), said, tmp_path / "raw.wav")
    assert loud(samples) == [(750, 1250)]
    assert samples.size == 2.25 * RATE
    assert heard == [Heard(0, 2, 0.75, 1.25)]


def test_parts_that_say_nothing_are_not_asked_for(tmp_path: Path) -> None:
    voice = Buzzer(reports=True)
    samples, heard = say(voice, Utterance("…", "en", ((0, 1.2),)), tmp_path / "raw.wav")
    assert (voice.asked, samples.size, heard) == ([], 1.2 * RATE, [])
    samples, _ = say(voice, Utterance("A “”", "en", ((2, 1.0),)), tmp_path / "raw.wav")
    assert voice.asked == ["A"]
    assert samples.size == 1.502 * RATE


@pytest.mark.voice
def test_the_word_after_a_pause_is_where_its_sound_begins(tmp_path: Path) -> None:
    text = "To add an event, click New event. Tap it twice."
    cuts = tuple((text.index(word), 0.7) for word in ("click", "Tap", "twice"))
    voice = EspeakVoice("gmw/en-us", 175, 30)
    samples, heard = say(voice, Utterance(text, "en", cuts), tmp_path / "raw.wav")
    at = np.flatnonzero(np.abs(samples.astype(int)) > wav.SILENCE)
    gaps = np.diff(at) / RATE
    onsets = at[1:][gaps > 0.69] / RATE
    assert gaps[gaps > 0.69] == pytest.approx([0.7, 0.7, 0.7], abs=0.001)
    begins = {text[word.at : word.end]: word.from_s for word in heard}
    for word, onset in zip(("click", "Tap", "twice"), onsets, strict=True):
        assert begins[word] == pytest.approx(onset, abs=0.001)
