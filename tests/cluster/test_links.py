"""Connections that break or only seem to live, and parents that go away."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from forge.workers.run_dir import sweep
from tests.support.cluster.harness import LEASE_S, Batch, HostProcess, Hosts, free_port
from tests.support.cluster.relay import Relay
from tests.support.pool.harness import make_jobs, statuses
from tests.support.processes import eventually

pytestmark = [
    pytest.mark.slow(reason="starts hosts and worker processes"),
    pytest.mark.browser(reason="hosts compare the versions of their browsers"),
]


class Link:
    """A host behind two relays: one to the scheduler, one from it.

    Its name is one of its own: after a cut the scheduler still knows the last one for a while.
    """

    def __init__(self, hosts: Hosts) -> None:
        port = free_port()
        self._relays = Relay(int(hosts.address.rpartition(":")[2])), Relay(port)
        there, back = (f"tcp://127.0.0.1:{relay.port}" for relay in self._relays)
        options = ("--listen", f"127.0.0.1:{port}", "--contact", back)
        self.host = hosts.start(f"cal-{port}", *options, address=there)

    def cut(self) -> None:
        for relay in self._relays:
            relay.cut()

    def mend(self) -> None:
        for relay in self._relays:
            relay.mend()

    def close(self) -> None:
        for relay in self._relays:
            relay.close()


@pytest.fixture
def link(hosts: Hosts) -> Iterator[Link]:
    """Give the link to a host that is ready."""
    link = Link(hosts)
    link.host.until_ready()
    yield link
    link.close()
    hosts.processes.pop(link.host.name).close()


def workers_of(host: HostProcess) -> list[psutil.Process]:
    """Return the lanes' workers that the host has started."""
    return [child for child in psutil.Process(host.pid).children() if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:
        return False  # it has ended


def test_short_cut_costs_nothing(hosts: Hosts, batch: Batch, link: Link) -> None:
    hosts.need(link.host.name)
    gate = batch.gate()

    def cut() -> None:
        link.cut()
        gate.open()
        threading.Timer(LEASE_S / 3, link.mend).start()

    batch.script.when("a: in", cut)
    results = batch.run(make_jobs(a=[["tell", "in"], ["wait", gate.path], ["tell", "on"]]))
    gate.close()

    assert statuses(results) == ["done"]
    assert results[0].attempts == 1
    assert "a: on" in batch.script.log


def test_long_cut_ends_the_lane_on_both_sides(hosts: Hosts, batch: Batch, link: Link) -> None:
    hosts.need("ben", link.host.name)
    gone = threading.Event()

    def watch() -> None:
        if eventually(lambda: not workers_of(link.host)):
            gone.set()

    def cut() -> None:
        link.cut()
        threading.Thread(target=watch).start()

    batch.script.when("b: in", cut)
    batch.script.when("b retry 1", Path(batch.path("go")).touch)
    act = [["tell", "in"], ["await_file", batch.path("go")]]
    results = batch.run(make_jobs(a=[["await_file", batch.path("go")]], b=act))

    assert statuses(results) == ["done", "done"]
    assert results[1].attempts == 2
    assert "-- on ben --" in batch.log("b")
    assert gone.wait(2 * LEASE_S), (
        "the lease ended the lane, though the connection was never closed"
    )
    link.mend()
    link.host.until_ready()


def test_stopped_host_is_passed_over_and_ends_its_work_later(hosts: Hosts, batch: Batch) -> None:
    ana, _ = hosts.need("ana", "ben")
    batch.script.when("a: in", lambda: ana.signal(signal.SIGSTOP))
    batch.script.when("a retry 1", Path(batch.path("go")).touch)
    act = [["tell", "in"], ["await_file", batch.path("go")]]
    results = batch.run(make_jobs(a=act, b=[["await_file", batch.path("go")]]))

    assert statuses(results) == ["done", "done"]
    assert results[0].attempts == 2
    ana.signal(signal.SIGCONT)
    assert eventually(lambda: not workers_of(ana))


def test_host_that_cannot_be_dialled_is_left_out(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ben")
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    hosts.start("dan", "--contact", nowhere).until_ready()
    results = batch.run(make_jobs(a=[]))
    hosts.processes.pop("dan").close()

    assert statuses(results) == ["done"]
    [note] = batch.notes
    assert note.startswith(f"left out: dan: {nowhere} does not answer")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_hosts_end_the_lanes_of_a_lost_parent(hosts: Hosts, end: signal.Signals) -> None:
    ana, _ = hosts.need("ana", "ben")
    up = str(hosts.folder / f"child-{end.name}")
    parent = hosts.parent(
        make_jobs(a=[["child", up, "detached"], ["tell", "in"], ["hang_in_a_call"]])
    )
    parent.until("a: in")
    assert workers_of(ana)
    parent.process.send_signal(end)

    assert eventually(lambda: not workers_of(ana), deadline_s=3 * LEASE_S)
    parent.close()
    sweep()  # as the next batch of this machine does
