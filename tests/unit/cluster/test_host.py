"""A host as home sees it: greeted, away, back, short of room, left."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from forge.cluster.connection import WorkerInfo
from forge.cluster.host import Host, Lease
from forge.errors import MachineError
from forge.model.hosts import Renewal
from forge.workers.hosting import calls
from tests.support.processes import eventually

ANA = WorkerInfo("ana", "tcp://a:1", 2)


class FakeCluster:
    """A cluster of one worker, which may have gone; it notes the calls."""

    def __init__(self) -> None:
        self.there: list[WorkerInfo] = [ANA]
        self.renewal = Renewal(open=True)
        self.called: list[tuple[str, str]] = []

    def workers(self) -> list[WorkerInfo]:
        return self.there

    def call(self, address: str, call: calls.Call, *args: Any, timeout_s: float = 0.0) -> Any:
        self.called.append((address, call.__name__))
        return self.renewal.model_dump_json() if call is calls.renew else None


class Greeter:
    def __init__(self) -> None:
        self.greeted: list[str] = []
        self.problem: Exception | None = None

    def greet(self, address: str) -> str:
        self.greeted.append(address)
        if self.problem:
            raise self.problem
        return "/project"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def greeter() -> Greeter:
    return Greeter()


@pytest.fixture
def host(cluster: FakeCluster, greeter: Greeter) -> Iterator[Host]:
    """Give a host that renews its lease every hundredth of a second."""
    made: Any = cluster
    host = Host("ana", ANA, made, greeter.greet, Lease("b", 0.06))
    yield host
    host.stop(kill=True)
    host.join()


def test_host_is_ready_when_it_was_greeted(host: Host, cluster: FakeCluster) -> None:
    assert (host.address, host.away) == (None, "ana is being made ready")
    host.start()
    assert host.greeted.wait(5)
    assert (host.address, host.away, host.project, host.lanes) == (ANA.address, None, "/project", 2)
    assert eventually(lambda: (ANA.address, "renew") in cluster.called)
    host.stop(kill=False)
    host.join()
    assert cluster.called[-1] == (ANA.address, "close_batch")


def test_host_that_cannot_be_made_ready_says_why(host: Host, greeter: Greeter) -> None:
    greeter.problem = MachineError("fonts differ")
    host.start()
    assert host.greeted.wait(5)
    assert (host.address, host.away) == (None, "ana: fonts differ")


def test_lost_host_is_greeted_again_where_it_is_found(
    host: Host, cluster: FakeCluster, greeter: Greeter
) -> None:
    host.start()
    assert host.greeted.wait(5)
    told = threading.Event()
    with host.watched(told.set):
        cluster.there = []
        host.lost("tcp://other:1")
        assert not told.is_set()
        host.lost(ANA.address)
        assert told.is_set()
        assert (host.address, host.away) == (None, "ana has gone away")
        cluster.there = [ANA._replace(address="tcp://a:2")]
        host.look()
        assert eventually(lambda: host.address == "tcp://a:2")
    assert (host.away, greeter.greeted) == (None, [ANA.address, "tcp://a:2"])


def test_host_that_has_forgotten_the_batch_is_greeted_again(
    host: Host, cluster: FakeCluster, greeter: Greeter
) -> None:
    host.start()
    cluster.renewal = Renewal(open=False)
    assert eventually(lambda: len(greeter.greeted) > 1)


def test_lease_is_renewed_at_once_if_that_is_asked(cluster: FakeCluster, greeter: Greeter) -> None:
    made: Any = cluster
    host = Host("ana", ANA, made, greeter.greet, Lease("b", 600.0))
    host.start()
    assert host.greeted.wait(5)
    cluster.renewal = Renewal(open=True, lack="only 3 MB are free")
    host.renew()
    assert host.away == "ana: only 3 MB are free"
    host.stop(kill=True)
    host.join()


def test_host_without_room_is_away_until_it_has_some(host: Host, cluster: FakeCluster) -> None:
    host.start()
    cluster.renewal = Renewal(open=True, lack="only 3 MB are free")
    assert eventually(lambda: host.away == "ana: only 3 MB are free")
    assert host.address == ANA.address, "its jobs go on"
    cluster.renewal = Renewal(open=True)
    assert eventually(lambda: host.away is None)
