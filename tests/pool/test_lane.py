"""A lane: the folders it gives its worker, its log, its closers, its end."""

from __future__ import annotations

import os
import shutil
import signal
import time
from concurrent.futures.process import BrokenProcessPool
from operator import le
from pathlib import Path

import psutil
import pytest

from forge.model.records import Attempt
from forge.store.paths import SPEECH_CACHE
from forge.workers import heap
from forge.workers import lane as lane_module
from forge.workers.lane import Lane
from forge.workers.setup import SPEAK_AHEAD
from forge.workers.slots import name_of
from tests.support import glibc
from tests.support.jobs import job
from tests.support.pool.harness import Act, Pool, make_jobs, statuses
from tests.support.processes import eventually, kill

REBUILDS = 6
pytestmark = pytest.mark.slow(reason="starts worker processes")


def run(lane: Lane, act: Act) -> Attempt:
    [job] = make_jobs(a=act)
    return lane.submit(job).result(timeout=20)


def test_lanes_have_separate_folders(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("b: in", lambda: gate.open(2))
    facts = ["show", "scratch", "tmpdir", "tempfile", "session", "pid", "slot_dir"]
    act = [["tell", "in"], ["wait", gate.path], facts]
    one, other = (result.warnings for result in pool.run(make_jobs(a=act, b=act), lanes=2))

    for scratch, tmpdir, temporary_file, session, pid, _ in (one, other):
        assert Path(scratch).parent.parent == pool.temporary
        assert tmpdir == f"{scratch}/tmp"
        assert Path(temporary_file).parent == Path(tmpdir)
        assert session == pid, "a session of its own"
    assert not set(one) & set(other)


@pytest.mark.skipif(not glibc.IS_GLIBC, reason="needs glibc")
def test_threads_share_memory_and_a_finished_job_gives_much_of_it_back(pool: Pool) -> None:
    much = heap.KEPT // glibc.SIZE + 1
    with pool.lane() as lane:
        run(lane, [["allocate_in_threads", 4]])
        arenas, before = map(int, run(lane, [["show_heap"]]).warnings)
        run(lane, [["scatter", 1]])
        _, little = map(int, run(lane, [["show_heap"]]).warnings)
        _, during = map(int, run(lane, [["scatter", much], ["show_heap"]]).warnings)
        _, after = map(int, run(lane, [["show_heap"]]).warnings)
    assert arenas == 1
    assert little - before > glibc.SIZE / 2, "the next job will fill it"
    assert during - before > heap.KEPT * 0.9
    assert after - before < glibc.SIZE / 10


def slots_of(pool: Pool) -> Path:
    return pool.temporary / f"forge-{name_of(pool.folder)}"


def test_slot_folder_keeps_its_path_and_empties(pool: Pool) -> None:
    for name in ("a", "b"):
        jobs = make_jobs(**{name: [["leave_a_file"], ["show", "slot_dir"]]})
        [result] = pool.run(jobs)
        assert result.warnings == (str(slots_of(pool) / "slot-0"),)
    with pool.lane() as lane:
        run(lane, [["leave_a_file"]])
        assert run(lane, [["list_files"]]).warnings == ("left",)
        kill(lane.pid)
        assert run(lane, [["list_files"]]).warnings == ()


def test_concurrent_batches_have_separate_slot_folders(pool: Pool) -> None:
    with pool.lane() as one, pool.lane() as other:
        shown = [run(lane, [["show", "slot_dir"]]).warnings[0] for lane in (one, other)]
    first = slots_of(pool)
    assert shown == [f"{first}/slot-0", f"{first}-2/slot-0"]


def test_missing_slots_folder_ends_the_worker(pool: Pool) -> None:
    with pool.lane() as lane:
        run(lane, [])
        shutil.rmtree(lane.home.parent)
        kill(lane.pid)
        [job] = make_jobs(a=[])
        assert isinstance(lane.submit(job).exception(timeout=20), BrokenProcessPool)


def test_parents_temporary_folder_is_unchanged(pool: Pool) -> None:
    with pool.lane():
        assert os.environ["TMPDIR"] == str(pool.temporary)


def test_job_log_holds_worker_and_child_output(
    pool: Pool, capfd: pytest.CaptureFixture[str]
) -> None:
    gate = pool.gate()
    pool.script.when("b: in", lambda: gate.open(2))
    jobs = make_jobs(**{n: [["say", n], ["tell", "in"], ["wait", gate.path]] for n in "ab"})
    results = pool.run(jobs, lanes=2)

    for result in results:
        assert result.log == str(pool.logs / "jobs" / f"{result.job}.log")
        head, *said = Path(result.log).read_text().splitlines()
        assert head.startswith("-- attempt 1, ")
        ways = ("print", "error", "raw", "child", "child-error")
        assert sorted(said) == sorted(f"{way} {result.job}" for way in ways)
    assert capfd.readouterr() == ("", "")


def test_closers_run_last_first(pool: Pool) -> None:
    path = pool.path("closed")
    jobs = make_jobs(
        a=[["closer", path]],
        b=[["closer", path, "plain"], ["closer", path, "exit"]],
        c=[["closer", path]],
    )
    assert statuses(pool.run(jobs)) == ["done"] * 3
    assert Path(path).read_text() == "c\na\n", "one that raises keeps none from running"


@pytest.mark.parametrize("how", ["killed", "died"])
def test_killed_worker_runs_no_closers(pool: Pool, how: str) -> None:
    path = pool.path("closed")
    with pool.lane() as lane:
        assert run(lane, [["closer", path]]).status == "done"
        if how == "died":
            kill(lane.pid)
            lane.close()
        else:
            lane.kill()
    assert not Path(path).exists()


def test_close_ends_a_worker_with_threads(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_module, "EXIT_GRACE_S", 0.2)
    path = pool.path("closed")
    with pool.lane() as lane:
        run(lane, [["closer", path], ["thread"]])
        began = time.monotonic()
        lane.close()
        assert time.monotonic() - began < 5
        assert pool.left() == []
    assert Path(path).exists()


def test_close_ends_a_worker_with_hanging_closer(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "CLOSE_GRACE_S", 0.2)
    with pool.lane() as lane:
        run(lane, [["hanging_closer"]])
        lane.close()
        assert pool.left() == []


@pytest.mark.parametrize("end", [Lane.kill, Lane.close])
def test_ending_a_lane_twice_is_allowed(pool: Pool, end: object) -> None:
    assert callable(end)
    with pool.lane() as lane:
        end(lane)
        end(lane)
        assert not lane.dir.exists()


def test_starting_worker_is_killed_with_its_job(pool: Pool) -> None:
    with pool.lane() as lane:
        path = pool.path("ran")
        lane.submit(make_jobs(a=[["closer", path], ["say", "hello"]])[0])
        lane.kill()
        assert pool.left() == []
    assert not (pool.logs / "lane-0.log").exists(), "it never came to its job"


def test_killed_lane_takes_jobs_again(pool: Pool) -> None:
    with pool.lane() as lane:
        before = run(lane, [["show", "pid"]])
        lane.kill()
        after = run(lane, [["show", "pid"]])
        assert (before.status, after.status) == ("done", "done")
        assert before.warnings != after.warnings


def test_worker_ignores_interrupts_but_its_children_do_not(pool: Pool) -> None:
    with pool.lane() as lane:
        gate = pool.gate()
        future = lane.submit(make_jobs(a=[["tell", "in"], ["wait", gate.path]])[0])
        assert eventually(lambda: any(event.text == "in" for event in lane.receive()))
        os.kill(lane.pid, signal.SIGINT)
        gate.open()
        assert future.result(timeout=20).status == "done"
        shown = run(lane, [["show", "child-sigint"]])
        assert shown.warnings == ("default_int_handler",), "adapters may stop servers with it"


def test_rebuilds_leak_nothing(pool: Pool) -> None:
    me = psutil.Process()

    def count() -> list[int]:
        return [me.num_fds(), me.num_threads(), len(me.children())]

    with pool.lane() as lane:
        run(lane, [])
        lane.kill()
        run(lane, [])
        before = count()
        for number in range(REBUILDS):
            if number % 2:
                lane.kill()
            else:
                kill(lane.pid)
            assert run(lane, []).status == "done"
        # A thread of the previous executor may still be ending.
        assert eventually(lambda: all(map(le, count(), before)), 5), (before, count())


def test_failed_fork_fails_the_job(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_lane: Lane) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    pool.script.when("a failed", lambda: monkeypatch.setattr(Lane, "_start", refuse))
    jobs = make_jobs(a=[["die", signal.SIGKILL]], b=[], c=[])
    results = pool.run(jobs, keep_going=True)

    assert statuses(results) == ["failed"] * 3
    assert results[1].error is not None
    assert "Resource temporarily unavailable" in results[1].error.message


@pytest.mark.voice
def test_a_lane_that_speaks_ahead_fills_the_cache(pool: Pool) -> None:
    with pool.lane(stage=SPEAK_AHEAD) as lane:
        attempt = lane.submit(job("tour", "en", steps=2)).result(timeout=20)
    assert attempt.error is None
    cache = pool.folder / ".forge" / SPEECH_CACHE
    assert [path.suffix for path in cache.iterdir()] == [".wav"]  # both lines are the same
