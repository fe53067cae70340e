"""The news of a batch, which its listeners get: the terminal, the logs, the ledger."""

from __future__ import annotations

from typing import Protocol

from forge.model.records import Event, Job, JobResult, Record


class Started(Record):
    """An attempt of `job` began in lane `slot`; `host` and `lane` as in `JobResult`."""

    job: Job
    slot: int
    host: str = ""
    lane: str = ""


class WorkerEvent(Record):
    """A worker sent an event: it is up, a phase or a step began, or there is a warning."""

    event: Event


class Retried(Record):
    """Attempt `attempt` failed with `result`; the next one follows in `delay_s` seconds."""

    result: JobResult
    attempt: int
    delay_s: float


class Finished(Record):
    """A job has its final result."""

    result: JobResult


class Notice(Record):
    """One sentence for the user about the batch as a whole."""

    text: str


News = Started | WorkerEvent | Retried | Finished | Notice


class Listener(Protocol):
    """Gets all news of a batch, in order, in the thread that runs the batch."""

    def on(self, news: News) -> None:
        """Take in one piece of news."""
        ...
