"""A lane without a worker: its jobs write small files of all kinds in milliseconds."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from forge.model.card_timing import Titles
from forge.model.records import Attempt, Event, Job
from forge.model.settings import Settings
from forge.model.speech import Speech, estimate
from forge.model.take import Frame, StepTake, Take
from forge.model.timeline import Manifest, lay_out
from forge.store.file_notes import notes_of
from forge.store.job_files import write_manifest, write_take
from forge.store.paths import FRAMES_FILE, Outputs
from forge.workers.job.workspace import Workspace
from forge.workers.setup import LaneSetup
from tests.support.pipe_lane import PipeLane

STEP_MS = 4000
PICTURE = bytes.fromhex(  # a grey JPEG of one pixel
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc0000b08000100010101"
    "1100ffc4001400010000000000000000000000000000000affc40014100100000000000000000000000000000000"
    "ffda0008010100003f007fffd9"
)


class QuickLane(PipeLane):
    """Renders each job at once, in the process of the batch."""

    def __init__(self, slot: int, setup: LaneSetup) -> None:
        super().__init__(slot)
        self._settings = setup.settings
        self._log = Path(setup.log_dir) / f"lane-{slot}.log"

    def submit(self, job: Job) -> Future[Attempt]:
        future: Future[Attempt] = Future()
        self.send(Event(kind="phase", slot=self.slot, job=job.name, phase="record"))
        self.send(Event(kind="take", slot=self.slot, job=job.name))
        future.set_result(render(job, self._settings))
        return future

    def log_of(self, job: str) -> Path:
        return self._log


def render(job: Job, settings: Settings) -> Attempt:
    """Write all files of a finished job."""
    workspace, outputs = Workspace(job, settings), Outputs.of(settings, job.name)
    workspace.prepare("all")
    workspace.forget_take()
    speech = estimate(job.lines)
    take = _take(job)
    (workspace.path / FRAMES_FILE).write_bytes(PICTURE)
    write_take(take, workspace.path)
    workspace.write_take_print(job.take_prints)
    manifest = lay_out(take, speech, Titles.of(job))
    write_manifest(manifest, workspace.path)
    for path in outputs.all:
        path.write_bytes(PICTURE)
    outputs.video.with_suffix(".vtt").write_text(_captions(manifest, speech), encoding="utf-8")
    files = notes_of(outputs.all)
    workspace.write_video_print(files)
    return Attempt(
        job=job.name,
        output=str(outputs.video),
        files=files,
        video_s=manifest.total_ms / 1000,
        phases={"speak": 0.4, "record": 5.0, "compose": 1.6},
        **take.result_fields,
    )


def _take(job: Job) -> Take:
    steps = tuple(
        StepTake(
            id=line.step,
            start_ms=STEP_MS * number,
            action_start_ms=STEP_MS * number + 300,
            action_end_ms=STEP_MS * number + 900,
            end_ms=STEP_MS * (number + 1),
            settle_ms=400,
        )
        for number, line in enumerate(job.lines)
    )
    return Take(
        tutorial=job.id,
        lang=job.lang,
        clock="virtual",
        width=1,
        height=1,
        browser="none",
        complete=True,
        steps=steps,
        frames=(Frame(at_ms=0, offset=0, size=len(PICTURE)),),
    )


def _captions(manifest: Manifest, speech: Speech) -> str:
    cues = [
        f"{_stamp(step.start_ms)} --> {_stamp(step.end_ms)}\n{line.text}\n"
        for step, line in zip(manifest.steps, speech.lines, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _stamp(ms: int) -> str:
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
