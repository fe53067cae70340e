"""Where the author works: the job and the step that the page shows after a change."""

from __future__ import annotations

from collections.abc import Iterator

from forge.errors import UsageError
from forge.model.records import Job
from forge.text.suggest import nearest
from forge.watching.board import Shown
from forge.watching.rounds import Plan

Place = tuple[str, str]  # the names of a job and of a step of it


def first_of(plan: Plan, step: str) -> Place:
    """Return the step of that id, or the first step of all if `step` is empty.

    Raises:
        UsageError: no tutorial has that step, or several have.
    """
    if not step:
        return plan.jobs[0].name, plan.jobs[0].lines[0].step
    having = [job for job in plan.jobs if step in {line.step for line in job.lines}]
    if not having:
        known = {line.step for job in plan.jobs for line in job.lines}
        raise UsageError(f"no tutorial has a step {step!r}", hint=nearest(step, known))
    if len(ids := sorted({job.id for job in having})) > 1:
        raise UsageError(
            f"several tutorials have a step {step!r}: {', '.join(ids)}",
            hint="name one with --only",
        )
    return having[0].name, step


def affected(before: Plan, now: Plan, shown: Shown) -> Place:
    """Return the first step whose sentence or code has changed, of the job that is shown if it can.

    Of several other jobs, one in the language that is shown comes first. If only other things have
    changed, such as the style, the place remains, unless its step is gone.
    """
    changed = {job.name: step for job in now.jobs if (step := _first_changed(before, now, job))}
    if shown.job in changed:
        return shown.job, changed[shown.job]
    current = next((job for job in now.jobs if job.name == shown.job), None)
    lang = current.lang if current else None
    others = [job for job in now.jobs if job.name in changed]
    for job in sorted(others, key=lambda job: job.lang != lang):
        return job.name, changed[job.name]
    if current is None:
        return first_of(now, "")
    steps = [line.step for line in current.lines]
    return shown.job, shown.step if shown.step in steps else steps[0]


def _first_changed(before: Plan, now: Plan, job: Job) -> str | None:
    old = next((one for one in before.jobs if one.name == job.name), None)
    known = dict(_steps(before, old)) if old else {}
    return next((step for step, content in _steps(now, job) if known.get(step) != content), None)


def _steps(plan: Plan, job: Job) -> Iterator[tuple[str, object]]:
    """Yield each step with its sentence and its code."""
    for line, code in zip(job.lines, plan.codes[job.name], strict=True):
        yield line.step, (line, code)
