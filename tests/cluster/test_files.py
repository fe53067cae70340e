"""Files on their way, and what one host lacks."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forge.cluster import fetching
from forge.store.file_notes import notes_of
from forge.store.fingerprint import write_printed
from tests.support.cluster.harness import Batch, Hosts
from tests.support.pool.harness import make_jobs, statuses

pytestmark = [
    pytest.mark.slow(reason="starts hosts and worker processes"),
    pytest.mark.browser(reason="hosts compare the versions of their browsers"),
]
PIECES = 200


def test_host_that_is_killed_while_files_come_home(
    hosts: Hosts, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, _ = hosts.need("ana", "ben")
    monkeypatch.setattr(fetching, "PIECE", 1 << 10)
    batch.script.when("a: .forge/a/console.log", ana.kill)  # at the first piece of it
    results = batch.run(make_jobs(a=[["make", "console.log", PIECES << 10]], b=[]))

    assert statuses(results) == ["done", "done"], results
    assert results[0].attempts == 2
    assert "ana has gone away" in results[0].warnings[0]
    assert (batch.folder / ".forge/a/console.log").stat().st_size == PIECES << 10


def test_files_of_an_interrupted_batch_do_not_appear(
    hosts: Hosts, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts.need("ana")
    monkeypatch.setattr(fetching, "PIECE", 1 << 10)

    def interrupt() -> None:
        batch.interrupts.ask(15)

    batch.script.when("a: .forge/a/console.log", interrupt)
    results = batch.run(make_jobs(a=[["make", "console.log", PIECES << 10]]), lanes=1)

    assert statuses(results) == ["failed"]
    assert results[0].error is not None
    assert results[0].error.kind == "Interrupted"
    assert not (batch.folder / ".forge/a/console.log").exists()


def test_disk_that_is_full_is_that_of_one_host(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ben")
    with small_disk(hosts.folder / "ana"):
        hosts.start("ana").until_ready()
        jobs = make_jobs(a=[["make", "console.log", 64 << 20]], b=[["tell", "in"]], c=[])
        results = batch.run(jobs, disk_mb=8)
        hosts.processes.pop("ana").close()

    assert statuses(results) == ["done"] * 3
    assert results[0].attempts == 2
    assert "No space left on device" in results[0].warnings[0]
    assert any("ana: only" in notice for notice in batch.script.notices)


def test_take_for_which_a_host_has_no_room_is_used_elsewhere(
    hosts: Hosts, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_dir = batch.folder / ".forge" / "a"
    work_dir.mkdir(parents=True)
    with (work_dir / "frames.bin").open("wb") as frames:
        frames.truncate(64 << 20)
    prints = {"steps": "1"}
    write_printed(work_dir / "take.print.json", prints, notes_of([work_dir / "frames.bin"]))
    [job] = make_jobs(a=[])
    hosts.need("ben")
    with small_disk(hosts.folder / "ana"):
        hosts.start("ana").until_ready()
        results = batch.run([job.model_copy(update={"take_prints": prints})], disk_mb=8)
        hosts.processes.pop("ana").close()

    assert statuses(results) == ["done"]
    assert (results[0].attempts, results[0].host) == (2, "ben")
    assert "No space left on device" in results[0].warnings[0]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of 48 MB at `folder`; skip the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_two_parents_share_a_host(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana")
    other = hosts.batch()
    gate = batch.gate()
    done: list[str] = []

    def run_other() -> None:
        done.extend(statuses(other.run(make_jobs(a=[["tell", "in"], ["list_files"]]), lanes=1)))

    thread = threading.Thread(target=run_other)

    def begin_other() -> None:
        thread.start()
        gate.open()

    batch.script.when("a: in", begin_other)
    act = [["tell", "in"], ["wait", gate.path], ["leave_a_file"]]
    results = batch.run(make_jobs(a=act, b=[["list_files"]]), lanes=1)
    thread.join()
    other.interrupts.close()
    gate.close()

    assert statuses(results) == ["done", "done"]
    assert done == ["done"]
    assert results[1].warnings == ("left",), "it has its lane and folder to itself"
