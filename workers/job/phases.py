"""The three phases as the pipeline sees them; tests put fakes in their place."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from forge.adapters.contract import Adapter, Slot
from forge.model.machine import Machine
from forge.model.speech import Speech
from forge.model.take import Take
from forge.project.plan import find_tutorial
from forge.tutorial import Step, Tutorial
from forge.workers.background import out_of_the_way
from forge.workers.composing.encode_ahead import EncodeAhead, LayOut
from forge.workers.composing.footage import Footage
from forge.workers.job.job_run import JobRun
from forge.workers.quiet_numpy import import_numpy
from forge.workers.setup import WorkerContext

if TYPE_CHECKING:
    from forge.workers.composing.encoding.probe import Probed
    from forge.workers.recording.browser.launch import Launch


#: Returns the narration of a job; may wait until it is spoken.
Narration = Callable[[], Speech]


class Recording(Protocol):
    """One recording. `artifacts`: the evidence of its failure, files in the work dir.

    `memory_mb`: the memory of this process and its browser at the end. `personal`: the take depends
    on the language, and serves no other.
    """

    artifacts: list[str]
    memory_mb: float | None
    personal: bool

    def run(
        self,
        narration: Narration,
        on_step: Callable[[int, Step], object],
        on_take: Callable[[Take], object] | None,
    ) -> Take: ...


class Phases(Protocol):
    """The work of the phases, without the rules for when and how often it is done."""

    def load(self, *, recording: bool) -> None:
        """Import the modules for composing before they are used; those for `recording` first."""
        ...

    def speak(self, run: JobRun) -> Speech:
        """Speak every line of the job."""
        ...

    def patch_time(self) -> None:
        """Make `time.sleep` use the virtual clock while steps run in this process."""
        ...

    def tutorial(self, run: JobRun) -> Tutorial:
        """Load the job's tutorial."""
        ...

    def launch(self, worker: WorkerContext, slot: Slot, machine: Machine) -> Launch:
        """Begin to start a browser for the clock of `machine`."""
        ...

    def recording(
        self, run: JobRun, tutorial: Tutorial, launch: Launch, adapter: Adapter
    ) -> Recording:
        """Prepare a recording on the clock that the browser of `launch` was started for."""
        ...

    def encode_ahead(self, run: JobRun, lay_out: LayOut) -> EncodeAhead:
        """Prepare to encode beside a recording."""
        ...

    def compose(
        self,
        run: JobRun,
        footage: Footage,
        ready: Callable[[], object],
        confirm: Callable[[], object],
    ) -> Probed:
        """Write the video and its sidecars (`forge.workers.composing.phase.compose`)."""
        ...

    def contact_sheet(self, run: JobRun, failed: str) -> Path:
        """Write a contact sheet of the unfinished take, whose step `failed` has failed."""
        ...


class RealPhases:
    """The phases with voices, browsers and encoders.

    Modules are imported on first use: a worker that only speaks never loads Selenium.
    """

    def load(self, *, recording: bool) -> None:
        import_numpy()
        for phase in (*(["recording"] if recording else []), "composing"):
            importlib.import_module(f"forge.workers.{phase}.phase")

    def speak(self, run: JobRun) -> Speech:
        import_numpy()
        from forge.workers.speaking.phase import speak

        return speak(run.job, run.settings, run.reporter.line, run.reporter.warn)

    def patch_time(self) -> None:
        from forge.workers.recording.virtual.tutorial_time import patched_time

        patched_time.install()

    def tutorial(self, run: JobRun) -> Tutorial:
        return find_tutorial(run.job).tutorial

    def launch(self, worker: WorkerContext, slot: Slot, machine: Machine) -> Launch:
        from forge.workers.recording.browser.launch import Launch

        return Launch(worker.settings, machine, worker.scratch, slot.downloads)

    def recording(
        self, run: JobRun, tutorial: Tutorial, launch: Launch, adapter: Adapter
    ) -> Recording:
        from forge.workers.recording import phase

        settings, work_dir = run.settings, run.workspace.path
        task = phase.RecordingTask(run.job, tutorial, adapter, run.slot, settings, work_dir)
        return phase.Recording(task, launch, run.reporter.warn, run.cpu_gate)

    def encode_ahead(self, run: JobRun, lay_out: LayOut) -> EncodeAhead:
        return EncodeAhead(lay_out, run.settings, run.workspace.path, run.cpu_gate)

    def compose(
        self,
        run: JobRun,
        footage: Footage,
        ready: Callable[[], object],
        confirm: Callable[[], object],
    ) -> Probed:
        from forge.workers.composing.phase import advice_on, compose

        for text in advice_on(footage.manifest, run.settings):
            run.reporter.warn(text)
        with out_of_the_way("forge-compose") as thread:
            return thread.submit(
                compose, footage, run.settings, run.reporter.frame, ready, confirm
            ).result()

    def contact_sheet(self, run: JobRun, failed: str) -> Path:
        from forge.workers.composing.phase import sheet_before

        texts = {line.step: line.text for line in run.job.lines}
        return sheet_before(failed, texts, run.language, run.workspace.path)
