"""What is to be done with each job of a request: rendered, or left as an earlier batch made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from forge.commands.preflight import check_means
from forge.commands.request import RenderRequest
from forge.errors import ProjectError
from forge.model.machine import Machine
from forge.model.records import Job, JobResult
from forge.model.settings import Settings
from forge.project.prints import with_prints
from forge.store.freshness import Verdict, assess, still_there, up_to_date
from forge.store.ledger import read_past, to_carry
from forge.workers.checks import AdapterFacts


@dataclass(frozen=True)
class Task:
    """The request and the means to carry it out.

    `machine` and `adapter` are None if nothing is recorded.
    """

    settings: Settings
    machine: Machine | None
    adapter: AdapterFacts | None
    request: RenderRequest
    stage: str


class Judged(NamedTuple):
    """The jobs with their prints; the results of those that need not run, and of others a verdict.

    A result is carried over from an earlier batch (`--resume`), or of a video that is up to date.
    """

    jobs: Sequence[Job]
    carried: Sequence[JobResult]
    verdicts: Mapping[str, Verdict]

    @property
    def waiting(self) -> list[Job]:
        """The jobs that will run."""
        done = {result.job for result in self.carried}
        return [job for job in self.jobs if job.name not in done]


def judge(task: Task, jobs: Sequence[Job]) -> Judged:
    """Give `jobs` their prints, and compare these with what earlier batches have left.

    Raises:
        ForgeError: a file that a job depends on is missing or cannot be read.
    """
    try:
        return _judged(task, jobs)
    except ProjectError:  # a file cannot be read: the checks know which setting names it
        check_means(task.settings, task.machine, jobs, task.request.phase)
        raise


def _judged(task: Task, jobs: Sequence[Job]) -> Judged:
    settings, machine, request = task.settings, task.machine, task.request
    carried: list[JobResult] = []
    if request.resume:
        past = read_past(settings.work_root, settings.project_dir)
        carried = to_carry(past, jobs, request.phase, still_there)
    if machine and task.adapter:
        jobs = with_prints(
            jobs,
            settings,
            machine,
            localized=task.adapter.localized,
            given=task.adapter.given,
            share=request.phase == "all",
        )
    known = {result.job for result in carried}
    others = [job for job in jobs if job.name not in known]
    if machine and request.force:
        return Judged(jobs, carried, {job.name: Verdict("record", "--force") for job in others})
    verdicts = {job.name: assess(settings, machine, job) for job in others}
    if request.phase == "all":
        carried += [
            up_to_date(settings, job, verdicts[job.name])
            for job in others
            if verdicts[job.name].needs == "fresh"
        ]
    return Judged(jobs, carried, verdicts)
