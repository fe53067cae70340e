"""Loudness and true peaks, measured."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from forge.workers.meter import RATE, measured
from forge.workers.speaking import wav
from tests.support.media import heard
from tests.support.sounds import loudness, speech_like, tone


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
