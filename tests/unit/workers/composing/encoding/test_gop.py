"""Groups of pictures: their bytes depend on their ticks alone."""

from __future__ import annotations

from forge.model.settings import Video
from forge.workers.composing.encoding.frame_times import Tick, schedule
from forge.workers.composing.encoding.gop import Gop, Packets, encoded, gops_of
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.storyboard.frame_state import FrameState
from forge.workers.composing.text.cues import Cue
from tests.support.painting import Greys, no_card

VIDEO = Video(width=320, height=240, fps=30)
STATES = [FrameState(at // 100) for at in range(600)]  # six pictures in 20 s
TICKS = schedule(STATES, VIDEO.fps, constant=False)


def packets_of(gops: list[Gop]) -> list[Packets]:
    return list(encoded(gops, Painter(Greys(), (), no_card), VIDEO, lambda tick: None))


def data_of(packets: Packets) -> list[bytes]:
    return [bytes(packet) for packet in packets]


def test_ticks_are_cut_at_key_frames() -> None:
    gops = gops_of(TICKS)
    assert [tick for gop in gops for tick in gop] == TICKS
    assert [[tick.key for tick in gop].index(True) for gop in gops] == [0, 0, 0]
    assert all(not tick.key for gop in gops for tick in gop[1:])


def test_another_caption_is_another_gop() -> None:
    def gop(text: str) -> Gop:
        return (Tick(0, 30, FrameState(0, caption=Cue(0, 1000, (text,))), key=True),)

    assert {gop("Hello."): 1} == {gop("Hello."): 1}
    assert gop("Hello.") != gop("Hi.")


def test_a_gop_alone_has_the_same_bytes() -> None:
    gops = gops_of(TICKS)
    together = [data_of(packets) for packets in packets_of(gops)]
    alone = [data_of(packets_of([gop])[0]) for gop in reversed(gops)]
    assert together == alone[::-1]


def test_every_packet_lasts_as_long_as_its_tick() -> None:
    packets = [packet for gop in packets_of(gops_of(TICKS)) for packet in gop]
    assert [(p.pts, p.duration) for p in packets] == [(t.at, t.length) for t in TICKS]
    assert [p.is_keyframe for p in packets] == [t.key for t in TICKS]
