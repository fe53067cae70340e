"""The forge command with faults in it: `python tests/faulty.py PLAN.json render …`.

The plan says in which phase of which job what goes wrong, the first time:
`{"jobs": {"a": ["record", "kill-browser"]}}`. Or it says in what share of all attempts something
does, at random: `{"share": 0.1, "seed": 1}`. What it was stands in the job's log.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from forge.records import Event, Job, JobResult, Phase
from forge.workers.entry import Bench
from forge.workers.pipeline import render as real_render

PLAN = "FORGE_TEST_FAULTS"  # the plan's path, for the workers
HANG_S = 60.0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(HANG_S)  # until it arrives


def segv() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(3)


def fail() -> None:
    raise RuntimeError("went wrong")


def hang() -> None:
    time.sleep(HANG_S)


def hang_in_python() -> None:
    until = time.monotonic() + HANG_S
    while time.monotonic() < until:
        pass


def kill_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(HANG_S)


def end_parent() -> None:
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(HANG_S)


def _kill_child(name: str) -> None:
    """Kill the process below us whose command line has `name` in it, and is nobody's helper."""
    for process in psutil.Process().children(recursive=True):
        try:
            words = " ".join(process.cmdline())
            if name in words and "--type=" not in words:
                process.kill()
        except psutil.Error:
            continue  # it has ended


FAULTS: dict[str, Callable[[], object]] = {
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
}
#: What may go wrong at random, at any moment of a phase, and in a record phase too.
ANYWHERE = ("die", "segv", "leave")
IN_A_RECORDING = (*ANYWHERE, "kill-browser", "kill-driver")
LONGEST_WAIT_S = {"speak": 0.1, "record": 1.0, "compose": 0.3}


class FaultyBench(Bench):
    """A bench on which something goes wrong as soon as the job comes to a certain phase.

    In a recording, that is at its first step: the browser is up then.
    """

    def __init__(self, bench: Bench, phase: Phase, fault: str, wait_s: float) -> None:
        self.__dict__.update(bench.__dict__)
        self._fault_phase, self._fault, self._wait_s = phase, fault, wait_s
        self._at: Phase | None = None

    def tell(self, event: Event) -> None:
        super().tell(event)
        self._at = event.phase or self._at
        kind = "step" if self._fault_phase == "record" else "phase"
        if self._fault and (event.kind, self._at) == (kind, self._fault_phase):
            fault, self._fault = FAULTS[self._fault], ""
            if self._wait_s:
                threading.Timer(self._wait_s, fault).start()
            else:
                fault()


def render(job: Job, bench: Bench) -> JobResult:
    """The stage of real renders, with what the plan has for this attempt."""
    plan = json.loads(Path(os.environ[PLAN]).read_text())
    planned = _at_random(job, plan) if "share" in plan else _once(job, plan)
    if planned is None:
        return real_render(job, bench)
    phase, fault, *wait_s = planned
    print(f"FAULT {fault} in {phase} {wait_s}", flush=True)
    faulty = FaultyBench(bench, phase, fault, *(wait_s or [0.0]))
    return real_render(job, faulty)


def _once(job: Job, plan: dict[str, Any]) -> list[Any] | None:
    planned: list[Any] | None = plan["jobs"].get(job.name)
    return planned if job.attempt == 1 else None


def _at_random(job: Job, plan: dict[str, Any]) -> list[Any] | None:
    chance = random.Random(f"{plan['seed']} {job.name} {job.attempt}")
    if chance.random() >= plan["share"]:
        return None
    phase = chance.choice(list(LONGEST_WAIT_S))
    if chance.random() < plan.get("hangs", 0):
        return [phase, "hang"]
    fault = chance.choice(IN_A_RECORDING if phase == "record" else ANYWHERE)
    return [phase, fault, chance.uniform(0.001, LONGEST_WAIT_S[phase])]


def main() -> int:
    from forge import cli, rendering

    os.environ[PLAN] = str(Path(sys.argv[1]).absolute())
    stage = f"{Path(__file__).absolute()}:render"
    rendering.LaneSetup = functools.partial(rendering.LaneSetup, stage=stage)  # type: ignore[assignment,misc]
    return cli.console(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
