"""A lane on another host, as the loop of the batch sees it (`forge.batch.lanes.LaneLike`)."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from forge.cluster.bridge import EventBridge
from forge.cluster.home import Home
from forge.cluster.host import Host
from forge.cluster.remote_attempt import RemoteAttempt
from forge.model.records import Attempt, Event, Failure, Job


class _Errand(NamedTuple):
    attempt: RemoteAttempt
    outcome: Future[Attempt]


class RemoteLane:
    """A lane of `host`, with a thread of its own that waits there and brings files home.

    Attributes:
        slot: its number in the batch.
        events: readable when there is an event, or when `away` may have changed.
        killed: True if the batch has killed it since its last job.
    """

    def __init__(self, slot: int, host: Host, home: Home) -> None:
        self.slot, self._host, self._home = slot, host, home
        self._bridge = EventBridge()
        self.events = self._bridge.readable
        self._topic = f"forge-{home.batch.batch}-{slot}"
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._last: RemoteAttempt | None = None
        self.killed = False
        self._listens = ExitStack()
        self._listens.enter_context(host.watched(self._bridge.ring))
        self._listens.enter_context(home.cluster.listening(self._topic, self._hear))
        self._thread = threading.Thread(target=self._work, name=f"forge-lane-{slot}", daemon=True)
        self._thread.start()

    @property
    def away(self) -> str | None:
        """Why the host can take no job now; None if it can."""
        return self._host.away

    def submit(self, job: Job) -> Future[Attempt]:
        """Start an attempt at `job`; return the future of `RemoteAttempt.carry_out`."""
        self.killed = False
        ticket = self._home.ticket(self.slot, self._topic, job)
        self._last = RemoteAttempt(ticket, self._host, self._home, self._bridge.put)
        outcome: Future[Attempt] = Future()
        self._errands.put(_Errand(self._last, outcome))
        return outcome

    def log_of(self, job: str) -> Path:
        """Return the log of `job` at home; the text of an attempt comes with its end."""
        return self._home.log_of(job)

    def receive(self) -> list[Event]:
        """Return the events that have arrived."""
        return self._bridge.take_all()

    def after_job(self, error: Failure | None) -> str | None:
        """Return why the lane there gets a new worker, or None; it has judged that itself."""
        return self._last.note if self._last else None

    def close(self) -> None:
        """Do nothing: the lane there ends with the batch (`Host.stop`), this one by `leave`."""

    def end(self) -> None:
        """End the attempt there, whose worker logs its stacks first. Do not wait for that."""
        if self._last:
            self._last.end()

    def kill(self) -> None:
        """End the attempt there; if the batch ends now, do not wait for the adapter either."""
        self.killed = True
        self.end()

    def leave(self) -> None:
        """End the thread of the lane, after the log of its last attempt was fetched."""
        self.end()
        self._errands.put(None)
        self._thread.join()
        self._listens.close()
        self._bridge.close()

    def _hear(self, message: dict[str, str]) -> None:
        """Take in a message of the host; in Dask's thread, so without blocking."""
        if self._last and self._last.key == message["key"]:
            self._last.begun()
            if event := message["event"]:
                self._bridge.put(Event.model_validate_json(event))

    def _work(self) -> None:
        while errand := self._errands.get():
            try:
                errand.outcome.set_result(errand.attempt.carry_out())
            except BaseException as problem:  # to the loop, which decides
                errand.outcome.set_exception(problem)
