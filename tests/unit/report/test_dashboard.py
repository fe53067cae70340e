"""What the dashboard draws at one moment of a batch, and what it prints above."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.markup import render

from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent
from forge.model.records import Event, JobResult
from forge.report.dashboard import Dashboard, draw, line_above, open_screen
from forge.report.plain_log import PlainLog
from forge.report.progress import Progress
from tests.support.clock import StillClock
from tests.support.jobs import job

SAID = "Create your first event, and invite [bold]guests[/bold]."


@pytest.fixture
def progress() -> Progress:
    """Lane 0 records `a`, lane 1 has begun `b`, lane 2 is idle. One job is done, one failed."""
    time = StillClock()
    made = Progress(5, time, {0: None, 1: None, 2: None}, dict.fromkeys("abcde", 10.0))
    for name, slot in (("c", 0), ("d", 1), ("a", 0), ("b", 1)):
        made.on(Started(job=job(name), slot=slot))
        if name == "c":
            made.on(Finished(result=JobResult(job="c", status="done", wall_s=10, attempts=1)))
        elif name == "d":
            made.on(Finished(result=JobResult(job="d", status="failed", attempts=1)))
    made.on(WorkerEvent(event=Event(kind="phase", slot=0, job="a", phase="record")))
    made.on(WorkerEvent(event=Event(kind="step", slot=0, job="a", step=3, steps=8, text=SAID)))
    time.now_s += 65
    return made


def drawn(progress: Progress, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(draw(progress, width))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def test_dashboard_has_lanes_and_a_summary(progress: Progress) -> None:
    head, lane_0, lane_1, lane_2, summary = drawn(progress, 120)
    assert head.split() == ["lane", "job", "phase", "step", "narration", "time"]
    assert lane_0.split()[:4] == ["0", "a", "record", "3/8"]
    assert SAID in lane_0
    assert lane_0.endswith("1:05")
    assert lane_1.split() == ["1", "b", "starting", "1:05"]
    assert lane_2.split() == ["2", "idle"]
    assert "1 of 5 done, 1 failed · 1:05, about " in summary


def test_lanes_of_several_hosts_have_names(progress: Progress) -> None:
    progress.names = {0: "here/0", 1: "ana/0", 2: "[ben]/0"}
    assert [line.split()[0] for line in drawn(progress, 70)[1:4]] == ["here/0", "ana/0", "[ben]/0"]


def test_a_narrow_terminal_goes_without_the_narration(progress: Progress) -> None:
    lines = drawn(progress, 70)
    assert lines[0].split() == ["lane", "job", "phase", "step", "time"]
    assert len(lines) == 5
    assert all(len(line) <= 70 for line in lines)
    assert "Create" not in "".join(lines)


def test_long_narration_is_cut_to_the_width(progress: Progress) -> None:
    progress.on(
        WorkerEvent(event=Event(kind="step", slot=0, job="a", step=4, steps=8, text="word " * 80))
    )
    lines = drawn(progress, 100)
    assert len(lines) == 5
    assert "…" in lines[1]


def test_no_estimate_without_results() -> None:
    lines = drawn(Progress(2, StillClock(), {0: None}), 120)
    assert lines[-1].endswith("0 of 2 done · 0:00")


def test_a_terminal_gets_a_dashboard() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100, color_system=None)
    progress = Progress(1, StillClock(), {0: None})
    with open_screen(console, progress) as screen:
        assert isinstance(screen, Dashboard)
        screen.on(Finished(result=JobResult(job="a", status="done", wall_s=1, attempts=1)))
    assert "✓ a 1.0 s" in file.getvalue()
    assert "0 of 1 done" in file.getvalue()


def test_a_pipe_gets_a_plain_log() -> None:
    with open_screen(Console(file=io.StringIO()), Progress(1, StillClock(), {0: None})) as screen:
        assert isinstance(screen, PlainLog)


WARNING = WorkerEvent(event=Event(kind="warning", slot=0, job="a", text="look [here]"))
RETRY = Retried(result=JobResult(job="a", status="failed"), attempt=1, delay_s=2)


@pytest.mark.parametrize(
    ("news", "line"),
    [
        (
            WorkerEvent(event=Event(kind="warning", slot=0, job="a", text="look [here]")),
            "a: look [here]",
        ),
        (Notice(text="stopped [now]"), "stopped [now]"),
        (RETRY, "↻ a attempt 1 failed: ?; again in 2 s"),
        (Started(job=job("a"), slot=0), None),
        (WorkerEvent(event=Event(kind="phase", slot=0, job="a", phase="speak")), None),
    ],
)
def test_lasting_news_is_printed_above_the_rows(news: News, line: str | None) -> None:
    above = line_above(news)
    assert (above if above is None else render(above).plain) == line
