"""`forge worker`: what it refuses, how it ends, and TLS by one file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from forge.errors import MachineError
from forge.model.hosts import READY
from tests.support.cluster.harness import Batch, Hosts, free_port
from tests.support.cluster.keys import make_key
from tests.support.cluster.scheduler import scheduler_on
from tests.support.pool.harness import make_jobs, statuses
from tests.support.project import ROOT, ForgeCommand

pytestmark = pytest.mark.slow(reason="starts hosts and worker processes")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["10.0.0.1:8786"], "is no address of a scheduler"),
        (["tcp://10.0.0.1:8786"], "who reaches it may run programs on every host"),
        (["tls://10.0.0.1:8786"], "needs a key"),
        (["tcp://127.0.0.1:8786", "-j", "0"], "-j 0: not a number of lanes"),
        (["tcp://127.0.0.1:8786", "--listen", ":1"], "is not HOST or HOST:PORT"),
        (["tls://10.0.0.1:8786", "--key", "/none"], "no key and certificate that fit"),
    ],
)
def test_bad_input_is_refused(
    forge_cli: ForgeCommand, tmp_path: Path, options: list[str], says: str
) -> None:
    done = forge_cli("worker", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def worker(hosts: Hosts, name: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "forge", "worker", hosts.address, "-j", "1"]
    command += ["--name", name, "--folder", str(hosts.folder / name), "--once", *options]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_command_of_ssh_ends_with_its_input(hosts: Hosts) -> None:
    with worker(hosts, "fay") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().strip() == READY
        process.stdin.close()
        assert process.wait(20) == 0


def test_port_in_use_is_said(hosts: Hosts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        with worker(hosts, "gus", "--listen", place) as process:
            assert process.stderr is not None
            error = process.stderr.read()
    assert process.returncode == 2
    assert f"address already in use: {place}" in error


@pytest.mark.browser(reason="hosts compare the versions of their browsers")
def test_one_file_encrypts_and_admits(hosts: Hosts, batch: Batch, tmp_path: Path) -> None:
    key, other = make_key(tmp_path / "a"), make_key(tmp_path / "b")
    port = free_port()
    batch.address, batch.key = f"tls://127.0.0.1:{port}", key
    with scheduler_on(port, key):
        hosts.start("hal", "--key", str(key), address=batch.address).until_ready()
        assert statuses(batch.run(make_jobs(a=[]), lanes=1)) == ["done"]
        batch.key = other
        with pytest.raises(MachineError, match=f"no scheduler answers at {batch.address}"):
            batch.run(make_jobs(b=[]), lanes=1)
        hosts.processes.pop("hal").close()
