"""The lanes of a host as a plug-in of its Dask worker. `calls` has the functions that home calls.

A lane outlives the task that waits for its job. It ends with its batch: when home says so, when the
lease is over, or with the worker.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin

from forge.model.hosts import HomeTake, HostedBatch, OpenedBatch, Renewal, Reply, Ticket
from forge.model.records import Event
from forge.store.atomic import sweep_parts
from forge.version import __version__
from forge.workers.hosting.batch_lanes import BatchLanes, MakeLane, open_lanes
from forge.workers.hosting.incoming import Incoming
from forge.workers.hosting.leases import Leases
from forge.workers.lane import Lane

#: With the version: on a cluster of others, two versions of forge do not replace each other.
PLUGIN = f"forge-lanes-{__version__}"
INCOMING = "incoming"
PROJECT = "project.zip"  # the name under which a project's archive is sent


def usual_folder() -> Path:
    """Return the folder in which a host keeps projects, takes and sounds."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "forge" / "hosts"


class HostLanes(WorkerPlugin):
    """The lanes of all batches on this host.

    `closes`: the worker closes itself when the last lease is over without a word from home. Behind
    a tunnel its connection may be dead and still look alive; only a new one is known to live.
    """

    name = PLUGIN

    def __init__(self, folder: Path, *, closes: bool, make_lane: MakeLane = Lane) -> None:
        self.folder, self._closes, self._make_lane = folder, closes, make_lane

    def setup(self, worker: Worker) -> None:
        """Begin to watch leases; remove what dead processes have left."""
        # Under a nanny (SSHCluster, dask-jobqueue, …) the process is daemonic, and multiprocessing
        # refuses it children.
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
        self._worker = worker
        self._leases = Leases()
        self._opening = threading.Lock()
        self._batches: dict[str, BatchLanes] = {}
        self._incoming: dict[str, dict[str, Incoming]] = {}  # by batch and name
        self._running: dict[str, tuple[BatchLanes, int]] = {}  # by the key of the task
        sweep_parts([self.folder / INCOMING])
        threading.Thread(target=self._watch_leases, name="forge-leases", daemon=True).start()

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """End the attempt of a running task that the scheduler releases.

        Home has cancelled it, or home is gone: both arrive as this.
        """
        lets_go = start in ("executing", "long-running") and finish == "released"
        if lets_go and (running := self._running.get(str(key))):
            lanes, slot = running
            lanes.end(str(key), slot)

    async def teardown(self, worker: Worker) -> None:
        """End everything, with the worker or with its connection to the scheduler."""
        self._leases.close()
        for batch in [*self._batches]:
            await asyncio.to_thread(self.close_batch, batch, kill=True)

    def open_batch(self, batch: HostedBatch) -> OpenedBatch:
        """Make the lanes of `batch`, unless the project must be sent first.

        Raises:
            ForgeError, OSError, ValueError: as `open_lanes`.
        """
        self._leases.renew(batch.batch, batch.lease_s)
        with self._opening:
            if found := self._batches.get(batch.batch):
                return found.opened
            with self._arrived(batch.batch, [PROJECT]) as sent:
                lanes = open_lanes(batch, self.folder, sent.get(PROJECT), self._make_lane)
            if lanes is None:
                return OpenedBatch()
            self._batches[batch.batch] = lanes
            return lanes.opened

    def take_piece(self, batch: str, name: str, at: int, piece: bytes) -> None:
        """Take a piece of a file of `batch`. Raise OSError if there is no room for it.

        `name` is PROJECT, or that of a file of a take after its sender's folder. No two threads
        send the same.
        """
        files = self._incoming.setdefault(batch, {})
        if name not in files:
            part = f"{batch}-{name}".replace("/", "-")
            files[name] = Incoming(self.folder / INCOMING, part)
        files[name].write(at, piece)

    def keep_take(self, batch: str, folder: str, take: HomeTake) -> bool:
        """Keep a take whose files were sent as `folder/NAME`; return False if they are damaged.

        Raises:
            LookupError: the batch is not open here, or a file was not sent.
            OSError: there is no room.
        """
        lanes, names = self.lanes(batch), [f"{folder}/{name}" for name in take.files]
        with self._arrived(batch, names) as sent:
            return lanes.keep_take(take, {name: sent[f"{folder}/{name}"] for name in take.files})

    @contextmanager
    def _arrived(self, batch: str, names: Sequence[str]) -> Iterator[dict[str, Path]]:
        """Give the files of those names that have arrived; remove those that are still there."""
        files = self._incoming.get(batch, {})
        sent = {name: files.pop(name) for name in names if name in files}
        try:
            yield {name: file.path for name, file in sent.items()}
        finally:
            for file in sent.values():
                file.close()

    def renew(self, batch: str, lease_s: float) -> Renewal:
        """Renew the lease of `batch`; say whether it is open here, and what this host lacks."""
        lanes = self._batches.get(batch)
        if lanes is None:
            return Renewal(open=False)
        self._leases.renew(batch, lease_s)
        return Renewal(open=True, lack=lanes.lack())

    def attempt(self, key: str, ticket: Ticket) -> Reply:
        """Run an attempt in the thread of its task, and send its events home."""
        lanes = self.lanes(ticket.batch)

        def tell(event: Event | None) -> None:
            text = event.model_dump_json() if event else ""
            self._worker.log_event(ticket.topic, {"key": key, "event": text})

        self._running[key] = lanes, ticket.slot
        try:
            tell(None)  # it has begun
            return lanes.attempt(key, ticket, tell)
        finally:
            del self._running[key]

    def lanes(self, batch: str) -> BatchLanes:
        """Return the lanes of `batch`. Raise LookupError if it is not open here."""
        lanes = self._batches.get(batch)
        if lanes is None:
            raise LookupError("the batch has ended on this host")
        return lanes

    def close_batch(self, batch: str, *, kill: bool) -> None:
        """End the lanes of `batch`; it need not be open."""
        self._leases.end(batch)
        for file in self._incoming.pop(batch, {}).values():
            file.close()
        with self._opening:
            lanes = self._batches.pop(batch, None)
        if lanes:
            lanes.close(kill=kill)

    def _watch_leases(self) -> None:
        while batch := self._leases.wait_for_end():
            self.close_batch(batch, kill=True)
            if self._closes and not self._leases.any:
                with suppress(RuntimeError):  # the loop is closed already
                    self._worker.loop.add_callback(
                        self._worker.close, reason="forge-lease-over", nanny=False
                    )
