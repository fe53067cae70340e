"""The compose phase of one job: the only place that writes into the output folder."""

from __future__ import annotations

import os
from pathlib import Path

from forge.errors import ComposeError
from forge.layout import Manifest
from forge.settings import Settings
from forge.take import Take
from forge.workers.composing import captions
from forge.workers.composing.encode import OnFrame, encode
from forge.workers.composing.pictures import Pictures
from forge.workers.composing.probe import Probed, check
from forge.workers.composing.soundtrack import soundtrack
from forge.workers.composing.timeline import Timeline

TRACK_FILE = "narration.wav"  # the whole track, kept with --keep-work: for an editor, say


def compose(
    name: str,
    manifest: Manifest,
    take: Take,
    settings: Settings,
    work_dir: Path,
    on_frame: OnFrame = lambda number, count: None,
) -> Probed:
    """Write `<name>.mp4`, `.srt` and `.vtt` into the output folder; returns the probed video.

    A file appears under its name only when it is whole: it is written under another one in the
    same folder, probed, and renamed. Whatever goes wrong, no part of it stays.

    Raises:
        ComposeError: the video could not be written, or does not probe well.
    """
    folder = settings.output_dir
    part = folder / f".{name}.{os.getpid()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Pictures(take, work_dir) as pictures:
            track = soundtrack(manifest, settings.sound, settings.project_dir)
            timeline = Timeline(manifest, pictures, track)
            if settings.keep_work:
                timeline.audio.write_audiofile(str(work_dir / TRACK_FILE), logger=None)
            frames = encode(timeline, settings.video, part, manifest.lang, on_frame)
        found = check(part, total_ms=manifest.total_ms, frames=frames, fps=settings.video.fps)
        cues = captions.cues(manifest)
        for suffix, text in ((".srt", captions.srt(cues)), (".vtt", captions.webvtt(cues))):
            _write_whole(folder / f"{name}{suffix}", text)
        part.replace(folder / f"{name}.mp4")
    except OSError as problem:
        raise ComposeError(f"{folder} cannot be written: {problem}") from problem
    finally:
        part.unlink(missing_ok=True)
    return found


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
