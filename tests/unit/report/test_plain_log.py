"""The plain log: a line for everything that happens in a batch."""

from __future__ import annotations

import io

from rich.console import Console

from forge.batch.listeners import Listeners
from forge.model.news import Finished, Notice, Retried, Started, WorkerEvent
from forge.model.records import Event, JobResult
from forge.report.plain_log import PlainLog
from forge.report.progress import Progress
from tests.support.clock import StillClock
from tests.support.jobs import job


def test_plain_log_has_a_line_for_each_news() -> None:
    file, time = io.StringIO(), StillClock()
    progress = Progress(2, time, {0: None}, {"a": 20.0, "b": 20.0})
    log = Listeners(progress, PlainLog(Console(file=file, width=20), progress))
    log.on(Started(job=job("a"), slot=0))
    log.on(WorkerEvent(event=Event(kind="phase", slot=0, job="a", phase="speak")))
    log.on(WorkerEvent(event=Event(kind="step", slot=0, job="a", step=1, steps=2, text="Hello.")))
    log.on(WorkerEvent(event=Event(kind="warning", slot=0, job="a", text="teardown [failed]")))
    time.now_s += 10
    failed = JobResult(job="a", status="failed", attempts=1)
    log.on(Retried(result=failed, attempt=1, delay_s=1.5))
    done = JobResult(job="a", status="done", wall_s=10, video_s=31.25, attempts=1)
    log.on(Finished(result=done))
    log.on(Notice(text="interrupted [now]"))
    assert log.problems == {}
    assert file.getvalue().splitlines() == [
        "   0:00 a: started in lane 0",
        "   0:00 a: speak",
        "   0:00 a: warning: teardown [failed]",
        "   0:10 ↻ a attempt 1 failed: ?; again in 1.5 s",
        "   0:10 ✓ a 10.0 s, 31.2 s of video (3.1 × real time) (1/2, about 0:10 left)",
        "   0:10 interrupted [now]",
    ]
