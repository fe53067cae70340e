"""Fixtures for the tests of sound."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from forge.workers.meter import RATE
from tests.support.sounds import tone


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A FLAC file with two seconds of a steady chord."""
    chord = sum(tone(2, hz, 0.1) for hz in (220, 277, 330))
    path = tmp_path / "music.flac"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono")
        samples = np.rint(np.asarray(chord) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path
