"""Seats of this machine and of others, as one list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from forge import render
from forge.batch.lanes import LaneLike, OpenSeats, Seat, Work
from forge.cluster import seats as cluster
from forge.commands.request import RenderRequest
from forge.commands.seats import JoinedSeats, LocalSeats, choose, seats_of
from forge.errors import UsageError
from forge.model.host_access import HostAccess
from forge.model.settings import Settings
from forge.workers.setup import LaneSetup
from tests.support.jobs import job
from tests.support.project import Project


def no_lane(slot: int) -> LaneLike:
    raise AssertionError(f"lane {slot} is not needed")


def seats(*lanes: str) -> list[Seat]:
    return [Seat(no_lane, lane.partition("/")[0], lane) for lane in lanes]


class Hosts:
    """Seats of hosts that were reached."""

    def __init__(self, *lanes: str) -> None:
        self.lanes, self.closed = lanes, False

    @contextmanager
    def open(self, work: Work) -> Iterator[OpenSeats]:
        yield OpenSeats(seats(*self.lanes), ["ben was left out"])
        self.closed = True


@pytest.fixture
def work(tmp_path: Path) -> Work:
    settings = Settings(project_dir=tmp_path / "shop")
    return Work(settings, None, (), "all", "stage.py:Stage", tmp_path / "logs")


def test_lanes_of_one_machine_have_no_names(work: Work, nothing_left_behind: Path) -> None:
    setups: list[tuple[int, LaneSetup]] = []

    def make(slot: int, setup: LaneSetup) -> LaneLike:
        setups.append((slot, setup))
        return no_lane(slot)

    with LocalSeats(2, make).open(work) as opened:
        assert [(seat.host, seat.lane) for seat in opened.seats] == [("", "")] * 2
        with pytest.raises(AssertionError, match="lane 1"):
            opened.seats[1].make(1)
        ((slot, setup),) = setups
        assert (slot, setup.log_dir, setup.stage) == (1, str(work.log_dir), "stage.py:Stage")
        assert Path(setup.run_dir).is_dir()
    assert not Path(setup.run_dir).exists()


@pytest.mark.parametrize(("jobs", "spare"), [(1, True), (2, False), (3, False)])
def test_a_processor_is_spare_where_fewer_lanes_have_jobs(
    work: Work, jobs: int, spare: bool, monkeypatch: pytest.MonkeyPatch, nothing_left_behind: Path
) -> None:
    monkeypatch.setattr("forge.commands.seats.processors", lambda: 2)
    setups: list[LaneSetup] = []

    def make(slot: int, setup: LaneSetup) -> LaneLike:
        setups.append(setup)
        return no_lane(slot)

    some = replace(work, jobs=tuple(job(f"tour-{number}") for number in range(jobs)))
    with LocalSeats(3, make).open(some) as opened, pytest.raises(AssertionError, match="lane 0"):
        opened.seats[0].make(0)
    assert [setup.spare for setup in setups] == [spare]


def test_lanes_of_this_machine_come_first(work: Work, nothing_left_behind: Path) -> None:
    hosts = Hosts("ana/0", "ana/1")
    with JoinedSeats(LocalSeats(1), hosts).open(work) as opened:
        lanes = [(seat.host, seat.lane) for seat in opened.seats]
        assert lanes == [("", "here/0"), ("ana", "ana/0"), ("ana", "ana/1")]
        assert opened.notes == ["ben was left out"]
        assert not hosts.closed
    assert hosts.closed


def test_hosts_are_used_alone_unless_lanes_here_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hosts, asked = Hosts(), list[HostAccess]()

    def seats_on(access: HostAccess) -> Hosts:
        asked.append(access)
        return hosts

    monkeypatch.setattr(cluster, "seats_on", seats_on)
    access = HostAccess(hosts="ana:4")
    request = RenderRequest(access=access)
    assert seats_of(request, 0) is hosts
    assert seats_of(request, 2) == JoinedSeats(LocalSeats(2), hosts)
    assert asked == [access, access]
    assert seats_of(RenderRequest(), 2) == LocalSeats(2)
    assert len(asked) == 2


def test_programs_name_hosts_as_the_command_does(project: Project) -> None:
    with pytest.raises(UsageError, match="--shard divides the jobs by hand"):
        render(project.folder, hosts="ana", shard="1/2")
    with pytest.raises(UsageError, match="--hosts and --cluster were both given"):
        render(project.folder, hosts="ana", cluster="tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    ("count", "lanes"),
    [
        (0, []),
        (1, ["ana/0", "ben/0"]),  # ben is there if ana goes away
        (2, ["ana/0", "ben/0"]),
        (3, ["ana/0", "ana/1", "ben/0"]),
        (9, ["ana/0", "ana/1", "ana/2", "ben/0"]),
    ],
)
def test_few_jobs_are_divided_among_hosts(count: int, lanes: list[str]) -> None:
    every = seats("ana/0", "ana/1", "ana/2", "ben/0")
    assert [seat.lane for seat in choose(every, count)] == lanes
