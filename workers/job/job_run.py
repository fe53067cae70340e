"""One attempt at a job: the objects that its phases share."""

from __future__ import annotations

from dataclasses import dataclass

from forge.adapters.contract import Slot
from forge.errors import ChangedError
from forge.model.card_timing import Titles
from forge.model.records import Job
from forge.model.settings import Settings, Style
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import Manifest, lay_out
from forge.workers.background import CpuGate
from forge.workers.job.one_version import OneVersion
from forge.workers.job.reporter import Reporter
from forge.workers.job.workspace import Workspace
from forge.workers.setup import WorkerContext


@dataclass(frozen=True)
class JobRun:
    """One attempt at one job in this worker.

    `version` outlives the job: it compares the files of all jobs of this worker. `cpu_gate` blocks
    encoding while the recording needs the processors.
    """

    job: Job
    worker: WorkerContext
    slot: Slot
    workspace: Workspace
    reporter: Reporter
    version: OneVersion
    cpu_gate: CpuGate

    @property
    def settings(self) -> Settings:
        """The settings of the batch."""
        return self.worker.settings

    @property
    def language(self) -> str:
        """The language of the job's narration."""
        return self.job.lang or self.settings.source_language

    def change_error(self) -> ChangedError | None:
        """Return an error if a file of the job has changed since the batch began, else None."""
        changed = self.version.changed(self.job.sources)
        return ChangedError(changed) if changed else None

    def require_unchanged_files(self) -> None:
        """Check that no file of the job has changed since the batch began.

        Raises:
            ChangedError: one has, even if it has its old content again.
        """
        if change := self.change_error():
            raise change


def laid_out(job: Job, take: Take, speech: Speech, style: Style) -> Manifest:
    """Lay `take` out against `speech`, with the cards and the speed that `style` asks for."""
    return lay_out(
        take,
        speech,
        Titles.of(job),
        cards=style.cards,
        speed_up=style.speed_up,
    )


def laid_out_so_far(job: Job, take: Take, speech: Speech, style: Style) -> Manifest:
    """Lay an unfinished take, which ends with a whole step, out against the first of the lines."""
    whole = take.model_copy(update={"complete": True})
    return laid_out(job, whole, Speech(lines=speech.lines[: len(take.steps)]), style)
