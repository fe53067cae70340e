"""Sweeping: the next run removes what a dead one left and spares what a living one uses."""

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

from forge.store.claims import OWNER_FILE
from forge.workers import guard, run_dir
from tests.support.pool.harness import Driver, Pool, make_jobs
from tests.support.processes import eventually

SLEEP = "import time; time.sleep(60)"


@contextmanager
def child(*words: str, code: str = SLEEP, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a sleeping process in a session of its own; `words` and `env` may carry a mark."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words], env={**os.environ, **env}, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def test_next_start_sweeps_a_dead_run(pool: Pool) -> None:
    gate = pool.gate()
    driver = Driver(pool, make_jobs(a=[["tell", "in"], ["wait", gate.path]]), lanes=1)
    try:
        driver.until("a: in")
        [worker] = [
            p for p in psutil.Process(driver.pid).children() if "spawn_main" in str(p.cmdline())
        ]
        worker.suspend()  # it cannot notice the death of its parent
    finally:
        driver.close()

    left = set(pool.temporary.iterdir())
    assert {path.name[:10] for path in left} == {"forge-run-", "forge-test"}
    assert len(pool.left()) == 1
    assert set(run_dir.leftovers()) == left
    with run_dir.run_dir() as mine:
        assert list(pool.temporary.iterdir()) == [mine]
        assert pool.left() == []


def test_living_run_is_not_swept(pool: Pool) -> None:
    with run_dir.run_dir() as folder, child(TMPDIR=str(folder / "slot-0" / "tmp")) as process:
        assert run_dir.sweep() == []
        assert folder.is_dir()
        assert process.poll() is None


def test_only_run_folders_are_swept(pool: Pool) -> None:
    other = pool.temporary / "of-another-user"
    other.mkdir()
    os.utime(other, (0, 0))
    assert run_dir.sweep() == []
    other.rmdir()


def test_run_is_found_through_a_link(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    link = pool.folder / "link"
    link.symlink_to(pool.temporary)
    monkeypatch.setattr("tempfile.tempdir", str(link))
    with run_dir.run_dir() as folder:
        owner = (folder / OWNER_FILE).read_text()
    dead = folder
    dead.mkdir(mode=0o700)
    (dead / OWNER_FILE).write_text(owner)
    with child(f"--user-data-dir={dead}/slot-0/profile") as process:
        run_dir.sweep()
        assert process.wait(10) == -signal.SIGKILL
    assert not dead.exists()


@pytest.mark.parametrize("where", ["profile", "environment"])
def test_ending_slot_1_spares_slot_10(pool: Pool, where: str) -> None:
    def carrier(slot: Path) -> tuple[list[str], dict[str, str]]:
        if where == "environment":
            return [], {"TMPDIR": f"{slot}/tmp"}
        return [f"--user-data-dir={slot}/profile"], {}

    one, ten = (carrier(pool.folder / name) for name in ("slot-1", "slot-10"))
    with child(*one[0], **one[1]) as mine, child(*ten[0], **ten[1]) as other:
        guard.end_all(None, pool.folder / "slot-1")
        assert mine.wait(10) == -signal.SIGKILL
        assert other.poll() is None


@pytest.mark.parametrize("near", ["slot-0-b", "slot-0.log", "../x/slot-0"])
def test_similar_path_is_no_mark(pool: Pool, near: str) -> None:
    slot = pool.folder / "slot-0"
    other = f"/home/me{slot}" if near.startswith("..") else str(slot.with_name(near))
    profile = f"--user-data-dir={other}"
    with child(TMPDIR=str(slot)) as mine, child(profile, TMPDIR=other) as neighbour:
        guard.end_all(None, slot)
        assert mine.wait(10) == -signal.SIGKILL
        assert neighbour.poll() is None


def test_command_line_is_no_mark(pool: Pool) -> None:
    slot = pool.folder / "slot-0"
    words = (f"{slot}/tour.py", str(slot), f"--data={slot}", f"--user-data-dirs={slot}")
    with child(*words, EDITING=str(slot)) as editor:
        guard.end_all(None, slot, guard.Home(slot, guard.started(editor.pid) - 60))
        assert editor.poll() is None


def test_guessable_mark_spares_older_processes(pool: Pool) -> None:
    home = pool.folder / "slot-0"
    with child(TMPDIR=str(home)) as process:
        since_s = guard.started(process.pid)
        guard.end_all(None, None, guard.Home(home, since_s))
        assert process.poll() is None, "as old as the batch: a shell, or the other end of a pipe"
        guard.end_all(None, None, guard.Home(home, since_s - 2 * guard.FIRST_START_S))
        assert process.wait(10) == -signal.SIGKILL


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may have another root folder")
def test_guessable_mark_spares_containers(pool: Pool) -> None:
    home = pool.folder / "slot-0"
    code = f"import os, time; os.chroot({str(pool.folder)!r}); time.sleep(60)"
    with child(TMPDIR=str(home), code=code) as process:
        assert eventually(lambda: Path(f"/proc/{process.pid}/root").resolve() == pool.folder)
        since_s = guard.started(process.pid) - 60
        guard.end_all(None, None, guard.Home(home, since_s))
        assert process.poll() is None
        guard.end_all(None, home)  # a random name
        assert process.wait(10) == -signal.SIGKILL


def test_polite_end_terminates_then_kills(pool: Pool) -> None:
    stubborn = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "open(sys.argv[1], 'w').close(); time.sleep(60)"
    )
    slot = pool.folder / "slot-0"
    up = pool.path("up")
    with child(TMPDIR=str(slot)) as obedient:
        env = {**os.environ, "TMPDIR": str(slot)}
        deaf = subprocess.Popen([sys.executable, "-c", stubborn, up], env=env)
        try:
            assert eventually(lambda: Path(up).exists())
            guard.end_all(None, slot, grace_s=0.3)
            assert obedient.wait(10) == -signal.SIGTERM
            assert deaf.wait(10) == -signal.SIGKILL
        finally:
            deaf.kill()


def test_ending_does_not_reap_our_children(pool: Pool) -> None:
    slot = pool.folder / "slot-0"
    with child(TMPDIR=str(slot)) as process:
        guard.end_all(None, slot)
        assert os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
