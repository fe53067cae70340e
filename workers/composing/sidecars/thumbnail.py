"""Small JPEGs of screenshots, for the report page."""

from __future__ import annotations

from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from forge.errors import ComposeError

QUANTIZER = 6  # from 2, the best quality, to 31


def thumbnail(path: Path, width: int) -> bytes:
    """Return a picture, or the first one of a video, as a JPEG at most `width` pixels wide.

    Raises:
        ComposeError: the file cannot be read.
    """
    try:
        with av.open(str(path)) as file:
            frame = next(file.decode(video=0))
        return _jpeg(frame, min(width, frame.width))
    except (av.FFmpegError, OSError, IndexError, StopIteration) as problem:
        raise ComposeError(f"{path.name} cannot be read: {problem}") from problem


def _jpeg(frame: av.VideoFrame, width: int) -> bytes:
    moving = frame.format.name == "yuv420p"
    small = frame.reformat(
        width=width,
        height=max(1, frame.height * width // frame.width),
        format="yuvj420p",
        src_colorspace=Colorspace.ITU709 if moving else None,
        dst_colorspace=Colorspace.ITU601,
        src_color_range=ColorRange.MPEG if moving else None,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    encoder = av.VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = small.width, small.height, "yuvj420p"
    encoder.qmin = encoder.qmax = QUANTIZER
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
