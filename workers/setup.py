"""What a worker is given: its setup before the first job, and a context for as long as it lives."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from forge.model.machine import Machine
from forge.model.records import Attempt, Event, Job, PhaseChoice, Record
from forge.model.settings import Settings
from forge.workers.baseline import Baseline

STAGE = "forge.workers.job.pipeline:JobStage"


class LaneSetup(Record):
    """What a worker needs to know before its first job; it crosses the process border.

    `run_dir` is the batch's temporary folder, `slots_dir` the one that holds what adapters see as
    `slot.dir` (`forge.workers.slots`); `machine` is None where nothing is recorded; `stage` names
    a `MakeStage` (`module:name` or `file.py:name`): tests put a fake there.
    """

    run_dir: str
    slots_dir: str
    log_dir: str
    settings: Settings
    machine: Machine | None = None
    phase: PhaseChoice = "all"
    stage: str = STAGE


class WorkerContext:
    """What a stage works with, for as long as its worker lives.

    `slot_dir` is what the adapter sees, `scratch` is the folder for forge's own temporary files.
    `lane_log` is the log for what outlives a job (each job has a log of its own). `closers` are
    called when the worker ends, the last one first. `baseline` is the state of the process that
    each job must leave as it found it.
    """

    def __init__(
        self,
        slot: int,
        slot_dir: Path,
        scratch: Path,
        lane_log: Path,
        setup: LaneSetup,
        pipe: Connection,
    ) -> None:
        self.slot = slot
        self.slot_dir = slot_dir
        self.scratch = scratch
        self.lane_log = lane_log
        self.settings = setup.settings
        self.machine = setup.machine
        self.phase = setup.phase
        self.closers: list[Callable[[], object]] = []
        self.baseline = Baseline()
        self._pipe = pipe

    def tell(self, event: Event) -> None:
        """Send `event` to the parent. That the parent no longer listens is no error of the job."""
        try:
            self._pipe.send_bytes(event.model_dump_json().encode())
        except OSError:
            pass


Stage = Callable[[Job], Attempt]  # renders one job after another
MakeStage = Callable[[WorkerContext], Stage]  # called once in a worker
