"""The seats of a batch: lanes of this machine, other hosts, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from forge.batch.lanes import LaneLike, OpenSeats, Seat, Seats, Work
from forge.commands.request import RenderRequest
from forge.commands.speak_ahead import ENGINE, SpeakAhead, later
from forge.errors import UsageError
from forge.model.machine import processors
from forge.workers.lane import Lane
from forge.workers.run_dir import batch_folders
from forge.workers.setup import SPEAK_AHEAD, STAGE, LaneSetup

#: What reports call the machine of the batch, where others take part.
HERE = "here"

MakeSeats = Callable[[RenderRequest, int], Seats]


@dataclass(frozen=True)
class LocalSeats:
    """`lanes` lanes on this machine."""

    lanes: int
    make_lane: Callable[[int, LaneSetup], LaneLike] = Lane

    @contextmanager
    def open(self, work: Work) -> Iterator[OpenSeats]:
        """Make the folders of the lanes, and remove them at the end."""
        with batch_folders(work.settings.project_dir) as (folder, slots):
            lanes = min(self.lanes, len(work.jobs))
            setup = LaneSetup(
                run_dir=str(folder),
                slots_dir=str(slots.path),
                log_dir=str(work.log_dir),
                settings=work.settings,
                machine=work.machine,
                phase=work.phase,
                spare=lanes < processors(),
                stage=work.stage,
            )
            seat = Seat(lambda slot: self.make_lane(slot, setup))
            taken = [f"{path} is taken: slot.dir is in {slots.path}" for path in slots.taken[:1]]
            with _speaking_ahead(work, setup, lanes) as ahead:
                yield OpenSeats([seat] * self.lanes, taken, [ahead])


def _speaking_ahead(work: Work, setup: LaneSetup, lanes: int) -> SpeakAhead:
    """Return what speaks ahead: no job where a batch needs its own lanes for all processors."""
    renders = setup.stage == STAGE and setup.phase == "all"
    wanted = renders and setup.spare and work.settings.voice.engine == ENGINE
    # Its logs lie apart: the jobs have logs of the same names.
    update = {"stage": SPEAK_AHEAD, "log_dir": str(work.log_dir / "ahead")}
    make_lane = partial(Lane, lanes, setup.model_copy(update=update))
    return SpeakAhead(later(work.jobs, lanes) if wanted else (), make_lane)


@dataclass(frozen=True)
class JoinedSeats:
    """The lanes of this machine, and then those of other hosts."""

    local: Seats
    hosts: Seats

    @contextmanager
    def open(self, work: Work) -> Iterator[OpenSeats]:
        """Open both; the lanes of this machine are named `here/0`, `here/1` …"""
        with self.local.open(work) as here, self.hosts.open(work) as there:
            local = [replace(seat, lane=f"{HERE}/{n}") for n, seat in enumerate(here.seats)]
            notes, listeners = [*here.notes, *there.notes], [*here.listeners, *there.listeners]
            yield OpenSeats([*local, *there.seats], notes, listeners, there.takes)


def seats_of(request: RenderRequest, lanes: int) -> Seats:
    """Return the seats that `request` asks for, `lanes` of them on this machine.

    Raises:
        ForgeError: the hosts are not named correctly, or cannot be used with the rest of `request`.
    """
    access = request.access
    if access is None:
        return LocalSeats(lanes)
    if request.selection.shard:
        raise UsageError(
            "--shard divides the jobs by hand, --hosts and --cluster do it by themselves",
            hint="leave one of them out",
        )
    if request.phase != "all":
        raise UsageError(
            f"--phase {request.phase} runs on this machine only",
            hint="leave --hosts and --cluster out, or --phase",
        )
    from forge.cluster.seats import seats_on

    hosts = seats_on(access)
    return JoinedSeats(LocalSeats(lanes), hosts) if lanes else hosts


def choose(seats: Sequence[Seat], count: int) -> list[Seat]:
    """Return `count` of the seats in their order, divided evenly among the machines.

    Every other host has one seat, though there may be fewer jobs: one may go away.
    """
    if not count:
        return []
    before: dict[str, int] = {}
    order: list[tuple[int, int]] = []  # how many of its machine come before it, its place
    for place, seat in enumerate(seats):
        before[seat.host] = before.get(seat.host, -1) + 1
        order.append((before[seat.host], place))
    chosen = {place for _, place in sorted(order)[:count]}
    chosen |= {place for number, place in order if not number and seats[place].host}
    return [seats[place] for place in sorted(chosen)]
