"""What a job may do to its worker: one failed result each, and nobody else's job suffers."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.pool.harness import STAGE, Pool, kill, make_jobs, statuses

RAISED = {
    "plain": ("ValueError", "ValueError: went wrong", ""),
    "forge": ("SpeechError", "no voice", "install one"),
    "two-part": ("TwoPartError", "TwoPartError: this and that", ""),
    "local": ("LocalError", "LocalError: lives in the worker only", ""),
    "mute": ("MuteError", "MuteError: (its message cannot be shown)", ""),
    "half-a-character": ("ForgeError", "file ?", "rename ?"),
    "interrupt": ("KeyboardInterrupt", "KeyboardInterrupt", ""),
    "exit": ("SystemExit", "SystemExit: 3", ""),
}


def test_whatever_a_stage_raises_is_a_failed_result_and_its_worker_lives_on(pool: Pool) -> None:
    jobs = make_jobs(**{name: [["fail", name]] for name in RAISED}, last=[])
    results = pool.run(jobs, keep_going=True)

    assert statuses(results) == ["failed"] * len(RAISED) + ["done"]
    found = {r.job: (r.error.kind, r.error.message, r.error.hint) for r in results if r.error}
    assert found == RAISED
    assert len(pool.script.pids[0]) == 1


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("nothing", "NoneType, not a JobResult"),
        ("text", "str, not a JobResult"),
        ("another's", "the result of another job: 'somebody-else'"),
        ("unpicklable", "pickle"),
        ("bomb", "the worker process died"),
    ],
)
def test_whatever_a_stage_returns_is_one_failed_result(pool: Pool, what: str, says: str) -> None:
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
def test_a_worker_that_dies_fails_its_own_job_only_and_is_replaced(pool: Pool, death: str) -> None:
    gate = pool.gate()
    pool.script.when("c: in", gate.open)  # the other lane's job is under way all the while
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
    assert "lane-0.log" in error.hint
    assert results[2].slot == 0, "the lane takes jobs again"
    assert len(pool.script.pids[0]) == 2


def test_a_worker_killed_from_outside_fails_its_job_and_the_others_are_awaited(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("b: in", lambda: os.kill(pool.script.pids[1][0], signal.SIGKILL))
    pool.script.when("b failed", gate.open)
    act = [["tell", "in"], ["wait", gate.path]]
    results = pool.run(make_jobs(a=act, b=act, c=[]), lanes=2)

    assert statuses(results) == ["done", "failed", "not-run"]


def test_a_segmentation_fault_leaves_its_stack_in_the_lane_log(pool: Pool) -> None:
    pool.run(make_jobs(a=[["segv"]]))

    log = (pool.logs / "lane-0.log").read_text()
    assert "Segmentation fault" in log
    assert "in segv" in log


def test_a_worker_that_dies_between_jobs_fails_nobody(pool: Pool) -> None:
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
def test_a_worker_that_cannot_start_is_a_failed_job_that_points_to_the_log(
    pool: Pool, stage: str, reason: str
) -> None:
    results = pool.run(make_jobs(a=[], b=[]), stage=stage)

    assert statuses(results) == ["failed", "not-run"]
    error = results[0].error
    assert error is not None
    assert error.kind == "LaneError"
    assert "lane-0.log" in error.hint
    assert reason in (pool.logs / "lane-0.log").read_text()


CHILDREN = {
    "a child": ["child"],
    "a child in a session of its own": ["child", "detached"],
    "a child that inherited every pipe": ["child", "leaky"],
    "a forked child": ["fork"],
    "a forked child in a session of its own": ["fork", "detached"],
}


@pytest.mark.parametrize("kind", CHILDREN)
def test_what_a_killed_worker_started_ends_with_it(pool: Pool, kind: str) -> None:
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


def test_what_a_worker_started_ends_with_the_batch(pool: Pool) -> None:
    children = [["child", pool.path("1")], ["child", pool.path("2"), "detached"]]
    results = pool.run(make_jobs(a=[*children, ["fork", pool.path("3")]]))

    assert statuses(results) == ["done"]
    assert all(Path(pool.path(name)).exists() for name in "123")
