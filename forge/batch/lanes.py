"""What a batch needs of lanes, and of the places for them: on this machine or on other hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from forge.model.lane import WorkerLane
from forge.model.machine import Machine
from forge.model.news import Listener
from forge.model.records import Job, PhaseChoice
from forge.model.settings import Settings


class LaneLike(WorkerLane, Protocol):
    """What the batch needs of a lane, of this machine or of another host.

    `events` is readable when `away` has changed, too. `away` says why the lane can take no job now
    ("ana has gone away"); None if it can. The future of `submit` raises ConnectionError, with a
    sentence for the user, if the host of the lane or the way to it is lost, and any other error if
    the worker dies.
    """

    slot: int

    @property
    def away(self) -> str | None: ...


class KeptOn(NamedTuple):
    """A take that is kept on `host`; an `exact` one is the same wherever it is recorded.

    `host` is empty for home, which sends its takes to the hosts whose jobs need them.
    """

    host: str
    exact: bool = True


def takes_in(home: Iterable[str], hosts: Mapping[str, KeptOn]) -> dict[str, list[KeptOn]]:
    """Return where takes are, by their jobs: those of `home`, and those that `hosts` have kept."""
    takes = {job: [KeptOn("")] for job in home}
    for job, take in hosts.items():
        takes[job] = [*takes.get(job, ()), take]
    return takes


@dataclass(frozen=True)
class Seat:
    """A place for one lane. `make(slot)` starts the lane, with its number in the batch.

    `host` is the name of the machine, empty for the one that the batch runs on. `lane` is the name
    that reports show, such as `ana/0`; empty where only this machine takes part.
    """

    make: Callable[[int], LaneLike]
    host: str = ""
    lane: str = ""


@contextmanager
def started(seats: Sequence[Seat]) -> Iterator[list[Seat]]:
    """Start the lanes of this machine among `seats` now; `make` of the result returns them.

    Their workers import their modules meanwhile. A lane that no call of `make` has taken is killed.
    """
    begun: dict[int, LaneLike] = {}

    def taking(seat: Seat) -> Seat:
        return replace(seat, make=lambda slot: begun.pop(slot, None) or seat.make(slot))

    try:
        for slot, seat in enumerate(seats):
            if not seat.host:
                begun[slot] = seat.make(slot)
        yield [taking(seat) for seat in seats]
    finally:
        for lane in begun.values():
            lane.kill()


@dataclass(frozen=True)
class Work:
    """What all lanes of a batch have in common.

    `jobs` are those that are to run, with their prints; `machine` is None if nothing is recorded.
    `stage` names the class that renders jobs in a worker (`forge.workers.setup`). `log_dir` is the
    folder of the batch's logs, `force` is True if older takes may not be used, and `bring_takes`
    if the takes of other hosts must come home too.
    """

    settings: Settings
    machine: Machine | None
    jobs: Sequence[Job]
    phase: PhaseChoice
    stage: str
    log_dir: Path
    force: bool = False
    bring_takes: bool = False


@dataclass(frozen=True)
class OpenSeats:
    """Seats that can be used, those of a host one after another.

    `notes` are for the user. `listeners` get the news of the batch, too. `takes` are those that
    hosts have kept of earlier batches, by the jobs that recorded them.
    """

    seats: Sequence[Seat] = ()
    notes: Sequence[str] = ()
    listeners: Sequence[Listener] = ()
    takes: Mapping[str, KeptOn] = field(default_factory=dict)


class Seats(Protocol):
    """A source of seats: the lanes of this machine, or hosts."""

    def open(self, work: Work) -> AbstractContextManager[OpenSeats]:
        """Make the seats ready for `work`, and clean up behind them.

        It is called in the main thread, once, if there is something to run. Ctrl-C raises
        KeyboardInterrupt in it.

        Raises:
            ForgeError: no seat can be used.
        """
        ...
