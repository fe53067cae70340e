"""Every ending of a batch or a command: results, reports, and messages without a traceback."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from forge import cli
from forge.batch.attempts import Ended
from forge.batch.schedule import Schedule
from forge.cli import console
from forge.commands import batch as rendering
from forge.commands import doctor
from forge.model.news import Finished, Listener, Started, WorkerEvent
from forge.model.records import Attempt, Event
from forge.report.batch_log import BatchLog
from forge.store.ledger import LEDGER_FILE, Ledger
from forge.workers.lane import Lane
from tests.support.project import Project

HALF = "td \udc80 \x1b[2J"  # as in an error about a file whose name is not UTF-8


@pytest.fixture
def batch(
    project: Project, monkeypatch: pytest.MonkeyPatch, nothing_left_behind: Path
) -> Callable[[BaseException | None], int]:
    """Return a function that renders the one job without a worker, and may raise an error then."""

    def render(error: BaseException | None) -> int:
        def run_batch(schedule: Schedule, *_: object, listener: Listener, **__: Any) -> None:
            job = schedule.next_job()
            assert job is not None
            listener.on(Started(job=job, slot=0))
            event = Event(kind="warning", slot=0, job=job.name, text=HALF)
            listener.on(WorkerEvent(event=event))
            schedule.finish(Ended(Attempt(job=job.name, warnings=(HALF,))))
            [result] = schedule.news()
            listener.on(Finished(result=result))
            if error:
                raise error

        monkeypatch.setattr(rendering, "run_batch", run_batch)
        return console(["render", "--phase", "speak", "--project", str(project.folder)])

    return render


def reported(project: Project) -> list[dict[str, Any]]:
    dist = project.folder / "dist"
    assert (dist / "junit.xml").is_file()
    assert (dist / "index.html").is_file()
    entries: list[dict[str, Any]] = json.loads((dist / "batch.json").read_text(encoding="utf-8"))
    return entries


def test_lone_surrogate_in_a_warning_is_replaced(
    batch: Callable[[BaseException | None], int], project: Project
) -> None:
    assert batch(None) == 0
    (entry,) = reported(project)
    assert (entry["status"], entry["warnings"]) == ("done", ["td � �[2J"])
    log = project.folder / ".forge" / "logs" / "latest" / "batch.log"
    assert "tour: warning: td � �[2J" in log.read_text(encoding="utf-8")
    ledger = (project.folder / ".forge" / LEDGER_FILE).read_text(encoding="utf-8")
    assert '"end":"done"' in ledger.splitlines()[-1]


@pytest.mark.parametrize("listener", [Ledger, BatchLog])
def test_failing_listener_costs_a_warning(
    batch: Callable[[BaseException | None], int],
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    listener: type,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no more of this \udc80")

    monkeypatch.setattr(listener, "on", fail)
    assert batch(None) == 0
    assert [entry["status"] for entry in reported(project)] == ["done"]
    told = capsys.readouterr()
    assert f"warning: {listener.__name__} missed news of the batch: RuntimeError: no" in told.err
    assert "1 done, 0 failed" in told.out


@pytest.mark.parametrize("error", [RuntimeError("a defect"), MemoryError()])
def test_batch_ended_by_a_defect_has_reports(
    batch: Callable[[BaseException | None], int],
    project: Project,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    assert batch(error) == 70
    assert [entry["status"] for entry in reported(project)] == ["done"]
    told = capsys.readouterr()
    assert f"error: forge itself failed: {type(error).__name__}" in told.err
    assert "Traceback" not in told.out + told.err
    (kept,) = Path(tempfile.gettempdir()).glob("forge-error-*.txt")
    assert "run_batch" in kept.read_text(encoding="utf-8")
    assert f"the traceback is in {kept}" in told.err
    kept.unlink()


def test_unforeseen_error_is_told_without_a_trace_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "run", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert console(["doctor"]) == cli.UNFORESEEN
    assert "the traceback could not be kept: " in capsys.readouterr().err


def test_garbage_in_the_event_pipe_closes_it() -> None:
    ours, theirs = Pipe(duplex=False)
    theirs.send_bytes(Event(kind="warning", slot=0, text="news").model_dump_json().encode())
    theirs.send_bytes(b"garbage \xff")
    lane = SimpleNamespace(events=ours)
    assert [event.text for event in Lane.receive(lane)] == ["news"]  # type: ignore[arg-type]
    assert ours.closed


def test_missing_working_folder_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert console(["doctor"]) == 2
    assert "the working folder cannot be entered: No such file" in capsys.readouterr().err
