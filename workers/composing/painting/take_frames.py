"""The pictures of a take, decoded for the encoder or as RGB arrays."""

from __future__ import annotations

import hashlib
import os
from copy import copy
from functools import lru_cache
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av import VideoFrame
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from forge.errors import ComposeError
from forge.model.take import Take
from forge.store.paths import FRAMES_FILE
from forge.workers.composing.painting.picture_decoder import PictureDecoder


class TakeFrames:
    """Reads frames of a take. The last decoded one is kept: a still picture is decoded once.

    Raises:
        OSError: the take has no pictures.
    """

    def __init__(self, take: Take, folder: Path) -> None:
        self._take = take
        self._file = (folder / FRAMES_FILE).open("rb")
        self._decoder = PictureDecoder(take.width, take.height)
        self._kept: tuple[int, VideoFrame] | None = None
        found = os.fstat(self._file.fileno())
        self._digests = _digests_of((found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size))

    def sibling(self) -> TakeFrames:
        """Return the same pictures for another thread, as long as this one is open."""
        other = copy(self)
        other._decoder, other._kept = PictureDecoder(self._take.width, self._take.height), None
        return other

    def yuv(self, number: int) -> VideoFrame:
        """Return frame `number`, yuv420p, of the take's size."""
        if self._kept is None or self._kept[0] != number:
            self._kept = (number, self._decode(number))
        return self._kept[1]

    def digest(self, number: int) -> bytes:
        """Return the digest of frame `number` as it was recorded."""
        frame = self._take.frames[number]
        place = frame.offset, frame.size
        if place not in self._digests:
            self._digests[place] = hashlib.sha256(self._data(number)).digest()
        return self._digests[place]

    def rgb(self, number: int) -> NDArray[np.uint8]:
        """Return frame `number` as an array of shape (height, width, 3)."""
        return rgb_of(self.yuv(number))

    def _data(self, number: int) -> bytes:
        frame = self._take.frames[number]
        # Digests and pictures are read in different threads.
        return os.pread(self._file.fileno(), frame.size, frame.offset)

    def _decode(self, number: int) -> VideoFrame:
        try:
            return self._decoder.decode(self._data(number))
        except (av.FFmpegError, IndexError) as problem:
            raise ComposeError(
                f"picture {number} of the take is damaged: {problem}",
                hint="record it again: --phase record",
            ) from problem

    def __enter__(self) -> TakeFrames:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


@lru_cache(maxsize=2)
def _digests_of(file: tuple[int, ...]) -> dict[tuple[int, int], bytes]:
    """Return the digests so far of parts of a file, by their offset and size.

    Jobs of several languages link to the same file: its parts are read once for all of them.
    """
    return {}


def rgb_of(frame: VideoFrame) -> NDArray[np.uint8]:
    """Return a frame (BT.709, limited range) as an array of shape (height, width, 3)."""
    changed = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(changed.to_ndarray(), dtype=np.uint8)


def yuv_of(picture: NDArray[np.uint8]) -> VideoFrame:
    """Return an array of shape (height, width, 3) as a frame, yuv420p, BT.709, limited range."""
    frame = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(picture, format="rgb24"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )
    frame.pict_type = PictureType.NONE
    return frame
