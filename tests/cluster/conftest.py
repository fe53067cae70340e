"""A scheduler and hosts for all tests of the folder, and the check that batches leave nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from forge.cluster.connection import own_scheduler
from forge.workers.hosting import link
from tests.support.cluster.harness import Batch, Hosts
from tests.support.processes import MARK, eventually

#: Ten heartbeats are the least that the scheduler heeds.
SHORT = {"distributed.scheduler.worker-ttl": "5s", "distributed.comm.timeouts.connect": "3s"}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Give a scheduler; hosts are started when a test needs them."""
    tmp_path_factory.getbasetemp()  # made before TMPDIR is another one
    folder = Path(tempfile.mkdtemp(prefix="fc-", dir="/tmp")).resolve()
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        mark = uuid.uuid4().hex
        patch.setenv(MARK, mark)
        patch.setenv("TMPDIR", str(folder / "tmp"))
        for name, value in SHORT.items():
            patch.setitem(link.CONFIG, name, value)
        with own_scheduler() as scheduler:
            hosts = Hosts(folder, scheduler, mark)
            yield hosts
            hosts.close()
            assert eventually(lambda: hosts.left() == []), hosts.left()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def hosts(cluster: Hosts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    """Give the hosts; fail if a batch leaves a process, a folder or half a file on either side."""
    monkeypatch.setattr(tempfile, "tempdir", str(cluster.temporary))
    assert os.environ["TMPDIR"] == str(cluster.temporary)
    yield cluster
    assert eventually(lambda: cluster.left() == []), cluster.left()


@pytest.fixture
def batch(hosts: Hosts) -> Iterator[Batch]:
    """Give a batch of a project of its own."""
    batch = hosts.batch()
    yield batch
    batch.interrupts.close()
