"""What of earlier renders still stands: the videos that need not be made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forge.model.records import Failure, Job, JobResult
from forge.model.settings import Settings
from forge.store import clock_fallback
from forge.store.atomic import remove
from forge.store.file_notes import Notes, difference
from forge.store.fingerprint import changed, fits, read_printed
from forge.store.job_files import read_manifest, read_take
from forge.store.paths import TAKE_PRINT, VIDEO_PRINT, Outputs, WorkDir


def still_there(result: JobResult) -> bool:
    """Whether the video of a done job, and all beside it, is still as it was made."""
    return _loss(result) is None


def seen_again(result: JobResult) -> JobResult:
    """`result`, or a failure where the video that it reports is no longer as it was made."""
    loss = _loss(result) if result.status in ("done", "up-to-date") else None
    if loss is None:
        return result
    error = Failure(
        kind="OutputLost",
        message=f"{loss}: it was removed or changed before the batch ended",
        hint="does another program write into the output folder? A new render makes it again",
    )
    return result.model_copy(
        update={"status": "failed", "error": error, "output": None, "files": {}, "video_s": None}
    )


def _loss(result: JobResult) -> str | None:
    if result.output is None:
        return None  # of a phase that makes none
    video = Path(result.output)
    return difference((video.parent / name for name in {video.name, *result.files}), result.files)


def why_stale(settings: Settings, job: Job) -> str | None:
    """Why a render would run `job` (with its prints), in a few words; None when it would not."""
    return _judge(settings, job)[0]


def _judge(settings: Settings, job: Job) -> tuple[str | None, Notes]:
    """Why `job` is stale, if it is; and the notes of what its last render made."""
    work_dir = settings.work_root / job.name
    printed = read_printed(work_dir / VIDEO_PRINT)
    reasons = [changed(way, printed) for way in clock_fallback.ways(settings, job)]
    if printed is None or None not in reasons:
        return reasons[-1], {}
    made = [*Outputs.of(settings, job.name).all, WorkDir(work_dir).manifest]
    return difference(made, printed.files), printed.files


def take_stands(settings: Settings, job: Job) -> bool:
    """Whether `job` has a take already, by what the take says it was made of."""
    folders = (settings.work_root / name for name in (job.name, *job.takes_from))
    kept = [read_printed(folder / TAKE_PRINT) for folder in folders]
    return any(fits(printed, way) for way in clock_fallback.ways(settings, job) for printed in kept)


def up_to_date(settings: Settings, job: Job) -> JobResult | None:
    """The result of a job that need not run; None when it is stale."""
    why, notes = _judge(settings, job)
    if why:
        return None
    work_dir = settings.work_root / job.name
    *_, video = made = Outputs.of(settings, job.name).all
    result = JobResult(
        job=job.name,
        status="up-to-date",
        output=str(video),
        files={path.name: notes[path.name] for path in made},
        video_s=round(read_manifest(work_dir).total_ms / 1000, 3),
    )
    try:
        take = read_take(work_dir)
    except (OSError, ValueError):
        return result  # the video stands all the same
    return result.model_copy(update=take.told)


def forget(settings: Settings, jobs: Sequence[Job]) -> None:
    """Let nothing that was made before count as made, nor a clock as given up."""
    for job in jobs:
        clock_fallback.forget(settings, job)
        for name in (TAKE_PRINT, VIDEO_PRINT):
            remove(settings.work_root / job.name / name)
