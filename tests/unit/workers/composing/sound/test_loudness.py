"""Loudness and peaks: changed to the wanted values."""

from __future__ import annotations

import numpy as np
import pytest

from forge.workers.composing.sound.loudness import amplified, gains_for
from forge.workers.meter import RATE, Track, Values, measured
from tests.support.sounds import loudness, speech_like

CEILING = 0.75


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
