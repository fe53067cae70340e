"""What the page shows, and what its reader has chosen. Any thread may read and change it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from forge.model.records import Failure, Job


@dataclass
class ShownStep:
    """One step. `picture` and `clip` name files; `stale`: they are of an earlier version."""

    id: str
    text: str
    picture: str = ""
    clip: str = ""
    length_s: float = 0.0
    stale: bool = True

    def draw(self, picture: str, length_s: float) -> None:
        """Show another picture, of the present version."""
        self.picture, self.length_s, self.stale = picture, length_s, False


@dataclass
class Problem:
    """An error. `where` is file and line, `picture` a screenshot."""

    message: str
    hint: str = ""
    where: str = ""
    step: str = ""
    picture: str = ""

    @classmethod
    def of(cls, failure: Failure, picture: str) -> Problem:
        """Return the error of a job."""
        where = f"{failure.file}:{failure.line}" if failure.file else ""
        return cls(failure.message, failure.hint, where, failure.step or "", picture)


@dataclass
class ShownJob:
    """One tutorial in one language. `state`: changed, playing, played or failed."""

    name: str
    title: str
    lang: str | None
    state: str = "changed"
    steps: list[ShownStep] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problem: Problem | None = None

    def step(self, name: str) -> ShownStep | None:
        """Return the step of that id, if there is one."""
        return next((step for step in self.steps if step.id == name), None)

    def mark_changed(self) -> None:
        """Show that the job is to be played again."""
        self.state = "changed"
        for step in self.steps:
            step.stale, step.clip = True, ""

    def finish(self, warnings: Sequence[str]) -> None:
        """Show that the job was played."""
        self.state, self.problem, self.warnings = "played", None, [*warnings]

    def fail(self, problem: Problem, warnings: Sequence[str]) -> None:
        """Show that the job has failed."""
        self.state, self.problem, self.warnings = "failed", problem, [*warnings]


@dataclass
class Shown:
    """All that the page shows. `job` and `step` are those that the author works on.

    `doing`: what happens now. `problem`: why the project cannot be read. `warnings` are about the
    project. `took_s`: how long the last change took until the step could be played.
    """

    project: str
    job: str = ""
    step: str = ""
    doing: str = "starts"
    took_s: float | None = None
    problem: Problem | None = None
    warnings: list[str] = field(default_factory=list)
    jobs: list[ShownJob] = field(default_factory=list)

    def named(self, name: str) -> ShownJob | None:
        """Return the job of that name, if there is one."""
        return next((job for job in self.jobs if job.name == name), None)

    def plan(self, jobs: Sequence[Job]) -> None:
        """Show `jobs`, with the pictures of earlier versions of their steps."""
        before = {job.name: job for job in self.jobs}
        self.jobs = [_of_job(job, before.get(job.name)) for job in jobs]


def _of_job(job: Job, before: ShownJob | None) -> ShownJob:
    shown = ShownJob(job.name, job.title, job.lang)
    if before:
        shown.state, shown.problem, shown.warnings = (
            before.state,
            before.problem,
            before.warnings,
        )
    for line in job.lines:
        old = before.step(line.step) if before else None
        step = old or ShownStep(line.step, line.text)
        step.text = line.text
        shown.steps.append(step)
    return shown


class Board:
    """Holds what is shown. `version` grows with each change."""

    def __init__(self, project: str) -> None:
        self.shown = Shown(project)
        self._version = 0
        self._changed = threading.Condition()

    def change(self, do: Callable[[Shown], object]) -> None:
        """Call `do` with what is shown, while no other thread reads it; wake those that wait."""
        with self._changed:
            do(self.shown)
            self._version += 1
            self._changed.notify_all()

    def read(self, after: int, timeout_s: float) -> tuple[int, str] | None:
        """Return a version later than `after`, as JSON, with its number; None after `timeout_s`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._version > after, timeout_s):
                return None
            return self._version, json.dumps(asdict(self.shown), ensure_ascii=False)

    def wait(self, timeout_s: float) -> None:
        """Wait for a change, `timeout_s` at most."""
        with self._changed:
            self._changed.wait(timeout_s)
