"""Check a finished video file before it is renamed to its final name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import av

from forge.errors import ComposeError


class Probed(NamedTuple):
    """The headers of a media file. Lengths in seconds; `frames` as counted in its index."""

    duration_s: float
    video_s: float
    audio_s: float
    width: int
    height: int
    frames: int
    video_codec: str
    audio_codec: str
    audio_rate: int


def probe(path: Path) -> Probed:
    """Read the headers of an MP4.

    Raises:
        ComposeError: it is not an MP4 with a video and an audio stream.
    """
    try:
        with av.open(str(path)) as file:
            video, audio = file.streams.video[0], file.streams.audio[0]
            return Probed(
                duration_s=(file.duration or 0) / 1_000_000,
                video_s=float((video.duration or 0) * (video.time_base or 0)),
                audio_s=float((audio.duration or 0) * (audio.time_base or 0)),
                width=video.codec_context.width,
                height=video.codec_context.height,
                frames=video.frames,
                video_codec=video.codec_context.name,
                audio_codec=audio.codec_context.name,
                audio_rate=audio.codec_context.sample_rate,
            )
    except (av.FFmpegError, OSError, IndexError) as problem:
        raise ComposeError(f"{path.name} is not a usable MP4: {problem}") from problem


def check(path: Path, *, total_ms: int, frames: int, fps: int) -> Probed:
    """Probe `path`, and compare its length and frame count with the expected ones.

    Raises:
        ComposeError: they differ, or it is not a usable MP4.
    """
    found = probe(path)
    tolerance_s = 1 / fps
    if abs(found.duration_s - total_ms / 1000) > tolerance_s or found.frames != frames:
        raise ComposeError(
            f"{path.name} has {found.duration_s:.3f} s and {found.frames} frames,"
            f" not {total_ms / 1000:.3f} s and {frames}",
            hint="is the disk full?",
        )
    return found
