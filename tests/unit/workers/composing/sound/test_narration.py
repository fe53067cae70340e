"""The narration track: every line complete and at its exact sample."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from forge.errors import ComposeError
from forge.model.timeline import ManifestStep, Piece
from forge.workers.composing.sound.loudness import integrated
from forge.workers.composing.sound.narration import narration
from forge.workers.meter import RATE, measured
from forge.workers.speaking import wav
from tests.support.sounds import speech_like
from tests.support.takes import manifest, said


def line(folder: Path, name: str, samples: int, start_ms: int, value: int = 9000) -> ManifestStep:
    """Return a step whose line is `samples` samples of `value`."""
    path = folder / f"{name}.wav"
    wav.write(path, np.full(samples, value, dtype=np.int16))
    return said(name, start_ms, math.ceil(samples * 1000 / wav.RATE), str(path))


def test_lines_lie_at_their_exact_samples(tmp_path: Path) -> None:
    steps = [line(tmp_path, "a", 48_001, 300), line(tmp_path, "b", 5, 2100, value=-32768)]
    track = narration(manifest(3000, [(0, 0)], steps)).samples
    assert track.dtype == np.float32
    assert track.size == 3 * 48_000
    loud = np.flatnonzero(track)
    assert (loud[0], loud[48_000]) == (300 * 48, 300 * 48 + 48_000)
    assert loud[48_001:].tolist() == [2100 * 48 + i for i in range(5)]
    assert track[300 * 48] == np.float32(9000 / 32768)
    assert track[2100 * 48] == -1.0


def test_a_silent_step_leaves_the_track_alone(tmp_path: Path) -> None:
    steps = [said("", 300, 0), line(tmp_path, "a", 10, 1000)]
    assert np.flatnonzero(narration(manifest(2000, [(0, 0)], steps)).samples).size == 10


def test_the_voice_waits_in_the_quietest_place_before_a_word(tmp_path: Path) -> None:
    # Two sounds of 300 ms, and 40 ms of silence between. The second is noted 20 ms too late.
    sound = np.full(300 * 48, 9000, dtype=np.int16)
    path = tmp_path / "a.wav"
    wav.write(path, np.concatenate([sound, np.zeros(40 * 48, dtype=np.int16), sound]))
    pieces = (
        Piece(from_ms=0, until_ms=360, at_ms=300),
        Piece(from_ms=360, until_ms=640, at_ms=1160),
    )
    step = said("a b", 300, 640, str(path)).model_copy(update={"pieces": pieces})
    track = narration(manifest(3000, [(0, 0)], [step])).samples
    loud = np.flatnonzero(np.abs(track) > 0.2) / 48
    assert loud[0] == pytest.approx(300, abs=2)
    first = loud[loud < 1000]
    assert first[-1] == pytest.approx(600, abs=2), "the first word is whole"
    assert loud[loud > 1000][0] == pytest.approx(1160 - 20, abs=2), "and so is the second"
    assert loud[-1] == pytest.approx(1160 + 280, abs=2)


def test_a_cut_does_not_click(tmp_path: Path) -> None:
    cut = line(tmp_path, "a", 48_000, 300)
    pieces = (
        Piece(from_ms=0, until_ms=500, at_ms=300),
        Piece(from_ms=500, until_ms=1000, at_ms=1500),
    )
    track = narration(manifest(3000, [(0, 0)], [cut.model_copy(update={"pieces": pieces})])).samples
    assert np.abs(np.diff(track[300 * 48 + 48 : 2000 * 48 - 48])).max() < 0.01


def test_levels_are_those_of_the_track(tmp_path: Path) -> None:
    """One line is whole, one is spoken in two pieces, which begin between milliseconds."""
    sound = speech_like(2)[0]
    sound[:48] = sound[RATE - 4800 : RATE] = sound[-48:] = 0
    steps = []
    for name, start_ms in (("a", 300), ("b", 3000)):
        path = tmp_path / f"{name}.wav"
        wav.write(path, np.rint(sound * 32767).astype(np.int16))
        steps.append(said(name, start_ms, 2000, str(path)))
    pieces = (
        Piece(from_ms=0, until_ms=980, at_ms=3000),
        Piece(from_ms=980, until_ms=2000, at_ms=4500),
    )
    steps[1] = steps[1].model_copy(update={"pieces": pieces})
    track, levels = narration(manifest(7000, [(0, 0)], steps))
    whole = measured(track[np.newaxis])
    assert levels.energy.size == 7000
    assert integrated(levels.energy) == pytest.approx(integrated(whole.energy), abs=0.01)
    assert levels.peak == pytest.approx(whole.peak, abs=0.02)


def test_a_line_of_another_length_is_refused(tmp_path: Path) -> None:
    good = line(tmp_path, "a", 48_000, 300)
    for wrong_ms in (good.audio_ms + 1, good.audio_ms - 1):
        wrong = good.model_copy(update={"audio_ms": wrong_ms})
        with pytest.raises(ComposeError, match="not as long as it was measured"):
            narration(manifest(3000, [(0, 0)], [wrong]))


def test_a_missing_audio_file_names_the_remedy(tmp_path: Path) -> None:
    gone = said("gone", 300, 1000, str(tmp_path / "gone.wav"))
    with pytest.raises(ComposeError, match=r"gone\.wav") as caught:
        narration(manifest(3000, [(0, 0)], [gone]))
    assert "--phase speak" in caught.value.hint
