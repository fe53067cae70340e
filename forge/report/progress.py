"""The state of a running batch: news change it, and screens are drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent
from forge.model.records import PHASES, Event, JobResult, Phase

#: Roughly the share of a job's time that each phase takes; for the progress bar only.
WEIGHTS: dict[Phase, float] = {"speak": 0.05, "record": 0.8, "compose": 0.15}
LEAST_LEFT = 0.05  # share of its expected time that a job in overtime is given


@dataclass
class LaneProgress:
    """The job in one lane, and how far it is. Times in seconds, on the clock of `Progress`."""

    job: str
    since_s: float
    phase: Phase | None = None
    step: int = 0
    steps: int = 0
    text: str = ""

    @property
    def share(self) -> float:
        """The part of the job that is done (0 … 1), by the weights of its phases."""
        if self.phase is None:
            return 0.0
        before = sum(WEIGHTS[p] for p in PHASES[: PHASES.index(self.phase)])
        within = (self.step - 1) / self.steps if self.steps else 0.0
        return before + WEIGHTS[self.phase] * max(0.0, within)


class _Left:
    """The expected times (s) of the jobs that wait, and how far off those of done jobs were.

    A batch has thousands of jobs, and asks after each for the time that is left: so the sum and the
    longest are kept. `pace` is what expected times must be multiplied by; `known`: a job is done.
    """

    def __init__(self, expected_s: Mapping[str, float]) -> None:
        self._expected_s = expected_s
        self._waiting: set[str] = set()
        self._longest: list[tuple[float, str]] = []  # a heap; jobs that no longer wait are in it
        self._sum_s = self._done_s = self._foreseen_s = 0.0
        for job in expected_s:
            self.wait(job)

    @property
    def known(self) -> bool:
        return self._foreseen_s > 0

    @property
    def pace(self) -> float:
        return self._done_s / self._foreseen_s if self.known else 1.0

    @property
    def sum_s(self) -> float:
        return max(0.0, self._sum_s) * self.pace

    @property
    def longest_s(self) -> float:
        while self._longest and self._longest[0][1] not in self._waiting:
            heappop(self._longest)
        return -self._longest[0][0] * self.pace if self._longest else 0.0

    def of(self, job: str) -> float:
        """Return the expected time of `job`."""
        return self._expected_s.get(job, 0.0) * self.pace

    def wait(self, job: str) -> None:
        """Count `job` as one that waits."""
        if job in self._expected_s and job not in self._waiting:
            self._waiting.add(job)
            self._sum_s += self._expected_s[job]
            heappush(self._longest, (-self._expected_s[job], job))

    def start(self, job: str) -> None:
        """Count `job` as one that no longer waits."""
        if job in self._waiting:
            self._waiting.remove(job)
            self._sum_s -= self._expected_s[job]

    def finish(self, result: JobResult) -> None:
        """Learn from the end of a job."""
        self.start(result.job)
        if result.status == "done" and result.job in self._expected_s:
            self._done_s += result.wall_s
            self._foreseen_s += self._expected_s[result.job]


@dataclass
class Progress:
    """The batch so far. `lanes[slot]` is None while a lane is idle.

    `names` has the names of lanes where several hosts take part, such as `ana/0`.
    `expected_s` is the expected time of each job (`forge.store.history`). `known`: it is taken from
    earlier batches; else it is a guess, which the first results of this batch correct.
    """

    total: int
    clock: Callable[[], float]
    lanes: dict[int, LaneProgress | None] = field(default_factory=dict)
    expected_s: Mapping[str, float] = field(default_factory=dict)
    known: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    results: list[JobResult] = field(default_factory=list)
    began_s: float = field(init=False)
    _left: _Left = field(init=False)

    def __post_init__(self) -> None:
        self.began_s, self._left = self.clock(), _Left(self.expected_s)

    def on(self, news: News) -> None:
        """Update the state with `news`."""
        match news:
            case Started(job=job, slot=slot):
                self._left.start(job.name)
                self.lanes[slot] = LaneProgress(job=job.name, since_s=self.clock())
            case WorkerEvent(event=event):
                self._hear(event)
            case Retried(result=result):
                self._left.wait(result.job)
                self._free_lane_of(result.job)
            case Finished(result=result):
                self.results.append(result)
                self._left.finish(result)
                self._free_lane_of(result.job)
            case Notice():
                pass

    def _hear(self, event: Event) -> None:
        lane = self.lanes.get(event.slot)
        if lane is None or event.job != lane.job:
            return  # a late event of a job that is over
        if event.kind == "phase":
            lane.phase, lane.step, lane.steps, lane.text = event.phase, 0, 0, ""
        elif event.kind == "step":
            lane.step, lane.steps = event.step or 0, event.steps or 0
            lane.text = event.text

    def _free_lane_of(self, job: str) -> None:
        for slot, lane in self.lanes.items():
            if lane is not None and lane.job == job:
                self.lanes[slot] = None

    def name_of(self, slot: int) -> str:
        """Return the name of a lane: with its host where several take part, else its number."""
        return self.names.get(slot) or str(slot)

    @property
    def failed(self) -> int:
        """The number of jobs that have failed."""
        return sum(result.status == "failed" for result in self.results)

    @property
    def video_s(self) -> float:
        """The length of all finished videos of this batch."""
        return sum(result.video_s or 0.0 for result in self.results if result.attempts)

    @property
    def elapsed_s(self) -> float:
        """The time since the batch began."""
        return self.clock() - self.began_s

    @property
    def share(self) -> float:
        """The part of the batch that is done (0 … 1)."""
        running = sum(lane.share for lane in self.lanes.values() if lane)
        return min(1.0, (len(self.results) + running) / self.total) if self.total else 1.0

    @property
    def left_s(self) -> float | None:
        """An estimate of the seconds that are left; None while it would be a guess.

        The expected times of the remaining jobs are corrected by those of the finished ones, and
        divided among the lanes. The longest remaining job is the least.
        """
        if not (self._left.known or self.known):
            return None
        running_s = [self._left_of(lane) for lane in self.lanes.values() if lane]
        sum_s = self._left.sum_s + sum(running_s)
        return max([sum_s / max(1, len(self.lanes)), self._left.longest_s, *running_s])

    def _left_of(self, lane: LaneProgress) -> float:
        expected_s = self._left.of(lane.job)
        return max(expected_s - (self.clock() - lane.since_s), expected_s * LEAST_LEFT)


def gain(results: Sequence[JobResult], wall_s: float) -> float | None:
    """Return the total time of the jobs divided by that of the batch; None if it is not above 1.

    The gain over a serial run is somewhat less, because jobs that share a machine take longer.
    """
    ran_s = sum(result.wall_s for result in results if result.attempts)
    gained = round(ran_s / wall_s, 2) if wall_s > 0 else 0.0
    return gained if gained > 1 else None
