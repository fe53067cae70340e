"""The pictures of a take, decoded for the encoder, or for people."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from forge.errors import ComposeError
from forge.model.take import Take
from forge.store.paths import FRAMES_FILE


class Pictures:
    """Reads frames of a take. The last one decoded is kept: a still picture is decoded once.

    JPEG is decoded straight to planar YUV and converted to what a video wants (BT.709, limited
    range) in one pass; going through RGB costs twice as much.
    """

    def __init__(self, take: Take, folder: Path) -> None:
        self._take = take
        self._file = (folder / FRAMES_FILE).open("rb")
        self._decoder = av.CodecContext.create("mjpeg", "r")
        self._reformatter = VideoReformatter()
        self._kept: tuple[int, Any] | None = None

    def yuv(self, number: int) -> Any:
        """Frame `number` as an `av.VideoFrame`, yuv420p, of the take's size."""
        if self._kept is None or self._kept[0] != number:
            self._kept = (number, self._decode(number))
        return self._kept[1]

    def rgb(self, number: int) -> NDArray[np.uint8]:
        """Frame `number` as an array of shape (height, width, 3)."""
        return rgb_of(self.yuv(number))

    def _decode(self, number: int) -> Any:
        frame = self._take.frames[number]
        self._file.seek(frame.offset)
        data = self._file.read(frame.size)
        try:
            decoded: Any = self._decoder.decode(av.Packet(data))[0]
        except (av.FFmpegError, IndexError) as problem:
            raise ComposeError(
                f"picture {number} of the take is damaged: {problem}",
                hint="record it again: --phase record",
            ) from problem
        picture = self._reformatter.reformat(
            decoded,
            width=self._take.width,
            height=self._take.height,
            format="yuv420p",
            src_colorspace=Colorspace.ITU601,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        picture.pict_type = 0  # a JPEG says "I": the encoder would make every frame a key frame
        return picture

    def __enter__(self) -> Pictures:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def rgb_of(frame: Any) -> NDArray[np.uint8]:
    """A frame of a video (BT.709, limited range) as an array of shape (height, width, 3)."""
    changed = VideoReformatter().reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(changed.to_ndarray(), dtype=np.uint8)


def yuv_of(picture: NDArray[np.uint8]) -> Any:
    """An array of shape (height, width, 3) as a frame of a video."""
    frame = VideoReformatter().reformat(
        av.VideoFrame.from_ndarray(picture, format="rgb24"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )
    frame.pict_type = 0
    return frame
