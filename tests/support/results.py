"""Results of jobs: one that is done, one that failed, one that never ran."""

from __future__ import annotations

from forge.model.records import Failure, JobResult

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

SOCKET = "web socket [::1]/k, in step with real time for 4.2 s of 38 s"


def true(job: str, *outside: str) -> JobResult:
    """Return the result of a job whose video is true and not exact."""
    return JobResult(job=job, status="done", exact=False, outside=outside)
