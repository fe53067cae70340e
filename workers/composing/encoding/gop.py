"""Groups of pictures (GOPs): the video from one key frame to the next, each encoded on its own.

Every frame has the same quality, and none is predicted from a frame of another GOP or from a later
one. So the bytes of a GOP depend on what its frames show alone, not on when they show; and those of
its first packets not on how many come after. A GOP mostly ends with a picture that stands still and
is repeated each second, for as long as the narration of a language lasts. It is encoded with more
of these repeats than are needed and kept, and each language takes as many of its packets as it
needs.
"""

from __future__ import annotations

import hashlib
import struct
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import accumulate, islice, pairwise
from typing import Protocol

import av
from av import Packet, VideoFrame
from av.codec.context import Flags
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from forge.model.settings import Video
from forge.workers.composing.encoding.frame_times import Tick, scheduled
from forge.workers.composing.painting.renderer import Scene

PAINTED_AHEAD = (
    4  # frames painted before the encoder needs them: some take ten times the usual time
)
X264 = {
    # Screen recordings mostly stand still. For them a quick preset with a better search for motion
    # and one quality for all frames is the best: half of veryfast's time, smaller files, no frame
    # worse than 46 dB.
    "preset": "superfast",
    "qp": "26",
    # We place key frames ourselves, by time: x264 counts frames, and here one may last a second.
    # No B-frames: MP4 stores durations in decoding order. With B-frames, players assign the
    # durations to the wrong frames and show the last one a second too long.
    "x264-params": "subme=2:me=hex:keyint=infinite:scenecut=0:bframes=0:weightp=0",
    "threads": "1",  # painting has a thread of its own, and so has the sound
}
BT709 = {"color_primaries": 1, "color_trc": 1, "colorspace": 1, "color_range": 1}

SPARE = 2  # repeats that are encoded beyond those needed, at least

Packets = list["Packet[Stream]"]  # a string: the class cannot be subscripted at run time
OnTick = Callable[[Tick], object]
#: The ticks from a key frame to the next.
Gop = tuple[Tick, ...]


def gops_of(ticks: Sequence[Tick]) -> list[Gop]:
    """Cut `ticks` at the key frames."""
    starts = [number for number, tick in enumerate(ticks) if tick.key]
    ends = [*starts[1:], len(ticks)]
    return [tuple(ticks[start:end]) for start, end in zip(starts, ends, strict=True)]


def set_up(codec: VideoCodecContext, video: Video) -> None:
    """Make `codec`, a libx264 context, the encoder of a video."""
    codec.width, codec.height = video.pixels
    codec.pix_fmt = "yuv420p"
    codec.time_base = Fraction(1, video.fps)
    codec.options = dict(X264)
    for name, value in BT709.items():
        setattr(codec, name, value)


class Kept(Protocol):
    """Contents that are kept by a key; `forge.store.content_cache` keeps them in files."""

    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, content: bytes) -> None: ...


class GopEncoder:
    """Encodes the GOPs of one video, or takes them from those that are kept."""

    def __init__(self, scene: Scene, video: Video, kept: Kept) -> None:
        self.scene, self.video, self._kept = scene, video, kept

    def gops(self) -> list[Gop]:
        """Return the GOPs of the whole video, in order."""
        return gops_of(scheduled(self.scene.board, self.video))

    def encoded(self, gops: Sequence[Gop], on_tick: OnTick) -> Iterator[Packets]:
        """Yield the packets of each of `gops`.

        Frames are painted in another thread, a few ahead of the encoder. `on_tick` is called in
        this one before each tick is encoded.
        """
        keys = [self._key(gop) for gop in gops]
        longest: dict[bytes, Gop] = {}
        for key, gop in zip(keys, gops, strict=True):
            longest[key] = max(longest.get(key, ()), gop, key=len)
        data = {key: self._find(key, len(gop)) for key, gop in longest.items()}
        missing = (gop for key, gop in longest.items() if data[key] is None)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-paint") as other:
            coming = (other.submit(self.scene.painter.yuv, t.state) for gop in missing for t in gop)
            ahead = deque(islice(coming, PAINTED_AHEAD))

            def painted() -> VideoFrame:
                frame = ahead.popleft().result()
                ahead.extend(islice(coming, 1))
                return frame

            for key, gop in zip(keys, gops, strict=True):
                found = data[key]
                if found is None:
                    found = data[key] = self._encode(key, longest[key], painted, on_tick)
                yield _packets(found[: len(gop)], gop, self.video)

    def _find(self, key: bytes, count: int) -> list[bytes] | None:
        content = self._kept.get(key)
        data = None if content is None else unpacked(content)
        return data if data and len(data) >= count else None

    def _encode(
        self, key: bytes, gop: Gop, painted: Callable[[], VideoFrame], on_tick: OnTick
    ) -> list[bytes]:
        codec = av.CodecContext.create("libx264", "w")
        set_up(codec, self.video)
        codec.flags |= Flags.global_header  # MP4 stores the parameter sets once per track
        data: list[bytes] = []
        for number in range(len(gop) + self._spare(gop)):
            if number < len(gop):
                frame = painted()
                on_tick(gop[number])
            frame.pts, frame.time_base = number, Fraction(1, self.video.fps)
            frame.pict_type = PictureType.NONE
            data += map(bytes, codec.encode(frame))
        data += map(bytes, codec.encode(None))
        self._kept.put(key, packed(data))
        return data

    def _spare(self, gop: Gop) -> int:
        """Return the number of repeats to encode besides those that are needed."""
        if self.video.frame_rate == "constant":
            return 0
        return SPARE + (len(gop) - _changing(gop)) // 2

    def _key(self, gop: Gop) -> bytes:
        """Return the digest of all that the bytes of a GOP depend on, except its last repeats."""
        digest = hashlib.sha256(repr((av.library_versions, sorted(X264.items()))).encode())
        digest.update(repr((self.video.fps, sorted(BT709.items()))).encode())
        for tick in gop[: _changing(gop)]:
            digest.update(self.scene.contents.digest(tick.state))
        return digest.digest()


def _changing(gop: Gop) -> int:
    """Return the number of the ticks of `gop` up to its last change."""
    count = len(gop)
    while count > 1 and gop[count - 1].state == gop[count - 2].state:
        count -= 1
    return count


def _packets(data: Sequence[bytes], gop: Gop, video: Video) -> Packets:
    """Return packets with the times of the ticks of `gop`."""
    packets: Packets = []
    for content, tick in zip(data, gop, strict=True):
        packet: Packet[Stream] = Packet(content)
        packet.pts = packet.dts = tick.at
        packet.time_base, packet.duration = Fraction(1, video.fps), tick.length
        packet.is_keyframe = tick.key
        packets.append(packet)
    return packets


def packed(data: Sequence[bytes]) -> bytes:
    """Return packets as one content: their number, their sizes, their bytes."""
    return struct.pack(f"<{len(data) + 1}I", len(data), *map(len, data)) + b"".join(data)


def unpacked(content: bytes) -> list[bytes]:
    """Return the packets of `packed`."""
    (count,) = struct.unpack_from("<I", content)
    sizes = struct.unpack_from(f"<{count}I", content, 4)
    ends = list(accumulate(sizes, initial=4 + 4 * count))
    return [content[start:end] for start, end in pairwise(ends)]
