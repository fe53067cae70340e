"""Write a GIF with a palette of its own and a frame for each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av import VideoFrame
from av.filter import Graph
from av.filter.context import FilterContext

from forge.errors import ComposeError
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import FrameState

CLOCK = Fraction(1, 100)  # a GIF counts in hundredths of a second
COLOURS = 255  # the 256th colour of the palette means "unchanged"
DITHER = "sierra2_4a"
SAMPLED = 100  # the palette is chosen from at most this many pictures

Shown = tuple[int, FrameState]
Size = tuple[int, int]


def write_gif(scene: Scene, path: Path, start_ms: int, end_ms: int, *, width: int, fps: int) -> int:
    """Write `scene` from `start_ms` to `end_ms` as a GIF of that width; return its frame count.

    In two passes: the first chooses the best 255 colours, the second draws with them.

    Raises:
        ComposeError: the file could not be written.
    """
    shown = list(_changes(scene, start_ms, end_ms, fps))
    screen = scene.board.screen
    size = (min(width, screen.width), min(width, screen.width) * screen.height // screen.width)
    try:
        with av.open(str(path), "w", format="gif") as file:
            stream = file.add_stream("gif", rate=CLOCK.denominator)
            stream.width, stream.height = size
            stream.pix_fmt, stream.codec_context.time_base = "pal8", CLOCK
            for frame in _coloured(scene, shown, _palette(scene, shown, size), size):
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    except (av.FFmpegError, OSError) as problem:
        raise ComposeError(f"{path.name} could not be written: {problem}") from problem
    return len(shown)


def _changes(scene: Scene, start_ms: int, end_ms: int, fps: int) -> Iterator[Shown]:
    """Yield each new state with its time (hundredths from the start), and the last once more.

    The repetition gives the last picture its length.
    """
    last: FrameState | None = None
    for number in range((end_ms - start_ms) * fps // 1000):
        state = scene.state(start_ms + number * 1000 / fps)
        if state != last:
            yield number * 100 // fps, state
            last = state
    if last is not None:
        yield (end_ms - start_ms) // 10 - 1, last


def _palette(scene: Scene, shown: Sequence[Shown], size: Size) -> VideoFrame:
    """Return the palette that suits the pictures best, as a frame."""
    graph, source, small = _shrinking(scene, size)
    chosen, end = graph.add("palettegen", f"max_colors={COLOURS}"), graph.add("buffersink")
    small.link_to(chosen)
    chosen.link_to(end)
    graph.configure()
    for frame in _painted(scene, shown[:: -(-len(shown) // SAMPLED)]):
        source.push(frame)
    source.push(None)
    return _pulled(end)


def _coloured(
    scene: Scene, shown: Sequence[Shown], palette: VideoFrame, size: Size
) -> Iterator[VideoFrame]:
    """Yield the pictures, shrunk to `size` and in the palette's colours."""
    graph, source, small = _shrinking(scene, size)
    colours = graph.add_buffer(
        width=palette.width, height=palette.height, format=palette.format, time_base=CLOCK
    )
    drawn = graph.add("paletteuse", f"dither={DITHER}:diff_mode=rectangle")
    end = graph.add("buffersink")
    small.link_to(drawn, 0, 0)
    colours.link_to(drawn, 0, 1)
    drawn.link_to(end)
    graph.configure()
    palette.pts, palette.time_base = 0, CLOCK
    colours.push(palette)
    colours.push(None)
    for frame in chain(_painted(scene, shown), [None]):
        source.push(frame)
        yield from _ready(end)


def _shrinking(scene: Scene, size: Size) -> tuple[Graph, FilterContext, FilterContext]:
    """Return a filter graph that shrinks frames to `size`, its source, and its last filter."""
    graph, screen = Graph(), scene.board.screen
    planar = av.VideoFormat("yuv420p")
    source = graph.add_buffer(
        width=screen.width, height=screen.height, format=planar, time_base=CLOCK
    )
    small = graph.add("scale", f"{size[0]}:{size[1]}:flags=area:in_color_matrix=bt709:in_range=tv")
    source.link_to(small)
    return graph, source, small


def _painted(scene: Scene, shown: Iterable[Shown]) -> Iterator[VideoFrame]:
    for at, state in shown:
        frame = scene.painter.yuv(state)
        frame.pts, frame.time_base = at, CLOCK
        yield frame


def _ready(end: FilterContext) -> Iterator[VideoFrame]:
    """Yield the frames that the filter graph has finished so far."""
    while True:
        try:
            yield _pulled(end)
        except (av.BlockingIOError, av.EOFError):
            return


def _pulled(end: FilterContext) -> VideoFrame:
    frame = end.pull()
    assert isinstance(frame, VideoFrame)
    return frame
