"""Small JPEGs for the report page: of a video's poster, of a failure's screenshot."""

from __future__ import annotations

import os
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from forge.errors import ComposeError
from forge.store.atomic import whole
from forge.store.paths import POSTER_SUFFIX, THUMBNAIL_FILE

WIDTH = 480
MIDDLE = 0.4  # the place in the video to take a picture from; cards are at its ends
QUANTIZER = 6  # from 2, the best quality, to 31


def video_thumbnail(video: Path, work_dir: Path) -> bytes:
    """Return a thumbnail of the poster of `video`, or of its middle where there is none.

    It is kept in `work_dir` until the video changes.

    Raises:
        ComposeError: the video cannot be read.
    """
    kept, poster = work_dir / THUMBNAIL_FILE, video.with_suffix(POSTER_SUFFIX)
    try:
        made_ns = video.stat().st_mtime_ns
        if kept.is_file() and kept.stat().st_mtime_ns == made_ns:
            return kept.read_bytes()
        source = (poster, 0.0) if poster.is_file() else (video, MIDDLE)
        picture = thumbnail(source[0], WIDTH, source[1])
        if work_dir.is_dir():
            with whole(kept) as part:
                part.write_bytes(picture)
                os.utime(part, ns=(made_ns, made_ns))  # its time names the video it is of
    except OSError as problem:
        raise ComposeError(f"no thumbnail of {video.name}: {problem}") from problem
    return picture


def thumbnail(path: Path, width: int, at: float = 0.0) -> bytes:
    """Return a picture, or a key frame of a video, as a JPEG at most `width` pixels wide.

    `at`: the place in the video, 0 … 1; the key frame before it is taken.

    Raises:
        ComposeError: the file cannot be read.
    """
    try:
        with av.open(str(path)) as file:
            if at and file.duration:
                file.seek(int(file.duration * at))
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
