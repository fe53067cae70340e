"""Workers over ssh, through a real sshd on loopback; the workers themselves are stand-ins."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from forge.cluster import ssh
from forge.cluster.ssh import SshWorkers
from forge.cluster.ssh_hosts import hosts_from
from tests.support.project import ROOT
from tests.support.sshd import Hosts, free_port, make_keys, program, require_sshd

pytestmark = pytest.mark.slow

WORKER = (ROOT / "tests" / "support" / "fake_worker.py").read_text()
WAIT_S = 20.0


class Arrival(NamedTuple):
    """What a worker has said to the scheduler, and what it answers at its own address."""

    name: str
    lanes: str
    answer: str


class Scheduler:
    """A listener on loopback that a worker dials, and that dials back."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(WAIT_S)
        self.port = int(self._listening.getsockname()[1])

    def arrivals(self, count: int) -> set[Arrival]:
        return {self._arrival() for _ in range(count)}

    def _arrival(self) -> Arrival:
        connection, _ = self._listening.accept()
        name, lanes, contact = connection.makefile().readline().split()
        threading.Thread(target=_close_after, args=(connection,), daemon=True).start()
        with socket.create_connection(("127.0.0.1", int(contact)), WAIT_S) as back:
            return Arrival(name, lanes, back.makefile().read())

    def close(self) -> None:
        self._listening.close()


def _close_after(connection: socket.socket) -> None:
    """Close a connection when the worker closes it, as a scheduler does."""
    with connection:
        connection.recv(1)


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Give two hosts with a worker (`ana`, `ben`), and others that lack something."""
    require_sshd()
    folder = tmp_path_factory.mktemp("hosts")
    made = Hosts(folder, make_keys(folder))
    forge = program(folder / "programs", "forge", WORKER)
    old = "import sys\nsys.exit(\"forge: error: argument COMMAND: invalid choice: 'worker'\")\n"
    with ExitStack() as stack:
        for name in ("ana", "ben"):
            stack.enter_context(made.host(name, forge))
        stack.enter_context(made.host("bare", folder / "nothing"))
        stack.enter_context(made.host("old", program(folder / "old-programs", "forge", old)))
        made.name("closed", free_port())
        yield made


def started(name: str) -> list[psutil.Process]:
    """Return the living processes of that name below this one."""
    below = psutil.Process().children(recursive=True)
    return [p for p in below if p.status() != psutil.STATUS_ZOMBIE and p.name() == name]


def workers_on(host: str) -> list[psutil.Process]:
    return [p for p in started("forge") if host in p.cmdline()]


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    made = Scheduler()
    yield made
    made.close()


def test_workers_come_through_tunnels_and_end(
    hosts: Hosts, scheduler: Scheduler, nothing_left_behind: Path
) -> None:
    with SshWorkers(hosts_from("ana:4,ben"), scheduler.port, hosts.ssh) as workers:
        assert workers.wait(WAIT_S) == {}
        assert scheduler.arrivals(2) == {
            Arrival("ana", "4", "I am ana"),
            Arrival("ben", "auto", "I am ben"),
        }
        assert (workers.why("ana"), workers.why("ben")) == ("", "")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bare", "there is no forge on the PATH of bare: pip install"),
        ("old", "old has an older forge: pip install"),
        ("closed", "Connection refused (is sshd running there?)"),
        ("nowhere.invalid", "nowhere.invalid: Could not resolve hostname"),
        ("stranger@ana", "Permission denied (publickey)"),
    ],
)
def test_host_that_does_not_come_says_why(
    hosts: Hosts, scheduler: Scheduler, nothing_left_behind: Path, name: str, why: str
) -> None:
    [host] = hosts_from(name)
    with SshWorkers([host], scheduler.port, hosts.ssh) as workers:
        [said] = workers.wait(WAIT_S).values()
    assert why in said.replace("ssh: ", "")


def test_others_come_where_one_does_not(hosts: Hosts, scheduler: Scheduler) -> None:
    with SshWorkers(hosts_from("bare,ana"), scheduler.port, hosts.ssh) as workers:
        assert [*workers.wait(WAIT_S)] == ["bare"]
        assert {arrival.name for arrival in scheduler.arrivals(1)} == {"ana"}


def test_silent_host_is_given_up(scheduler: Scheduler, tmp_path: Path) -> None:
    silent = program(tmp_path, "ssh", "import sys\nsys.stdin.read()\n") / "ssh"
    with SshWorkers(hosts_from("ana"), scheduler.port, [str(silent)]) as workers:
        assert workers.wait(0.1) == {"ana": "ana: it did not answer in time"}


def test_lost_worker_is_started_again(
    hosts: Hosts,
    scheduler: Scheduler,
    monkeypatch: pytest.MonkeyPatch,
    nothing_left_behind: Path,
) -> None:
    monkeypatch.setattr(ssh, "PAUSE_S", 0.01)
    with SshWorkers(hosts_from("ana:2"), scheduler.port, hosts.ssh) as workers:
        assert workers.wait(WAIT_S) == {}
        scheduler.arrivals(1)
        for process in workers_on("ana"):
            process.kill()
        assert scheduler.arrivals(1) == {Arrival("ana", "2", "I am ana")}


def test_port_that_is_taken_is_replaced(
    hosts: Hosts, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        used = int(taken.getsockname()[1])
        numbers = iter([[used, free_port()], [free_port(), free_port()]])
        monkeypatch.setattr(random, "SystemRandom", lambda: _Numbers(numbers))
        with SshWorkers(hosts_from("ana"), scheduler.port, hosts.ssh) as workers:
            assert workers.wait(WAIT_S) == {}
            assert {arrival.name for arrival in scheduler.arrivals(1)} == {"ana"}
        assert next(numbers, None) is None


class _Numbers:
    def __init__(self, numbers: Iterator[list[int]]) -> None:
        self._numbers = numbers

    def sample(self, _: range, count: int) -> list[int]:
        return next(self._numbers)


PARENT = """
import sys
from forge.cluster.ssh import SshWorkers
from forge.cluster.ssh_hosts import hosts_from
with SshWorkers(hosts_from("ana,ben"), int(sys.argv[1]), sys.argv[2:]) as workers:
    print(workers.wait(), flush=True)
    sys.stdin.read()
"""


def test_workers_and_ssh_end_when_home_is_killed(
    hosts: Hosts,
    scheduler: Scheduler,
    command_environment: dict[str, str],
    nothing_left_behind: Path,
) -> None:
    command = [sys.executable, "-P", "-c", PARENT, str(scheduler.port), *hosts.ssh]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=command_environment, text=True
    ) as home:
        assert home.stdout and home.stdout.readline() == "{}\n"
        assert len(scheduler.arrivals(2)) == 2
        os.kill(home.pid, signal.SIGKILL)


def test_keys_of_home_do_not_travel(
    hosts: Hosts, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-of-home")
    with SshWorkers(hosts_from("ana"), scheduler.port, hosts.ssh) as workers:
        assert workers.wait(WAIT_S) == {}
        scheduler.arrivals(1)
        processes = [*workers_on("ana"), *started("ssh")]
        assert len(processes) == 2
        for process in processes:
            assert "a-secret-of-home" not in process.environ().values()
