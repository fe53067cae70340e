"""The connection to a scheduler, which is in this process or stands somewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import dask
from distributed import Client, Future, LocalCluster
from distributed.comm.addressing import get_address_host

from forge.errors import MachineError
from forge.model.hosts import LOOPBACK
from forge.model.records import Failure
from forge.text.sanitize import message_of
from forge.version import __version__
from forge.workers.hosting import calls
from forge.workers.hosting.link import CONFIG, security_of

CALL_S = 30.0
SILENT = logging.CRITICAL + 1


class WorkerInfo(NamedTuple):
    """A worker of the cluster: the name that it has given itself, and how many lanes it offers.

    Several workers may run on one `machine`.
    """

    name: str
    address: str
    lanes: int
    machine: str = ""


class Refused(Exception):
    """A host has answered a call with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Unreachable(ConnectionError):
    """A host does not answer."""


class Cluster:
    """Calls to hosts, tasks, and news of them. All methods may be called from any thread.

    `address` is that of the scheduler.
    """

    def __init__(self, client: Client, address: str) -> None:
        self._client, self.address = client, address

    def workers(self) -> list[WorkerInfo]:
        """Return the workers that are there now.

        Raises:
            ConnectionError: the scheduler has gone away.
        """
        self._require_scheduler()
        try:
            assert self._client.scheduler, "it has connected"
            ask = self._client.scheduler.identity
            found = self._client.sync(ask, n_workers=-1, callback_timeout=CALL_S)["workers"]
        except Exception as problem:  # Dask raises many kinds, and all mean the same
            raise ConnectionError(f"the scheduler does not answer: {problem}") from problem
        return [
            WorkerInfo(str(worker["name"]), address, worker["nthreads"], get_address_host(address))
            for address, worker in found.items()
        ]

    def _require_scheduler(self) -> None:
        """Fail at once without a scheduler; Dask would dial it for half a minute first.

        Raises:
            ConnectionError: it has gone away.
        """
        if self._client.status != "running":
            raise ConnectionError("the scheduler has gone away")

    def call(self, address: str, call: calls.Call, *args: Any, timeout_s: float = CALL_S) -> Any:
        """Call a function of `forge.workers.hosting.calls` on one host; return its result.

        Raises:
            Refused: it raised an error there.
            Unreachable: the host does not answer within `timeout_s` seconds.
            ConnectionError: the scheduler has gone away.
        """
        done, found = self.run(address, calls.answer, call, *args, timeout_s=timeout_s)
        if not done:
            raise Refused(found)
        return found

    def run(self, address: str, function: Callable[..., Any], *args: Any, timeout_s: float) -> Any:
        """Call any function that can be imported on the host; return its result.

        Raises:
            ImportError: it cannot be imported there, or raised that error itself.
            Unreachable: as in `call`.
        """
        try:
            found = self._client.run(function, *args, workers=[address], callback_timeout=timeout_s)
            return found[address]
        except ImportError:
            raise
        except Exception as problem:  # Dask raises many kinds, and all mean the same
            raise Unreachable(f"{address} does not answer: {message_of(problem)}") from problem

    def submit(self, address: str, ticket: str, key: str) -> Future[str]:
        """Start an attempt on the host at `address`: that worker, or none."""
        return self._client.submit(
            calls.attempt,
            ticket,
            key=key,
            workers=[address],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )

    @contextmanager
    def listening(self, topic: str, hear: Callable[[Any], object]) -> Iterator[None]:
        """Call `hear(message)` for each message under `topic`, in Dask's thread: do not block."""
        self._client.subscribe_topic(topic, lambda entry: hear(entry[1]))
        try:
            yield
        finally:
            self._client.unsubscribe_topic(topic)


@contextmanager
def own_scheduler() -> Iterator[Cluster]:
    """Run a scheduler in this process, on loopback: for workers that come through a tunnel."""
    with (
        _configured(),
        LocalCluster(
            n_workers=0,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            security=security_of(None),
            silence_logs=SILENT,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield Cluster(client, cluster.scheduler_address)


@contextmanager
def scheduler_at(address: str, key: Path | None) -> Iterator[Cluster]:
    """Connect to a scheduler that stands at `address`.

    Raises:
        MachineError: it does not answer, or has no forge or another one.
    """
    with _configured():
        try:
            client = Client(
                address, security=security_of(key), timeout=CALL_S, set_as_default=False
            )
        except (OSError, ValueError) as problem:
            raise MachineError(
                f"no scheduler answers at {address}: {message_of(problem)}",
                hint="is `dask scheduler` running there, with the same key?",
            ) from problem
        with client:
            _require_forge(client, address)
            yield Cluster(client, address)


def _require_forge(client: Client, address: str) -> None:
    """Check that the scheduler can read tasks: Dask imports their functions there, too."""
    hint = "install the same forge beside `dask scheduler`, and start it again"
    try:
        found = client.run_on_scheduler(calls.forge_version)
    except (ImportError, AttributeError) as problem:
        raise MachineError(f"the scheduler at {address} has no forge", hint=hint) from problem
    if found != __version__:
        raise MachineError(
            f"the scheduler at {address} has forge {found}, and home has {__version__}", hint=hint
        )


@contextmanager
def _configured() -> Iterator[None]:
    """Configure Dask, and keep its log away from the terminal: forge says it in its own words."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(SILENT)
    try:
        with dask.config.set(CONFIG):
            yield
    finally:
        log.setLevel(before)
