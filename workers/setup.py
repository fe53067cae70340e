"""What a worker is given: a setup when it starts, and a context for its stage."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock

from forge.model.machine import Machine
from forge.model.records import Attempt, Event, Job, PhaseChoice, Record
from forge.model.settings import Settings
from forge.workers.baseline import Baseline

STAGE = "forge.workers.job.pipeline:JobStage"
SPEAK_AHEAD = "forge.workers.job.speak_ahead:speaking"
TRY_SETUP = "forge.workers.studio:trying_setup"


class LaneSetup(Record):
    """What a worker needs before its first job; it crosses the process border.

    `run_dir` is the temporary folder of the batch, `slots_dir` the parent of the folders that
    adapters get as `slot.dir` (`forge.workers.slots`). `machine` is None where nothing is recorded.
    `spare`: there are more processors than lanes. `stage` names a `MakeStage` as `module:name` or
    `file.py:name`; tests name a fake.
    """

    run_dir: str
    slots_dir: str
    log_dir: str
    settings: Settings
    machine: Machine | None = None
    phase: PhaseChoice = "all"
    spare: bool = False
    stage: str = STAGE


class WorkerContext:
    """What a stage works with, for the life of its worker.

    `slot_dir` is the folder that the adapter gets, `scratch` is for forge's own temporary files.
    `lane_log` is the log for output of what outlives a job, such as the app; each job has a log of
    its own. `closers` are called when the worker ends, the last one first. `baseline` is the state
    of the process, which no job may change.
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
        self.spare = setup.spare
        self.closers: list[Callable[[], object]] = []
        self.baseline = Baseline()
        self._pipe, self._telling = pipe, Lock()

    def tell(self, event: Event) -> None:
        """Send `event` to the parent; in any thread.

        A pipe that the parent has closed is no error of the job.
        """
        with self._telling, suppress(OSError):
            self._pipe.send_bytes(event.model_dump_json().encode())


Stage = Callable[[Job], Attempt]  # renders one job after another
MakeStage = Callable[[WorkerContext], Stage]  # called once in a worker
