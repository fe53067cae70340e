"""The ways to hosts: a scheduler that stands somewhere, or one of our own that ssh leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from forge.cluster.connection import Cluster, WorkerInfo, own_scheduler, scheduler_at
from forge.cluster.ssh import SshWorkers
from forge.cluster.ssh_hosts import SSH, Host, hosts_from
from forge.errors import MachineError
from forge.model.host_access import HostAccess
from forge.workers.hosting.link import check_address


class Reached(NamedTuple):
    """The hosts that were reached, by the names that reports give them.

    `left_out` has the reasons, by name, why others were not.
    """

    cluster: Cluster
    workers: dict[str, WorkerInfo]
    left_out: Mapping[str, str] = {}

    def lanes_on_machine(self, name: str) -> int:
        """Return how many lanes the machine of the worker `name` offers, by all of its workers."""
        machine = self.workers[name].machine
        return sum(one.lanes for one in self.workers.values() if one.machine == machine)


Way = Callable[[], AbstractContextManager[Reached]]


def way_to(access: HostAccess) -> Way:
    """Return the way to the hosts of `access`.

    Raises:
        UsageError: they are named wrongly, or in a way that is not safe.
    """
    if access.hosts:
        hosts = hosts_from(access.hosts)
        return lambda: over_ssh(hosts)
    assert access.cluster, "there is one way or the other"
    address = access.cluster
    check_address(address, access.key, insecure=access.insecure)
    return lambda: _by_scheduler(address, access.key)


@contextmanager
def over_ssh(hosts: Sequence[Host], program: Sequence[str] = SSH) -> Iterator[Reached]:
    """Start a worker on each host over ssh, for a scheduler in this process.

    Raises:
        MachineError: no host can be reached.
    """
    with own_scheduler() as cluster:
        port = int(cluster.address.rpartition(":")[2])
        with SshWorkers(hosts, port, program) as ssh:
            why_not = ssh.wait()
            # All of them have an address on loopback, but each is a machine of its own.
            found = [worker._replace(machine=worker.name) for worker in cluster.workers()]
            workers = {worker.name: worker for worker in found}
            if not workers:
                raise MachineError("no host can be reached: " + "; ".join(why_not.values()))
            order = [host.name for host in hosts if host.name in workers]
            yield Reached(cluster, {name: workers[name] for name in order}, why_not)


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
