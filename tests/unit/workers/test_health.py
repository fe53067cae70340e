"""When a worker is replaced."""

from __future__ import annotations

import pytest

from forge.model.records import Failure
from forge.model.settings import Limits
from forge.workers.health import WorkerHealth

OF_STEP = Failure(kind="RecordingError", message="no such element", step="look")
OF_PROCESS = Failure(kind="MemoryError", message="")


@pytest.fixture
def health() -> WorkerHealth:
    health = WorkerHealth(Limits(lane_jobs=3, lane_growth_mb=100))
    health.jobs = 1
    return health


def why(
    health: WorkerHealth, error: Failure | None = None, *, silent: bool = False, mb: float = 50
) -> str | None:
    return health.why_replace(error, silent=silent, mapped_mb=lambda: 2 * mb, held_mb=lambda: mb)


def test_sound_worker_goes_on(health: WorkerHealth) -> None:
    assert why(health) is None
    assert why(health, OF_STEP) is None


def test_unexplained_failure_replaces_it(health: WorkerHealth) -> None:
    assert why(health, OF_PROCESS) == (
        "its job failed with MemoryError, and its process may be the cause"
    )


def test_harm_replaces_it(health: WorkerHealth) -> None:
    health.harm = "a job left a thread"
    assert why(health) == "a job left a thread"


def test_closed_pipe_replaces_it(health: WorkerHealth) -> None:
    assert why(health, silent=True) == "its event pipe is closed"


def test_job_limit_replaces_it(health: WorkerHealth) -> None:
    health.jobs = 3
    assert why(health) == "its worker has done 3 jobs"


def test_growth_since_first_job_replaces_it(health: WorkerHealth) -> None:
    assert why(health, mb=50) is None
    assert why(health, mb=149) is None
    assert why(health, mb=151) == "its worker holds 101 MB more than after its first job"


def test_memory_is_measured_where_more_of_it_is_mapped(health: WorkerHealth) -> None:
    measured: list[float] = []

    def after(mapped_mb: float, held_mb: float) -> str | None:
        def measure() -> float:
            measured.append(held_mb)
            return held_mb

        return health.why_replace(None, silent=False, mapped_mb=lambda: mapped_mb, held_mb=measure)

    assert after(300, 50) is None
    assert after(399, 149) is None
    assert measured == [50]
    assert after(700, 140) is None, "another process shares the memory of the first"
    assert after(700, 150)
    assert measured == [50, 140, 150]
    assert after(200, 60) is None, "the browser that waited after the first job is gone"
    assert after(310, 155)
    assert measured == [50, 140, 150, 155]
