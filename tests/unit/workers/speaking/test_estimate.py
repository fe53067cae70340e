"""Word times that are estimated from the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forge.workers.speaking import wav
from forge.workers.speaking.engines.espeak import EspeakVoice
from forge.workers.speaking.estimate import estimated, pauses
from forge.workers.speaking.heard import audible
from forge.workers.speaking.reported import by_word

RATE = 16_000


def speech(*stretches: tuple[float, float]) -> wav.Samples:
    """Return noise and silence of these lengths in turn, in seconds."""
    noise = np.random.default_rng(1).integers(-3000, 3000, size=20 * RATE).astype(np.int16)
    parts = [part for loud_s, still_s in stretches for part in (loud_s, -still_s)]
    return np.concatenate(
        [noise[: int(s * RATE)] if s > 0 else np.zeros(int(-s * RATE), np.int16) for s in parts]
    )


def test_a_word_after_punctuation_begins_after_the_pause() -> None:
    text = "First, choose a date; then save."
    samples = speech((0.4, 0.3), (1.0, 0.25), (0.6, 0.1))
    begins = {text[w.at : w.end]: w.from_s for w in estimated(text, "en", samples, RATE)}
    assert begins["First"] == 0
    assert begins["choose"] == pytest.approx(0.7, abs=0.011)
    assert begins["then"] == pytest.approx(1.95, abs=0.011)
    assert 0.7 < begins["a"] < begins["date"] < 1.7


def test_a_short_silence_within_a_word_stays_in_it() -> None:
    samples = speech((0.3, 0.12), (0.3, 0.4), (0.5, 0.0))
    text = "Stopping, go"
    found = estimated(text, "en", samples, RATE)
    assert [round(w.from_s, 1) for w in found] == [0.0, 1.1]


def test_noise_in_a_pause_does_not_hide_it() -> None:
    samples = speech((0.5, 0.4), (0.5, 0.0))
    hum = np.random.default_rng(2).integers(-40, 40, size=samples.size)
    (pause,) = pauses((samples + hum).astype(np.int16), RATE)
    assert [pause.from_s, pause.until_s] == pytest.approx([0.5, 0.9])


def test_silence_is_divided_by_length() -> None:
    found = estimated("one banana", "en", np.zeros(RATE, np.int16), RATE)
    assert (found[0].from_s, found[1].until_s) == (0, 1)
    assert 0.2 < found[0].until_s == found[1].from_s < 0.4
    assert estimated("one", "en", np.zeros(10, np.int16), RATE)[0].from_s == 0


SENTENCES = {
    "gmw/en-us": [
        "To add an event, click New event.",
        "Choose a room; then pick a date, and save it.",
        "Please wait. Your report, which may be long, is being made.",
        "In the top right corner, you will find your profile.",
    ],
    "gmw/de": [
        "Zuerst öffnen Sie die Einstellungen. Danach den dunklen Modus.",
        "Wenn Sie sich irren, drücken Sie Escape.",
    ],
    "roa/es": [
        "Elija una sala, luego una fecha, y guarde.",
        "Si cambia de idea, pulse Escape para volver.",
    ],
}


@pytest.mark.voice
def test_it_agrees_with_what_espeak_reports(tmp_path: Path) -> None:
    errors = []
    for name, texts in SENTENCES.items():
        for text in texts:
            reported = EspeakVoice(name, 175, 30).speak(text, tmp_path / "x.wav")
            samples, rate = wav.read(tmp_path / "x.wav")
            language = name[-2:]
            known = audible(by_word(text, language, reported, samples, rate), samples, rate)
            guessed = audible(estimated(text, language, samples, rate), samples, rate)
            errors += [abs(a.from_s - b.from_s) for a, b in zip(known, guessed, strict=True)]
    assert np.mean(errors) < 0.05
    assert max(errors) < 0.25
