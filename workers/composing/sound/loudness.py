"""Loudness by ITU-R BS.1770-5, and the gains for a wanted loudness.

A track is measured once, one value per millisecond (`forge.workers.meter`); its loudness and the
effect of gains are computed from those values.
"""

from __future__ import annotations

import math

import numpy as np

from forge.workers.meter import BLOCK_MS, STEP, Measured, Track, Values

HOP = 100  # milliseconds from one gating block to the next
HOPS = 4  # length of a gating block
ABSOLUTE_GATE = -70.0  # LUFS; quieter blocks do not count
RELATIVE_GATE = -10.0  # LU below the mean of the blocks above the absolute gate
SILENT = -60.0  # LUFS; anything quieter counts as silence and is not made louder
OFFSET = -0.691  # dB; with it a full-scale sine of 997 Hz in one channel is −3.01 LUFS

LOOK_AHEAD = 10  # milliseconds in which the limiter's gain falls before a peak, and rises after
NEAR = 0.05  # LU; this close to the wanted loudness, the search ends
OVERSHOOT = 1.5  # factor for the missing loudness, because the limiter removes a part of it
ROUNDS = 12  # of the search, at most


def integrated(energy: Values) -> float:
    """Return the integrated loudness in LUFS of that energy; −inf for silence.

    The standard defines none below 0.4 s; there the whole counts as one block.
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
    """Return the gain per millisecond that makes a track `wanted` LUFS loud.

    No true peak exceeds `ceiling` (1.0 is full scale). The limiter costs loudness, so the gain is
    raised and limited again until the loudness is near enough. Silence is left as it is.
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
        gain_db += lacking * OVERSHOOT
        gains = _limiting(found.peak, gain_db, ceiling)
    return gains


def _limiting(peak: Values, gain_db: float, ceiling: float) -> Values:
    """Return gains of `gain_db`, less along a smooth curve around peaks above `ceiling`."""
    gain = 10 ** (gain_db / 20)
    if peak.max() * gain <= ceiling:
        return np.full(peak.size, gain)
    allowed = np.minimum(gain, ceiling / np.maximum(peak, 1e-9))
    # The window is wider than the curve by two: the ceiling holds between two values as well.
    width = 2 * LOOK_AHEAD + 3
    lowest = _lowest(np.pad(allowed, width - 1, constant_values=gain), width)
    curve = np.hanning(width)[1:-1]
    return np.convolve(lowest, curve / curve.sum(), "valid")[1:-1]


def _lowest(values: Values, width: int) -> Values:
    """Return the lowest of each `width` values in a row."""
    size = 1  # `values` has the lowest of this many; two such windows make one of up to twice that
    while size < width:
        further = min(size, width - size)
        values = np.minimum(values[:-further], values[further:])
        size += further
    return values


def amplified(track: Track, gains: Values) -> Track:
    """Return `track` with one gain per millisecond, interpolated in between to avoid clicks."""
    out = np.array(track)
    if not gains.size:
        return out
    half = STEP // 2  # a gain is that of the middle of its millisecond
    slopes = np.diff(gains, append=gains[-1])
    between = np.arange(STEP) / STEP
    out[:, :half] *= np.float32(gains[0])
    for first in range(0, gains.size, BLOCK_MS):  # in pieces: a track may last an hour
        some = slice(first, first + BLOCK_MS)
        ramps = gains[some, np.newaxis] + slopes[some, np.newaxis] * between
        piece = out[:, half + first * STEP :][:, : ramps.size]
        piece *= ramps.reshape(-1)[: piece.shape[1]].astype(np.float32)
    out[:, half + gains.size * STEP :] *= np.float32(gains[-1])
    return out


def _lufs(energy: float) -> float:
    return OFFSET + 10 * math.log10(energy)


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))
