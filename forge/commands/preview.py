"""`forge preview STEP`: the tutorial up to that step, and what shows then, as a PNG.

Everything is done as in a render, teardown too, but nobody speaks and nothing is encoded.
"""

from __future__ import annotations

import copy
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from forge.adapters.contract import Adapter, Slot
from forge.adapters.loading import load_adapter
from forge.commands.preflight import check_file, check_writable
from forge.errors import RecordingError, UsageError
from forge.model.machine import Machine
from forge.model.records import Job
from forge.model.settings import Settings
from forge.model.speech import Speech, estimate
from forge.model.take import Take
from forge.model.timeline import lay_out
from forge.project.plan import find_tutorial, make_plan
from forge.store.ledger import project_lock
from forge.store.paths import SCREENSHOT_FILE
from forge.store.private import FOLDER_MODE
from forge.text.sanitize import clean
from forge.text.suggest import nearest
from forge.tutorial import Tutorial
from forge.workers.checks import find_machine
from forge.workers.run_dir import run_dir
from forge.workers.slots import slots_dir


def preview(
    settings: Settings, step: str, paths: Sequence[str], only: Sequence[str], out: Path | None
) -> tuple[Path, float]:
    """Write the PNG; returns its path, and how long that took (s).

    Raises:
        UsageError: no tutorial has that step, or several have.
        RecordingError: a step up to that one failed; the PNG then shows what was on the screen.
    """
    from forge.workers.composing.painting.theme import check_files

    began = time.monotonic()
    check_files(settings)
    job = _job_with(step, make_plan(settings, paths, only).jobs)
    machine = find_machine(settings).on("elastic")
    settings = _hasty(settings)
    kind = load_adapter(settings.adapter, settings.project_dir)
    path = check_file("--out", out or settings.output_dir / f"{job.name}.{step}.png")
    check_writable(settings.work_root, mode=FOLDER_MODE)
    # Not beside a batch: the app of slot 0 may be in use there.
    with project_lock(settings.work_root), run_dir() as work_dir:
        try:
            take = _record(settings, machine, job, _until(step, job), kind, work_dir)
        except RecordingError as problem:
            if (work_dir / SCREENSHOT_FILE).is_file():
                shutil.copy(work_dir / SCREENSHOT_FILE, path)
                problem.hint = f"{problem.hint}; {path} shows the screen".removeprefix("; ")
            raise
        _draw(settings, job, take, work_dir, path)
    return path, time.monotonic() - began


def _job_with(step: str, jobs: Sequence[Job]) -> Job:
    """The first job that has `step`: in whatever language, but of one tutorial only."""
    having = {job.id: job for job in reversed(jobs) if step in {line.step for line in job.lines}}
    if not having:
        known = {line.step for job in jobs for line in job.lines}
        raise UsageError(f"no tutorial has a step {step!r}", hint=nearest(step, known))
    if len(having) > 1:
        raise UsageError(
            f"several tutorials have a step {step!r}: {', '.join(sorted(having))}",
            hint="name one with --only",
        )
    return next(iter(having.values()))


def _hasty(settings: Settings) -> Settings:
    """The settings of somebody who wants to see the result, and not how it comes about."""
    hand = settings.hand.model_copy(update={"typing": 0.0})
    return settings.model_copy(update={"hand": hand})


def _until(step: str, job: Job) -> Tutorial:
    """The tutorial of `job`, ending with `step`."""
    tutorial = copy.copy(find_tutorial(job).tutorial)
    ids = [one.id for one in tutorial.steps]
    tutorial.steps = tutorial.steps[: ids.index(step) + 1]
    return tutorial


def _record(
    settings: Settings,
    machine: Machine,
    job: Job,
    tutorial: Tutorial,
    kind: type[Adapter],
    work_dir: Path,
) -> Take:
    from forge.workers.recording.browser.chrome import Launch
    from forge.workers.recording.phase import Recording
    from forge.workers.recording.user_code import start_adapter

    with slots_dir(settings.project_dir) as slots:
        slot = Slot(0, slots.fresh(0))
        adapter = start_adapter(kind, slot)
        try:
            said = estimate(job.lines[: len(tutorial.steps)]).lines
            hushed = tuple(line.model_copy(update={"audio_ms": 0}) for line in said)
            with closing(Launch(settings, machine, work_dir, slot.downloads)) as launch:
                recording = Recording(
                    job, tutorial, launch, adapter, slot, settings, work_dir, _warn
                )
                return recording.run(Speech(lines=hushed), lambda number, step: None)
        finally:
            adapter.stop()


def _draw(settings: Settings, job: Job, take: Take, work_dir: Path, path: Path) -> None:
    """How the last step ends, with all that is drawn over it, and its last caption."""
    from PIL import Image

    from forge.workers.composing.painting.take_frames import Pictures
    from forge.workers.composing.phase import scene_of

    manifest = lay_out(take, estimate(job.lines[: len(take.steps)]), job.title)
    step = manifest.steps[-1]
    with Pictures(take, work_dir) as pictures:
        scene = scene_of(manifest, take, settings, pictures)
        caption = scene.state(step.audio_start_ms + step.audio_ms - 1).caption
        state = scene.state(step.end_ms - 1)._replace(caption=caption)
        Image.fromarray(scene.painter.rgb(state)).save(path, "PNG")


def _warn(text: str) -> None:
    print(f"warning: {clean(text)}", file=sys.stderr)
