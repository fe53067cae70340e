"""Write the MP4: H.264 of the frames that differ, AAC of what is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from forge.errors import ComposeError
from forge.model.settings import Video
from forge.workers.composing.encoding.frame_times import Tick, scheduled
from forge.workers.composing.encoding.gop import Group, Kept, Packets, encoded, groups_of, set_up
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.sound.loudness import RATE, Track
from forge.workers.composing.text.chapters import Chapter, chapters

AAC_FRAME = 1024
AAC_BLOCK = 64 * AAC_FRAME  # handed over at once: one at a time takes twice as long
LAYOUTS = {1: "mono", 2: "stereo"}
AUDIO_BITS = {1: 72_000, 2: 160_000}  # one voice, or music too
AAC = {"aac_coder": "fast"}  # a third of the default's time; speech does not hear the difference
OnFrame = Callable[[int, int], object]


def encode(
    scene: Scene,
    track: Callable[[], Track],
    video: Video,
    path: Path,
    language: str | None,
    on_frame: OnFrame,
    kept: Callable[[], Kept] = dict,
) -> int:
    """Write what shows and what is heard into `path`; returns how many frames it has.

    `track()` gives the sound: it is called, and encoded, beside the pictures. `kept()` is what was
    encoded before, and is waited for beside the sound, too. `on_frame(number from 1, of how many)`
    is called for each frame that is encoded now, from this thread.

    Raises:
        ComposeError: the encoder or the disk refused. What `track` raises.
    """
    manifest = scene.board.manifest
    groups = groups_of(scheduled(scene.board, video), manifest)
    try:
        # faststart moves the index to the front, so that playing begins before loading ends.
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
            file.metadata["title"] = manifest.title
            file.set_chapters([_chapter(*each) for each in enumerate(chapters(manifest))])
            picture = _video_stream(file, video)
            fresh = _pictures(groups, kept, scene.painter, video, on_frame)
            _write(file, picture, fresh, lambda: _encode_sound(file, language, track()))
    except (av.FFmpegError, OSError) as problem:
        raise ComposeError(f"{path.name} could not be written: {problem}") from problem
    return len(_ticks(groups))


def _chapter(number: int, chapter: Chapter) -> Any:
    return {
        "id": number,
        "start": chapter.start_ms,
        "end": chapter.end_ms,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }


def _video_stream(file: Any, video: Video) -> Any:
    stream = file.add_stream("libx264", rate=video.fps)
    set_up(stream.codec_context, video)
    return stream


def _audio_stream(file: Any, language: str | None, channels: int) -> Any:
    stream = file.add_stream("aac", rate=RATE, layout=LAYOUTS[channels], options=dict(AAC))
    stream.bit_rate = AUDIO_BITS[channels]
    if language:
        stream.metadata["language"] = language
    return stream


def _write(
    file: Any, picture: Any, pictures: Iterator[Packets], sound: Callable[[], Packets]
) -> None:
    """Encode both streams side by side, then write their packets in order of time."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="forge-sound") as other:
        ahead = other.submit(sound)
        packets: Packets = []
        for group in pictures:
            packets += group
            if ahead.done():
                ahead.result()  # what is wrong with the sound is said at once
        for packet in packets:
            packet.stream = picture
        packets += ahead.result()
    for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
        file.mux(packet)


def _pictures(
    groups: Sequence[Group],
    kept: Callable[[], Kept],
    painter: Painter,
    video: Video,
    on_frame: OnFrame,
) -> Iterator[Packets]:
    """The packets of each group, those that are kept already from there."""
    known = kept()
    numbers = {tick.at: number for number, tick in enumerate(_ticks(groups), start=1)}
    fresh = encoded(
        [group for group in groups if group not in known],
        painter,
        video,
        lambda tick: on_frame(numbers[tick.at], len(numbers)),
    )
    for group in groups:
        yield known[group] if group in known else next(fresh)


def _ticks(groups: Sequence[Group]) -> list[Tick]:
    return [tick for group in groups for tick in group.ticks]


def _encode_sound(file: Any, language: str | None, track: Track) -> Packets:
    stream = _audio_stream(file, language, len(track))
    packets = [packet for block in _audio_frames(track) for packet in stream.encode(block)]
    return [*packets, *stream.encode(None)]


def _audio_frames(track: Track) -> Iterator[Any]:
    """The track in blocks of whole AAC frames, cut so that the sound never outlasts the picture.

    What is cut (under 22 ms) is of the silence after the last step.
    """
    whole = track.shape[1] // AAC_FRAME * AAC_FRAME
    for start in range(0, whole, AAC_BLOCK):
        block = np.ascontiguousarray(track[:, start : min(start + AAC_BLOCK, whole)])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[len(track)])
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame
