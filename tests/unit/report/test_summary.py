"""The end of a batch on the screen."""

from __future__ import annotations

import io

from rich.console import Console

from forge.model.records import JobResult
from forge.report.summary import print_report
from tests.support.results import RESULTS, SOCKET, true


def printed(results: list[JobResult], lanes: int, width: int = 120) -> str:
    file = io.StringIO()
    print_report(Console(file=file, width=width), results, 25.0, lanes)
    return file.getvalue()


def test_table_has_a_row_a_job() -> None:
    rows = [line.split() for line in printed(RESULTS, 2).splitlines()[:4]]
    assert rows[0] == ["job", "status", "video", "time", "wall", "speak", "record", "compose"]
    assert " ".join(rows[1]) == "a.en done 61.5 s exact 30.0 s 1.0 s 20.0 s 9.0 s"
    assert " ".join(rows[2]) == "a.es failed 10.0 s"
    assert rows[3] == ["b.en", "not-run"]


def test_table_names_lanes_of_several_hosts() -> None:
    done, failed, _ = RESULTS
    results = [done.model_copy(update={"lane": "ana/0"}), failed.model_copy(update={"lane": "b/1"})]
    text = printed(results, 2)
    assert [line.split()[-1] for line in text.splitlines()[:3]] == ["lane", "ana/0", "b/1"]
    assert "failed: a.es step 'go' on b/1" in text


def test_thousands_of_jobs_that_did_not_run_are_counted() -> None:
    idle = [JobResult(job=f"j{n}", status="up-to-date" if n % 2 else "not-run") for n in range(200)]
    lines = printed([*RESULTS, *idle], 1).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["job", "a.en", "a.es"]
    assert not any(line.startswith("j1 ") for line in lines)
    missed = next(line for line in lines if line.startswith("never ran:"))
    assert missed.endswith(" and 51 more")
    assert lines[-1].startswith("100 up to date, ")


def test_equal_reasons_are_printed_once() -> None:
    elastic = [true(f"e{number}", "recorded on the elastic clock") for number in range(7)]
    lines = printed([*RESULTS, true("s", SOCKET), *elastic], 1).splitlines()
    assert [line.split()[:3] for line in lines if line.startswith("s ")] == [["s", "done", "true"]]
    assert [line for line in lines if line.startswith("true:")] == [
        f"true: s: {SOCKET}",
        "true: e0, e1, e2, e3, e4 and 2 more: recorded on the elastic clock",
    ]
    assert not any(line.startswith("true:") for line in printed(RESULTS, 1).splitlines())


def test_failure_is_printed_with_its_details() -> None:
    text = printed(RESULTS, 2)
    for part in (
        "failed: a.es step 'go'",
        "  at /t.py:7",
        "  no such element: [id=x]\n  second line",
        "  hint: look at the picture",
        "  kept: /w/failure.png",
        "never ran: b.en",
    ):
        assert part in text


def test_gain_is_printed_for_many_lanes() -> None:
    total = "1 done, 1 failed in 0:25 · 1:02 of video, 2.5 × real time"
    gained = f"{total} · gain 1.60× (0:40 of jobs in 0:25)"
    assert printed(RESULTS, 2).splitlines()[-1] == gained
    assert printed(RESULTS, 1).splitlines()[-1] == total
    short = [result.model_copy(update={"wall_s": 10.0}) for result in RESULTS]
    assert printed(short, 2).splitlines()[-1] == total, "0.80 is no gain"
