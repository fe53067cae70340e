"""Background music: as long as the video, and quieter during speech."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from forge.errors import SettingsError
from forge.store.regular import open_regular
from forge.workers.meter import RATE, Track, Values

CROSSFADE_S = 1.0  # from the end of the music to its beginning, where it is repeated
DOWN_MS, UP_MS = 400, 900  # fade before speech, and after it


def check_music(path: Path) -> None:
    """Check that `path` is a file with sound in it.

    Raises:
        SettingsError: it is missing, or has no sound.
    """
    read_music(path, RATE // 10)


def read_music(path: Path, length: int) -> Track:
    """Return at most `length` samples of a sound file: two channels, 48 kHz.

    Raises:
        SettingsError: the file is missing, or has no sound.
    """
    parts: list[NDArray[np.float32]] = []
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    try:
        open_regular(path).close()  # refuse a fifo or a device, on which ffmpeg would hang
        with av.open(str(path), "r") as file:
            found = 0
            for frame in file.decode(audio=0):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray().astype(np.float32, copy=False))
                    found += part.samples
                if found >= length:
                    break
    except (av.FFmpegError, OSError, IndexError) as problem:
        reason = getattr(problem, "strerror", None) or "there is no sound in it"
        raise SettingsError(
            f"sound.music = {str(path)!r}: {reason}",
            hint="name a sound file (MP3, FLAC, WAV, OGG, M4A);"
            " paths are relative to the project folder",
        ) from problem
    if not parts:
        raise SettingsError(f"sound.music = {str(path)!r}: there is no sound in it")
    return np.concatenate(parts, axis=1)[:, :length]


def repeated(music: Track, length: int) -> Track:
    """Return `length` samples of `music`, repeated with cross-fades if it is shorter."""
    size = music.shape[1]
    if size >= length:
        return music[:, :length]
    fade = min(round(CROSSFADE_S * RATE), size // 4)
    rise = np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32))
    out = np.zeros((music.shape[0], length + size), dtype=np.float32)
    for start in range(0, length, size - fade):
        piece = music.copy()
        piece[:, size - fade :] *= rise[::-1]
        if start:
            piece[:, :fade] *= rise
        out[:, start : start + size] += piece
    return out[:, :length]


def envelope(
    length_ms: int, speech: Sequence[tuple[int, int]], duck_db: float, fade_s: float
) -> Values:
    """Return the music's gain per millisecond: faded at both ends, `duck_db` during speech.

    `speech`: beginning and end of each line, in milliseconds.
    """
    points_ms, levels_db = [0], [0.0]
    for first, last in _stretches(speech):
        points_ms += [first - DOWN_MS, first, last, last + UP_MS]
        levels_db += [0.0, duck_db, duck_db, 0.0]
    at_ms = np.arange(length_ms) + 0.5
    gains: Values = 10 ** (np.interp(at_ms, points_ms, levels_db) / 20)
    fade_ms = min(fade_s * 1000, length_ms / 2)
    if fade_ms:
        gains *= np.clip(np.minimum(at_ms, length_ms - at_ms) / fade_ms, 0, 1)
    return gains


def _stretches(speech: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the times (ms) during which the music stays down; short pauses are bridged."""
    found: list[tuple[int, int]] = []
    for first, last in speech:
        if found and first - found[-1][1] < DOWN_MS + UP_MS:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found
