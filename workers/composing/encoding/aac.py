"""Encode the sound of a video as AAC: one with a long pause in two halves, side by side.

In a pause of digital silence a half ends, and the other begins, without a trace of either in the
packets of the other. So each has an encoder of its own, and both processors have work where the
pictures are kept from another language.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from av import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer

from forge.workers.composing.text.iso_639 import three_letters
from forge.workers.meter import RATE, Track

if TYPE_CHECKING:
    from forge.workers.composing.encoding.gop import Packets

FRAME = 1024  # samples
BLOCK = 64 * FRAME  # passed to the encoder at once: single frames take twice as long
LAYOUTS = {1: "mono", 2: "stereo"}
BITS = {1: 72_000, 2: 160_000}  # speech alone; speech and music: what the coder expects
#: Of the coder's noise; at these, files are as large as at the constant rates of BITS.
QUALITY = {1: 1.4, 2: 2.0}
LAMBDA = 118  # libavcodec's unit of quality
#: A third of the default coder's time, no audible difference in speech. With a quality in place of
#: a rate each frame is coded once, and not until its size is right: half of the rest.
OPTIONS = {"aac_coder": "fast", "flags": "+qscale"}
#: Frames of silence before a cut, and as many after it. A packet is about two frames, and the
#: encoder looks one further ahead.
SILENT = 3
LEAST = 400  # sounding frames, 9 s: below, a second encoder is not worth its start


def encode_sound(file: OutputContainer, language: str, track: Track) -> Packets:
    """Add a stream of sound to `file`; return its packets.

    An unfinished frame at the end (under 22 ms of the silence after the last step) is left out, so
    that the sound never outlasts the picture.
    """
    stream = _add_stream(file, language, len(track))
    frames = track.shape[1] // FRAME
    cut = pause_in_the_middle(track[:, : frames * FRAME])
    halves = [(0, cut), (cut, frames)] if cut else [(0, frames)]
    with ThreadPoolExecutor(len(halves), "forge-aac") as threads:
        encoded = list(threads.map(lambda half: _encoded(track, *half), halves))
    packets = [packet for half in encoded[:-1] for packet in half[:-1]] + encoded[-1]
    for packet in packets:
        packet.stream = stream
    return packets


def pause_in_the_middle(track: Track) -> int:
    """Return the frame before which `track`, whole frames, is cut; 0 if it is not.

    It lies within digital silence, and about as many frames with sound come before it as after.
    """
    heard = track.reshape(len(track), -1, FRAME).any(axis=(0, 2))
    if heard.sum() < LEAST:
        return 0
    before = np.cumsum(heard)
    silent = np.flatnonzero(np.convolve(heard, np.ones(2 * SILENT), "valid") == 0) + SILENT
    if not silent.size:
        return 0
    cut = silent[np.abs(before[silent] / before[-1] - 0.5).argmin()]
    return int(cut) if 0.25 < before[cut] / before[-1] < 0.75 else 0


def _add_stream(file: OutputContainer, language: str, channels: int) -> AudioStream:
    stream = file.add_stream("aac", rate=RATE, layout=LAYOUTS[channels], options=_options(channels))
    stream.bit_rate = BITS[channels]
    if code := three_letters(language):  # of any other code, the file would hold nothing
        stream.metadata["language"] = code
    return stream


def _options(channels: int) -> dict[str, str]:
    return OPTIONS | {"global_quality": str(round(QUALITY[channels] * LAMBDA))}


def _encoded(track: Track, first: int, end: int) -> Packets:
    """Return the packets of the frames from `first` to `end` (not included).

    There is one more of them than frames: each packet is about a frame and the one before it.
    """
    codec = av.CodecContext.create("aac", "w")
    codec.options = _options(len(track))
    codec.bit_rate, codec.sample_rate, codec.layout = BITS[len(track)], RATE, LAYOUTS[len(track)]
    codec.format = "fltp"
    codec.time_base = Fraction(1, RATE)
    packets = [p for block in _blocks(track, first, end) for p in codec.encode(block)]
    return [*packets, *codec.encode(None)]


def _blocks(track: Track, first: int, end: int) -> Iterator[AudioFrame]:
    for start in range(first * FRAME, end * FRAME, BLOCK):
        block = np.ascontiguousarray(track[:, start : min(start + BLOCK, end * FRAME)])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[len(track)])
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame
