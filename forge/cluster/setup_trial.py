"""Try the adapter's set-up on other hosts, for `forge doctor --setup`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from forge.cluster.connection import Refused
from forge.cluster.greeting import Greeting
from forge.cluster.host import Host, Lease
from forge.cluster.ways import Reached
from forge.errors import MachineError
from forge.model.hello import Hello
from forge.model.hosts import HostedBatch
from forge.model.settings import Settings
from forge.store.parcel import Parcel, pack
from forge.store.travel import for_host
from forge.workers.hosting import calls
from forge.workers.run_dir import run_dir
from forge.workers.setup import TRY_SETUP

LEASE_S = 60.0


class SetupTrial:
    """A project that is sent to hosts only to start its adapter there, and to run its set-up once.

    `home` is the hello of this machine; hosts that differ from it are tried all the same.
    """

    def __init__(self, settings: Settings, parcel: Parcel, home: Hello) -> None:
        self._settings, self._parcel, self._home = settings, parcel, home

    def on(self, reached: Reached, name: str, clock: str) -> str:
        """Try it on the host `name`, whose browser allows `clock`; return where it arrived.

        Raises:
            MachineError: the host could not be made ready, or the set-up failed.
            ConnectionError: the host does not answer.
        """
        batch = HostedBatch.model_validate(
            {
                "batch": uuid.uuid4().hex[:12],
                "digest": self._parcel.sha256,
                "settings": for_host(self._settings),
                "clock": clock,
                "stage": TRY_SETUP,
                "force": False,
                "takes": False,
                "lease_s": LEASE_S,
            }
        )
        greeting = Greeting(reached, batch, self._parcel.path, lambda: self._home, unequal=True)
        lease = Lease(batch.batch, batch.lease_s)
        worker, greet = reached.workers[name], partial(greeting.greet, name)
        host = Host(name, worker, reached.cluster, greet, lease)
        host.start()
        try:
            host.greeted.wait()
            if host.address is None:
                raise MachineError((host.away or name).removeprefix(f"{name}: "))
            limit_s = self._settings.limits.job_s
            found: str = reached.cluster.call(
                host.address, calls.try_setup, batch.batch, timeout_s=limit_s
            )
            return found
        except Refused as problem:
            raise MachineError(problem.failure.message, hint=problem.failure.hint) from problem
        finally:
            host.stop(kill=False)
            host.join()


@contextmanager
def setup_trial(settings: Settings, home: Hello, without: Sequence[Path]) -> Iterator[SetupTrial]:
    """Pack the project for a trial on hosts, without the files `without`.

    Raises:
        ForgeError: the project cannot travel.
    """
    with run_dir() as folder:
        yield SetupTrial(settings, pack(settings, [], folder, without=without), home)
