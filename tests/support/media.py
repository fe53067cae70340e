"""Measure finished MP4s: frames, sound, and how similar two pictures are."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

RATE = 48_000


class Shown(NamedTuple):
    """One frame of a video: its start (ms), True for a key frame, its pixels."""

    at_ms: float
    key: bool
    image: Any

    def rgb(self) -> NDArray[np.uint8]:
        return np.asarray(self.image.to_ndarray(format="rgb24"), dtype=np.uint8)


def shown(path: Path) -> list[Shown]:
    """Return all frames of a video, in order."""
    with av.open(str(path)) as file:
        return [Shown(begins_ms(frame), frame.key_frame, frame) for frame in file.decode(video=0)]


class Decoded(NamedTuple):
    """One decoded frame: its start on the stream's clock, True for a key frame, its digest."""

    pts: int
    key: bool
    digest: str


def decoded(path: Path, from_pts: int | None = None) -> Iterator[Decoded]:
    """Yield the frames of a video, from the beginning or from a key frame; damage is an error."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode"}
        if from_pts is not None:
            file.seek(from_pts, stream=stream)
        for frame in file.decode(stream):
            assert frame.pts is not None
            digest = hashlib.sha256(planes(frame).tobytes()).hexdigest()
            yield Decoded(frame.pts, frame.key_frame, digest)


def planes(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return brightness and colours of a frame as they are encoded, one below the other."""
    return np.asarray(frame.to_ndarray(), dtype=np.uint8)


def begins_ms(frame: av.VideoFrame) -> float:
    """Return the start of `frame` in ms."""
    assert frame.pts is not None and frame.time_base is not None
    return float(frame.pts * frame.time_base) * 1000


def at(frames: list[Shown], ms: float) -> Shown:
    """Return the frame that shows at `ms`."""
    return [frame for frame in frames if frame.at_ms <= ms + 0.5][-1]


def sound(path: Path) -> NDArray[np.float32]:
    """Return the left channel at 48 kHz, −1 … 1."""
    with av.open(str(path)) as file:
        return np.concatenate([f.to_ndarray()[0] for f in file.decode(audio=0)])


def level_db(samples: NDArray[np.float32]) -> float:
    """Return the root mean square in dB of full scale; −200 for silence."""
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    return 10 * np.log10(power) if power > 1e-20 else -200.0


def heard(path: Path) -> tuple[float, float]:
    """Return integrated loudness (LUFS) and true peak (dB), measured by ffmpeg's `ebur128`."""
    with av.open(str(path)) as file:
        stream = file.streams.audio[0]
        graph = av.filter.Graph()
        source = graph.add_abuffer(template=stream)
        meter = graph.add("ebur128", "peak=true:metadata=1")
        source.link_to(meter)
        meter.link_to(graph.add("abuffersink"))
        graph.configure()
        for frame in [*file.decode(stream), None]:
            graph.push(frame)
    found: dict[str, str] = {}
    while True:
        try:
            found = dict(graph.pull().metadata) or found
        except (av.error.BlockingIOError, av.error.EOFError):
            break
    peak = max(float(value) for key, value in found.items() if "true_peaks" in key)
    return float(found["lavfi.r128.I"]), 20 * math.log10(max(peak, 1e-9))


def psnr_db(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of two pictures; above 35 dB they look the same."""
    error = float(np.mean(np.square(one.astype(np.float64) - other.astype(np.float64))))
    return 10 * np.log10(255**2 / error) if error else 100.0


def similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the structural similarity (SSIM) of two pictures, −1 … 1, in blocks of 8 × 8."""

    def blocks(image: NDArray[np.uint8]) -> NDArray[np.float64]:
        grey = image.astype(np.float64).mean(axis=2)
        height, width = (size // 8 * 8 for size in grey.shape)
        cut = grey[:height, :width].reshape(height // 8, 8, width // 8, 8)
        return np.asarray(cut.transpose(0, 2, 1, 3).reshape(-1, 64))

    a, b = blocks(one), blocks(other)
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    covariance = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(axis=1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    below = (mean_a**2 + mean_b**2 + c1) * (a.var(axis=1) + b.var(axis=1) + c2)
    return float((above / below).mean())
