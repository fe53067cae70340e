"""What the dashboard draws, and what a log reads, at one moment of a batch."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from forge.model.records import Event, Failure, JobResult
from forge.report.dashboard import Dashboard, PlainLog, clock, draw, ended, make_screen
from forge.report.progress import Progress
from tests.support.clock import StillClock
from tests.support.jobs import job

SAID = "Create your first event, and invite [bold]guests[/bold]."


@pytest.fixture
def progress() -> Progress:
    """Lane 0 records `a`, lane 1 has begun `b`, lane 2 is idle; one job done, one failed."""
    time = StillClock()
    made = Progress(5, time, {0: None, 1: None, 2: None}, dict.fromkeys("abcde", 10.0))
    for name, slot in (("c", 0), ("d", 1), ("a", 0), ("b", 1)):
        made.start(job(name), slot)
        if name == "c":
            made.result(JobResult(job="c", status="done", wall_s=10, attempts=1))
        elif name == "d":
            made.result(JobResult(job="d", status="failed", attempts=1))
    made.event(Event(kind="phase", slot=0, job="a", phase="record"))
    made.event(Event(kind="step", slot=0, job="a", step=3, steps=8, text=SAID))
    time.now_s += 65
    return made


def drawn(progress: Progress, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(draw(progress, width))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in text.splitlines()]


def test_there_is_a_row_a_lane_and_a_summary(progress: Progress) -> None:
    head, lane_0, lane_1, lane_2, summary = drawn(progress, 120)
    assert head.split() == ["lane", "job", "phase", "step", "narration", "time"]
    assert lane_0.split()[:4] == ["0", "a", "record", "3/8"]
    assert SAID in lane_0
    assert lane_0.endswith("1:05")
    assert lane_1.split() == ["1", "b", "starting", "1:05"]
    assert lane_2.split() == ["2", "idle"]
    assert "1 of 5 done, 1 failed · 1:05, about " in summary


def test_a_narrow_terminal_goes_without_the_narration(progress: Progress) -> None:
    lines = drawn(progress, 70)
    assert lines[0].split() == ["lane", "job", "phase", "step", "time"]
    assert len(lines) == 5
    assert all(len(line) <= 70 for line in lines)
    assert "Create" not in "".join(lines)


def test_a_long_line_is_cut_to_the_width(progress: Progress) -> None:
    progress.event(Event(kind="step", slot=0, job="a", step=4, steps=8, text="word " * 80))
    lines = drawn(progress, 100)
    assert len(lines) == 5
    assert "…" in lines[1]


def test_before_anything_is_known_there_is_no_estimate() -> None:
    lines = drawn(Progress(2, StillClock(), {0: None}), 120)
    assert lines[-1].endswith("0 of 2 done · 0:00")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (65, "1:05"), (3725, "1:02:05")]
)
def test_a_clock_reads_minutes_and_hours(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_there_is_a_dashboard_on_a_terminal_and_a_log_anywhere_else() -> None:
    progress = Progress(1, StillClock(), {0: None})
    on_terminal = Console(file=io.StringIO(), force_terminal=True)
    assert isinstance(make_screen(on_terminal, progress), Dashboard)
    assert isinstance(make_screen(Console(file=io.StringIO()), progress), PlainLog)


def test_a_log_has_a_plain_line_for_everything_that_happens() -> None:
    file = io.StringIO()
    time = StillClock()
    progress = Progress(2, time, {0: None}, {"a": 20.0, "b": 20.0})
    with PlainLog(Console(file=file, width=20), progress) as log:
        log.on_start(job("a"), 0)
        log.on_event(Event(kind="phase", slot=0, job="a", phase="speak"))
        log.on_event(Event(kind="step", slot=0, job="a", step=1, steps=2, text="Hello."))
        log.on_event(Event(kind="warning", slot=0, job="a", text="teardown [failed]"))
        time.now_s += 10
        log.on_result(JobResult(job="a", status="done", wall_s=10, video_s=31.25, attempts=1))
        log.on_notice("interrupted [now]")
    assert file.getvalue().splitlines() == [
        "   0:00 a: started in lane 0",
        "   0:00 a: speak",
        "   0:00 a: warning: teardown [failed]",
        "   0:10 ✓ a 10.0 s, 31.2 s of video (3.1 × real time) (1/2, about 0:10 left)",
        "   0:10 interrupted [now]",
    ]


def test_a_failed_job_is_told_with_its_place() -> None:
    failure = Failure(kind="E", message="gone [x]\nmore", step="go", file="/t.py", line=3)
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(ended(JobResult(job="a", status="failed", error=failure)))
    assert console.file.getvalue() == "✗ a /t.py:3: step 'go': gone [x]\n"  # type: ignore[attr-defined]


def test_the_dashboard_tells_results_and_warnings_above_itself() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=100, color_system=None)
    with Dashboard(console, Progress(1, StillClock(), {0: None})) as screen:
        screen.on_start(job("a"), 0)
        screen.on_event(Event(kind="warning", slot=0, job="a", text="look [here]"))
        screen.on_result(JobResult(job="a", status="done", wall_s=1, attempts=1))
    assert "a: look [here]" in file.getvalue()
    assert "✓ a 1.0 s" in file.getvalue()
