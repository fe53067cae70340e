"""Tracks and narrations made up for tests."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from forge.model.timeline import Manifest
from forge.workers.composing.sound.loudness import integrated
from forge.workers.meter import RATE, Track, measured
from forge.workers.speaking import wav
from tests.support.media import level_db
from tests.support.takes import manifest, said


def tone(seconds: float, hz: float = 997.0, height: float = 1.0, phase: float = 0.0) -> Track:
    """Return a sine wave; `height`: its peak, `phase` in radians."""
    at = np.arange(round(seconds * RATE)) / RATE
    return (height * np.sin(2 * np.pi * hz * at + phase))[np.newaxis].astype(np.float32)


def speech_like(seconds: float, height: float = 0.2, seed: int = 1) -> Track:
    """Return noise in syllables with pulses, whose peaks are as high above it as in speech."""
    noise = np.random.default_rng(seed).normal(0, height, round(seconds * RATE))
    at = np.arange(noise.size) / RATE
    noise *= np.sin(2 * np.pi * 2 * at) ** 2
    noise[:: RATE // 7] = min(0.98, 5 * height)
    return noise[np.newaxis].astype(np.float32)


def loudness(track: Track) -> float:
    """Return the integrated loudness of `track` in LUFS."""
    return integrated(measured(track).energy)


def spoken(folder: Path, *lines: tuple[int, Track]) -> Manifest:
    """Return the manifest of spoken lines, each with its beginning (ms); write their files."""
    steps = []
    for number, (start_ms, track) in enumerate(lines):
        file = folder / f"{number}.wav"
        wav.write(file, np.rint(np.clip(track[0], -1, 1) * 32767).astype(np.int16))
        steps.append(said("x", start_ms, math.ceil(track.shape[1] / 48), str(file)))
    return manifest(lines[-1][0] + 4000, [(0, 0)], steps)


def level(track: Track, first_ms: int, last_ms: int) -> float:
    """Return the level of a part of `track` in dB of full scale."""
    return level_db(track[0, first_ms * 48 : last_ms * 48])
