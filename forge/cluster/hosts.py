"""The hosts of one batch, from the first greeting to the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from forge.batch.lanes import KeptOn, OpenSeats, Seat, Work
from forge.cluster.greeting import Greeting
from forge.cluster.home import Home
from forge.cluster.host import Host, Lease
from forge.cluster.remote_lane import RemoteLane
from forge.cluster.voices import HomeVoices
from forge.cluster.ways import Reached, Way
from forge.errors import MachineError
from forge.model.hello import Hello
from forge.model.hosts import HostedBatch
from forge.store.clock_fallback import on_each_clock
from forge.store.fingerprint import fits
from forge.store.parcel import pack
from forge.store.travel import for_host
from forge.workers.hello import make_hello
from forge.workers.run_dir import run_dir
from forge.workers.setup import LaneSetup


@dataclass(frozen=True)
class HostSeats:
    """The seats on the hosts that `way` leads to (`forge.batch.lanes.Seats`).

    `lease_s`: how long a host runs the batch without a word from home, in seconds. `unequal`: hosts
    that differ from home are used. `key` does not travel, even if it lies in the project.
    """

    way: Way
    lease_s: float
    unequal: bool = False
    key: Path | None = None

    @contextmanager
    def open(self, work: Work) -> Iterator[OpenSeats]:
        """Reach the hosts, make them ready, and end the batch there at the end.

        Raises:
            ForgeError: the project cannot travel, or no host can be used.
        """
        settings = work.settings
        with run_dir() as folder:
            parcel = pack(settings, work.jobs, folder, without=[self.key] if self.key else [])
            batch = self._batch(work, parcel.sha256)
            with (
                _beside(lambda: make_hello(settings, settings.work_root)) as hello,
                HomeVoices(_voice_setup(work, folder)) as voices,
                self.way() as reached,
            ):
                greeting = Greeting(reached, batch, parcel.path, hello.result, self.unequal)
                home = Home(reached.cluster, batch, settings, work.machine, work.log_dir, voices)
                with _Hosts(reached, greeting, home) as hosts:
                    hello.result()  # an error of it is one of the batch
                    seats, notes = hosts.ready()
                    gone = [f"left out: {why}" for why in reached.left_out.values()]
                    yield OpenSeats(seats, [*gone, *notes], takes=takes_there(work, greeting))

    def _batch(self, work: Work, digest: str) -> HostedBatch:
        return HostedBatch(
            batch=uuid.uuid4().hex[:12],
            digest=digest,
            settings=for_host(work.settings),
            clock=work.machine.clock if work.machine else None,
            stage=work.stage,
            force=work.force,
            takes=work.bring_takes,
            lease_s=self.lease_s,
            lanes=len(work.jobs),
        )


@contextmanager
def _beside(make: Callable[[], Hello]) -> Iterator[Future[Hello]]:
    """Make the hello of this machine while hosts are reached and make theirs."""
    with ThreadPoolExecutor(1, "forge-hello") as thread:
        yield thread.submit(make)


def _voice_setup(work: Work, folder: Path) -> LaneSetup:
    """Return the setup of the lanes that speak at home; their temporary files are in `folder`."""
    slots = folder / "slots"
    slots.mkdir()
    return LaneSetup(
        run_dir=str(folder),
        slots_dir=str(slots),
        log_dir=str(work.log_dir),
        settings=work.settings,
        machine=work.machine,
        stage=work.stage,
    )


def takes_there(work: Work, greeting: Greeting) -> dict[str, KeptOn]:
    """Return the takes on hosts that jobs of `work` may use, by the jobs that recorded them."""
    users = [
        (name, on_each_clock(work.settings, work.machine, job))
        for job in work.jobs
        for name in (job.name, *job.takes_from)
    ]
    found: dict[str, KeptOn] = {}
    for host, takes in greeting.takes.items():
        by_name = {take.job: take for take in takes}
        for name, accepted in users:
            take = by_name.get(name)
            if take and any(fits(take, one) for one in accepted):
                found[name] = KeptOn(host, take.exact)
    return found


class _Hosts:
    """The hosts of a batch and their lanes. A context manager that ends the batch on all hosts."""

    def __init__(self, reached: Reached, greeting: Greeting, home: Home) -> None:
        self._cluster, self._greeting, self._home = reached.cluster, greeting, home
        lease = Lease(home.batch.batch, home.batch.lease_s)
        self._hosts = [
            Host(name, worker, reached.cluster, partial(greeting.greet, name), lease)
            for name, worker in reached.workers.items()
        ]
        self._lanes: list[RemoteLane] = []
        self._listens = ExitStack()

    def __enter__(self) -> _Hosts:
        self._listens.enter_context(self._cluster.listening("all", self._hear))
        for host in self._hosts:
            host.start()
        return self

    def __exit__(self, *_: object) -> None:
        kill = bool(self._lanes) and all(lane.killed for lane in self._lanes)
        for lane in self._lanes:
            lane.leave()
        for host in self._hosts:
            host.stop(kill=kill)
        for host in self._hosts:
            host.join()
        self._listens.close()

    def ready(self) -> tuple[list[Seat], list[str]]:
        """Wait until every host was greeted; return the seats of those that are ready, and notes.

        Raises:
            MachineError: none is ready.
        """
        for host in self._hosts:
            host.greeted.wait()
        out = [host for host in self._hosts if host.address is None]
        if len(out) == len(self._hosts):
            raise MachineError(
                "no host can be used: " + "; ".join(host.away or host.name for host in out),
                hint="`forge doctor` with the same hosts says more; --unequal takes hosts that"
                " differ",
            )
        self._hosts = [host for host in self._hosts if host not in out]
        for host in out:
            host.stop(kill=True)
        notes = [f"left out: {host.away}" for host in out]
        notes += [f"{name} is not equal: {how}" for name, how in self._greeting.differing.items()]
        return [seat for host in self._hosts for seat in self._seats_of(host)], notes

    def _seats_of(self, host: Host) -> Iterator[Seat]:
        for number in range(host.lanes):
            yield Seat(partial(self._make_lane, host), host.name, f"{host.name}/{number}")

    def _make_lane(self, host: Host, slot: int) -> RemoteLane:
        lane = RemoteLane(slot, host, self._home)
        self._lanes.append(lane)
        return lane

    def _hear(self, message: dict[str, Any]) -> None:
        """Take in news of the cluster; in Dask's thread, so without blocking."""
        if message.get("action") == "remove-worker":
            for host in self._hosts:
                host.lost(message["worker"])
        elif message.get("action") == "add-worker":
            for host in self._hosts:
                host.look()
