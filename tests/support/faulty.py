"""The forge command with faults: `python tests/support/faulty.py PLAN.json render …`.

The plan names a phase and a fault for the first attempt of a job:
`{"jobs": {"a": ["record", "kill-browser"]}}`. Or it gives the share of all attempts that get a
random fault: `{"share": 0.1, "seed": 1}`; with `"browser": false`, recordings are made up. Each
fault is written to the job's log.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from forge.model.records import Attempt, Event, Job, Phase
from forge.store.paths import FRAMES_FILE
from forge.workers.job.pipeline import JobStage
from forge.workers.setup import WorkerContext
from tests.support.pool import clock_stage

PLAN = "FORGE_TEST_FAULTS"  # environment variable: the plan's path, for the workers
HANG_S = 60.0


def die(_: WorkerContext) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(HANG_S)  # until the signal arrives


def segv(_: WorkerContext) -> None:
    ctypes.string_at(0)


def leave(_: WorkerContext) -> None:
    os._exit(3)


def fail(_: WorkerContext) -> None:
    raise RuntimeError("went wrong")


def hang(_: WorkerContext) -> None:
    time.sleep(HANG_S)


def hang_in_python(_: WorkerContext) -> None:
    until = time.monotonic() + HANG_S
    while time.monotonic() < until:
        pass


def kill_parent(_: WorkerContext) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(HANG_S)


def end_parent(_: WorkerContext) -> None:
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(HANG_S)


def _kill_child(name: str, _: WorkerContext) -> None:
    """Kill the descendants with `name` in their command line, except a browser's helpers."""
    for process in psutil.Process().children(recursive=True):
        try:
            words = " ".join(process.cmdline())
            if name in words and "--type=" not in words:
                process.kill()
        except psutil.Error:
            continue  # it has ended


def stop(_: WorkerContext) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_parent(context: WorkerContext) -> None:
    """Stop the parent for longer than `limits.silence_s`."""
    parent, silence_s = os.getppid(), context.settings.limits.silence_s
    script = f"kill -STOP {parent}; sleep {silence_s + 3}; kill -CONT {parent}"
    subprocess.Popen(["sh", "-c", script])


def leak(_: WorkerContext) -> None:
    for _number in range(60):
        os.open(os.devnull, os.O_RDONLY)
        threading.Thread(target=threading.Event().wait, daemon=True).start()


def close_streams(_: WorkerContext) -> None:
    sys.stdout.close()
    sys.stderr = None


def patch(_: WorkerContext) -> None:
    json.loads = None  # type: ignore[assignment]
    time.monotonic = lambda: 0.0


def lower_limits(_: WorkerContext) -> None:
    for number, soft in ((resource.RLIMIT_NOFILE, 20), (resource.RLIMIT_AS, 900_000_000)):
        resource.setrlimit(number, (soft, resource.getrlimit(number)[1]))


def raise_no_exception(_: WorkerContext) -> None:
    raise GeneratorExit("half a character: \udc80")


def damage_a_cached_file(context: WorkerContext) -> None:
    """Change one byte in the middle of a cached sound or of a take's pictures."""
    root = context.settings.work_root
    files = sorted(f for f in root.rglob("*") if f.name == FRAMES_FILE or f.suffix == ".wav")
    if files:
        with random.choice(files).open("r+b") as file:
            middle = file.seek(0, os.SEEK_END) // 2
            file.seek(middle)
            byte = file.read(1)
            file.seek(middle)
            file.write(bytes(255 - b for b in byte))


FAULTS: dict[str, Callable[[WorkerContext], object]] = {
    "die": die,
    "segv": segv,
    "leave": leave,
    "fail": fail,
    "hang": hang,
    "hang-in-python": hang_in_python,
    "kill-parent": kill_parent,
    "end-parent": end_parent,
    "kill-browser": functools.partial(_kill_child, "headless"),
    "kill-driver": functools.partial(_kill_child, "chromedriver"),
    "kill-app": functools.partial(_kill_child, "lumen.db"),
    "stop": stop,
    "stop-parent": stop_parent,
    "leak": leak,
    "close-streams": close_streams,
    "patch": patch,
    "lower-limits": lower_limits,
    "raise-no-exception": raise_no_exception,
    "damage-a-cached-file": damage_a_cached_file,
}
#: Random faults at the beginning of a phase: those that make the batch wait, and those that damage
#: the process or shared files.
WAITS = ("hang", "stop", "stop-parent")
HARMS = tuple(FAULTS)[-6:]
#: Random faults at any moment of a phase; more of them are possible in a recording.
ANYWHERE = ("die", "segv", "leave")
IN_A_RECORDING = (*ANYWHERE, "kill-browser", "kill-driver")
LONGEST_WAIT_S = {"speak": 0.1, "record": 1.0, "compose": 0.3}


class FaultyContext(WorkerContext):
    """A context in which something goes wrong as soon as the job comes to a certain phase.

    In a recording, that is at its first step: the browser is up then.
    """

    def __init__(self, context: WorkerContext, phase: Phase, fault: str, wait_s: float) -> None:
        self.__dict__.update(context.__dict__)
        self._fault_phase, self._fault, self._wait_s = phase, fault, wait_s
        self._at: Phase | None = None
        self._timer: threading.Timer | None = None

    def tell(self, event: Event) -> None:
        super().tell(event)
        self._at = event.phase or self._at
        kind = "step" if self._fault_phase == "record" else "phase"
        if self._fault and (event.kind, self._at) == (kind, self._fault_phase):
            name, self._fault = self._fault, ""
            if self._wait_s:
                self._timer = threading.Timer(self._wait_s, self._go_wrong, [name])
                self._timer.start()
            else:
                self._go_wrong(name)

    def end(self) -> None:
        """Cancel a fault that has not happened, so that it does not hit the next job."""
        if self._timer:
            self._timer.cancel()

    def _go_wrong(self, name: str) -> None:
        print(f"FAULT {name} in {self._fault_phase}", flush=True)
        FAULTS[name](self)


class FaultyStage(JobStage):
    """The stage of real renders, with what the plan has for each attempt."""

    def __call__(self, job: Job) -> Attempt:
        plan = json.loads(Path(os.environ[PLAN]).read_text())
        planned = _at_random(job, plan) if "share" in plan else _once(job, plan)
        if planned is None:
            return super().__call__(job)
        phase, fault, *wait_s = planned
        sound = self.context
        self.context = faulty = FaultyContext(sound, phase, fault, *(wait_s or [0.0]))
        try:
            return super().__call__(job)
        finally:
            self.context = sound
            faulty.end()


def _once(job: Job, plan: dict[str, Any]) -> list[Any] | None:
    planned: list[Any] | None = plan["jobs"].get(job.name)
    return planned if job.attempt == 1 else None


def _at_random(job: Job, plan: dict[str, Any]) -> list[Any] | None:
    chance = random.Random(f"{plan['seed']} {job.name} {job.attempt}")
    if chance.random() >= plan["share"]:
        return None
    phase = chance.choice(list(LONGEST_WAIT_S))
    if chance.random() < plan.get("waits", 0):
        return [phase, chance.choice(WAITS)]
    if chance.random() < plan.get("harms", 0):
        return [phase, chance.choice(HARMS)]
    fault = chance.choice(IN_A_RECORDING if phase == "record" else ANYWHERE)
    return [phase, fault, chance.uniform(0.001, LONGEST_WAIT_S[phase])]


def main() -> int:
    from forge import cli
    from forge.commands.arguments import settings_of
    from forge.commands.batch import render as render_batch
    from forge.commands.consoles import Consoles
    from forge.commands.render import request_of

    os.environ[PLAN] = str(Path(sys.argv[1]).absolute())
    stage = f"{Path(__file__).absolute()}:FaultyStage"

    def run() -> int:
        args = cli.parser().parse_args(sys.argv[2:])
        consoles = Consoles.of_process()
        request = replace(request_of(args), stage=stage)
        return render_batch(settings_of(args), request, consoles=consoles).exit_code

    return cli.exit_code_of(run)


if PLAN in os.environ and not json.loads(Path(os.environ[PLAN]).read_text()).get("browser", True):
    clock_stage.make_up()  # at import: a job that patches modules gets its worker replaced
if __name__ == "__main__":
    sys.exit(main())
