"""The step that a command is about: its job, and its tutorial up to it."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from forge.errors import UsageError
from forge.model.records import Job
from forge.model.settings import Settings
from forge.text.suggest import nearest
from forge.tutorial import Tutorial


def job_with(step: str, jobs: Sequence[Job]) -> Job:
    """Return the first job that has `step`, in any language, but of one tutorial only.

    Raises:
        UsageError: no tutorial has that step, or several have.
    """
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


def without_typing(settings: Settings) -> Settings:
    """Type texts all at once: only the result is shown."""
    hand = settings.hand.model_copy(update={"typing": 0.0})
    return settings.model_copy(update={"hand": hand})


def until(step: str, job: Job) -> Tutorial:
    """Return the tutorial of `job`, ending with `step`."""
    from forge.project.plan import find_tutorial

    tutorial = copy.copy(find_tutorial(job).tutorial)
    ids = [one.id for one in tutorial.steps]
    tutorial.steps = tutorial.steps[: ids.index(step) + 1]
    return tutorial
