"""Write a GIF: a palette for the pictures that are in it, and a frame for each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import av

from forge.errors import ComposeError
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import Look

CLOCK = Fraction(1, 100)  # a GIF counts in hundredths of a second
COLOURS = 255  # and one for what has not changed
DITHER = "sierra2_4a"
COUNTED = 100  # pictures that the palette is chosen by, at most

Shown = tuple[int, Look]
Size = tuple[int, int]


def write_gif(scene: Scene, path: Path, start_ms: int, end_ms: int, *, width: int, fps: int) -> int:
    """Write `scene` from `start_ms` to `end_ms` as a GIF of that width; returns its frames.

    Two passes: the first counts colours, the second draws with the best 255 of them.

    Raises:
        ComposeError: it could not be written.
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
    """What shows from when on (hundredths of a second from the beginning), and once at the end."""
    last: Look | None = None
    for number in range((end_ms - start_ms) * fps // 1000):
        look = scene.look(start_ms + number * 1000 / fps)
        if look != last:
            yield number * 100 // fps, look
            last = look
    if last is not None:
        yield (end_ms - start_ms) // 10 - 1, last


def _palette(scene: Scene, shown: Sequence[Shown], size: Size) -> Any:
    """The colours that serve the pictures best."""
    graph, source, small = _shrinking(scene, size)
    chosen, end = graph.add("palettegen", f"max_colors={COLOURS}"), graph.add("buffersink")
    small.link_to(chosen)
    chosen.link_to(end)
    graph.configure()
    for frame in _painted(scene, shown[:: -(-len(shown) // COUNTED)]):
        source.push(frame)
    source.push(None)
    return end.pull()


def _coloured(scene: Scene, shown: Sequence[Shown], palette: Any, size: Size) -> Iterator[Any]:
    """The pictures, small and in the palette's colours."""
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


def _shrinking(scene: Scene, size: Size) -> tuple[Any, Any, Any]:
    """A filter graph that makes frames small: the graph, where they go in, and the filter."""
    graph, screen = av.filter.Graph(), scene.board.screen
    planar = av.VideoFormat("yuv420p")
    source = graph.add_buffer(
        width=screen.width, height=screen.height, format=planar, time_base=CLOCK
    )
    small = graph.add("scale", f"{size[0]}:{size[1]}:flags=area:in_color_matrix=bt709:in_range=tv")
    source.link_to(small)
    return graph, source, small


def _painted(scene: Scene, shown: Iterable[Shown]) -> Iterator[Any]:
    for at, look in shown:
        frame = scene.painter.yuv(look)
        frame.pts, frame.time_base = at, CLOCK
        yield frame


def _ready(end: Any) -> Iterator[Any]:
    """What has come out of a filter graph so far."""
    while True:
        try:
            yield end.pull()
        except (av.BlockingIOError, av.EOFError):
            return
