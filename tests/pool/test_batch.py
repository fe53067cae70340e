"""A batch in real lanes: how many jobs at once, in which order, and when it stops."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.pool.harness import Pool, make_jobs, statuses

pytestmark = pytest.mark.slow(reason="starts worker processes")


def test_as_many_jobs_run_as_lanes(pool: Pool) -> None:
    gate, folder = pool.gate(), pool.folder / "running"
    folder.mkdir()
    act = [["count", str(folder)], ["tell", "in"], ["wait", gate.path], ["leave", str(folder)]]
    inside: list[str] = []
    together: list[set[str]] = []

    def enter(name: str) -> None:
        inside.append(name)
        waiting = {n for n in inside if f"{n} done" not in pool.script.log}
        if len(waiting) == 2:  # both have entered, and neither may leave yet
            together.append(waiting)
            gate.open(2 if name == "e" else 1)

    for name in "abcde":
        pool.script.when(f"{name}: in", partial(enter, name))
    results = pool.run(make_jobs(**dict.fromkeys("abcde", act)), lanes=2)

    assert statuses(results) == ["done"] * 5
    assert len(together) == 4
    counts = {line.split()[1] for line in pool.script.log if line.endswith("at once")}
    assert counts <= {"1", "2"}, "as the jobs themselves counted"
    assert {result.slot for result in results} == {0, 1}


def test_results_keep_job_order(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("c done", gate.open)
    results = pool.run(make_jobs(a=[["wait", gate.path]], b=[], c=[]), lanes=2)

    ended = [line for line in pool.script.log if line.endswith(" done")]
    assert ended == ["b done", "c done", "a done"]
    assert [result.job for result in results] == ["a", "b", "c"]
    times = [results[1].ended_s, results[2].started_s, results[2].ended_s, results[0].ended_s]
    assert times == sorted(t for t in times if t is not None)


def test_one_lane_runs_jobs_in_order(pool: Pool) -> None:
    results = pool.run(make_jobs(a=[["tell", "in"]], b=[["tell", "in"]], c=[["tell", "in"]]))

    assert statuses(results) == ["done"] * 3
    moments = [line for line in pool.script.log if not line.startswith("ready")]
    assert moments == [m for n in "abc" for m in (f"start {n}", f"{n}: in", f"{n} done")]


def test_one_lane_stops_at_the_first_failure(pool: Pool) -> None:
    results = pool.run(make_jobs(a=[], b=[["fail", "step"]], c=[], d=[]))

    assert statuses(results) == ["done", "failed", "not-run", "not-run"]
    assert "start c" not in pool.script.log


def test_empty_batch_starts_no_worker(pool: Pool) -> None:
    assert pool.run([], lanes=2) == []
    assert pool.lanes == []


def test_lanes_never_outnumber_jobs(pool: Pool) -> None:
    assert statuses(pool.run(make_jobs(a=[]), lanes=3)) == ["done"]
    assert len(pool.lanes) == 1


def test_failure_stops_starts_and_awaits_running_jobs(pool: Pool) -> None:
    gate = pool.gate()
    pool.script.when("b failed", gate.open)
    results = pool.run(
        make_jobs(a=[["tell", "in"], ["wait", gate.path]], b=[["fail", "plain"]], c=[], d=[]),
        lanes=2,
    )

    assert statuses(results) == ["done", "failed", "not-run", "not-run"]
    assert pool.script.log.index("b failed") < pool.script.log.index("a done")


def test_keep_going_runs_the_rest(pool: Pool) -> None:
    jobs = make_jobs(a=[["fail", "step"]], b=[], c=[["fail", "forge"]], d=[])
    results = pool.run(jobs, keep_going=True)

    assert statuses(results) == ["failed", "done", "failed", "done"]
    assert len(pool.script.pids[0]) == 2, "a step's own error costs no worker, others do"


def test_events_arrive_between_start_and_result(pool: Pool) -> None:
    words = [f"event {number}" for number in range(200)]
    pool.run(make_jobs(a=[["tell", w] for w in words], b=[["tell", w] for w in words]), lanes=2)

    for name in "ab":
        moments = (f"start {name}", f"{name}: ", f"{name} done")
        lines = [line for line in pool.script.log if line.startswith(moments)]
        assert lines == [f"start {name}", *(f"{name}: {w}" for w in words), f"{name} done"]


@pytest.mark.parametrize("lanes", [1, 2])
def test_broken_listener_leaves_no_worker(pool: Pool, lanes: int) -> None:
    def burst() -> None:
        raise BrokenPipeError("stdout is gone")

    gate = pool.gate()
    pool.script.when("a: in", burst)
    with pytest.raises(BrokenPipeError):
        pool.run(make_jobs(a=[["tell", "in"], ["wait", gate.path]], b=[]), lanes=lanes)
