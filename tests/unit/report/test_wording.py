"""Words and numbers that the terminal, the logs and the page have in common."""

from __future__ import annotations

import pytest
from rich.markup import render

from forge.model.news import Retried
from forge.model.records import Failure, JobResult
from forge.report.wording import clock, ended, retried, speed
from tests.support.results import RESULTS, true


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (65, "1:05"), (3725, "1:02:05")]
)
def test_a_clock_reads_minutes_and_hours(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_speed_is_told_by_real_time() -> None:
    assert speed(31.0, 10.0) == "3.1 × real time"
    assert speed(31.0, 0.0) == ""


def test_lines_name_the_lane_where_several_hosts_take_part() -> None:
    done = JobResult(job="a", status="done", wall_s=2, lane="ana/0")
    assert render(ended(done)).plain == "✓ a 2.0 s on ana/0"
    failure = Failure(kind="E", message="gone")
    failed = JobResult(job="a", status="failed", error=failure, lane="[ana]/0")
    assert render(ended(failed)).plain == "✗ a on [ana]/0 gone"
    again = Retried(result=failed, attempt=1, delay_s=1)
    assert render(retried(again)).plain == "↻ a attempt 1 failed on [ana]/0: gone; again in 1 s"


def test_line_of_a_failed_job_has_its_place() -> None:
    failure = Failure(kind="E", message="gone [x]\nmore", step="go", file="/t.py", line=3)
    line = ended(JobResult(job="a", status="failed", error=failure))
    assert render(line).plain == "✗ a /t.py:3: step 'go': gone [x]"


def test_line_of_a_done_job_says_exact() -> None:
    assert ended(RESULTS[0]).endswith(", exact")
    assert ended(true("s", "a [b]")).endswith(r", true: a \[b]")
    assert ended(JobResult(job="a", status="done")).endswith(" s")
