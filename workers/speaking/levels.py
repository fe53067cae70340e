"""How loud each millisecond of a spoken line is, measured once and kept beside its sound."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from forge.workers.meter import STEP, Measured, measured
from forge.workers.speaking import wav

STORED = np.dtype("<f4")
MEANING = 1  # to be changed with every change of what the numbers mean
#: Before the numbers: what they mean, and the samples that each is of.
HEADER = struct.pack("<2I", MEANING, STEP)


def as_track(samples: wav.Samples) -> NDArray[np.float32]:
    """Return the samples of a line as floats, −1 … 1."""
    return samples.astype(np.float32) / np.float32(32768)


def as_note(samples: wav.Samples) -> bytes:
    """Return the levels of a line as they are kept: all energies, then all peaks."""
    padded = np.pad(as_track(samples), (0, -samples.size % STEP))
    return HEADER + np.concatenate(measured(padded[np.newaxis])).astype(STORED).tobytes()


def kept(line: wav.Sealed) -> Measured:
    """Return the levels of a line; they are measured now if there is no usable note of them."""
    note = line.notes.get(wav.LEVELS, b"")
    return _of_note(note, line.samples.size) or _values(as_note(line.samples))


def _of_note(note: bytes, samples: int) -> Measured | None:
    """Return the levels in `note`; None if it is no note of a line of that many samples."""
    count = 2 * -(-samples // STEP)
    if not note.startswith(HEADER) or len(note) != len(HEADER) + count * STORED.itemsize:
        return None
    found = _values(note)
    # A comparison with "not a number" is false.
    usable = all(((part >= 0) & (part < np.inf)).all() for part in found)
    return found if usable else None


def _values(note: bytes) -> Measured:
    energy, peak = np.frombuffer(note, STORED, offset=len(HEADER)).reshape(2, -1)
    return Measured(energy, peak)
