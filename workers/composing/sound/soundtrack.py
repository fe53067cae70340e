"""The soundtrack: narration and music in one track, at the loudness of the settings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from forge.model.settings import Sound
from forge.model.timeline import Manifest
from forge.workers.composing.sound.loudness import SILENT, amplified, gains_for, integrated
from forge.workers.composing.sound.music import envelope, read_music, repeated
from forge.workers.composing.sound.narration import narration
from forge.workers.meter import STEP, Measured, Track, measured

CEILING = 10 ** (-2.6 / 20)  # of true peaks; AAC may raise them by almost a decibel
Stretch = tuple[int, int]


def soundtrack(manifest: Manifest, sound: Sound, project_dir: Path) -> Track:
    """Return the track of one video, 48 kHz: one channel, or two with music.

    Raises:
        ComposeError: a spoken line is missing.
        SettingsError: the music file is missing, or has no sound.
    """
    samples, found = narration(manifest)
    track = samples[np.newaxis]
    lines = _level(track, found, list(_lines(manifest)), sound.loudness)
    if sound.music is not None:
        track, found = _with_music(track, found, lines, sound, project_dir / sound.music)
    return amplified(track, gains_for(found, sound.loudness, CEILING))


def _lines(manifest: Manifest) -> Iterator[Stretch]:
    """Yield the beginning and end of each spoken line, in milliseconds."""
    for step in manifest.steps:
        if step.audio_ms:
            yield step.audio_start_ms, step.audio_end_ms


def _level(track: Track, found: Measured, lines: list[Stretch], wanted: float) -> list[Stretch]:
    """Give all lines the same loudness, in `track` and in the values `found` of it.

    Returns:
        The lines that are not silent.
    """
    heard = []
    for first, last in lines:
        loudness = integrated(found.energy[first:last])
        if loudness < SILENT:
            continue
        gain = 10 ** ((wanted - loudness) / 20)
        track[:, first * STEP : last * STEP] *= np.float32(gain)
        found.energy[first:last] *= gain**2
        found.peak[first:last] *= gain
        heard.append((first, last))
    return heard


def _with_music(
    speech: Track, found: Measured, lines: list[Stretch], sound: Sound, file: Path
) -> tuple[Track, Measured]:
    """Return speech on both channels over the music, and an upper bound of its measurement."""
    length = speech.shape[1]
    music = repeated(read_music(file, length), length)
    of_music = measured(music)
    loudness = integrated(of_music.energy)
    level_db = sound.loudness + _gain_of_channels_db(speech, music) + sound.music_db - loudness
    gains = envelope(found.peak.size, lines, sound.duck_db, sound.fade_s)
    if loudness > -math.inf:
        gains = gains * 10 ** (level_db / 20)
    mixed = amplified(music, gains) + speech
    energy = len(music) / len(speech) * found.energy + of_music.energy * gains**2
    return mixed, Measured(energy, found.peak + of_music.peak * gains)


def _gain_of_channels_db(speech: Track, music: Track) -> float:
    """Return how much louder speech gets when it is put on as many channels as the music has."""
    return 10 * math.log10(len(music) / len(speech))
