"""What of earlier renders still stands: the videos that need not be made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forge import clocks
from forge.errors import ComposeError
from forge.fingerprint import TAKE_PRINT, VIDEO_PRINT, changed, fits, read_prints
from forge.layout import SHEET_SUFFIX, SIDE_SUFFIXES, read_manifest
from forge.records import Job, JobResult
from forge.settings import Settings
from forge.take import read_take

SAME_LENGTH_S = 0.01


def still_there(result: JobResult) -> bool:
    """Whether the video of a done job is still as it was."""
    if result.output is None or result.video_s is None:
        return True  # of a phase that makes none
    length_s = _length_s(Path(result.output))
    return length_s is not None and abs(length_s - result.video_s) < SAME_LENGTH_S


def _length_s(video: Path) -> float | None:
    """How long a finished video is, by its own index; None when there is none that is whole."""
    from forge.workers.composing.probe import probe  # loads ffmpeg's libraries

    sides = (video.with_suffix(suffix) for suffix in SIDE_SUFFIXES)
    try:
        return probe(video).duration_s if all(side.is_file() for side in sides) else None
    except ComposeError:
        return None


def why_stale(settings: Settings, job: Job) -> str | None:
    """Why a render would run `job` (with its prints), in a few words; None when it would not."""
    work_dir = settings.work_root / job.name
    reasons = [changed(way, work_dir) for way in clocks.ways(settings, job)]
    if None not in reasons:
        return reasons[-1]
    length_s = _length_s(settings.output_dir / f"{job.name}.mp4")
    try:
        total_s = read_manifest(work_dir).total_ms / 1000
    except (OSError, ValueError):
        return "its manifest is gone"
    if length_s is None or abs(length_s - total_s) > 1 / settings.video.fps + SAME_LENGTH_S:
        return "its video or what lies beside it is gone or damaged"
    if settings.contact_sheet and not (settings.output_dir / f"{job.name}{SHEET_SUFFIX}").is_file():
        return "it has no contact sheet yet"
    return None


def take_stands(settings: Settings, job: Job) -> bool:
    """Whether `job` has a take already, by what the take says it was made of."""
    folders = (settings.work_root / name for name in (job.name, *job.takes_from))
    kept = [read_prints(folder / TAKE_PRINT) for folder in folders]
    return any(fits(prints, way) for way in clocks.ways(settings, job) for prints in kept)


def up_to_date(settings: Settings, job: Job) -> JobResult | None:
    """The result of a job that need not run; None when it is stale."""
    if why_stale(settings, job):
        return None
    output, work_dir = settings.output_dir / f"{job.name}.mp4", settings.work_root / job.name
    length_s = round(read_manifest(work_dir).total_ms / 1000, 3)
    result = JobResult(job=job.name, status="up-to-date", output=str(output), video_s=length_s)
    try:
        take = read_take(work_dir)
    except (OSError, ValueError):
        return result  # the video stands all the same
    return result.model_copy(update=take.told)


def forget(settings: Settings, jobs: Sequence[Job]) -> None:
    """Let nothing that was made before count as made, nor a clock as given up."""
    for job in jobs:
        clocks.forget(settings, job)
        for name in (TAKE_PRINT, VIDEO_PRINT):
            (settings.work_root / job.name / name).unlink(missing_ok=True)
