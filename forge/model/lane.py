"""What is asked of a lane, by the loop of a batch and by a host that runs lanes for another."""

from __future__ import annotations

from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from forge.model.records import Attempt, Event, Failure, Job


class WorkerLane(Protocol):
    """A worker that runs one job at a time (`forge.workers.lane.Lane`, or a fake in tests).

    `events` is readable when there is an event, or when the worker has ended.
    """

    events: Connection

    def submit(self, job: Job) -> Future[Attempt]: ...
    def log_of(self, job: str) -> Path: ...
    def receive(self) -> list[Event]: ...
    def after_job(self, error: Failure | None) -> str | None: ...
    def close(self) -> None: ...
    def end(self) -> None: ...
    def kill(self) -> None: ...
