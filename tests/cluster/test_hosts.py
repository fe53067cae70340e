"""Batches on hosts: what runs where, and each fault costs at most one attempt of one job."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from tests.support.cluster.harness import Batch, Hosts
from tests.support.pool.harness import make_jobs, statuses
from tests.support.processes import eventually

pytestmark = [
    pytest.mark.slow(reason="starts hosts and worker processes"),
    pytest.mark.browser(reason="hosts compare the versions of their browsers"),
]


def test_jobs_run_on_both_hosts(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana", "ben")
    gate = batch.gate()
    batch.script.when("b: in", lambda: gate.open(2))
    act = [["tell", "in"], ["wait", gate.path], ["say", "loud"]]
    results = batch.run(make_jobs(a=act, b=act, c=[["show", "slot_dir"]]))
    gate.close()

    assert statuses(results) == ["done"] * 3
    assert batch.notes == []
    assert "-- on ana --" in batch.log("a")
    assert "-- on ben --" in batch.log("b")
    assert "child-error loud" in batch.log("b")
    assert results[0].log == str(batch.logs / "jobs" / "a.log")
    [slot_dir] = results[2].warnings
    assert Path(slot_dir).parent.name == f"forge-{batch.folder.name}", "as on one machine"


def test_failure_of_a_job_comes_home(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana", "ben")
    results = batch.run(make_jobs(a=[["fail", "forge"]], b=[["segv"]], c=[]), retries=0)

    assert statuses(results) == ["failed", "failed", "done"]
    error, death = results[0].error, results[1].error
    assert error is not None
    assert death is not None
    assert (error.kind, error.message, error.hint) == ("SpeechError", "no voice", "install one")
    assert (death.kind, death.message) == ("LaneError", "the worker process died")
    assert "Segmentation fault" in batch.log("b")


def test_killed_host_costs_one_attempt(hosts: Hosts, batch: Batch) -> None:
    ana, _ = hosts.need("ana", "ben")
    gate = batch.gate()
    batch.script.when("a: in", ana.kill)
    batch.script.when("a retry 1", lambda: gate.open(2))
    act = [["child", batch.path("up"), "detached"], ["tell", "in"], ["wait", gate.path]]
    results = batch.run(make_jobs(a=act, b=[["tell", "on"], ["wait", gate.path]]))
    gate.close()

    assert statuses(results) == ["done"] * 2
    assert [result.attempts for result in results] == [2, 1]
    assert "ana has gone away" in results[0].warnings[0]
    assert "ana has gone away: this part of the log is on ana: " in batch.log("a")
    assert "-- on ben --" in batch.log("a")


def test_host_that_is_back_takes_jobs_again(hosts: Hosts, batch: Batch) -> None:
    [ana] = hosts.need("ana")
    back = threading.Thread(target=lambda: hosts.need("ana"))

    def restart() -> None:
        ana.kill()
        Path(batch.path("up")).touch()
        back.start()

    batch.script.when("a: in", restart)
    results = batch.run(make_jobs(a=[["tell", "in"], ["await_file", batch.path("up")]]), lanes=1)
    back.join()

    assert statuses(results) == ["done"]
    assert results[0].attempts == 2
    assert batch.script.notices == ["ana has gone away", "ana is back"]


def test_hung_job_is_ended_and_its_lane_is_used_again(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana")
    hung = [["tell", "in"], ["child", batch.path("up"), "detached"], ["hang_deaf"]]
    results = batch.run(make_jobs(a=hung, b=[]), lanes=1, retries=0, silence_s=10.0)

    assert statuses(results) == ["failed", "done"], results[1].error
    error = results[0].error
    assert error is not None
    assert "no sign of life for 10 s" in error.message
    assert eventually(lambda: "hang_deaf" in batch.log("a")), "the log says where it hung"


def test_first_interrupt_lets_running_jobs_end(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana", "ben")
    gate = batch.gate()

    def interrupt() -> None:
        batch.interrupts.ask(signal.SIGINT)
        gate.open(2)

    batch.script.when("b: in", interrupt)
    act = [["tell", "in"], ["wait", gate.path]]
    results = batch.run(make_jobs(a=act, b=act, c=[]))
    gate.close()

    assert statuses(results) == ["done", "done", "not-run"]


def test_second_interrupt_ends_everything(hosts: Hosts, batch: Batch) -> None:
    hosts.need("ana", "ben")

    def interrupt() -> None:
        batch.interrupts.ask(signal.SIGINT)
        batch.interrupts.ask(signal.SIGINT)

    batch.script.when("b: in", interrupt)
    act = [["tell", "in"], ["child", batch.path("up")], ["hang_in_a_call"]]
    results = batch.run(make_jobs(a=act, b=act, c=[]))

    assert statuses(results) == ["failed", "failed", "not-run"]
