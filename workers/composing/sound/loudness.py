"""How loud sound is, by ITU-R BS.1770-5, and how it is made as loud as wanted.

A track is an array of shape (channels, samples), 48 kHz, one or two channels. It is measured once,
a value a millisecond; what a gain would make of it is worked out on those.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Track = NDArray[np.float32]
Values = NDArray[np.float64]  # one for each millisecond

STEP = RATE // 1000
HOP = 100  # milliseconds from one gating block to the next
HOPS = 4  # that a gating block is long
ABSOLUTE_GATE = -70.0  # LUFS; what is quieter is no programme
RELATIVE_GATE = -10.0  # LU below the mean of what is left
SILENT = -60.0  # LUFS; what is as quiet as that says nothing, and is not made louder
OFFSET = -0.691  # dB, so that a full sine of 997 Hz in one channel is −3.01 LUFS

FFT = 32_768
BLOCK_MS = 597  # of sound that a transform is for
BLOCK = BLOCK_MS * STEP
BEFORE = 3600  # samples of what is before it, for the weighting to have died away, below −90 dB
#: The standard's two biquads at 48 kHz, as (b, a): a head's shelf, and a high-pass.
WEIGHTING = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285),
     (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)  # fmt: skip
PLACES = (0.0, 0.25, 0.5, 0.75)  # four times the rate, as the standard wants for true peaks

LOOK = 10  # milliseconds that the limiter's gain goes down before a peak, and comes up after
NEAR = 0.05  # LU; as near to the wanted loudness as that is good enough
EAGER = 1.5  # of the lacking loudness, since the limiter takes a part of what is given
ROUNDS = 12


class Measured(NamedTuple):
    """A track's weighted energy (channels added) and its true peak (of all), each millisecond."""

    energy: Values
    peak: Values


def measured(track: Track) -> Measured:
    """Measure `track`; an unfinished millisecond at its end is left out."""
    blocks = -(-track.shape[1] // BLOCK)
    energy, peak = np.zeros((blocks, BLOCK_MS)), np.zeros((blocks, BLOCK_MS))
    for channel in track:
        for number, weighted, filled in _filtered(channel):
            energy[number] += np.einsum("ij,ij->i", weighted, weighted)
            np.maximum(peak[number], filled.max(axis=(0, 2)), out=peak[number])
    steps = track.shape[1] // STEP
    return Measured(energy.reshape(-1)[:steps], peak.reshape(-1)[:steps])


def integrated(energy: Values) -> float:
    """The loudness in LUFS of a programme of that energy; −inf where there is only silence.

    One of less than 0.4 s, which the standard has no loudness for, counts as one block.
    """
    hops = energy[: energy.size // HOP * HOP].reshape(-1, HOP).sum(axis=1)
    if hops.size < HOPS:
        blocks = np.array([energy.sum() / max(1, energy.size) / STEP])
    else:
        blocks = np.convolve(hops, np.ones(HOPS), "valid") / (HOPS * HOP * STEP)
    blocks = blocks[blocks > _energy(ABSOLUTE_GATE)]
    if not blocks.size:
        return -math.inf
    return _lufs(blocks[blocks > _energy(_lufs(blocks.mean()) + RELATIVE_GATE)].mean())


def gains_for(found: Measured, wanted: float, ceiling: float) -> Values:
    """The gain of each millisecond that makes a track `wanted` LUFS loud.

    No true peak is above `ceiling` (1.0 is full scale) then. That takes some loudness away, which
    is made up for by a little more gain everywhere, again and again. Silence stays silence.
    """
    before = integrated(found.energy)
    if before < SILENT:
        return np.ones_like(found.peak)
    gain_db = wanted - before
    gains = _limiting(found.peak, gain_db, ceiling)
    for _ in range(ROUNDS):
        lacking = wanted - integrated(found.energy * gains**2)
        if abs(lacking) <= NEAR:
            break
        gain_db += lacking * EAGER
        gains = _limiting(found.peak, gain_db, ceiling)
    return gains


def _limiting(peak: Values, gain_db: float, ceiling: float) -> Values:
    """`gain_db`, and less along a smooth curve wherever a peak would come out above `ceiling`."""
    gain = 10 ** (gain_db / 20)
    if peak.max() * gain <= ceiling:
        return np.full(peak.size, gain)
    allowed = np.minimum(gain, ceiling / np.maximum(peak, 1e-9))
    # The lowest over one more than the curve is wide: so it also holds between two values.
    width = 2 * LOOK + 3
    padded = np.pad(allowed, width - 1, constant_values=gain)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, width).min(axis=1)
    curve = np.hanning(width)[1:-1]
    return np.convolve(lowest, curve / curve.sum(), "valid")[1:-1]


def amplified(track: Track, gains: Values) -> Track:
    """`track` with those gains, one a millisecond and in between as they lie: nothing clicks."""
    out = np.array(track)
    if gains.size:
        middles = (np.arange(gains.size) + 0.5) * STEP
        for start in range(0, track.shape[1], FFT):  # a piece at a time: a track may be an hour
            piece = out[:, start : start + FFT]
            at = np.arange(start, start + piece.shape[1])
            piece *= np.interp(at, middles, gains).astype(np.float32)
    return out


def _filtered(
    channel: NDArray[np.float32],
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Block by block, a row a millisecond: `channel` as the ear weighs it, and how high it is.

    That is at its samples and at each place between two. Blocks of silence are left out. A block is
    transformed with what is before and after it, so that it begins and ends as if it did not.
    """
    responses = _responses()
    for number in range(-(-channel.size // BLOCK)):
        first = number * BLOCK - BEFORE
        piece = channel[max(0, first) : first + FFT]
        if not piece.any():
            continue
        around = np.zeros(FFT, dtype=np.float32)
        around[max(0, -first) :][: piece.size] = piece
        values = np.fft.irfft(np.fft.rfft(around) * responses)[:, BEFORE : BEFORE + BLOCK]
        rows = values.astype(np.float32).reshape(len(responses), BLOCK_MS, STEP)
        yield number, rows[0], np.abs(rows[1:])


@cache
def _responses() -> NDArray[np.complex64]:
    """What the weighting, and a shift to each place from sample to sample, do to a spectrum."""
    turn = np.exp(-2j * np.pi * np.arange(FFT // 2 + 1) / FFT)
    weighting: NDArray[np.complex128] = np.ones_like(turn)
    for b, a in WEIGHTING:
        weighting *= np.polyval(b[::-1], turn) / np.polyval(a[::-1], turn)
    shifts = [turn**-place for place in PLACES]
    return np.array([weighting, *shifts], dtype=np.complex64)


def _lufs(energy: float) -> float:
    return OFFSET + 10 * math.log10(energy)


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
