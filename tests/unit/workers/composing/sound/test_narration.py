"""The narration track: every line complete and at its exact sample."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from forge.errors import ComposeError
from forge.model.timeline import ManifestStep
from forge.workers.composing.sound.narration import narration
from forge.workers.speaking import wav
from tests.support.takes import manifest, said


def line(folder: Path, name: str, samples: int, start_ms: int, value: int = 9000) -> ManifestStep:
    """Return a step whose line is `samples` samples of `value`."""
    path = folder / f"{name}.wav"
    wav.write(path, np.full(samples, value, dtype=np.int16))
    return said(name, start_ms, math.ceil(samples * 1000 / wav.RATE), str(path))


def test_lines_lie_at_their_exact_samples(tmp_path: Path) -> None:
    steps = [line(tmp_path, "a", 48_001, 300), line(tmp_path, "b", 5, 2100, value=-32768)]
    track = narration(manifest(3000, [(0, 0)], steps))
    assert track.dtype == np.float32
    assert track.size == 3 * 48_000
    loud = np.flatnonzero(track)
    assert (loud[0], loud[48_000]) == (300 * 48, 300 * 48 + 48_000)
    assert loud[48_001:].tolist() == [2100 * 48 + i for i in range(5)]
    assert track[300 * 48] == np.float32(9000 / 32768)
    assert track[2100 * 48] == -1.0


def test_a_silent_step_leaves_the_track_alone(tmp_path: Path) -> None:
    steps = [said("", 300, 0), line(tmp_path, "a", 10, 1000)]
    assert np.flatnonzero(narration(manifest(2000, [(0, 0)], steps))).size == 10


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
