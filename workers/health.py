"""When a worker should do no other job."""

from __future__ import annotations

import math
from collections.abc import Callable

from forge.model.records import Failure
from forge.model.settings import Limits


class WorkerHealth:
    """What a lane has learned about its present worker.

    `jobs`: how many it has done. `harm`: what a job has changed in its process, or "".
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.jobs = 0
        self.harm = ""
        self._first_mb = 0.0  # memory held after the first job
        self._least_mapped_mb = math.inf  # after any job: a browser may have waited after the first

    def why_replace(
        self,
        error: Failure | None,
        *,
        silent: bool,
        mapped_mb: Callable[[], float],
        held_mb: Callable[[], float],
    ) -> str | None:
        """Return why the worker should do no other job, or None.

        `error` is the failure of its last job. `silent`: its event pipe is closed. `held_mb()`
        measures its memory (PSS, MB), which takes a while; `mapped_mb()` is quicker, but counts
        shared memory several times. Without growth of the latter, the former is not measured.
        """
        if error is not None and not error.is_of_step:
            return f"its job failed with {error.kind}, and its process may be the cause"
        if self.harm:
            return self.harm
        if silent:
            return "its event pipe is closed"
        if self._limits.lane_jobs and self.jobs >= self._limits.lane_jobs:
            return f"its worker has done {self.jobs} jobs"
        now_mapped_mb, most_mb = mapped_mb(), self._limits.lane_growth_mb
        self._first_mb = self._first_mb or held_mb()
        self._least_mapped_mb = min(self._least_mapped_mb, now_mapped_mb)
        if now_mapped_mb - self._least_mapped_mb < most_mb:
            return None
        if (grown_mb := held_mb() - self._first_mb) >= most_mb:
            return f"its worker holds {grown_mb:.0f} MB more than after its first job"
        return None
