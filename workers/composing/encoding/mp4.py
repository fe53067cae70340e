"""Write the MP4: H.264 video with a frame for each change, and AAC sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from forge.errors import ComposeError
from forge.model.settings import Video
from forge.workers.composing.encoding.aac import encode_sound
from forge.workers.composing.encoding.frame_times import Tick
from forge.workers.composing.encoding.gop import GopEncoder, Packets, set_up
from forge.workers.composing.text.chapters import Chapter, chapters
from forge.workers.meter import RATE, Track

if TYPE_CHECKING:
    from av.container.core import Chapter as Mark  # a class of PyAV's stubs alone

MP4 = {
    "movflags": "+faststart",  # moves the index to the front, so that playing begins at once
    "chunk_duration": "500000",  # µs of one stream in a row: each change of stream is indexed
}
OnFrame = Callable[[int, int], object]


def encode(
    encoder: GopEncoder,
    track: Callable[[], Track],
    path: Path,
    on_frame: OnFrame,
    ready: Callable[[], object] = lambda: None,
) -> int:
    """Encode a video and its sound into `path`; return the number of frames in the file.

    `track()` returns the sound; it is called and encoded in another thread, beside the pictures.
    `ready()` returns when no other thread encodes GOPs of this video; the sound is encoded
    meanwhile.
    `on_frame(number from 1, of how many)` is called for each frame that is encoded now, in another
    thread. GOPs are encoded side by side: the number is that of the last frame that was begun.

    Raises:
        ComposeError: the encoder failed, or the file could not be written.
        Exception: anything that `track` raises.
    """
    manifest, language = encoder.scene.board.manifest, encoder.scene.language
    marks = [_mark(*each) for each in enumerate(chapters(manifest, language))]
    try:
        with av.open(str(path), "w", format="mp4", options=dict(MP4)) as file:
            file.metadata["title"] = manifest.title
            file.set_chapters(marks)
            stream = video_stream(file, encoder.video)
            return write_streams(
                file,
                stream,
                encoder.video.fps,
                _pictures(encoder, ready, on_frame),
                lambda: encode_sound(file, language, track()),
            )
    except (av.FFmpegError, OSError) as problem:
        raise ComposeError(f"{path.name} could not be written: {problem}") from problem


def _mark(number: int, chapter: Chapter) -> Mark:
    return {
        "id": number,
        "start": chapter.start_ms,
        "end": chapter.end_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }


def video_stream(file: OutputContainer, video: Video) -> VideoStream:
    """Add a stream of pictures to `file`."""
    stream = file.add_stream("libx264", rate=video.fps)
    set_up(stream.codec_context, video)
    return stream


def write_streams(
    file: OutputContainer,
    stream: VideoStream,
    fps: int,
    pictures: Iterator[Packets],
    sound: Callable[[], Packets],
) -> int:
    """Encode both streams side by side, then write their packets in order of time.

    The sound begins before the first of `pictures` is asked for. Return the number of pictures.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-sound") as other:
        heard = other.submit(sound)
        packets: Packets = []
        for gop in pictures:
            packets += gop
            if heard.done():
                heard.result()  # raises a failure of the sound now, not after the last picture
        for packet in packets:
            packet.stream = stream
        track = heard.result()
    count = len(packets)
    # By lists of numbers: a packet makes a `Fraction` each time that it is asked for its time base.
    times_s = [*_times_s(packets, fps), *_times_s(track, RATE)]
    packets += track
    for number in sorted(range(len(packets)), key=times_s.__getitem__):
        file.mux(packets[number])
    return count


def _times_s(packets: Packets, rate: int) -> Iterator[float]:
    """Yield when each packet is decoded; equal times of both streams are equal numbers."""
    for packet in packets:
        assert packet.dts is not None
        yield packet.dts / rate


def _pictures(
    encoder: GopEncoder, ready: Callable[[], object], on_frame: OnFrame
) -> Iterator[Packets]:
    """Yield the packets of each GOP in order: one for each frame of the file."""
    gops = encoder.gops()
    ready()
    ticks = (tick for gop in gops for tick in gop)
    numbers = {tick.at: number for number, tick in enumerate(ticks, start=1)}
    telling, last = Lock(), 0

    def on_tick(tick: Tick) -> None:
        nonlocal last
        with telling:
            last = max(last, numbers[tick.at])
            on_frame(last, len(numbers))

    yield from encoder.encoded(gops, on_tick)
