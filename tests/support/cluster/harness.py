"""Hosts on this machine: `forge worker` processes, each with a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forge.batch.interrupts import Interrupts
from forge.batch.lanes import Work
from forge.batch.loop import run_batch
from forge.batch.schedule import Policy, Schedule
from forge.cluster.connection import Cluster
from forge.cluster.hosts import HostSeats
from forge.cluster.ways import way_to
from forge.model.host_access import HostAccess
from forge.model.hosts import READY
from forge.model.records import Job, JobResult
from forge.model.settings import Limits, Settings, Voice
from forge.workers.hosting import link
from tests.support.pool.harness import STAGE, Gate, Script
from tests.support.processes import DEADLINE_S, eventually, marked
from tests.support.project import ROOT

LEASE_S = 3.0


def free_port() -> int:
    """Return a port of this machine that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class HostProcess:
    """A `forge worker` of this tree, with folders of its own."""

    def __init__(
        self, name: str, address: str, folder: Path, *options: str, lanes: int = 1
    ) -> None:
        self.name, self.folder = name, folder
        words = [sys.executable, "-P", "-m", "forge", "worker", address, "-j", str(lanes)]
        words += ["--name", name, "--folder", str(folder), *options]
        temporary = folder.parent / "tmp" / name
        temporary.mkdir(exist_ok=True)
        env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
        self.process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid

    def until_ready(self) -> HostProcess:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip() == READY:
                return self
        raise AssertionError(f"{self.name} ended with {self.process.wait()}")

    def kill(self) -> None:
        """Kill the worker, and wait until it is dead."""
        self.process.kill()
        self.process.wait()

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        if self.alive:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process.stdout:
            self.process.stdout.close()


class Hosts:
    """A scheduler in this process and hosts on this machine, for the tests of a session."""

    def __init__(self, folder: Path, scheduler: Cluster, mark: str) -> None:
        self.folder, self.address, self.mark = folder, scheduler.address, mark
        self._scheduler = scheduler
        self.temporary = folder / "tmp"
        self.processes: dict[str, HostProcess] = {}
        self._batches = 0

    def start(self, name: str, *options: str, address: str = "", lanes: int = 1) -> HostProcess:
        """Begin to start the host `name`."""
        folder = self.folder / name
        host = HostProcess(name, address or self.address, folder, *options, lanes=lanes)
        self.processes[name] = host
        return host

    def need(self, *names: str) -> list[HostProcess]:
        """Return the hosts `names`, started if they are not alive; end all others."""
        for name in [*self.processes]:
            if name not in names or not self.processes[name].alive:
                self.processes.pop(name).close()
        fresh = [self.start(name) for name in names if name not in self.processes]
        for host in fresh:
            host.until_ready()
        assert eventually(lambda: {*names} == {w.name for w in self._scheduler.workers()})
        return [self.processes[name] for name in names]

    def batch(self) -> Batch:
        """Return a new batch, of a project of its own."""
        self._batches += 1
        return Batch(self.folder / f"project-{self._batches}", self.address)

    def parent(self, jobs: Sequence[Job], address: str = "", **options: Any) -> Parent:
        """Start a batch in a process of its own."""
        self._batches += 1
        folder = self.folder / f"project-{self._batches}"
        return Parent(folder, address or self.address, jobs, options)

    def left(self) -> list[str]:
        """Return the processes, temporary folders and unfinished files that batches have left."""
        known = {os.getpid(), *(host.pid for host in self.processes.values())}
        left = [words for pid, words in marked(self.mark) if pid not in known]
        # Not `rglob`, which fails where a host removes a folder meanwhile.
        for folder, folders, files in os.walk(self.folder):
            left += [f"{folder}/{name}" for name in files if ".part" in name]
            if Path(folder).is_relative_to(self.temporary):
                left += [
                    f"{folder}/{name}" for name in (*folders, *files) if name.startswith("forge-")
                ]
        return left

    def close(self) -> None:
        for host in self.processes.values():
            host.close()


class Parent:
    """A batch in a process of its own (`parent.py`)."""

    def __init__(
        self, folder: Path, address: str, jobs: Sequence[Job], options: dict[str, Any]
    ) -> None:
        self.folder = folder
        spec = folder.with_suffix(".spec")
        words = {
            "folder": str(folder),
            "address": address,
            "jobs": [job.model_dump(mode="json") for job in jobs],
            "options": options,
            "config": link.CONFIG,
        }
        spec.write_text(json.dumps(words))
        program = Path(__file__).with_name("parent.py")
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-P", str(program), str(spec)]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    def until(self, line: str) -> None:
        """Read its output until the line has come."""
        assert self.process.stdout is not None
        seen = []
        for found in self.process.stdout:
            seen.append(found.strip())
            if seen[-1] == line:
                return
        raise AssertionError(f"waited for {line!r}, read {seen}")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Batch:
    """Batches of fake jobs on hosts, with a project folder, a script and interrupts."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.key: Path | None = None
        self.script, self.interrupts = Script(), Interrupts()
        self.notes: list[str] = []
        self.logs = folder / ".forge" / "logs" / "batch"
        folder.mkdir()
        self.tutorial = folder / "tour.py"
        self.tutorial.write_text("")

    def path(self, name: str) -> str:
        """Return a path beside the project, that all hosts of this machine see."""
        return str(self.folder.with_name(f"{self.folder.name}-{name}"))

    def gate(self) -> Gate:
        return Gate(Path(self.path("gate")))

    def run(
        self,
        jobs: Sequence[Job],
        *,
        lanes: int = 2,
        keep_going: bool = True,
        retries: int = 1,
        unequal: bool = False,
        **limits: float,
    ) -> list[JobResult]:
        """Run a batch on the hosts; check that each job has one result, in order."""
        settings = Settings(
            project_dir=self.folder,
            voice=Voice(engine="silent"),
            limits=Limits.model_validate({"backoff_s": 0, **limits}),
        )
        jobs = [job.model_copy(update={"tutorial_file": str(self.tutorial)}) for job in jobs]
        work = Work(settings, None, jobs, "all", STAGE, self.logs)
        way = way_to(HostAccess(cluster=self.address, key=self.key))
        with HostSeats(way, LEASE_S, unequal=unequal).open(work) as opened:
            self.notes = list(opened.notes)
            results = run_batch(
                Schedule(jobs, Policy(keep_going=keep_going, retries=retries)),
                opened.seats[:lanes],
                limits=settings.limits,
                listener=self.script,
                interrupts=self.interrupts,
            )
        assert [result.job for result in results] == [job.name for job in jobs]
        ended = [line for line in self.script.log if line.endswith((" done", " failed"))]
        assert len(ended) == len({line.split()[0] for line in ended}), "a job ended twice"
        return results

    def log(self, job: str) -> str:
        """Return the log of `job` at home."""
        return (self.logs / "jobs" / f"{job}.log").read_text()
