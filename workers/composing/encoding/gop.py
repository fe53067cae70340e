"""Groups of pictures (GOPs): the video from one key frame to the next, each encoded on its own.

Every frame has the same quality, and none is predicted from a frame of another GOP. So the bytes
of a GOP depend only on the frame states in it, and not on when it is encoded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice

import av
from av import Packet
from av.codec.context import Flags
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from forge.model.settings import Video
from forge.workers.composing.encoding.frame_times import Tick
from forge.workers.composing.painting.compositor import Painter

PAINTED_AHEAD = (
    4  # frames painted before the encoder needs them: some take ten times the usual time
)
X264 = {
    # Screen recordings mostly stand still. For them the quickest preset, with the stronger entropy
    # coder and one quality for all frames, is the best: a third of veryfast's time, smaller files,
    # no frame worse than 46 dB.
    "preset": "ultrafast",
    "qp": "26",
    # We place key frames ourselves, by time: x264 counts frames, and here one may last a second.
    # No B-frames: MP4 stores durations in decoding order. With B-frames, players assign the
    # durations to the wrong frames and show the last one a second too long.
    "x264-params": "cabac=1:8x8dct=1:partitions=i8x8,i4x4"
    ":keyint=infinite:scenecut=0:bframes=0:weightp=0",
    "threads": "1",  # painting has a thread of its own, and so has the sound
}
BT709 = {"color_primaries": 1, "color_trc": 1, "colorspace": 1, "color_range": 1}

Packets = list["Packet[Stream]"]  # a string: the class cannot be subscripted at run time
OnTick = Callable[[Tick], object]
#: The ticks from a key frame to the next; all that the bytes of the GOP depend on.
Gop = tuple[Tick, ...]
#: GOPs that are encoded already.
EncodedGops = dict[Gop, Packets]


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


def encoded(
    gops: Sequence[Gop], painter: Painter, video: Video, on_tick: OnTick
) -> Iterator[Packets]:
    """Paint and encode `gops`; yield the packets of each.

    Frames are painted in another thread, a few ahead of the encoder. `on_tick` is called in this
    one before each tick is encoded.
    """
    ticks = [tick for gop in gops for tick in gop]
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-paint") as other:
        coming = (other.submit(painter.yuv, tick.state) for tick in ticks)
        ahead = deque(islice(coming, PAINTED_AHEAD))
        for gop in gops:
            codec = av.CodecContext.create("libx264", "w")
            set_up(codec, video)
            codec.flags |= Flags.global_header  # MP4 stores the parameter sets once per track
            packets: Packets = []
            for tick in gop:
                frame = ahead.popleft().result()
                ahead.extend(islice(coming, 1))
                on_tick(tick)
                frame.pts, frame.time_base = tick.at, Fraction(1, video.fps)
                frame.pict_type = PictureType.NONE
                packets += codec.encode(frame)
            packets += codec.encode(None)
            yield _timed(packets, gop)


def _timed(packets: Packets, gop: Gop) -> Packets:
    """Set the packets' durations: the encoder's are guesses, and the last one would be lost."""
    lengths = {tick.at: tick.length for tick in gop}
    for packet in packets:
        assert packet.pts is not None
        packet.duration = lengths[packet.pts]
    return packets
