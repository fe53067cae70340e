"""A host of the batch, as home sees it: where it is, and whether it can take jobs now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from forge.cluster.connection import Cluster, Refused, WorkerInfo
from forge.errors import ForgeError
from forge.model.hosts import Renewal
from forge.workers.hosting import calls

RENEWALS = 6  # sent in the time of a lease; one of them must arrive
CLOSE_S = 25.0  # adapters may take their time to stop

Watcher = Callable[[], object]  # must not block: it may be called in Dask's thread


@dataclass(frozen=True)
class Lease:
    """The name of the batch, and how long a host runs it without a word from home, in seconds."""

    batch: str
    seconds: float


@dataclass(frozen=True)
class _Standing:
    """`address` is None while the host is not there; `project` is its folder, once it is ready."""

    address: str | None
    project: str = ""
    away: str | None = None


class Host:
    """A worker of the cluster, which may go away and come back.

    A thread of its own greets it, renews its lease, and greets it again when it is back; so a host
    that hangs holds up no other. `greet(address)` makes it ready and returns the folder of the
    project there, or raises ConnectionError, `Refused` or ForgeError. `greeted` is set when that
    was tried for the first time.
    """

    def __init__(
        self,
        name: str,
        worker: WorkerInfo,
        cluster: Cluster,
        greet: Callable[[str], str],
        lease: Lease,
    ) -> None:
        self.name, self._worker = name, worker
        self._cluster, self._greet, self._lease = cluster, greet, lease
        self._standing = _Standing(worker.address, away=f"{name} is being made ready")
        self._lock = threading.Lock()
        self._watchers: list[Watcher] = []
        self._changed, self.greeted = threading.Event(), threading.Event()
        self._kill: bool | None = None  # None until the batch ends
        self._thread = threading.Thread(target=self._keep, name=f"forge-host-{name}", daemon=True)

    @property
    def lanes(self) -> int:
        """The number of lanes that it offers."""
        return self._worker.lanes

    @property
    def away(self) -> str | None:
        """Why it can take no job now, as a sentence; None if it can."""
        return self._standing.away

    @property
    def address(self) -> str | None:
        """Its address, if it is there and ready."""
        standing = self._standing
        return standing.address if standing.project else None

    @property
    def project(self) -> str:
        """The folder of the project there; empty if the host is not ready."""
        return self._standing.project

    def start(self) -> None:
        """Begin to greet it; watchers are told when it is ready, or cannot be made so."""
        self._thread.start()

    @contextmanager
    def watched(self, watcher: Watcher) -> Iterator[None]:
        """Call `watcher` whenever `away` or `address` may have changed."""
        with self._lock:
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(watcher)

    def lost(self, address: str) -> None:
        """Take in that the worker at `address` has gone. Does not block."""
        standing = self._standing
        if standing.address == address:
            self._become(standing, _Standing(None, away=f"{self.name} has gone away"))
            self._changed.set()

    def look(self) -> None:
        """Look whether it is back, if it is away. Does not block."""
        if self._standing.address is None:
            self._changed.set()

    def renew(self) -> None:
        """Renew the lease now, and wait: the reply tells what the host lacks."""
        standing = self._standing
        if standing.address and standing.project:
            with suppress(ConnectionError, Refused):  # seen by the thread that watches it
                self._renew(standing, standing.address)

    def lacks(self, lack: str | None) -> None:
        """Take in what the host has run out of, or that it has run out of nothing."""
        standing = self._standing
        if standing.project:
            self._become(standing, replace(standing, away=lack and f"{self.name}: {lack}"))

    def stop(self, *, kill: bool) -> None:
        """Begin to end the batch there, with `kill` without waiting for adapters."""
        self._kill = kill
        self._changed.set()

    def join(self) -> None:
        """Wait until the batch has ended there, or cannot be ended."""
        self._thread.join(CLOSE_S + 5.0)

    def _keep(self) -> None:
        while self._kill is None:
            self._attend(self._standing)
            self.greeted.set()
            self._changed.wait(self._lease.seconds / RENEWALS)
            self._changed.clear()  # a change before this is seen in the next round
        if address := self._standing.address:
            with suppress(ConnectionError, Refused):  # then its lease ends the batch
                close = calls.close_batch, self._lease.batch, self._kill
                self._cluster.call(address, *close, timeout_s=CLOSE_S)

    def _attend(self, standing: _Standing) -> None:
        try:
            if standing.address is None:
                self._find(standing)
            elif standing.project:
                self._renew(standing, standing.address)
            else:
                project = self._greet(standing.address)
                self._become(standing, _Standing(standing.address, project))
        except (ConnectionError, Refused, ForgeError) as problem:
            if not standing.project:  # otherwise Dask tells when the connection is given up
                self._become(standing, replace(standing, away=f"{self.name}: {problem}"))

    def _find(self, standing: _Standing) -> None:
        for worker in self._cluster.workers():
            if worker.name == self._worker.name:
                self._become(standing, _Standing(worker.address, away=standing.away))
                self._changed.set()

    def _renew(self, standing: _Standing, address: str) -> None:
        lease = self._lease.batch, self._lease.seconds
        renewal = Renewal.model_validate_json(self._cluster.call(address, calls.renew, *lease))
        if renewal.open:
            self.lacks(renewal.lack)
        else:  # its lease was over, or it is a new process
            self._become(standing, _Standing(address, away=f"{self.name} is being made ready"))
            self._changed.set()

    def _become(self, before: _Standing, now: _Standing) -> None:
        """Change the standing, unless it has changed since `before`; tell watchers."""
        with self._lock:
            if self._standing is not before or before == now:
                return
            self._standing = now
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()
