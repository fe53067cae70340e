"""A worker that only fills the speech cache, for jobs that other workers render later."""

from __future__ import annotations

import os
from contextlib import suppress

from forge.model.records import Attempt, Job
from forge.workers.background import NICE
from forge.workers.quiet_numpy import import_numpy
from forge.workers.setup import Stage, WorkerContext


def speaking(context: WorkerContext) -> Stage:
    """Return a stage that speaks the lines of a job into the cache, at low priority."""
    with suppress(OSError):  # not allowed in every container
        os.nice(NICE)
    import_numpy()
    from forge.workers.speaking.phase import speak

    def speak_lines(job: Job) -> Attempt:
        speak(job, context.settings, on_line=lambda number, line: None, warn=lambda text: None)
        return Attempt(job=job.name)

    return speak_lines
