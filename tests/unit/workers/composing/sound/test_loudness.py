"""Loudness and peaks: measured, and changed to the wanted values."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from forge.workers.composing.sound.loudness import (
    RATE,
    Track,
    Values,
    amplified,
    gains_for,
    measured,
)
from forge.workers.speaking import wav
from tests.support.media import heard
from tests.support.sounds import loudness, speech_like, tone

CEILING = 0.75


def test_sines_have_the_loudness_of_the_standard() -> None:
    assert loudness(tone(3)) == pytest.approx(-3.01, abs=0.02)
    assert loudness(np.concatenate([tone(3), tone(3)])) == pytest.approx(0, abs=0.02)
    assert loudness(tone(3, hz=25)) < -14, "a rumble weighs little"
    assert loudness(tone(3, hz=8000)) == pytest.approx(0.3, abs=0.2), "a hiss more"


def test_measurements_agree_with_ffmpeg(tmp_path: Path) -> None:
    """The pauses of speech must not count."""
    parts = (speech_like(4), np.zeros((1, 3 * RATE)), speech_like(2, 0.05), np.zeros((1, RATE)))
    samples = np.rint(np.clip(np.concatenate(parts, axis=1), -1, 1) * 32767).astype(np.int16)
    wav.write(tmp_path / "x.wav", samples[0])
    track = (samples / 32768).astype(np.float32)
    lufs, peak_db = heard(tmp_path / "x.wav")
    assert loudness(track) == pytest.approx(lufs, abs=0.05)
    # Noise has frequencies at which the two oversampling filters differ.
    assert 20 * math.log10(measured(track).peak.max()) == pytest.approx(peak_db, abs=0.5)


def test_a_peak_between_samples_is_seen() -> None:
    track = tone(0.5, hz=RATE / 4, phase=math.pi / 4)
    assert np.abs(track).max() == pytest.approx(0.707, abs=0.001)
    inner = measured(track).peak[50:-50]
    assert inner == pytest.approx(np.ones_like(inner), abs=0.01)


def raised(track: Track, wanted: float) -> tuple[Track, Values]:
    gains = gains_for(measured(track), wanted, CEILING)
    return amplified(track, gains), gains


@pytest.mark.parametrize("wanted", [-30.0, -16.0, -13.0])
def test_gains_reach_the_loudness_below_the_ceiling(wanted: float) -> None:
    track = speech_like(6)
    louder, gains = raised(track, wanted)
    assert loudness(louder) == pytest.approx(wanted, abs=0.2)
    assert measured(louder).peak.max() < CEILING * 1.01
    assert (gains.min() < gains.max()) == (wanted > -20), "only where peaks would be too high"
    steps_db = np.abs(np.diff(20 * np.log10(gains)))
    assert steps_db.max() < 1.5, "no step that clicks"


@pytest.mark.parametrize("samples", [0, 1, 47, 48, 4800, 3 * RATE])
def test_silence_is_not_amplified(samples: int) -> None:
    track = np.zeros((1, samples), dtype=np.float32)
    assert raised(track, -16)[0].tobytes() == track.tobytes()
    faint = track + np.float32(1e-4)
    assert raised(faint, -16)[0].tobytes() == faint.tobytes()


@pytest.mark.parametrize("seconds", [0.05, 0.25, 0.41])
def test_a_very_short_track_is_made_loud_too(seconds: float) -> None:
    louder, _ = raised(speech_like(seconds, 0.02), -20)
    assert loudness(louder) == pytest.approx(-20, abs=0.3)
