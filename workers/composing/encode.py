"""Write the MP4: H.264 of the frames that differ, AAC of what is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType

from forge.errors import ComposeError
from forge.settings import Video
from forge.workers.composing.chapters import Chapter, chapters
from forge.workers.composing.loudness import RATE
from forge.workers.composing.paint import Painter
from forge.workers.composing.schedule import Tick, schedule
from forge.workers.composing.timeline import Timeline

AAC_FRAME = 1024
AHEAD = 8  # frames painted ahead of the encoder: some take ten times as long as others
LAYOUTS = {1: "mono", 2: "stereo"}
AUDIO_BITS = {1: 72_000, 2: 160_000}  # one voice, or music too
X264 = {
    # On pictures of a screen, which mostly stand still, the quickest preset with the stronger
    # entropy coder and one quality for all frames beats the others: a third of veryfast's time,
    # smaller files, no frame worse than 47 dB.
    "preset": "ultrafast",
    "qp": "24",
    # We say where key frames go, by time: x264 counts frames, and here a frame may last a second.
    # No B-frames: MP4 keeps lengths in decoding order, and reordered frames of unlike lengths
    # give each other's to whoever reads them, the last frame a second too much.
    "x264-params": "cabac=1:8x8dct=1:partitions=i8x8,i4x4"
    ":keyint=infinite:scenecut=0:bframes=0:weightp=0",
    "threads": "1",  # the frames are painted in another, the sound in a third
}
AAC = {"aac_coder": "fast"}  # a third of the default's time; speech does not hear the difference
OnFrame = Callable[[int, int], object]
BT709 = {"color_primaries": 1, "color_trc": 1, "colorspace": 1, "color_range": 1}


def encode(
    timeline: Timeline, video: Video, path: Path, language: str | None, on_frame: OnFrame
) -> int:
    """Encode `timeline` into `path`; returns how many frames were encoded.

    `on_frame(number from 1, of how many)` is called for each, from this thread.

    Raises:
        ComposeError: the encoder or the disk refused.
    """
    ticks = schedule(timeline.board.looks(), video.fps, constant=video.frame_rate == "constant")
    try:
        # faststart moves the index to the front, so that playing begins before loading ends.
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
            file.metadata["title"] = timeline.manifest.title
            file.set_chapters([_chapter(*each) for each in enumerate(chapters(timeline.manifest))])
            picture = _video_stream(file, timeline, video)
            sound = _audio_stream(file, language, len(timeline.track))
            _write(file, picture, sound, timeline, ticks, video.fps, on_frame)
    except (av.FFmpegError, OSError) as problem:
        raise ComposeError(f"{path.name} could not be written: {problem}") from problem
    return len(ticks)


def _chapter(number: int, chapter: Chapter) -> Any:
    return {
        "id": number,
        "start": chapter.start_ms,
        "end": chapter.end_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }


def _video_stream(file: Any, timeline: Timeline, video: Video) -> Any:
    stream = file.add_stream("libx264", rate=video.fps, options=dict(X264))
    stream.width, stream.height = video.width * video.scale, video.height * video.scale
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, video.fps)
    for name, value in BT709.items():
        setattr(stream.codec_context, name, value)
    return stream


def _audio_stream(file: Any, language: str | None, channels: int) -> Any:
    stream = file.add_stream("aac", rate=RATE, layout=LAYOUTS[channels], options=dict(AAC))
    stream.bit_rate = AUDIO_BITS[channels]
    if language:
        stream.metadata["language"] = language
    return stream


def _write(
    file: Any,
    picture: Any,
    sound: Any,
    timeline: Timeline,
    ticks: list[Tick],
    fps: int,
    on_frame: OnFrame,
) -> None:
    """Encode both streams side by side, then write their packets in order of time."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-sound") as other:
        ahead = other.submit(_encode_sound, sound, timeline)
        packets = _encode_picture(picture, timeline.painter, ticks, fps, on_frame)
        packets += ahead.result()
    for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
        file.mux(packet)


def _encode_picture(
    stream: Any, painter: Painter, ticks: list[Tick], fps: int, on_frame: OnFrame
) -> list[Any]:
    packets: list[Any] = []
    for number, (tick, frame) in enumerate(_painted(painter, ticks), start=1):
        on_frame(number, len(ticks))
        frame.pts, frame.time_base = tick.at, Fraction(1, fps)
        frame.pict_type = PictureType.I if tick.key else PictureType.NONE
        packets += stream.encode(frame)
    packets += stream.encode(None)
    lengths = {tick.at: tick.length for tick in ticks}
    for packet in packets:
        packet.duration = lengths[packet.pts]  # the encoder guesses; the last one's would be lost
    return packets


def _encode_sound(stream: Any, timeline: Timeline) -> list[Any]:
    packets = [packet for block in _audio_frames(timeline) for packet in stream.encode(block)]
    return [*packets, *stream.encode(None)]


def _painted(painter: Painter, ticks: list[Tick]) -> Iterator[tuple[Tick, Any]]:
    """Each tick with its frame; the next ones are painted while one is encoded."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-paint") as other:
        coming = (other.submit(painter.yuv, tick.look) for tick in ticks)
        ahead = deque(islice(coming, AHEAD))
        for tick in ticks:
            yield tick, ahead.popleft().result()
            ahead.extend(islice(coming, 1))


def _audio_frames(timeline: Timeline) -> Iterator[Any]:
    """The track in AAC's own blocks, cut so that the sound never outlasts the picture.

    What is cut (under 22 ms) is of the silence after the last step.
    """
    track, layout = timeline.track, LAYOUTS[len(timeline.track)]
    for start in range(0, track.shape[1] // AAC_FRAME * AAC_FRAME, AAC_FRAME):
        block = np.ascontiguousarray(track[:, start : start + AAC_FRAME])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame
