"""How loud a line is, kept beside its sound."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from forge.workers.meter import STEP, measured
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


LINE = SOUND[: 3 * STEP - 7]  # three milliseconds, the last one incomplete
NUMBERS = np.arange(6, dtype=levels.STORED)


def kept(note: bytes) -> list[list[float]]:
    return [part.tolist() for part in levels.kept(wav.Sealed(LINE, wav.RATE, {wav.LEVELS: note}))]


def test_kept_levels_are_not_measured_again() -> None:
    assert kept(levels.HEADER + NUMBERS.tobytes()) == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"seven..",
        levels.HEADER,
        levels.HEADER + NUMBERS[:3].tobytes(),
        levels.HEADER + NUMBERS[:4].tobytes(),
        levels.HEADER + NUMBERS.tobytes() * 2,
        levels.HEADER + NUMBERS.tobytes() + b"x",
        levels.HEADER + np.where(NUMBERS == 4, np.nan, NUMBERS).tobytes(),
        levels.HEADER + np.where(NUMBERS == 4, np.inf, NUMBERS).tobytes(),
        levels.HEADER + (-NUMBERS).tobytes(),
        NUMBERS.tobytes(),  # as versions without a header wrote them
        struct.pack("<2I", levels.MEANING + 1, STEP) + NUMBERS.tobytes(),
        struct.pack("<2I", levels.MEANING, STEP // 2) + NUMBERS.tobytes(),
    ],
)
def test_a_note_that_is_not_of_the_line_is_measured_again(note: bytes) -> None:
    assert kept(note) == kept(levels.as_note(LINE))
