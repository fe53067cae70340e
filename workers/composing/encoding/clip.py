"""A part of a video as a file of its own, made of the same packets and samples as the whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av

from forge.errors import ComposeError
from forge.workers.composing.encoding.aac import encode_sound
from forge.workers.composing.encoding.gop import Gop, GopEncoder, Packets
from forge.workers.composing.encoding.mp4 import MP4, video_stream, write_streams
from forge.workers.composing.storyboard.frame_state import grid_index
from forge.workers.meter import RATE, Track


def encode_clip(encoder: GopEncoder, track: Track, path: Path, start_ms: int, end_ms: int) -> None:
    """Encode what a video shows from `start_ms` to `end_ms` into `path`, with its sound.

    A step or a card begins at `start_ms`, and another one or the end at `end_ms`: there are key
    frames. `track`: the sound of the whole video.

    Raises:
        ComposeError: the encoder failed, or the file could not be written.
    """
    gops, fps = gops_within(encoder, start_ms, end_ms), encoder.video.fps
    part = track[:, start_ms * RATE // 1000 : end_ms * RATE // 1000]
    language = encoder.scene.language
    try:
        with av.open(str(path), "w", format="mp4", options=dict(MP4)) as file:
            stream = video_stream(file, encoder.video)
            pictures = _from_zero(encoder.encoded(gops, lambda tick: None), gops[0][0].at)
            write_streams(file, stream, fps, pictures, lambda: encode_sound(file, language, part))
    except (av.FFmpegError, OSError) as problem:
        raise ComposeError(f"{path.name} could not be written: {problem}") from problem


def gops_within(encoder: GopEncoder, start_ms: int, end_ms: int) -> list[Gop]:
    """Return the GOPs of `encoder` that begin from `start_ms` on, before `end_ms`."""
    fps = encoder.video.fps
    first, last = grid_index(start_ms, fps), grid_index(end_ms, fps)
    return [gop for gop in encoder.gops() if first <= gop[0].at < last]


def _from_zero(gops: Iterator[Packets], first: int) -> Iterator[Packets]:
    """Yield the packets with times that count from the tick `first`."""
    for packets in gops:
        for packet in packets:
            assert packet.pts is not None
            packet.pts = packet.dts = packet.pts - first
        yield packets
