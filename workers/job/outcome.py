"""The results of a job so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from forge.model.records import Attempt, Failure, Job, Phase
from forge.model.take import Take
from forge.store.file_notes import Notes


@dataclass
class Outcome:
    """The results of the phases so far, which are reported even if one of them fails.

    `artifacts`: evidence of a failed recording. `files`: the video and its sidecars, by name.
    """

    phases: dict[Phase, float] = field(default_factory=dict)
    take: Take | None = None
    memory_mb: float | None = None
    artifacts: list[str] = field(default_factory=list)
    output: str | None = None
    video_s: float | None = None
    files: Notes = field(default_factory=dict)

    def attempt(self, job: Job, error: Failure | None, warnings: Sequence[str]) -> Attempt:
        """Return the attempt at `job`: failed with `error`, or done."""
        if error:
            error = error.model_copy(update={"artifacts": tuple(self.artifacts)})
        return Attempt(
            job=job.name,
            output=self.output,
            files=self.files,
            video_s=self.video_s,
            memory_mb=self.memory_mb,
            phases=self.phases,
            error=error,
            warnings=tuple(warnings),
            **(self.take.result_fields if self.take else {}),
        )
