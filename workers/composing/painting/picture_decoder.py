"""Decode JPEG pictures into the video's colours: of one like the last, only what has changed."""

from __future__ import annotations

import av
from av import VideoFrame
from av.video.reformatter import VideoReformatter

from forge.workers.composing.painting.jpeg_colours import in_video_colours
from forge.workers.composing.painting.sprites import canvas_of, copy_of
from forge.workers.jpeg_rows import ROW, JpegRows, runs, split

#: Numbers of rows that are decoded at once. A decoder is made for each.
SIZES = (2, 4, 8, 16, 32)
NEAR = 2  # rows: changes no further apart are decoded at once
WORTH = 2 / 3  # of the rows: if more are to be decoded, all are


class PictureDecoder:
    """Decodes pictures to yuv420p, of `width` and `height`: the same pixels as if each was alone.

    JPEG is decoded straight to planar YUV and converted to the video's colours in that form.
    Returned pictures must not be drawn on.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._converters: dict[tuple[int, int], Converter] = {}
        self._last: tuple[JpegRows, VideoFrame] | None = None

    def decode(self, jpeg: bytes) -> VideoFrame:
        """Return a picture.

        Raises:
            av.FFmpegError, IndexError: it is damaged.
        """
        rows = split(jpeg)
        picture = self._patched(rows) or self._converter(self._size).convert(jpeg)
        self._last = (rows, picture)
        return picture

    def _patched(self, new: JpegRows) -> VideoFrame | None:
        """Return a picture as the last one with the rows that differ; None if that is no gain."""
        if self._last is None:
            return None
        old, picture = self._last
        count = len(new.rows)
        if (old.head, len(old.rows)) != (new.head, count) or new.size != self._size or count == 1:
            return None
        pairs = zip(old.rows, new.rows, strict=True)
        changed = runs((n for n, (one, other) in enumerate(pairs) if one != other), NEAR)
        windows = [_window(start, end, count) for start, end in changed]
        if sum(end - start for start, end in windows) > WORTH * count:
            return None
        picture = copy_of(picture) if changed else picture
        for (start, end), (first, last) in zip(changed, windows, strict=True):
            self._patch(picture, new, range(start, end), range(first, last))
        return picture

    def _patch(self, picture: VideoFrame, new: JpegRows, changed: range, window: range) -> None:
        """Decode the rows of `window`, and copy those that have `changed` into `picture`."""
        width, height = self._size
        high = min(window.stop * ROW, height) - window.start * ROW
        part = self._converter((width, high)).convert(new.part(window.start, window.stop, high))
        for own, other in zip(canvas_of(picture), canvas_of(part), strict=True):
            row = ROW * own.shape[0] // height  # colours have half as many pixels
            start, end = changed.start * row, min(changed.stop * row, own.shape[0])
            own[start:end] = other[start - window.start * row : end - window.start * row]

    def _converter(self, size: tuple[int, int]) -> Converter:
        if size not in self._converters:
            self._converters[size] = Converter(*size)
        return self._converters[size]


class Converter:
    """Decodes JPEG of any size to yuv420p of one size, in the video's colours."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._decoder = av.CodecContext.create("mjpeg", "r")
        self._reformatter = VideoReformatter()

    def convert(self, jpeg: bytes) -> VideoFrame:
        """Return the picture. Raises: av.FFmpegError, IndexError: it is damaged."""
        decoded = self._decoder.decode(av.Packet(jpeg))[0]
        # Nothing to do for what browsers write; another size or sampling is brought into this form.
        decoded = self._reformatter.reformat(
            decoded, width=self._width, height=self._height, format="yuvj420p"
        )
        return in_video_colours(decoded)


def _window(start: int, end: int, count: int) -> tuple[int, int]:
    """Return which of `count` rows to decode for those from `start` to `end` (not included)."""
    size = next((size for size in SIZES if size >= end - start), count)
    first = max(0, min(start, count - size))
    return first, min(count, first + size)
