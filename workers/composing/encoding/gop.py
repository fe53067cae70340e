"""Groups of pictures (GOPs): the video from one key frame to the next, each encoded on its own.

Every frame has the same quality, and none is predicted from a frame of another GOP or from a later
one. So the bytes of a GOP depend on its pictures alone, not on when they show. A picture that
stands still is repeated each second, for as long as the narration of a language lasts; a repeat is
a packet that changes nothing (`repeats`). So the pictures of a GOP are encoded once and kept, and
each language puts as many repeats between them as it needs.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import cache, cached_property
from itertools import accumulate, pairwise
from queue import SimpleQueue

import av
from av import Packet
from av.codec.context import Flags
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from forge.model.settings import Video
from forge.workers.composing.encoding.frame_times import Tick, scheduled
from forge.workers.composing.encoding.repeats import bare, numbered
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Kept, Scene

AT_ONCE = 2  # GOPs that are encoded; each takes 30 MB for x264
X264 = {
    # Screen recordings mostly stand still. For them a quick preset without search for motion, and
    # one quality for all frames, is the best: a third of veryfast's time, smaller files, no frame
    # worse than 45 dB. Its key frames are a fifth smaller than those of ultrafast.
    "preset": "superfast",
    "qp": "26",
    # We place key frames ourselves, by time: x264 counts frames, and here one may last a second.
    # No B-frames: MP4 stores durations in decoding order. With B-frames, players assign the
    # durations to the wrong frames and show the last one a second too long.
    # Colours are coarser than brightness, of which text is made.
    "x264-params": "subme=0:no-deblock=1:chroma-qp-offset=2"
    ":keyint=infinite:scenecut=0:bframes=0:weightp=0",
    "threads": "1",  # another GOP is encoded in another thread, and so is the sound
}
BT709 = {"color_primaries": 1, "color_trc": 1, "colorspace": 1, "color_range": 1}

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
    codec.flags |= Flags.global_header  # MP4 stores the parameter sets once per track


class GopEncoder:
    """Encodes the GOPs of one video, or takes them from those that are kept."""

    def __init__(self, scene: Scene, video: Video, kept: Kept) -> None:
        self.scene, self.video, self._kept = scene, video, kept

    def gops(self) -> list[Gop]:
        """Return the GOPs of the whole video, in order."""
        return gops_of(scheduled(self.scene.board, self.video))

    def encoded(self, gops: Sequence[Gop], on_tick: OnTick) -> Generator[Packets, None, None]:
        """Yield the packets of each of `gops`.

        GOPs that are not kept are painted and encoded in AT_ONCE other threads, which have the
        priority of this one. `on_tick` is called in these before each picture is encoded.
        """
        keys = [self._key(gop) for gop in gops]
        wanted = dict(zip(keys, gops, strict=True))
        data = {key: self._find(key) for key in wanted}
        painters = SimpleQueue[Painter]()
        for painter in (self.scene.painter, *self._siblings):
            painters.put(painter)
        with ThreadPoolExecutor(AT_ONCE, "forge-gop") as threads:
            coming = {
                key: threads.submit(self._encode, key, gop, painters, on_tick)
                for key, gop in wanted.items()
                if data[key] is None
            }
            try:
                for key, gop in zip(keys, gops, strict=True):
                    found = data[key]
                    if found is None:
                        found = data[key] = coming[key].result()
                    yield _packets(found, gop, self.video)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _siblings(self) -> list[Painter]:
        return [self.scene.painter.sibling() for _ in range(AT_ONCE - 1)]

    def _find(self, key: bytes) -> list[bytes] | None:
        content = self._kept.get(key)
        return None if content is None else unpacked(content)

    def _encode(
        self, key: bytes, gop: Gop, painters: SimpleQueue[Painter], on_tick: OnTick
    ) -> list[bytes]:
        """Return the packets of the pictures of a GOP, without repeats."""
        codec = av.CodecContext.create("libx264", "w")
        set_up(codec, self.video)
        data: list[bytes] = []
        painter = painters.get()
        try:
            for number, tick in enumerate(new(gop)):
                frame = painter.yuv(tick.state)
                on_tick(tick)
                frame.pts, frame.time_base = number, Fraction(1, self.video.fps)
                frame.pict_type = PictureType.NONE
                data += map(bytes, codec.encode(frame))
        finally:
            painters.put(painter)
        data += map(bytes, codec.encode(None))
        data[0] = bare(data[0])
        self._kept.put(key, packed(data))
        return data

    def _key(self, gop: Gop) -> bytes:
        """Return the digest of all that the bytes of the pictures of a GOP depend on."""
        digest = hashlib.sha256(repr((av.library_versions, sorted(X264.items()))).encode())
        digest.update(repr((self.video.fps, sorted(BT709.items()))).encode())
        for tick in new(gop):
            digest.update(self.scene.contents.digest(tick.state))
        return digest.digest()


def new(gop: Gop) -> list[Tick]:
    """Return the ticks of `gop` that show another picture than the one before."""
    return [tick for tick, is_new in _with_news(gop) if is_new]


def _with_news(gop: Gop) -> Iterator[tuple[Tick, bool]]:
    """Yield each tick, and True if it shows another picture than the one before."""
    for at, tick in enumerate(gop):
        yield tick, not at or tick.state != gop[at - 1].state


def _packets(data: Sequence[bytes], gop: Gop, video: Video) -> Packets:
    """Return the packets of all ticks of `gop`; `data`: those of its pictures."""
    packets: Packets = []
    fresh, repeat, base = iter(data), _repeat(video), Fraction(1, video.fps)
    for number, (tick, is_new) in enumerate(_with_news(gop)):
        packet: Packet[Stream] = Packet(numbered(next(fresh) if is_new else repeat, number))
        packet.pts = packet.dts = tick.at
        packet.time_base, packet.duration = base, tick.length
        packet.is_keyframe = tick.key
        packets.append(packet)
    return packets


@cache
def _repeat(video: Video) -> bytes:
    """Return the packet that repeats any picture of a video."""
    codec = av.CodecContext.create("libx264", "w")
    set_up(codec, video)
    picture = av.VideoFrame(*video.pixels, "yuv420p")
    for plane in picture.planes:
        plane.update(bytes(plane.buffer_size))
    packets: list[bytes] = []
    for picture.pts in range(2):
        packets += map(bytes, codec.encode(picture))
    return [*packets, *map(bytes, codec.encode(None))][1]


def packed(data: Sequence[bytes]) -> bytes:
    """Return packets as one content: their number, their sizes, their bytes."""
    return struct.pack(f"<{len(data) + 1}I", len(data), *map(len, data)) + b"".join(data)


def unpacked(content: bytes) -> list[bytes]:
    """Return the packets of `packed`."""
    (count,) = struct.unpack_from("<I", content)
    sizes = struct.unpack_from(f"<{count}I", content, 4)
    ends = list(accumulate(sizes, initial=4 + 4 * count))
    return [content[start:end] for start, end in pairwise(ends)]
