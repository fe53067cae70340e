"""Measure sound by ITU-R BS.1770-5: weighted energy and true peak of each millisecond.

A track is an array of shape (channels, samples), 48 kHz, one or two channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Track = NDArray[np.float32]
Values = NDArray[np.floating]  # one per millisecond

STEP = RATE // 1000
FFT = 32_768
BLOCK_MS = 597  # the sound that one transform is for
BLOCK = BLOCK_MS * STEP
BEFORE = 3600  # samples before it in the transform: the weighting decays below −90 dB in them
#: The standard's two biquads at 48 kHz, as (b, a): the shelf of a head, and a high-pass.
WEIGHTING = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285),
     (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)  # fmt: skip
PLACES = (0.25, 0.5, 0.75)  # between samples: the standard's fourfold rate for true peaks


class Measured(NamedTuple):
    """Per millisecond: the weighted energy, summed over channels, and the highest true peak."""

    energy: Values
    peak: Values

    @classmethod
    def silent(cls, ms: int) -> Measured:
        """Return the values of `ms` of silence."""
        return cls(np.zeros(ms), np.zeros(ms))

    def add(self, other: Measured, at_ms: int) -> None:
        """Add the sound of `other`, which begins at `at_ms` of this one, where this is silent."""
        some = slice(at_ms, at_ms + other.energy.size)
        self.energy[some] += other.energy[: self.energy[some].size]
        self.peak[some] += other.peak[: self.peak[some].size]


def measured(track: Track) -> Measured:
    """Measure `track`, without an incomplete millisecond at its end."""
    blocks = -(-track.shape[1] // BLOCK)
    energy, peak = np.zeros((blocks, BLOCK_MS)), np.zeros((blocks, BLOCK_MS))
    for channel in track:
        for number, weighted, levels in _filtered(channel):
            energy[number] += np.einsum("ij,ij->i", weighted, weighted)
            np.maximum(peak[number], levels.max(axis=1), out=peak[number])
    steps = track.shape[1] // STEP
    return Measured(energy.reshape(-1)[:steps], peak.reshape(-1)[:steps])


def _filtered(
    channel: NDArray[np.float32],
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield block by block, a row per millisecond: the weighted samples, and their true levels.

    The level of a sample is the highest of it and of the places up to the next one. Blocks of
    silence are left out. Each block is transformed together with its neighbourhood, so that its
    ends leave no trace.
    """
    responses = _responses()
    for number in range(-(-channel.size // BLOCK)):
        first = number * BLOCK - BEFORE
        piece = channel[max(0, first) : first + FFT]
        if not piece.any():
            continue
        around = np.zeros(FFT, dtype=np.float32)
        around[max(0, -first) :][: piece.size] = piece
        # One transform of four rows takes twice the time of one row.
        values = np.fft.irfft(np.fft.rfft(around) * responses)[:, BEFORE : BEFORE + BLOCK]
        levels = np.abs(around[BEFORE : BEFORE + BLOCK])
        for shifted in values[1:]:
            np.maximum(levels, np.abs(shifted), out=levels)
        yield number, values[0].reshape(BLOCK_MS, STEP), levels.reshape(BLOCK_MS, STEP)


@cache
def _responses() -> NDArray[np.complex64]:
    """Return the responses of the weighting and of a shift to each of PLACES."""
    turn = np.exp(-2j * np.pi * np.arange(FFT // 2 + 1) / FFT)
    weighting: NDArray[np.complex128] = np.ones_like(turn)
    for b, a in WEIGHTING:
        weighting *= np.polyval(b[::-1], turn) / np.polyval(a[::-1], turn)
    shifts = [turn**-place for place in PLACES]
    return np.array([weighting, *shifts], dtype=np.complex64)
