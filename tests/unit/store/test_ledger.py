"""The ledger: its content after every kind of end, damage, and the lock of a project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forge.errors import MachineError, ProjectError, UsageError
from forge.model.news import Finished, Started
from forge.model.records import Failure, Job, JobResult, Status
from forge.store.ledger import LEDGER_FILE, Ledger, project_lock, read_past, to_carry
from tests.support import jobs

JOBS = [jobs.job(name) for name in "abc"]
PROJECT = Path("/p")


def ended(job: Job, status: Status = "done") -> JobResult:
    error = Failure(kind="X", message="went wrong") if status == "failed" else None
    return JobResult(job=job.name, status=status, wall_s=1.5, attempts=1, error=error)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Write a batch of three jobs: `a` done, `b` failed, `c` in flight at a power cut."""
    ledger = Ledger(tmp_path, PROJECT)
    ledger.begin(JOBS, "all", [])
    for job in JOBS:
        ledger.on(Started(job=job, slot=0))
    ledger.on(Finished(result=ended(JOBS[0])))
    ledger.on(Finished(result=ended(JOBS[1], "failed")))
    assert ledger.problem is None
    return ledger


def carried(folder: Path, phase: str = "all", there: bool = True) -> list[str]:
    past = read_past(folder, PROJECT)
    return [r.job for r in to_carry(past, JOBS, phase, lambda result: there)]  # type: ignore[arg-type]


def test_done_jobs_are_kept(ledger: Ledger, tmp_path: Path) -> None:
    past = read_past(tmp_path, PROJECT)
    assert past is not None
    assert (past.jobs, past.end) == (("a", "b", "c"), None)
    assert past.results == {"a": ended(JOBS[0]), "b": ended(JOBS[1], "failed")}
    assert carried(tmp_path) == ["a"]


def test_job_without_its_video_runs_again(ledger: Ledger, tmp_path: Path) -> None:
    assert carried(tmp_path, there=False) == []


def test_carried_results_wait_for_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [jobs.job(f"job-{number}") for number in range(300)]
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    Ledger(tmp_path, PROJECT).begin(many, "all", [ended(job) for job in many])
    assert len(synced) == 3, "the batch, the folder, and all results"
    past = read_past(tmp_path, PROJECT)
    assert past is not None
    assert len(past.results) == 300


def test_last_batch_counts_with_carried_results(ledger: Ledger, tmp_path: Path) -> None:
    later = Ledger(tmp_path, PROJECT)
    later.begin(JOBS, "all", [ended(JOBS[0])])
    later.on(Finished(result=ended(JOBS[2])))
    later.end("interrupted")
    past = read_past(tmp_path, PROJECT)
    assert past is not None
    assert past.end == "interrupted"
    assert carried(tmp_path) == ["a", "c"]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_incomplete_last_line_is_ignored(ledger: Ledger, tmp_path: Path, cut: int) -> None:
    path = tmp_path / LEDGER_FILE
    path.write_bytes(path.read_bytes()[:-cut])
    past = read_past(tmp_path, PROJECT)
    assert past is not None
    assert set(past.results) == {"a"}
    Ledger(tmp_path, PROJECT).begin(JOBS, "all", [])
    again = read_past(tmp_path, PROJECT)
    assert again is not None
    assert again.results == {}


def test_damage_is_named_with_its_line(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / LEDGER_FILE
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2][:10]
    path.write_bytes(b"\n".join(lines))
    before = path.read_bytes()
    with pytest.raises(ProjectError, match=r"ledger.jsonl:3: the ledger is damaged"):
        read_past(tmp_path, PROJECT)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / LEDGER_FILE
    new = path.read_text().replace('"version":1', '"version":2,"colour":"blue"')
    path.write_text(new)
    with pytest.raises(ProjectError, match="another version of forge"):
        read_past(tmp_path, PROJECT)


def test_lines_name_the_lane_where_several_hosts_take_part(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, PROJECT)
    ledger.on(Started(job=JOBS[0], slot=0, host="ana", lane="ana/0"))
    made = ended(JOBS[0]).model_copy(update={"host": "ana", "lane": "ana/0"})
    ledger.on(Finished(result=made))
    start, result = (tmp_path / LEDGER_FILE).read_text().splitlines()
    assert '"lane":"ana/0"' in start
    assert '"host":"ana","lane":"ana/0"' in result


def test_a_moved_ledger_names_files_where_they_are_now(tmp_path: Path) -> None:
    before, now = Path("/before"), Path("/now")
    ledger = Ledger(tmp_path, before)
    ledger.begin(JOBS, "all", [])
    made = ended(JOBS[0]).model_copy(update={"output": "/before/dist/a.mp4", "log": "/logs/a.log"})
    ledger.on(Finished(result=made))
    assert "before/" not in (tmp_path / LEDGER_FILE).read_text()
    past = read_past(tmp_path, now)
    assert past is not None
    assert past.results["a"].output == "/now/dist/a.mp4"
    assert past.results["a"].log == "/logs/a.log"


def test_there_must_be_something_to_resume(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no batch yet"):
        to_carry(read_past(tmp_path / "nowhere", PROJECT), JOBS, "all", lambda result: True)
    with pytest.raises(UsageError, match="was of --phase all, not speak"):
        carried(tmp_path, "speak")
    ledger.on(Finished(result=ended(JOBS[1])))
    ledger.on(Finished(result=ended(JOBS[2])))
    with pytest.raises(UsageError, match="all 3 jobs of the last batch are done"):
        carried(tmp_path)


def test_a_disk_that_refuses_ends_no_batch(tmp_path: Path) -> None:
    (tmp_path / LEDGER_FILE).mkdir()
    ledger = Ledger(tmp_path, PROJECT)
    ledger.begin(JOBS, "all", [])
    ledger.on(Started(job=JOBS[0], slot=0))
    assert ledger.problem is not None
    assert "could not be written" in ledger.problem


def test_linked_ledger_is_replaced(tmp_path: Path) -> None:
    other, ledger = tmp_path / "other", Ledger(tmp_path, PROJECT)
    other.write_text("mine, without an end of line")
    (tmp_path / LEDGER_FILE).symlink_to(other)
    ledger.begin(JOBS, "all", [])
    assert ledger.problem is None
    assert other.read_text() == "mine, without an end of line"
    past = read_past(tmp_path, PROJECT)
    assert past is not None
    assert past.jobs == tuple(job.name for job in JOBS)


def test_one_batch_at_a_time(tmp_path: Path) -> None:
    with (
        project_lock(tmp_path),
        pytest.raises(UsageError, match=rf"pid {os.getpid()}\) is at work"),
        project_lock(tmp_path),
    ):
        pass
    (tmp_path / ".lock").write_text("99999\n")  # left by a dead process
    with project_lock(tmp_path):
        pass


def test_linked_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / ".lock").symlink_to(tmp_path / "other")
    with pytest.raises(MachineError, match=r"\.lock cannot be locked"), project_lock(tmp_path):
        pass
    assert (tmp_path / "other").read_text() == "mine"
