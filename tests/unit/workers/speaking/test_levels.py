"""How loud a line is, kept beside its sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from forge.workers.meter import measured
from forge.workers.speaking import levels, wav
from tests.support.sounds import speech_like

SOUND = np.rint(speech_like(1.5)[0] * 32767).astype(np.int16)[:-7]  # ends between milliseconds


def test_levels_are_kept_and_those_of_a_line_without_them_are_the_same(tmp_path: Path) -> None:
    wav.write(tmp_path / "new.wav", SOUND, notes={wav.LEVELS: levels.as_note(SOUND)})
    wav.write(tmp_path / "old.wav", SOUND)
    new, old = (levels.kept(wav.read_sealed(tmp_path / f"{name}.wav")) for name in ("new", "old"))
    whole = measured(np.pad(levels.as_track(SOUND), (0, 7))[np.newaxis])
    for found in (new, old):
        assert found.energy.size == found.peak.size == 1500
        assert np.array_equal(found.energy, whole.energy.astype(np.float32))
        assert np.array_equal(found.peak, whole.peak.astype(np.float32))


def test_kept_levels_are_not_measured_again() -> None:
    line = wav.Sealed(SOUND, wav.RATE, {wav.LEVELS: np.arange(6, dtype="<f4").tobytes()})
    energy, peak = levels.kept(line)
    assert (energy.tolist(), peak.tolist()) == ([0, 1, 2], [3, 4, 5])
