"""The logs of a batch: a folder for each batch, all news with their times, old folders removed."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from forge.errors import MachineError
from forge.model.news import Finished, Started, WorkerEvent
from forge.model.records import Event, Failure, JobResult
from forge.report.batch_log import KEPT, LATEST, BatchLog, new_log_dir
from forge.report.progress import Progress
from tests.support.jobs import job


def progress() -> Progress:
    return Progress(1, lambda: 0.0, {0: None})


def test_newest_logs_are_kept(tmp_path: Path) -> None:
    made = [new_log_dir(tmp_path / "logs") for _ in range(KEPT + 3)]
    kept = sorted(path for path in (tmp_path / "logs").iterdir() if not path.is_symlink())
    assert kept == made[-KEPT:]
    assert (tmp_path / "logs" / LATEST).resolve() == made[-1]


def test_file_in_place_of_logs_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("mine")
    with pytest.raises(MachineError, match=r"no logs can be written to .*/logs: File exists"):
        new_log_dir(tmp_path / "logs")


def test_log_has_all_news_with_times() -> None:
    file = io.StringIO()
    log = BatchLog(file, progress())
    log.on(Started(job=job("a"), slot=0))
    log.on(WorkerEvent(event=Event(kind="ready", slot=0, pid=7)))
    log.on(WorkerEvent(event=Event(kind="step", slot=0, job="a", step=1, steps=2, text="Hello.")))
    error = Failure(kind="E", message="gone\nfor good", hint="look", artifacts=("/shot.png",))
    result = JobResult(job="a", status="failed", attempts=1, error=error, log="/a.log")
    log.on(Finished(result=result))
    log.total([result], 3.0, 1)
    lines = file.getvalue().splitlines()
    stamped = [line.split(" ", 2)[2] for line in lines if line[:2] == "20"]
    assert stamped[:3] == ["a: started in lane 0", "lane 0: worker 7 is up", "a: step 1 of 2"]
    for words in ("  for good", "  hint: look", "  kept: /shot.png", "  log: /a.log"):
        assert words in lines
    assert lines[-1].startswith("0 done, 1 failed")


def test_full_disk_raises_nothing() -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    log = BatchLog(Full(), progress())
    log.on(Started(job=job("a"), slot=0))
    log.on(Finished(result=JobResult(job="a", status="done", attempts=1)))
    log.total([], 1.0, 1)
