"""Groups of pictures: the video from one key frame to the next, each encoded on its own.

Every frame has the same quality, and no frame is predicted from another group's: so the bytes of
a group depend on what it shows and on nothing else. Whoever encoded it, and when, does not matter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from forge.model.settings import Video
from forge.model.timeline import Manifest
from forge.workers.composing.encoding.frame_times import Tick
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.text.cues import cues

AHEAD = 4  # frames painted ahead of the encoder: some take ten times as long as others
X264 = {
    # On pictures of a screen, which mostly stand still, the quickest preset with the stronger
    # entropy coder and one quality for all frames beats the others: a third of veryfast's time,
    # smaller files, no frame worse than 46 dB.
    "preset": "ultrafast",
    "qp": "26",
    # We say where key frames go, by time: x264 counts frames, and here a frame may last a second.
    # No B-frames: MP4 keeps lengths in decoding order, and reordered frames of unlike lengths
    # give each other's to whoever reads them, the last frame a second too much.
    "x264-params": "cabac=1:8x8dct=1:partitions=i8x8,i4x4"
    ":keyint=infinite:scenecut=0:bframes=0:weightp=0",
    "threads": "1",  # the frames are painted in another, the sound in a third
}
BT709 = {"color_primaries": 1, "color_trc": 1, "colorspace": 1, "color_range": 1}

Packets = list[Any]
OnTick = Callable[[Tick], object]


class Group(NamedTuple):
    """All that a group's bytes depend on: its ticks, and what they only have the numbers of."""

    ticks: tuple[Tick, ...]
    captions: tuple[tuple[str, ...], ...]
    cards: tuple[object, ...]


#: Groups that are encoded already.
Kept = dict[Group, Packets]


def groups_of(ticks: Sequence[Tick], manifest: Manifest) -> list[Group]:
    """`ticks`, cut at the key frames."""
    starts = [number for number, tick in enumerate(ticks) if tick.key]
    lines = [tuple(cue.lines) for cue in cues(manifest)]
    return [
        _group(tuple(ticks[start:end]), lines, manifest)
        for start, end in zip(starts, [*starts[1:], len(ticks)], strict=True)
    ]


def _group(ticks: tuple[Tick, ...], lines: Sequence[tuple[str, ...]], manifest: Manifest) -> Group:
    captions = sorted({t.look.caption for t in ticks if t.look.caption is not None})
    cards = sorted({t.look.card for t in ticks if t.look.card is not None})
    return Group(
        ticks, tuple(lines[number] for number in captions), tuple(manifest.cards[n] for n in cards)
    )


def set_up(codec: Any, video: Video) -> None:
    """Make `codec`, a libx264 context, the encoder of a video."""
    codec.width, codec.height = video.width * video.scale, video.height * video.scale
    codec.pix_fmt = "yuv420p"
    codec.time_base = Fraction(1, video.fps)
    codec.options = dict(X264)
    for name, value in BT709.items():
        setattr(codec, name, value)


def encoded(
    groups: Sequence[Group], painter: Painter, video: Video, on_tick: OnTick
) -> Iterator[Packets]:
    """Paint and encode `groups`; yields each one's packets. `on_tick` is called for each tick."""
    ticks = [tick for group in groups for tick in group.ticks]
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-paint") as other:
        coming = (other.submit(painter.yuv, tick.look) for tick in ticks)
        ahead = deque(islice(coming, AHEAD))
        for group in groups:
            codec: Any = av.CodecContext.create("libx264", "w")
            set_up(codec, video)
            codec.flags |= Flags.global_header  # an MP4 has it once for all
            packets: Packets = []
            for tick in group.ticks:
                frame = ahead.popleft().result()
                ahead.extend(islice(coming, 1))
                on_tick(tick)
                frame.pts, frame.time_base = tick.at, Fraction(1, video.fps)
                frame.pict_type = PictureType.NONE
                packets += codec.encode(frame)
            packets += codec.encode(None)
            yield _timed(packets, group.ticks)


def _timed(packets: Packets, ticks: Sequence[Tick]) -> Packets:
    lengths = {tick.at: tick.length for tick in ticks}
    for packet in packets:
        packet.duration = lengths[packet.pts]  # the encoder guesses; the last one's would be lost
    return packets
