"""The seats of other hosts."""

from __future__ import annotations

from forge.batch.lanes import Seats
from forge.errors import UsageError
from forge.model.host_access import HostAccess


def seats_on(access: HostAccess) -> Seats:
    """Return the seats of the hosts that `access` names, without connecting to any.

    Raises:
        UsageError: they are not named correctly.
    """
    raise UsageError(f"other hosts cannot be used yet: {access.hosts or access.cluster}")
