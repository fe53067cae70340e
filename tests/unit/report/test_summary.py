"""What is left to read when a batch is over."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from forge.errors import MachineError
from forge.model.records import Failure, JobResult
from forge.report.summary import batch_json, junit_xml, print_report, write_report
from forge.report.wording import ended

RESULTS = [
    JobResult(
        job="a.en",
        status="done",
        output="/d/a.en.mp4",
        video_s=61.5,
        wall_s=30.0,
        phases={"speak": 1.0, "record": 20.0, "compose": 9.0},
        attempts=1,
        exact=True,
    ),
    JobResult(
        job="a.es",
        status="failed",
        wall_s=10.0,
        attempts=1,
        error=Failure(
            kind="RecordingError",
            message="no such element: [id=x]\nsecond line",
            hint="look at the picture",
            step="go",
            file="/t.py",
            line=7,
            artifacts=("/w/failure.png",),
        ),
    ),
    JobResult(job="b.en", status="not-run"),
]


def printed(results: list[JobResult], lanes: int, width: int = 120) -> str:
    file = io.StringIO()
    print_report(Console(file=file, width=width), results, 25.0, lanes)
    return file.getvalue()


def test_the_table_has_a_row_a_job_in_job_order() -> None:
    rows = [line.split() for line in printed(RESULTS, 2).splitlines()[:4]]
    assert rows[0] == ["job", "status", "video", "time", "wall", "speak", "record", "compose"]
    assert " ".join(rows[1]) == "a.en done 61.5 s exact 30.0 s 1.0 s 20.0 s 9.0 s"
    assert " ".join(rows[2]) == "a.es failed 10.0 s"
    assert rows[3] == ["b.en", "not-run"]


SOCKET = "web socket [::1]/k, in step with real time for 4.2 s of 38 s"


def true(job: str, *outside: str) -> JobResult:
    return JobResult(job=job, status="done", exact=False, outside=outside)


def test_what_is_true_says_why_once_for_all_jobs_alike() -> None:
    elastic = [true(f"e{number}", "recorded on the elastic clock") for number in range(7)]
    lines = printed([*RESULTS, true("s", SOCKET), *elastic], 1).splitlines()
    assert [line.split()[:3] for line in lines if line.startswith("s ")] == [["s", "done", "true"]]
    assert [line for line in lines if line.startswith("true:")] == [
        f"true: s: {SOCKET}",
        "true: e0, e1, e2, e3, e4 and 2 more: recorded on the elastic clock",
    ]
    assert not any(line.startswith("true:") for line in printed(RESULTS, 1).splitlines())


def test_the_line_of_a_job_that_is_done_says_exact_or_why_not() -> None:
    assert ended(RESULTS[0]).endswith(", exact")
    assert ended(true("s", "a [b]")).endswith(r", true: a \[b]")
    assert ended(JobResult(job="a", status="done")).endswith(" s")


def test_a_failure_says_step_place_message_hint_and_what_was_kept() -> None:
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


def test_the_last_line_is_the_total_and_the_gain_only_of_many_lanes() -> None:
    total = "1 done, 1 failed in 0:25 · 1:02 of video, 2.5 × real time"
    gained = f"{total} · gain 1.60× (0:40 of jobs in 0:25)"
    assert printed(RESULTS, 2).splitlines()[-1] == gained
    assert printed(RESULTS, 1).splitlines()[-1] == total
    short = [result.model_copy(update={"wall_s": 10.0}) for result in RESULTS]
    assert printed(short, 2).splitlines()[-1] == total, "0.80 is no gain"


def test_batch_json_has_one_entry_a_job_with_the_promised_fields(tmp_path: Path) -> None:
    path = tmp_path / "new" / "batch.json"
    write_report(path, batch_json(RESULTS))
    entries = json.loads(path.read_text())
    assert [entry["job"] for entry in entries] == ["a.en", "a.es", "b.en"]
    promised = {
        "job",
        "status",
        "output",
        "video_s",
        "wall_s",
        "phases",
        "attempts",
        "error",
        "exact",
        "outside",
    }
    assert all(promised <= set(entry) for entry in entries)
    assert entries[0]["phases"] == {"speak": 1.0, "record": 20.0, "compose": 9.0}
    assert entries[1]["error"]["line"] == 7
    assert [entry["exact"] for entry in entries] == [True, None, None]
    assert list(path.parent.iterdir()) == [path]
    assert [JobResult.model_validate(entry) for entry in entries] == RESULTS


@pytest.mark.parametrize("where", ["in a file", "over a folder", "over a fifo"])
def test_a_report_that_cannot_be_written_leaves_no_part(tmp_path: Path, where: str) -> None:
    if where == "in a file":
        (tmp_path / "file").write_text("mine")
        path = tmp_path / "file" / "batch.json"
    elif where == "over a folder":
        path = tmp_path / "folder"
        path.mkdir()
    else:
        path = tmp_path / "a link to a fifo"
        os.mkfifo(tmp_path / "fifo")
        path.symlink_to(tmp_path / "fifo")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(MachineError, match="cannot be written"):
        write_report(path, batch_json(RESULTS))
    assert sorted(tmp_path.iterdir()) == before
    assert path.is_symlink() is (where == "over a fifo")


def test_junit_has_one_case_a_job_and_says_why_it_failed() -> None:
    suite = ElementTree.fromstring(junit_xml(RESULTS).encode())
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["a.en", "a.es", "b.en"]
    assert [child.tag for child in cases["a.en"]] == []
    failure = cases["a.es"].find("failure")
    assert failure is not None
    assert failure.get("message") == "/t.py:7: step 'go': no such element: [id=x]"
    assert failure.text is not None
    assert failure.text.splitlines()[-2:] == ["look at the picture", "/w/failure.png"]
    assert [child.tag for child in cases["b.en"]] == ["skipped"]


def test_junit_says_why_a_case_is_true() -> None:
    result = true("a", SOCKET).model_copy(update={"warnings": ("w",)})
    (case,) = ElementTree.fromstring(junit_xml([result]).encode())
    assert case.findtext("system-out") == f"true: {SOCKET}\nw"


def test_junit_holds_whatever_an_app_may_say() -> None:
    wild = '<b>&amp; "x" \x00\x1b[31m \ud800 ]]> 日本'
    result = JobResult(
        job="a", status="failed", error=Failure(kind="X", message=wild), warnings=(wild,)
    )
    (case,) = ElementTree.fromstring(junit_xml([result]).encode())
    assert case.find("failure") is not None
    assert "日本" in (case.findtext("system-out") or "")
    assert "<b>&amp;" in (case.findtext("failure") or "")
