"""Judge which videos and takes of earlier renders can be used again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from forge.model.machine import Machine
from forge.model.records import Failure, Job, JobResult
from forge.model.settings import Settings
from forge.store import clock_fallback
from forge.store.atomic import remove
from forge.store.file_notes import Notes, difference
from forge.store.fingerprint import Printed, changed, fits, read_printed
from forge.store.job_files import read_length_ms, read_truth
from forge.store.paths import Outputs, WorkDir


class KeptTake(NamedTuple):
    """A take that a job may use, according to its print; `folder` is its work dir."""

    folder: Path
    printed: Printed


@dataclass(frozen=True)
class Verdict:
    """The work that a render has to do for a job.

    `needs` is "fresh" if nothing is to be done, "compose" if a take can be used, else "record".
    `why` says in a few words what makes the job stale; None if it is fresh. `take_from` are the
    takes that can be used according to their prints, the job's own first. Their content is not
    checked: the worker finds out whether they are whole, and long enough for the narration. `made`
    are the notes of the files of a fresh video, by their names.
    """

    needs: Literal["fresh", "compose", "record"]
    why: str | None = None
    take_from: tuple[KeptTake, ...] = ()
    made: Notes = field(default_factory=dict)


def assess(settings: Settings, machine: Machine | None, job: Job) -> Verdict:
    """Return the work that a render of all phases has to do for `job`, which must have prints.

    `machine` is None if nothing is recorded; then jobs have no prints of takes.
    """
    why, made = _judge_video(settings, machine, job)
    if why is None:
        return Verdict("fresh", made=made)
    takes = tuple(fitting_takes(settings, machine, job))
    return Verdict("compose" if takes else "record", why, takes)


def _judge_video(settings: Settings, machine: Machine | None, job: Job) -> tuple[str | None, Notes]:
    """Return why the video is stale (None: it is fresh), and the notes of its files."""
    work_dir = WorkDir.of(settings, job.name)
    printed = read_printed(work_dir.video_print)
    accepted = clock_fallback.on_each_clock(settings, machine, job)
    reasons = [changed(one, printed) for one in accepted]
    if printed is None or None not in reasons:
        return reasons[-1], {}
    made = [*Outputs.of(settings, job.name).all, work_dir.manifest]
    return difference(made, printed.files), printed.files


def fitting_takes(settings: Settings, machine: Machine | None, job: Job) -> Iterator[KeptTake]:
    """Yield the takes that `job` may use according to their prints, its own first."""
    accepted = clock_fallback.on_each_clock(settings, machine, job)
    for name in (job.name, *job.takes_from):
        work_dir = WorkDir.of(settings, name)
        printed = read_printed(work_dir.take_print)
        if printed is not None and any(fits(printed, one) for one in accepted):
            yield KeptTake(work_dir.path, printed)


def up_to_date(settings: Settings, job: Job, verdict: Verdict) -> JobResult:
    """Return the result of a job that is fresh according to `verdict`, and need not run."""
    work_dir, outputs = WorkDir.of(settings, job.name), Outputs.of(settings, job.name)
    try:
        fields = read_truth(work_dir.path).result_fields
    except (OSError, ValueError):
        fields = {}  # a video is complete without its take
    return JobResult(
        job=job.name,
        status="up-to-date",
        output=str(outputs.video),
        files={path.name: verdict.made[path.name] for path in outputs.all},
        video_s=round(read_length_ms(work_dir.path) / 1000, 3),
        **fields,
    )


def still_there(result: JobResult) -> bool:
    """Return True if the video of a done job and the files beside it are as they were made."""
    return _loss(result) is None


def seen_again(result: JobResult) -> JobResult:
    """Return `result`, or a failure if its video is not as it was made."""
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
        return None  # a phase that makes no video
    video = Path(result.output)
    return difference((video.parent / name for name in {video.name, *result.files}), result.files)


def forget(settings: Settings, jobs: Sequence[Job]) -> None:
    """Make `jobs` stale: remove their prints, and the notes of clocks that were given up."""
    for job in jobs:
        clock_fallback.forget(settings, job)
        work_dir = WorkDir.of(settings, job.name)
        remove(work_dir.take_print)
        remove(work_dir.video_print)
