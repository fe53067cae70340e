"""How loud each millisecond of a spoken line is, measured once and kept beside its sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forge.workers.meter import STEP, Measured, measured
from forge.workers.speaking import wav

STORED = np.dtype("<f4")


def as_track(samples: wav.Samples) -> NDArray[np.float32]:
    """Return the samples of a line as floats, −1 … 1."""
    return samples.astype(np.float32) / np.float32(32768)


def as_note(samples: wav.Samples) -> bytes:
    """Return the levels of a line as they are kept: all energies, then all peaks."""
    padded = np.pad(as_track(samples), (0, -samples.size % STEP))
    return np.concatenate(measured(padded[np.newaxis])).astype(STORED).tobytes()


def kept(line: wav.Sealed) -> Measured:
    """Return the levels of a line; one that was spoken by an earlier version is measured now."""
    note = line.notes.get(wav.LEVELS) or as_note(line.samples)
    energy, peak = np.frombuffer(note, STORED).reshape(2, -1)
    return Measured(energy, peak)
