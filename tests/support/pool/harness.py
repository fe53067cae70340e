"""Batches of fake jobs in real lanes, and what they leave behind."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Seat
from forge.batch.loop import run_batch
from forge.batch.schedule import Policy, Schedule
from forge.model.news import Finished, News, Notice, Retried, Started, WorkerEvent
from forge.model.records import Attempt, Event, Job, JobResult
from forge.model.settings import Limits, Settings
from forge.workers.lane import Lane
from forge.workers.run_dir import run_dir
from forge.workers.setup import LaneSetup
from forge.workers.slots import slots_dir
from tests.support.jobs import job
from tests.support.processes import DEADLINE_S, marked

STAGE = f"{Path(__file__).with_name('stages.py')}:play"

Act = Sequence[Sequence[Any]]  # what a fake job does: verbs with their arguments


def make_jobs(**acts: Act) -> list[Job]:
    """Return a job for each keyword, in order: its name and its act."""
    return [
        job(name, index=index, title=json.dumps(list(act)))
        for index, (name, act) in enumerate(acts.items())
    ]


class Script:
    """A listener that logs every call and runs what the test planned for it."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.notices: list[str] = []
        self.retries: list[Retried] = []
        self.pids: dict[int, list[int]] = defaultdict(list)
        self._plans: dict[str, Callable[[], object]] = {}

    def when(self, line: str, do: Callable[[], object]) -> None:
        """Call `do` once `line` is logged: `start A`, `A: text` (an event), `A done`."""
        self._plans[line] = do

    def on(self, news: News) -> None:
        match news:
            case Started(job=job):
                self._write(f"start {job.name}")
            case WorkerEvent(event=Event(kind="ready", slot=slot, pid=int(pid))):
                self.pids[slot].append(pid)
                self._write(f"ready {slot}")
            case WorkerEvent(event=event):
                self._write(f"{event.job}: {event.text}")
            case Retried(result=result, attempt=attempt):
                self.retries.append(news)
                self._write(f"{result.job} retry {attempt}")
            case Finished(result=result):
                self._write(f"{result.job} {result.status}")
            case Notice(text=text):
                self.notices.append(text)

    def _write(self, line: str) -> None:
        self.log.append(line)
        if line in self._plans:
            self._plans.pop(line)()


class Gate:
    """A named pipe at which jobs wait; each byte lets one through."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._handle = os.open(path, os.O_RDWR)

    def open(self, count: int = 1) -> None:
        os.write(self._handle, b"." * count)

    def close(self) -> None:
        os.close(self._handle)


class Pool:
    """A folder in which batches run; it knows every process that they start."""

    def __init__(self, folder: Path, temporary: Path, mark: str) -> None:
        self.folder = folder
        self.temporary = temporary
        self.mark = mark
        self.script = Script()
        self.interrupts = Interrupts()
        self.lanes: list[Lane] = []
        self._gates: list[Gate] = []

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def gate(self, name: str = "gate") -> Gate:
        self._gates.append(Gate(self.folder / name))
        return self._gates[-1]

    def setup(
        self, run: Path, slots: Path, limits: dict[str, float], stage: str = STAGE
    ) -> LaneSetup:
        settings = Settings(project_dir=self.folder, limits=Limits.model_validate(limits))
        return LaneSetup(
            run_dir=str(run),
            slots_dir=str(slots),
            log_dir=str(self.logs),
            settings=settings,
            stage=stage,
        )

    def run(
        self,
        jobs: Sequence[Job],
        *,
        lanes: int = 1,
        keep_going: bool = False,
        stage: str = STAGE,
        retries: int = 0,
        shortage: Callable[[], str | None] = lambda: None,
        **limits: float,
    ) -> list[JobResult]:
        """Run a batch as `forge render` does; check that each job has one result, in order."""
        with run_dir() as folder, slots_dir(self.folder) as slots:
            setup = self.setup(folder, slots.path, limits, stage)

            def make_lane(slot: int) -> Lane:
                self.lanes.append(Lane(slot, setup))
                return self.lanes[-1]

            results = run_batch(
                Schedule(
                    jobs,
                    Policy(
                        keep_going=keep_going,
                        retries=retries,
                        backoff_s=limits.get("backoff_s", 0.0),
                        in_order=lanes == 1,
                    ),
                ),
                [Seat(make_lane)] * min(lanes, len(jobs)),
                limits=setup.settings.limits,
                listener=self.script,
                interrupts=self.interrupts,
                shortage=shortage,
            )
        assert [result.job for result in results] == [job.name for job in jobs]
        ended = [line for line in self.script.log if line.endswith((" done", " failed"))]
        assert len(ended) == len({line.split()[0] for line in ended}), "a job ended twice"
        return results

    @contextmanager
    def lane(self, slot: int = 0, **setup: object) -> Iterator[Lane]:
        """Give one lane without a batch; kill it at the end. `setup`: other values of its setup."""
        with run_dir() as folder, slots_dir(self.folder) as slots:
            made = self.setup(folder, slots.path, {})
            lane = Lane(slot, made.model_copy(update=setup))
            try:
                yield lane
            finally:
                lane.kill()

    def close(self) -> None:
        self.interrupts.close()
        for gate in self._gates:
            gate.close()

    def left(self) -> list[str]:
        """Return the command lines of the living processes that descend from the test."""
        return [words for pid, words in marked(self.mark) if pid != os.getpid()]


def statuses(results: Sequence[JobResult | Attempt]) -> list[str]:
    return [result.status for result in results]


class Driver:
    """A batch in a process of its own (`driver.py`) and in a process group, as in a terminal."""

    def __init__(
        self,
        pool: Pool,
        jobs: Sequence[Job],
        *,
        lanes: int = 2,
        nohup: bool = False,
        **limits: float,
    ) -> None:
        self._spec = pool.folder / "batch.spec"
        setup = pool.setup(pool.folder, pool.folder, limits).model_dump(mode="json")
        spec = {
            "jobs": [job.model_dump(mode="json") for job in jobs],
            "lanes": lanes,
            "nohup": nohup,
            "setup": setup,
        }
        self._spec.write_text(json.dumps(spec))
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("driver.py")), str(self._spec)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self.log: list[str] = []
        self._rest = b""

    def until(self, *wanted: str) -> None:
        """Read the output until each of the lines `wanted` has come."""
        deadline = time.monotonic() + DEADLINE_S
        while not set(wanted) <= set(self.log):
            if not self._read(deadline):
                raise AssertionError(f"waited for {wanted}, read {self.log}")

    def ended(self) -> tuple[int, list[JobResult]]:
        """Wait for the end; return the exit code and the results, if there are any."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(deadline):
            pass
        code = self._process.wait(DEADLINE_S)
        path = self._spec.with_suffix(".results")
        results = json.loads(path.read_text()) if path.exists() else []
        return code, [JobResult.model_validate(result) for result in results]

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(DEADLINE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self, deadline: float) -> bool:
        """Read what is there; return False at the end of the output."""
        assert self._process.stdout is not None
        left = max(0.0, deadline - time.monotonic())
        if not select.select([self._process.stdout], [], [], left)[0]:
            raise AssertionError(f"nothing more came: {self.log}")
        words = os.read(self._process.stdout.fileno(), 65536)
        *lines, self._rest = (self._rest + words).split(b"\n")
        self.log += [line.decode() for line in lines]
        return bool(words)
