"""What other hosts cost and give: overhead of a job, memory of the parent, speed-up.

    python benchmarks/hosts.py [--jobs 100] [--many 1000] [--rounds 2]

Hosts are `forge worker` processes on this machine, each with one lane and folders of its own,
reached over loopback. Jobs of the first two parts do nothing, or write a video of 2 MB and the
files beside it. The third renders the example in two languages on the real clock, with one host and
with two in turns. Each host then has one processor to itself, as two equal machines have: a single
host must not gain by the processor that stands for the other one. The batch is one that was
rendered before, so it is known how long its jobs take.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
from _bench import EXAMPLE, Project, arguments, console, keep, median, show

from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seats, Work
from forge.batch.loop import run_batch
from forge.batch.schedule import Schedule
from forge.cluster.connection import own_scheduler
from forge.cluster.hosts import HostSeats
from forge.cluster.ways import way_to
from forge.commands.seats import LocalSeats
from forge.model.host_access import HostAccess
from forge.model.news import Finished, News
from forge.model.records import Job
from forge.model.settings import Settings, Voice
from tests.support.cluster.harness import HostProcess

MANY_HOSTS = 8
LEASE_S = 60.0
STAGE = '''
"""Stages of jobs that cost nothing."""

import os

from forge.model.records import Attempt
from forge.store.file_notes import notes_of
from forge.store.paths import Outputs

VIDEO, SIDE = os.urandom(2_000_000), os.urandom(4_000)


def nothing(context):
    return lambda job: Attempt(job=job.name)


def files(context):
    def render(job):
        outputs = Outputs.of(context.settings, job.name)
        outputs.folder.mkdir(exist_ok=True)
        for path in outputs.all:
            path.write_bytes(VIDEO if path == outputs.video else SIDE)
        return Attempt(job=job.name, output=str(outputs.video), files=notes_of(outputs.all))

    return render
'''


class Stopwatch:
    """Notes when jobs end, and the memory of this process then (resident set, MB)."""

    def __init__(self) -> None:
        self.ended_s: list[float] = []
        self.memory_mb: list[float] = []
        self._process = psutil.Process()

    def on(self, news: News) -> None:
        if isinstance(news, Finished):
            assert news.result.status == "done", news.result.error
            self.ended_s.append(time.monotonic())
            self.memory_mb.append(self._process.memory_info().rss / 1e6)

    def job_ms(self, lanes: int) -> float:
        """Return the time between two results of a lane, in the last nine tenths of the batch.

        All lanes have started by then.
        """
        first = len(self.ended_s) // 10
        between_s = (self.ended_s[-1] - self.ended_s[first]) / (len(self.ended_s) - 1 - first)
        return between_s * 1000 * lanes


class Bench:
    """A scheduler in this process, `forge worker` processes, and batches of made-up jobs."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self._hosts: list[HostProcess] = []
        self._batches, self._pinned = 0, False
        (folder / "tmp").mkdir()
        (folder / "stage.py").write_text(STAGE)

    def need(self, count: int, *, pinned: bool = False) -> None:
        """Let there be `count` hosts, each with one lane; `pinned`, each on one processor."""
        if pinned != self._pinned:
            self.need(0, pinned=self._pinned)
            self._pinned = pinned
        while len(self._hosts) > count:
            self._hosts.pop().close()
        fresh = [self._host(n) for n in range(len(self._hosts), count)]
        self._hosts += [host.until_ready() for host in fresh]

    def _host(self, number: int) -> HostProcess:
        """Start a host; its processes inherit the processors of the thread that starts it."""
        mine = os.sched_getaffinity(0)
        if self._pinned:
            os.sched_setaffinity(0, {sorted(mine)[number % len(mine)]})
        try:
            name = f"host-{number}"
            return HostProcess(name, self.address, self.folder / name)
        finally:
            os.sched_setaffinity(0, mine)

    def run(self, jobs: int, stage: str, lanes: int, seats: Seats) -> Stopwatch:
        """Run a batch of made-up jobs in a project of its own."""
        self._batches += 1
        project = self.folder / f"project-{self._batches}"
        project.mkdir()
        tutorial = project / "tour.py"
        tutorial.write_text("")
        settings = Settings(project_dir=project, voice=Voice(engine="silent"))
        made = [_job(n, tutorial) for n in range(jobs)]
        work = Work(
            settings, None, made, "all", f"{self.folder}/stage.py:{stage}", project / "logs"
        )
        watch = Stopwatch()
        with closing(Interrupts()) as interrupts, seats.open(work) as opened:
            run_batch(
                Schedule(made),
                opened.seats[:lanes],
                limits=settings.limits,
                listener=watch,
                interrupts=interrupts,
            )
        return watch

    def hosts(self) -> Seats:
        """Return the seats of the hosts."""
        return HostSeats(way_to(HostAccess(cluster=self.address)), LEASE_S)


def _job(number: int, tutorial: Path) -> Job:
    return Job(
        index=number,
        id=f"j{number}",
        lang=None,
        title="",
        tutorial_file=str(tutorial),
        voice=None,
        lines=(),
    )


@contextmanager
def bench() -> Iterator[Bench]:
    """Start the scheduler; end all hosts at the end."""
    with tempfile.TemporaryDirectory() as folder, own_scheduler() as cluster:
        made = Bench(Path(folder), cluster.address)
        try:
            yield made
        finally:
            made.need(0)


def overhead(found: Bench, jobs: int, rounds: int) -> dict[str, Any]:
    """Compare a lane here with one on a host, in turns."""
    found.need(1)
    figures: dict[str, Any] = {}
    rows = []
    for stage in ("nothing", "files"):
        kinds: dict[str, Callable[[], Seats]] = {"here": lambda: LocalSeats(1), "host": found.hosts}
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(rounds):
            for kind, seats in kinds.items():
                times[kind].append(found.run(jobs, stage, 1, seats()).job_ms(1))
        here_ms, host_ms = median(times["here"]), median(times["host"])
        figures[stage] = {
            "here_ms": round(here_ms, 1),
            "host_ms": round(host_ms, 1),
            "overhead_ms": round(host_ms - here_ms, 1),
        }
        rows.append([stage, *(f"{value} ms" for value in figures[stage].values())])
    show("time of a job in one lane", ["job", "here", "on a host", "overhead"], rows)
    return figures


def many(found: Bench, jobs: int) -> dict[str, Any]:
    """Run many jobs that write files on many hosts; measure this process, which is the parent."""
    found.need(MANY_HOSTS)
    before_mb, before_s = psutil.Process().memory_info().rss / 1e6, time.process_time()
    watch = found.run(jobs, "files", MANY_HOSTS, found.hosts())
    tenth = len(watch.memory_mb) // 10
    figures = {
        "jobs": jobs,
        "hosts": MANY_HOSTS,
        "job_ms": round(watch.job_ms(MANY_HOSTS) / MANY_HOSTS, 1),
        "parent_cpu_ms": round((time.process_time() - before_s) * 1000 / jobs, 1),
        "before_mb": round(before_mb),
        "peak_mb": round(max(watch.memory_mb)),
        "growth_after_a_tenth_mb": round(watch.memory_mb[-1] - watch.memory_mb[tenth], 1),
    }
    rows = [[key.replace("_", " "), f"{value}"] for key, value in figures.items()]
    show("many jobs with files of 2 MB; memory of parent and scheduler", ["", ""], rows)
    return figures


def speed_up(found: Bench, rounds: int) -> dict[str, Any]:
    """Render the example with one host and with two, in turns."""
    walls: dict[int, list[float]] = {1: [], 2: []}
    project = Project(EXAMPLE, found.folder)
    options = ("--lang", "en,es", "--force", "--cluster", found.address)
    found.need(2, pinned=True)
    console.print("warming up: voices spoken, browser and libraries read from disk once")
    project.render(*options, "--clock", "virtual")
    for number in range(rounds):
        for hosts, times in walls.items():
            found.need(hosts, pinned=True)
            run = project.render_again(*options, "--clock", "real")
            times.append(run.wall_s)
            console.print(
                f"round {number + 1}, hosts: {hosts}, {run.wall_s:.1f} s; not in jobs"
                f" {run.wall_s - max(float(job['ended_s']) for job in run.batch):.1f} s"
            )
    one_s, two_s = median(walls[1]), median(walls[2])
    rows = [["1", f"{one_s:.1f} s", ""], ["2", f"{two_s:.1f} s", f"{one_s / two_s:.2f}×"]]
    show("four jobs on the real clock", ["hosts with one lane", "wall", "speed-up"], rows)
    return {"wall_s": walls, "speed_up": round(one_s / two_s, 3)}


def main(words: Sequence[str] | None = None) -> None:
    parser = arguments(__doc__, rounds=2)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--many", type=int, default=1000)
    args = parser.parse_args(words)
    os.environ.pop("FORGE_JOBS", None)
    figures: dict[str, Any] = {}
    with bench() as found:
        figures["overhead"] = overhead(found, args.jobs, args.rounds)
        figures["many"] = many(found, args.many)
        figures["speed_up"] = speed_up(found, args.rounds)
    keep("hosts", figures)


if __name__ == "__main__":
    main()
