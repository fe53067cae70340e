"""Schedulers that stand elsewhere: they die, they are encrypted, they belong to others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster

from forge.version import __version__
from tests.support.cluster.harness import Batch, Hosts, free_port
from tests.support.cluster.scheduler import scheduler_on
from tests.support.pool.harness import make_jobs, statuses
from tests.support.processes import eventually
from tests.support.project import ROOT

pytestmark = [
    pytest.mark.slow(reason="starts hosts and worker processes"),
    pytest.mark.browser(reason="hosts compare the versions of their browsers"),
]


def test_scheduler_that_dies_stops_the_batch(hosts: Hosts, batch: Batch) -> None:
    batch.address = f"tcp://127.0.0.1:{free_port()}"
    port = int(batch.address.rpartition(":")[2])
    with scheduler_on(port) as first:
        eva = hosts.start("eva", address=batch.address).until_ready()
        batch.script.when("a: in", first.kill)
        act = [["child", batch.path("up"), "detached"], ["tell", "in"], ["hang_in_a_call"]]
        results = batch.run(make_jobs(a=act, b=[]), lanes=1, away_s=0.5)
    assert statuses(results) == ["failed", "not-run"]
    assert results[0].error is not None
    assert results[0].error.message == "the scheduler has gone away"
    assert any("limits.away_s" in notice for notice in batch.script.notices)
    assert eventually(lambda: not psutil.Process(eva.pid).children(recursive=True)[1:])

    with scheduler_on(port):
        eva.until_ready()  # it has dialled again
    hosts.processes.pop("eva").close()


def test_worker_under_a_nanny_dies_and_is_back(
    hosts: Hosts, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(hosts.folder / "nanny"))
    options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=1, threads_per_worker=1, **options) as cluster:
        [nanny] = cluster.workers.values()
        batch.address = cluster.scheduler_address
        batch.script.when("a: in", lambda: os.kill(nanny.pid, signal.SIGKILL))
        batch.script.when("a retry 1", Path(batch.path("go")).touch)
        act = [["tell", "in"], ["child", batch.path("up")], ["await_file", batch.path("go")]]
        results = batch.run(make_jobs(a=act), lanes=1)

    assert statuses(results) == ["done"]
    assert results[0].attempts == 2
    assert batch.script.notices == ["host-0 has gone away", "host-0 is back"]


@contextmanager
def dask_worker(
    address: str, name: str, folder: Path, *paths: Path
) -> Iterator[subprocess.Popen[str]]:
    """Give the nanny of a worker, as dask-jobqueue starts both; kill it at the end.

    Modules of the folders `paths` win over those that are installed.
    """
    words = [sys.executable, "-P", "-m", "distributed.cli.dask_worker", address, "--name", name]
    words += ["--nworkers", "1", "--nthreads", "1", "--memory-limit", "0"]
    words += ["--local-directory", str(folder / "dask"), "--dashboard-address", "127.0.0.1:0"]
    path = os.pathsep.join(map(str, (*paths, ROOT)))
    env = os.environ | {"PYTHONPATH": path, "XDG_CACHE_HOME": str(folder)}
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert any("Registered to:" in line for line in process.stderr)
        try:
            yield process
        finally:
            process.kill()


def test_nanny_that_dies_takes_its_worker_with_it(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ben")
    with dask_worker(hosts.address, "ada", hosts.folder / "ada-cache") as nanny:
        of_nanny = psutil.Process(nanny.pid).children(recursive=True)
        batch.script.when("a: in", nanny.kill)
        batch.script.when("a retry 1", Path(batch.path("go")).touch)
        act = [["child", batch.path("up"), "detached"], ["tell", "in"]]
        act += [["await_file", batch.path("go")]]
        results = batch.run(make_jobs(a=act), lanes=2)

    assert statuses(results) == ["done"]
    assert (results[0].attempts, results[0].host) == (2, "ben")
    assert batch.script.notices == ["ada has gone away"]
    assert of_nanny
    assert eventually(lambda: not any(process.is_running() for process in of_nanny))


NO_FORGE = """
from importlib import metadata

known = metadata.version

def version(name):
    if name == "forge-tutorials":
        raise metadata.PackageNotFoundError(name)
    return known(name)

metadata.version = version
"""


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("sitecustomize.py", NO_FORGE, "forge is not installed there"),
        (
            "forge_tutorials-0.0.1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: forge-tutorials\nVersion: 0.0.1\n",
            f"it has forge 0.0.1, and home has {__version__}",
        ),
    ],
    ids=["none", "another"],
)
def test_worker_with_another_forge_is_left_out(
    hosts: Hosts, batch: Batch, tmp_path: Path, file: str, text: str, why: str
) -> None:
    hosts.need("ben")
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    with dask_worker(hosts.address, "ada", hosts.folder / "ada-cache", tmp_path):
        results = batch.run(make_jobs(a=[], b=[]))
    assert batch.notes == [f"left out: ada: {why}"]
    assert [result.host for result in results] == ["ben", "ben"]
