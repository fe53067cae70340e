"""The ways to hosts: a scheduler that stands somewhere, or one of our own that ssh leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from forge.cluster.connection import Cluster, WorkerInfo, scheduler_at
from forge.errors import MachineError
from forge.model.host_access import HostAccess
from forge.workers.hosting.link import check_address


class Reached(NamedTuple):
    """The hosts that were reached, by the names that reports give them; notes are for the user."""

    cluster: Cluster
    workers: dict[str, WorkerInfo]
    notes: Sequence[str] = ()


Way = Callable[[], AbstractContextManager[Reached]]


def way_to(access: HostAccess) -> Way:
    """Return the way to the hosts of `access`.

    Raises:
        UsageError: they are named wrongly, or in a way that is not safe.
    """
    assert access.cluster, "over ssh: not yet"
    address = access.cluster
    check_address(address, access.key, insecure=access.insecure)
    return lambda: _by_scheduler(address, access.key)


@contextmanager
def _by_scheduler(address: str, key: Path | None) -> Iterator[Reached]:
    with scheduler_at(address, key) as cluster:
        workers = cluster.workers()
        if not workers:
            raise MachineError(
                f"no worker is connected to {address}",
                hint=f"run `forge worker {address} -j N` on each host, or start Dask's workers",
            )
        yield Reached(cluster, named(workers))


def named(workers: Sequence[WorkerInfo]) -> dict[str, WorkerInfo]:
    """Return the workers by their names; a worker without a name is called by its address."""
    found: dict[str, WorkerInfo] = {}
    for worker in sorted(workers):
        name = worker.name.partition("://")[2] or worker.name
        found[f"host-{name}" if name.isdigit() else name] = worker
    return found
