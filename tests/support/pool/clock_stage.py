"""The stage of real renders, with a fake recording in place of a browser.

The project's `fails.json` names the clocks on which it fails, and how: `{"virtual": "stall"}`. It
notes its actions in `recorded.log`, one a line: `record tour virtual`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from forge.errors import ClockError, MachineError, RecordingError
from forge.model.machine import Machine
from forge.model.records import Attempt, Job
from forge.model.settings import Settings
from forge.model.speech import Speech
from forge.model.take import Frame, StepTake, Take
from forge.store.job_files import write_take
from forge.store.paths import FRAMES_FILE, SCREENSHOT_FILE
from forge.tutorial import Step
from forge.workers.background import CpuGate
from forge.workers.job.pipeline import JobStage
from forge.workers.recording import phase
from forge.workers.recording.browser import launch

SIZE = (320, 240)
PLACE: dict[str, Any] = {"step": "look-around", "file": "/tour.py", "line": 9}
FAULTS: dict[str, Callable[[], Exception]] = {
    "stall": lambda: ClockError("no frame was drawn\nfor 5 s", hint="h", transient=True, **PLACE),
    "wait": lambda: RecordingError("wait_for: not visible within 10 s", **PLACE),
    "setup": lambda: RecordingError("the adapter's setup failed: no app", transient=True),
    "gone": lambda: RecordingError("the browser is gone", transient=True, **PLACE),
    "defect": lambda: KeyError("a defect"),
    "machine": lambda: MachineError("no chromium"),
}


def note(settings: Settings, text: str) -> None:
    with (settings.project_dir / "recorded.log").open("a") as file:
        file.write(f"{text}\n")


class FakeLaunch:
    is_well = True

    def __init__(self, settings: Settings, machine: Machine, root: Path, downloads: Path) -> None:
        self._settings, self.machine = settings, machine
        note(settings, f"launch {machine.clock}")

    def close(self) -> None:
        note(self._settings, "close")


class FakeRecording:
    """A recording that writes a take of one grey picture; each step lasts a second."""

    def __init__(
        self,
        task: phase.RecordingTask,
        launch: FakeLaunch,
        warn: Callable[[str], object],
        cpu_gate: CpuGate,
    ) -> None:
        self.job, self.tutorial = task.job, task.tutorial
        settings = self.settings = task.settings
        self.work_dir = task.work_dir
        self.warn, self.clock = warn, launch.machine.clock
        self.artifacts: list[str] = []
        self.memory_mb: float | None = None
        self.personal = (settings.project_dir / "personal").exists()

    def run(
        self, speech: Speech, on_step: Callable[[int, Step], object], on_take: object = None
    ) -> Take:
        clock = self.clock
        note(self.settings, f"record {self.job.name} {clock}")
        fails = json.loads((self.settings.project_dir / "fails.json").read_text())
        if how := fails.get(clock):
            shot = self.work_dir / SCREENSHOT_FILE
            shot.write_text(clock)
            self.artifacts.append(str(shot))
            raise FAULTS[how]()
        for number, step in enumerate(self.tutorial.steps, start=1):
            on_step(number, step)
        file = io.BytesIO()
        Image.new("RGB", SIZE, (90, 90, 90)).save(file, "JPEG")
        (self.work_dir / FRAMES_FILE).unlink(missing_ok=True)
        (self.work_dir / FRAMES_FILE).write_bytes(file.getvalue())
        steps = tuple(
            StepTake(
                id=step.id,
                start_ms=1000 * number,
                action_start_ms=1000 * number + 300,
                action_end_ms=1000 * number + 300,
                end_ms=1000 * number + 1000,
                settle_ms=400,
            )
            for number, step in enumerate(self.tutorial.steps)
        )
        take = Take(
            tutorial=self.tutorial.id,
            lang=self.job.lang,
            clock=clock,
            width=SIZE[0],
            height=SIZE[1],
            browser="none",
            complete=True,
            steps=steps,
            frames=(Frame(at_ms=0, offset=0, size=len(file.getvalue())),),
        )
        write_take(take, self.work_dir)
        if tidy := self.tutorial.teardown_function:
            try:
                tidy(None)
            except Exception as error:
                self.warn(f"teardown failed: {error}")
        return take


def make_up() -> None:
    """Use the fakes for every recording of this process."""
    launch.Launch = FakeLaunch  # type: ignore[assignment,misc]
    phase.Recording = FakeRecording  # type: ignore[assignment,misc]


class MadeUpStage(JobStage):
    def __call__(self, job: Job) -> Attempt:
        make_up()
        return super().__call__(job)
