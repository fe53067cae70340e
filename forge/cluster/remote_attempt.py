"""One attempt at a job on another host, from the ticket to the files at home."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import Any

from distributed import KilledWorker

from forge.cluster.connection import Refused, Unreachable
from forge.cluster.fetching import append, bring_home
from forge.cluster.home import Home
from forge.cluster.host import Host
from forge.cluster.sending import send_sounds, send_take
from forge.model.hosts import FileNote, Reply, Ticket
from forge.model.records import Attempt, Event, EventKind
from forge.store.portable import located
from forge.workers.entry import explain
from forge.workers.hosting import calls

PIECE_S = 60.0
QUEUE_S = 10.0  # how often the batch is told that a job waits for another batch on its host
RESULT_S = 60.0
END_S = 30.0


class NotWantedError(Exception):
    """The batch has ended the attempt."""


class RemoteAttempt:
    """An attempt in the lane `slot`. `carry_out` runs in the lane's thread, the rest in any.

    `tell` passes on events of ours to the batch.
    """

    def __init__(
        self, ticket: Ticket, host: Host, home: Home, tell: Callable[[Event], object]
    ) -> None:
        self._ticket, self._host = ticket, host
        self._home, self._tell = home, tell
        self.key = f"forge-{ticket.batch}-{ticket.job.name}-{ticket.job.attempt}"
        self._task: Any = None
        self._project = ""
        self._begun = self._over = False
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self.note: str | None = None

    def begun(self) -> None:
        """Take in that the host has begun it, or has told an event of it."""
        if not self._begun:
            self._begun = True
            self._changed.set()

    def end(self) -> None:
        """End it there; if its files appear at this moment, wait for that. Does not wait else."""
        with self._lock:
            self._over = True
            if self._task is not None and not self._task.done():
                self._task.cancel(reason="forge-ends-this-attempt")
        self._home.voices.end(self._ticket.job)
        self._changed.set()

    def carry_out(self) -> Attempt:
        """Run it there, bring its files home, and return what it made.

        Raises:
            ConnectionError: the host, or the way to it, is lost.
            BrokenProcessPool: the worker process died there.
            NotWantedError: `end` was called.
        """
        address, self._project = self._host.address, self._host.project
        if address is None:
            raise ConnectionError(self._host.away or f"{self._host.name} has gone away")
        try:
            return self._speak() or self._render(address)
        except NotWantedError:
            self._fetch_log_of_ended(address)
            raise
        except ConnectionError as problem:
            self._host.lost(address)  # Dask may tell later, or never
            if isinstance(problem, Unreachable):
                problem = ConnectionError(f"{self._host.name} has gone away")
            self._say_where_the_log_is(problem)
            raise problem from None
        except Refused as problem:
            self._host.renew()  # its disk may be full
            failure = problem.failure.model_copy(update={"transient": True})
            return Attempt(job=self._ticket.job.name, error=failure)
        except OSError as problem:  # home has no room
            return Attempt(job=self._ticket.job.name, error=explain(problem))
        finally:
            if self._task is not None:
                self._task.release()

    def _speak(self) -> Attempt | None:
        job = located(self._ticket.job, self._home.settings.project_dir)
        self._home.prepare(job)
        return self._home.voices.spoken(job, self._pass_on)

    def _pass_on(self, event: Event) -> None:
        self._tell(event.model_copy(update={"slot": self._ticket.slot}))

    def _render(self, address: str) -> Attempt:
        self._send_what_it_lacks(address)
        with self._lock:
            self._require_wanted()
            self._task = self._home.cluster.submit(
                address, self._ticket.model_dump_json(), self.key
            )
        self._task.add_done_callback(lambda _: self._changed.set())
        self._await_end(address)
        reply = self._reply()
        self._host.lacks(reply.lack)
        self.note = reply.note
        self._append_log(reply.log, address)
        if reply.attempt is None:
            raise BrokenProcessPool(reply.death)
        return self._bring_home(reply, reply.attempt, address)

    def _send_what_it_lacks(self, address: str) -> None:
        """Send the host what only home has of the job: sounds, and a recording."""

        def call(function: calls.Call, *args: Any) -> Any:
            self._require_wanted()
            batch = self._ticket.batch
            return self._home.cluster.call(address, function, batch, *args, timeout_s=PIECE_S)

        ticket, home = self._ticket, self._home
        send_sounds(home.voices.sounds(ticket.job), home.settings.project_dir, call)
        send_take(home.takes_for(ticket.job), ticket, call, self._tell)

    def _await_end(self, address: str) -> None:
        """Wait until the task has ended, for better or worse."""
        with self._host.watched(self._changed.set):
            while not self._task.done():
                self._require_wanted()
                if self._host.address != address:
                    raise ConnectionError(f"{self._host.name} has gone away")
                if not self._changed.wait(None if self._begun else QUEUE_S):
                    self._tell(self._event("queued"))
                self._changed.clear()
        self._require_wanted()

    def _reply(self) -> Reply:
        """Return what the task returned; an error of Dask's as a ConnectionError."""
        name = self._host.name
        try:
            return Reply.model_validate_json(self._task.result(timeout=RESULT_S))
        except CancelledError:
            self._require_wanted()
            raise ConnectionError("the scheduler has gone away") from None
        except (KilledWorker, LookupError, OSError) as problem:
            raise ConnectionError(f"{name} has gone away") from problem

    def _bring_home(self, reply: Reply, attempt: Attempt, address: str) -> Attempt:
        home, job = self._home, self._ticket.job
        places = bring_home(
            reply.files,
            lambda name: home.place(job, name),
            lambda *piece: self._read_wanted(address, *piece),
            self._committing,
        )
        return home.attempt(attempt, places, full=reply.lack is not None)

    def _read_wanted(self, address: str, name: str, at: int, size: int) -> bytes:
        self._require_wanted()
        self._tell(self._event("fetch", name))
        return self._read(address, name, at, size)

    def _read(self, address: str, name: str, at: int, size: int) -> bytes:
        piece = self._ticket.batch, name, at, size
        found: bytes = self._home.cluster.call(address, calls.read_piece, *piece, timeout_s=PIECE_S)
        return found

    @contextmanager
    def _committing(self) -> Iterator[None]:
        """Let the files appear, unless the batch has ended the attempt; `end` waits meanwhile."""
        with self._lock:
            self._require_wanted()
            yield

    def _require_wanted(self) -> None:
        if self._over:
            raise NotWantedError

    def _event(self, kind: EventKind, text: str = "") -> Event:
        return Event(kind=kind, slot=self._ticket.slot, job=self._ticket.job.name, text=text)

    def _append_log(self, note: FileNote | None, address: str) -> None:
        self._home.note_in_log(self._ticket.job.name, f"on {self._host.name}")
        if note:
            log = self._home.log_of(self._ticket.job.name)
            append(note, log, lambda *piece: self._read(address, *piece))

    def _fetch_log_of_ended(self, address: str) -> None:
        """Wait until the host is free of this attempt, and fetch what it has written."""
        if self._task is None:
            return
        where = self._ticket.batch, self.key, self._ticket.slot
        try:
            found = self._home.cluster.call(address, calls.wait_for_end, *where, timeout_s=END_S)
            self._append_log(FileNote.model_validate_json(found) if found else None, address)
        except (OSError, Refused) as problem:
            self._say_where_the_log_is(problem)

    def _say_where_the_log_is(self, problem: Exception) -> None:
        folder = f"{self._project}/.forge/logs/{self._ticket.batch}"
        with suppress(OSError):  # a full disk at home must not hide the problem
            self._home.note_in_log(
                self._ticket.job.name,
                f"{problem}: this part of the log is on {self._host.name}: {folder}",
            )
