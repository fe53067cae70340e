"""Fakes of a job's phases: the pipeline's rules are tested with them in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from forge.adapters.contract import Adapter, Slot
from forge.model.machine import Machine
from forge.model.records import Event, PhaseChoice
from forge.model.settings import Settings
from forge.model.speech import Speech
from forge.model.take import Take
from forge.store.job_files import write_take
from forge.store.paths import FRAMES_FILE, SCREENSHOT_FILE, Outputs
from forge.tutorial import Tutorial
from forge.workers.composing.footage import Footage
from forge.workers.job.adapter_host import AdapterHost
from forge.workers.job.job_run import JobRun
from forge.workers.job.phases import Recording
from forge.workers.setup import WorkerContext
from tests.support.jobs import MACHINE
from tests.support.takes import speech, step, take


class FakeWorker:
    """The parts of a worker that the pipeline uses. `events`: those it sent."""

    def __init__(
        self, settings: Settings, machine: Machine = MACHINE, phase: PhaseChoice = "all"
    ) -> None:
        self.settings, self.machine, self.phase, self.spare = settings, machine, phase, False
        self.slot, self.slot_dir = 0, settings.project_dir
        self.scratch, self.lane_log = settings.project_dir, settings.project_dir / "lane.log"
        self.closers: list[Callable[[], object]] = []
        self.baseline = SimpleNamespace(renew_with_adapter=lambda: None)
        self.events: list[Event] = []
        self.tell = self.events.append

    @property
    def context(self) -> WorkerContext:
        """This fake, typed as a `WorkerContext`."""
        return cast(WorkerContext, self)


class FakeAdapters:
    """An adapter host that counts: `started` instances. `on_start` is called before each."""

    def __init__(self, error: Exception | None = None) -> None:
        self.started, self.error = 0, error
        self.on_start: Callable[[], object] = lambda: None
        self._adapter: Adapter | None = None

    def get(self, settle: Callable[[], object] = lambda: None) -> Adapter:
        if self.error:
            raise self.error
        if self._adapter is None:
            self.on_start()
            settle()
            self._adapter, self.started = Adapter(), self.started + 1
        return self._adapter

    def drop(self) -> None:
        self._adapter = None

    @property
    def host(self) -> AdapterHost:
        """This fake, typed as an `AdapterHost`."""
        return cast(AdapterHost, self)


class FakePhases:
    """Phases that append what they do to `done`, such as "record virtual".

    `fails` maps such a text to the error to raise there, `meanwhile` to a function to call.
    `line_ms`: the length of each spoken line. `personal` as in `Recording`.
    """

    def __init__(self, fails: Mapping[str, Exception] | None = None) -> None:
        self.done: list[str] = []
        self.fails = dict(fails or {})
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.line_ms, self.personal = 1000, False
        self.loaded_recording = False

    def note(self, what: str) -> None:
        """Append `what` to `done`; call its function and raise its error, if there are any."""
        self.done.append(what)
        self.meanwhile.get(what, lambda: None)()
        if error := self.fails.get(what):
            raise error.with_traceback(None)  # several jobs may raise one error

    def load(self, *, recording: bool) -> None:
        self.loaded_recording = recording

    def speak(self, run: JobRun) -> Speech:
        self.note("speak")
        made = speech(**{line.step: self.line_ms for line in run.job.lines})
        texts = zip(made.lines, run.job.lines, strict=True)
        lines = (spoken.model_copy(update={"text": line.text}) for spoken, line in texts)
        return Speech(lines=tuple(lines))

    def patch_time(self) -> None:
        if "patch time" not in self.done:  # it is safe to call twice
            self.note("patch time")

    def tutorial(self, run: JobRun) -> Tutorial:
        return Tutorial("A tour", id=run.job.id)

    def launch(self, worker: WorkerContext, slot: Slot, machine: Machine) -> Any:
        self.note(f"launch {machine.clock}")
        return SimpleNamespace(machine=machine, is_well=True, close=lambda: self.note("close"))

    def recording(
        self, run: JobRun, tutorial: Tutorial, launch: Any, adapter: Adapter
    ) -> Recording:
        return FakeRecording(self, run, launch.machine.clock)

    def encode_ahead(self, run: JobRun, lay_out: object) -> Any:
        return FakeEncodeAhead(self)

    def compose(self, run: JobRun, footage: Footage, done: Any, confirm: Any) -> Any:
        self.note("compose")
        done()
        confirm()
        for path in Outputs.of(run.settings, run.job.name).all:
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"of {footage.take.clock}")
        return SimpleNamespace(duration_s=footage.manifest.total_ms / 1000)

    def contact_sheet(self, run: JobRun, failed: str) -> Path:
        self.note(f"contact sheet {failed}")
        return run.workspace.path / "contact-sheet.jpg"


class FakeEncodeAhead:
    """Encodes nothing ahead, and notes its end."""

    def __init__(self, phases: FakePhases) -> None:
        self._phases, self._ended = phases, False

    def offer(self, take: Take) -> None: ...

    def stop(self) -> None: ...

    def end(self) -> dict[Any, Any]:
        if not self._ended:
            self._ended = True
            self._phases.note("end ahead")
        return {}


class FakeRecording:
    """A take of one frame, in which each step takes nine seconds."""

    def __init__(self, phases: FakePhases, run: JobRun, clock: str) -> None:
        self._phases, self._run, self._clock = phases, run, clock
        self.artifacts: list[str] = []
        self.memory_mb: float | None = None
        self.personal = phases.personal

    def run(self, narration: Callable[[], Speech], on_step: object, on_take: Any) -> Take:
        folder, what = self._run.workspace.path, f"record {self._clock}"
        paced_by = narration()
        if what in self._phases.fails:
            (folder / SCREENSHOT_FILE).write_text(self._clock)
            self.artifacts.append(str(folder / SCREENSHOT_FILE))
        self._phases.note(what)
        steps = [
            step(line.step, 9000 * number, (9000 * number + 300, 9000 * number + 900), 9000)
            for number, line in enumerate(paced_by.lines)
        ]
        made = take(steps, [0]).model_copy(
            update={"clock": self._clock, "lang": self._run.job.lang}
        )
        (folder / FRAMES_FILE).write_bytes(b"frames")
        write_take(made, folder)
        self.memory_mb = 80.0
        return made
