"""The seats of a batch on other hosts: the way in, greetings, and the end."""

from __future__ import annotations

from importlib.util import find_spec

from forge.batch.lanes import Seats
from forge.errors import MachineError
from forge.model.host_access import HostAccess

LEASE_S = 60.0


def seats_on(access: HostAccess, *, lease_s: float = LEASE_S) -> Seats:
    """Return the seats on the hosts that `access` names; connect to none of them yet.

    Raises:
        UsageError: it names them wrongly, or in a way that is not safe.
        MachineError: Dask is not installed.
    """
    require_dask()
    from forge.cluster.hosts import HostSeats
    from forge.cluster.ways import way_to

    return HostSeats(way_to(access), lease_s, unequal=access.unequal, key=access.key)


def require_dask() -> None:
    """Check that Dask is installed; raise MachineError if it is not."""
    if find_spec("distributed") is None:
        raise MachineError(
            "other hosts need the extra `cluster`, which is not installed",
            hint='pip install "forge-tutorials[cluster]", here and on each host',
        )
