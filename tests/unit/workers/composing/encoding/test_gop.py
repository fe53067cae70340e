"""Groups of pictures: their bytes depend on what they show alone, and are made once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier, Event

import av
import numpy as np
import pytest
from av import VideoFrame
from numpy.typing import NDArray

from forge.model.settings import Style, Video
from forge.workers.composing.encoding.frame_times import Tick, schedule
from forge.workers.composing.encoding.gop import (
    AT_ONCE,
    Gop,
    GopEncoder,
    Packets,
    gops_of,
    packed,
    set_up,
    unpacked,
)
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.painting.take_frames import rgb_of, yuv_of
from forge.workers.composing.storyboard.frame_state import FrameState, Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.media import psnr_db
from tests.support.painting import Greys, KeptInMemory, PlainDigests, no_card
from tests.support.takes import manifest

VIDEO = Video(width=320, height=240, fps=30)
STATES = [FrameState(at // 100) for at in range(600)]  # six pictures in 20 s
TICKS = schedule(STATES, {200}, VIDEO.fps, constant=False)
GOPS = gops_of(TICKS)


def encoder(kept: KeptInMemory | None = None, video: Video = VIDEO) -> GopEncoder:
    board = Storyboard(manifest(1000, [(0, 0)]), Screen(320, 240, 1, 30), Style())
    scene = Scene(board, Painter(Greys(), (), no_card), PlainDigests())
    return GopEncoder(scene, video, KeptInMemory() if kept is None else kept)


def packets_of(gops: list[Gop], kept: KeptInMemory | None = None) -> list[Packets]:
    return list(encoder(kept).encoded(gops, lambda tick: None))


def data_of(packets: Packets) -> list[bytes]:
    return [bytes(packet) for packet in packets]


def moved(gop: Gop, by: int, more: int = 0) -> Gop:
    """Return `gop` later, with `more` repeats of its last picture."""
    shifted = [tick._replace(at=tick.at + by) for tick in gop]
    last = shifted[-1]
    repeats = [last._replace(at=last.at + 30 * n, key=False) for n in range(1, more + 1)]
    return (*shifted, *repeats)


def showing(numbers: Iterable[int]) -> Gop:
    """Return a GOP that shows these pictures, each for one position."""
    return tuple(Tick(at, 1, FrameState(n), key=not at) for at, n in enumerate(numbers))


class Noise:
    """Page frames with noise, another one in each."""

    def yuv(self, number: int) -> VideoFrame:
        by = np.random.default_rng(number)
        picture = np.full((240, 320, 3), 40 * number, dtype=np.uint8)
        picture[20 : 20 + 30 * number, 40:200] = by.integers(0, 255, (1, 160, 3))
        return yuv_of(picture)

    def sibling(self) -> Noise:
        return self


def decoded(packets: Packets) -> list[NDArray[np.uint8]]:
    """Return the pictures of a GOP, as ffmpeg decodes them; a damaged packet is an error."""
    encoding = av.CodecContext.create("libx264", "w")
    set_up(encoding, VIDEO)
    encoding.open()
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata, decoder.options = encoding.extradata, {"err_detect": "explode"}
    frames = [*chain.from_iterable(map(decoder.decode, packets)), *decoder.decode(None)]
    return [np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8) for frame in frames]


def test_ticks_are_cut_at_key_frames() -> None:
    assert [tick for gop in GOPS for tick in gop] == TICKS
    assert [[tick.key for tick in gop].index(True) for gop in GOPS] == [0] * len(GOPS)
    assert all(not tick.key for gop in GOPS for tick in gop[1:])
    assert 200 in [gop[0].at for gop in GOPS]


def test_a_gop_alone_has_the_same_bytes() -> None:
    together = [data_of(packets) for packets in packets_of(GOPS)]
    alone = [data_of(packets_of([gop])[0]) for gop in reversed(GOPS)]
    assert together == alone[::-1]


def test_every_packet_lasts_as_long_as_its_tick() -> None:
    packets = [packet for gop in packets_of(GOPS) for packet in gop]
    assert [(p.pts, p.duration) for p in packets] == [(t.at, t.length) for t in TICKS]
    assert [p.is_keyframe for p in packets] == [t.key for t in TICKS]


def test_a_gop_is_encoded_once_for_every_time_and_every_hold() -> None:
    kept = KeptInMemory()
    packets_of([GOPS[0]], kept)
    longer = moved(GOPS[0], 77, more=20)
    told: list[Tick] = []
    found = next(encoder(kept).encoded([longer], told.append))
    assert not told and len(kept) == 1
    assert [packet.pts for packet in found] == [tick.at for tick in longer]
    assert data_of(found) == data_of(packets_of([longer])[0])


def test_two_gops_are_encoded_at_once_and_come_in_order() -> None:
    """Each waits for the other before its first picture; the first one goes on last."""
    both, second_done = Barrier(2), Event()

    def wait(tick: Tick) -> None:
        if tick.key:
            both.wait(10)
            if tick.at == gops[0][0].at:
                assert second_done.wait(10)

    class Kept(KeptInMemory):
        def put(self, key: bytes, content: bytes) -> None:
            super().put(key, content)
            second_done.set()

    gops = [showing((0, 1)), moved(showing((2, 3)), 60)]
    found = list(encoder(Kept()).encoded(gops, wait))
    assert [packets[0].pts for packets in found] == [0, 60]
    assert list(map(data_of, found)) == list(map(data_of, packets_of(gops)))


def test_an_end_before_the_last_gop_begins_no_other() -> None:
    kept = KeptInMemory()
    gops = [moved(showing((number,)), 30 * number) for number in range(9)]
    going_on, told = Event(), list[Tick]()

    def wait(tick: Tick) -> None:
        told.append(tick)
        if tick.at:
            going_on.wait(10)

    coming = encoder(kept).encoded(gops, wait)
    next(coming)
    with ThreadPoolExecutor(1) as other:
        closing = other.submit(coming.close)
        with pytest.raises(TimeoutError):
            closing.result(0.1)  # it waits for those under way, and has given up the others
        going_on.set()
        closing.result()
    assert len(told) <= 1 + AT_ONCE


def test_repeats_change_no_picture() -> None:
    """Any number of repeats, in the middle too: what comes after them decodes as without them."""
    noise = Noise()
    scene = encoder().scene._replace(painter=Painter(noise, (), no_card))
    made = GopEncoder(scene, VIDEO, KeptInMemory())
    shown = [0] * 3 + [1] * 40 + [2, 3] + [4] * 17 + [5]
    pictures = decoded(next(made.encoded([showing(range(6))], lambda tick: None)))
    assert len(pictures) == 6
    for number, picture in enumerate(pictures):
        assert psnr_db(picture, rgb_of(noise.yuv(number))) > 35
    repeated = decoded(next(made.encoded([showing(shown)], lambda tick: None)))
    assert len(repeated) == len(shown)
    for picture, number in zip(repeated, shown, strict=True):
        assert np.array_equal(picture, pictures[number])


def test_other_pictures_and_another_video_are_other_gops() -> None:
    kept = KeptInMemory()
    packets_of(GOPS[:1], kept)
    other = tuple(t._replace(state=t.state._replace(frame=t.state.frame + 1)) for t in GOPS[0])
    packets_of([other], kept)
    list(encoder(kept, VIDEO.model_copy(update={"fps": 25})).encoded(GOPS[:1], lambda tick: None))
    assert len(kept) == 3


@pytest.mark.parametrize("data", [[], [b""], [b"abc", b"", b"d"]])
def test_packets_are_packed(data: list[bytes]) -> None:
    assert unpacked(packed(data)) == data
