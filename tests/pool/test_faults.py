"""Jobs that damage their worker: each is one failed result, and no other job suffers."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.pool.harness import STAGE, Pool, make_jobs, statuses
from tests.support.processes import kill

pytestmark = pytest.mark.slow(reason="starts worker processes")
RAISED = {
    "plain": ("ValueError", "ValueError: went wrong", ""),
    "forge": ("SpeechError", "no voice", "install one"),
    "two-part": ("TwoPartError", "TwoPartError: this and that", ""),
    "local": ("LocalError", "LocalError: lives in the worker only", ""),
    "mute": ("MuteError", "MuteError: (its message cannot be shown)", ""),
    "lone-surrogate": ("ForgeError", "file \ufffd", "rename \ufffd"),
    "interrupt": ("KeyboardInterrupt", "KeyboardInterrupt", ""),
    "exit": ("SystemExit", "SystemExit: 3", ""),
}


def test_raising_stage_fails_but_worker_survives(pool: Pool) -> None:
    jobs = make_jobs(**{name: [["fail", name]] for name in RAISED}, last=[])
    with pool.lane() as lane:
        pid = lane.pid
        results = [lane.submit(job).result(timeout=20) for job in jobs]
        assert lane.pid == pid

    assert statuses(results) == ["failed"] * len(RAISED) + ["done"]
    found = {r.job: (r.error.kind, r.error.message, r.error.hint) for r in results if r.error}
    assert found == RAISED


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nothing", "NoneType, not an Attempt"),
        ("text", "str, not an Attempt"),
        ("another's", "the attempt of another job: 'another-job'"),
        ("unpicklable", "pickle"),
        ("bomb", "the worker process died"),
    ],
)
def test_wrong_return_value_fails_one_job(pool: Pool, what: str, says: str) -> None:
    results = pool.run(make_jobs(a=[["give", what]], b=[]), keep_going=True)

    assert statuses(results) == ["failed", "done"]
    assert results[0].error is not None
    assert says in results[0].error.message


DEATHS: dict[str, list[Any]] = {
    "os._exit": ["exit", 0],
    "SIGKILL": ["die", signal.SIGKILL],
    "SIGSEGV": ["segv"],
    "SIGTERM": ["die", signal.SIGTERM],
    "SIGKILL in the middle of an event": ["half_event"],
    "SIGKILL in the middle of its result": ["half_result"],
}


@pytest.mark.parametrize("death", DEATHS)
def test_dead_worker_fails_only_its_job(pool: Pool, death: str) -> None:
    gate = pool.gate()
    pool.script.when("c: in", gate.open)  # the other lane's job runs throughout
    jobs = make_jobs(
        a=[["tell", "in"], DEATHS[death]],
        b=[["tell", "in"], ["wait", gate.path]],
        c=[["tell", "in"]],
    )
    results = pool.run(jobs, lanes=2, keep_going=True)

    assert statuses(results) == ["failed", "done", "done"]
    error = results[0].error
    assert error is not None
    assert (error.kind, error.message) == ("LaneError", "the worker process died")
    assert results[0].log == str(pool.logs / "jobs" / "a.log")
    assert results[2].slot == 0, "the lane takes jobs again"
    assert len(pool.script.pids[0]) == 2


def test_killed_workers_neighbours_are_awaited(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("b: in", lambda: os.kill(pool.script.pids[1][0], signal.SIGKILL))
    pool.script.when("b failed", gate.open)
    act = [["tell", "in"], ["wait", gate.path]]
    results = pool.run(make_jobs(a=act, b=act, c=[]), lanes=2)

    assert statuses(results) == ["done", "failed", "not-run"]


def test_segfault_leaves_a_stack_in_the_log(pool: Pool) -> None:
    [result] = pool.run(make_jobs(a=[["segv"]]))

    log = Path(result.log or "").read_text()
    assert "Segmentation fault" in log
    assert "in segv" in log


def test_death_between_jobs_fails_none(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("b done", lambda: kill(pool.script.pids[1][0]))
    pool.script.when("c done", gate.open)
    results = pool.run(make_jobs(a=[["wait", gate.path]], b=[["tell", "in"]], c=[], d=[]), lanes=2)

    assert statuses(results) == ["done"] * 4


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("/nowhere/stage.py:play", "/nowhere/stage.py"),
        ("forge.nothing:render", "No module named 'forge.nothing'"),
        (STAGE.replace(":play", ":no_such_stage"), "no_such_stage"),
    ],
)
def test_failed_start_points_to_the_log(pool: Pool, stage: str, reason: str) -> None:
    results = pool.run(make_jobs(a=[], b=[]), stage=stage)

    assert statuses(results) == ["failed", "not-run"]
    error = results[0].error
    assert error is not None
    assert error.kind == "LaneError"
    assert results[0].log == str(pool.logs / "lane-0.log"), "it never came to its job"
    assert reason in (pool.logs / "lane-0.log").read_text()


CHILDREN = {
    "a child": ["child"],
    "a child in a session of its own": ["child", "detached"],
    "a child that inherited every pipe": ["child", "leaky"],
    "a forked child": ["fork"],
    "a forked child in a session of its own": ["fork", "detached"],
}


@pytest.mark.parametrize("kind", CHILDREN)
def test_killed_workers_children_die(pool: Pool, kind: str) -> None:
    verb, *flags = CHILDREN[kind]
    start = [verb, pool.path("up"), *flags]
    gate, found = pool.gate(), []

    def look_and_go_on() -> None:
        found.append(len(pool.left()))
        gate.open()

    pool.script.when("a: started", look_and_go_on)
    pool.script.when("a failed", look_and_go_on)
    jobs = make_jobs(a=[start, ["tell", "started"], ["wait", gate.path], ["die", signal.SIGKILL]])
    results = pool.run(jobs)

    assert statuses(results) == ["failed"]
    assert found == [2, 0], "worker and child; none when the failure is told"


def test_children_end_with_the_batch(pool: Pool) -> None:
    children = [["child", pool.path("1")], ["child", pool.path("2"), "detached"]]
    results = pool.run(make_jobs(a=[*children, ["fork", pool.path("3")]]))

    assert statuses(results) == ["done"]
    assert all(Path(pool.path(name)).exists() for name in "123")


# Limits and attempts ------------------------------------------------------------------------

HANGS = ("hang_in_python", "hang_in_a_call", "hang_deaf")  # the last one ignores SIGTERM


def test_hanging_jobs_end_with_their_children(pool: Pool) -> None:
    jobs = make_jobs(
        **{
            verb: [["tell", "in"], ["child", pool.path(verb), "detached"], [verb]] for verb in HANGS
        },
        good=[["tell", "in"]],
        last=[],
    )
    results = pool.run(jobs, lanes=4, keep_going=True, silence_s=6.0)  # one wait for all three

    assert statuses(results) == ["failed"] * 3 + ["done"] * 2
    for verb, result in zip(HANGS, results, strict=False):
        assert result.error is not None
        assert result.error.kind == "Timeout"
        assert "no sign of life for 6 s (limits.silence_s)" in result.error.message
        assert verb in Path(result.log or "").read_text(), "the log says where it hung"
    assert pool.left() == []


def test_talking_job_still_times_out(pool: Pool) -> None:
    results = pool.run(make_jobs(a=[["chatter"]]), silence_s=20.0, job_s=4.0)
    assert statuses(results) == ["failed"]
    assert results[0].error is not None
    assert "longer than 4 s (limits.job_s)" in results[0].error.message


def test_retry_after_death_gets_a_new_worker(pool: Pool) -> None:
    once = pool.path("once")
    results = pool.run(
        make_jobs(a=[["die_once", once]], b=[]), keep_going=True, retries=1, backoff_s=0.01
    )
    assert statuses(results) == ["done", "done"]
    assert results[0].attempts == 2
    assert "the worker process died" in results[0].warnings[0]
    assert pool.script.log.index("a retry 1") < pool.script.log.index("start b"), (
        "strictly in order"
    )


def test_retry_after_step_error_gets_a_new_worker(pool: Pool) -> None:
    once = pool.path("once")
    jobs = make_jobs(a=[], b=[["fail_once", once]], c=[])
    results = pool.run(jobs, keep_going=True, retries=1)
    assert [(r.status, r.attempts) for r in results] == [("done", 1), ("done", 2), ("done", 1)]
    assert len(pool.script.pids[0]) == 2, "a and b's first attempt, b's second and c"


def test_permanent_error_is_not_retried(pool: Pool) -> None:
    results = pool.run(make_jobs(a=[["fail", "plain"]]), keep_going=True, retries=3)
    assert (results[0].status, results[0].attempts) == ("failed", 1)
    assert pool.script.retries == []


def test_repeated_deaths_stop_the_batch(pool: Pool) -> None:
    jobs = make_jobs(**{f"j{n}": [["exit", 1]] for n in range(9)})
    results = pool.run(jobs, keep_going=True, restarts=2)
    assert statuses(results) == ["failed"] * 3 + ["not-run"] * 6
    assert any("STOPPED" in notice for notice in pool.script.notices)


def test_deaths_between_successes_stop_nothing(pool: Pool) -> None:
    jobs = make_jobs(**{f"j{n}": [["exit", 1]] if n % 2 else [] for n in range(8)})
    results = pool.run(jobs, keep_going=True, restarts=1)
    assert statuses(results) == ["done", "failed"] * 4


# Long batches --------------------------------------------------------------------


def test_worker_is_replaced_after_lane_jobs(pool: Pool) -> None:
    closed = pool.path("closed")
    jobs = make_jobs(**{f"j{n}": [["closer", closed]] for n in range(5)})
    results = pool.run(jobs, lane_jobs=2)

    assert statuses(results) == ["done"] * 5
    assert len(pool.script.pids[0]) == 3
    assert Path(closed).read_text().split() == ["j1", "j0", "j3", "j2", "j4"]
    assert pool.script.notices == ["lane 0 gets a new worker: its worker has done 2 jobs"] * 2


def test_growing_worker_is_replaced(pool: Pool) -> None:
    jobs = make_jobs(a=[], b=[["leak", 40]], c=[["leak", 40]], d=[])
    results = pool.run(jobs, lane_growth_mb=60.0)

    assert statuses(results) == ["done"] * 4
    assert len(pool.script.pids[0]) == 2
    assert "MB more than after its first job" in pool.script.notices[0]


def test_broken_worker_is_replaced_before_next_job(pool: Pool) -> None:
    jobs = make_jobs(
        streams=[["break_streams"]],
        log=[["say", "again"]],
        patch=[["patch", "json", "loads"], ["patch", "time", "monotonic"]],
        limit=[["limit", "RLIMIT_NOFILE", 20]],
        address=[["limit", "RLIMIT_AS", 10**9]],
        bare=[["fail", "generator-exit"]],
        pipe=[["close_pipe"]],
        last=[["say", "hello"]],
    )
    results = pool.run(jobs, keep_going=True)

    done = [result.job for result in results if result.status == "done"]
    assert done == ["streams", "log", "patch", "limit", "address", "pipe", "last"]
    assert pool.script.notices == [
        f"lane 0 gets a new worker: {why}"
        for why in (
            "a job patched time.monotonic",
            "a job changed RLIMIT_NOFILE",
            "a job changed RLIMIT_AS",
            "its job failed with GeneratorExit, and its process may be the cause",
            "its event pipe is closed",
        )
    ]
    assert len(pool.script.pids[0]) == 6, "a step that closes its streams costs no worker"
    log = Path(results[1].log or "").read_text()
    assert all(f"{way} again" in log for way in ("print", "error", "raw", "child"))


def test_leaked_descriptors_never_run_out(pool: Pool) -> None:
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, usual[1]))  # for the workers
    try:
        results = pool.run(make_jobs(**{f"j{n}": [["leak_files", 60]] for n in range(10)}))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)

    assert statuses(results) == ["done"] * 10
    assert len(pool.script.pids[0]) == 5
    assert "more descriptors than at first" in pool.script.notices[0]


def test_exhausted_machine_stops_the_batch(pool: Pool) -> None:
    shortages = iter([None, None, "only 3 MB are free"])
    results = pool.run(make_jobs(a=[], b=[], c=[], d=[]), shortage=lambda: next(shortages))

    assert statuses(results) == ["done", "done", "not-run", "not-run"]
    assert pool.script.notices == ["STOPPED: only 3 MB are free; nothing more starts"]


def test_killed_worker_leaves_no_part_file(pool: Pool) -> None:
    living = pool.folder / "dist" / f".other.mp4.{os.getpid()}.part"
    living.parent.mkdir()
    living.touch()
    pool.run(make_jobs(a=[["half_done", pool.path("dist/a.mp4")], ["die", signal.SIGKILL]]))

    assert [path.name for path in living.parent.iterdir()] == [living.name], (
        "what others are busy with stays"
    )
