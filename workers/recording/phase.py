"""The record phase of one job: adapter, browser, setup, steps, teardown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from selenium.common.exceptions import WebDriverException

from forge.adapters.contract import Adapter, Context, Slot
from forge.errors import RecordingError, SpeechError
from forge.model.records import Job
from forge.model.settings import Clock, Settings
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import SETTLE_MS
from forge.store.job_files import write_take
from forge.tutorial import Step, Tutorial
from forge.workers import guard
from forge.workers.background import CpuGate
from forge.workers.recording.app_evidence import explain_by_app, keep_app_log
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.launch import Launch
from forge.workers.recording.browser.session import BrowserSession, debugger_address
from forge.workers.recording.downloads import shows_nothing_new, warning_of_downloads
from forge.workers.recording.evidence import keep_evidence
from forge.workers.recording.recorder import Recorder, StepPlan
from forge.workers.recording.screencast.recorder import ScreencastRecorder
from forge.workers.recording.setups import SetUps
from forge.workers.recording.steps import StepRunner
from forge.workers.recording.user_code import explain
from forge.workers.recording.virtual.recorder import VirtualRecorder

Warn = Callable[[str], object]
OnStep = Callable[[int, Step], object]
OnTake = Callable[[Take], object]
OnEnd = Callable[["Session", "BaseException | None"], object]


@dataclass(frozen=True, slots=True)
class RecordingTask:
    """What is to be recorded: a job of a tutorial, on an app that is running in a slot."""

    job: Job
    tutorial: Tutorial
    adapter: Adapter
    slot: Slot
    settings: Settings
    work_dir: Path


class Session(NamedTuple):
    """A browser that is being recorded."""

    browser: WatchedChrome
    recorder: Recorder
    connection: BrowserSession
    context: Context


class Recording:
    """One recording of a task.

    `launch` is the browser, which may still be starting. `run` begins to end it (`Launch.end`); the
    caller waits until its processes are gone (`Launch.close`). `cpu_gate` blocks encoding while the
    browser works. `on_end(session, error)` is called before the teardown, when the browser is no
    longer recorded; `error` is what ended the recording early. After `run`: `artifacts`, the files
    of the evidence that a failure leaves; `memory_mb`, the memory of this process and its children
    at the end; `personal`, True if the tutorial asked for the language, so that the take serves no
    other.
    """

    def __init__(
        self,
        task: RecordingTask,
        launch: Launch,
        warn: Warn,
        cpu_gate: CpuGate | None = None,
        on_end: OnEnd = lambda session, error: None,
    ) -> None:
        self._task, self._launch, self._warn = task, launch, warn
        self._cpu_gate, self._on_end = cpu_gate or CpuGate(), on_end
        self.artifacts: list[str] = []
        self.memory_mb: float | None = None
        self.personal = False

    def run(
        self, narration: Callable[[], Speech], on_step: OnStep, on_take: OnTake | None = None
    ) -> Take:
        """Record every step; call `on_step(number from 1, step)` before each.

        `narration()` returns what the steps are paced by. On the virtual clock it is not called
        before the set-ups have run.
        `on_take(take)` is called after each step but the last, with what was recorded so far.

        Raises:
            RecordingError: setup or a step failed, or the browser did. Screenshot, console log
                and the part of the take that was recorded are then in the work dir
                (`artifacts`).
        """
        task = self._task
        context = Context(lang=task.job.lang, slot=task.slot, job=task.job.name)
        try:
            browser = self._launch.browser()
            connection = BrowserSession(debugger_address(browser), context.downloads)
            take = self._record_with(browser, connection, context, narration, on_step, on_take)
        except WebDriverException as error:  # of a command of forge's own, outside of all steps
            raise explain(error, "", None) from error
        finally:
            self._cpu_gate.open()
            self._launch.end()
        self.personal = context.personal
        write_take(take, task.work_dir)
        return take

    def _record_with(
        self,
        browser: WatchedChrome,
        connection: BrowserSession,
        context: Context,
        narration: Callable[[], Speech],
        on_step: OnStep,
        on_take: OnTake | None,
    ) -> Take:
        task = self._task
        clock = self._launch.machine.clock
        recorder = start_recorder(browser, task.settings, clock, task.work_dir, self._cpu_gate)
        session = Session(browser, recorder, connection, context)
        set_ups = SetUps(task.adapter, task.tutorial, browser, context)
        failed: BaseException | None = None
        try:
            if clock != "virtual":
                narration()  # now: while it is waited for, the page goes on by itself
            set_ups.run(recorder)
            return self._record(session, narration(), on_step, on_take)
        except BaseException as error:
            failed = error
            if not isinstance(error, SpeechError):  # of which the page shows nothing
                self._keep_evidence(error, session)
            raise
        finally:
            try:
                for note in recorder.notes():
                    self._warn(note)
                recorder.close()
                self._on_end(session, failed)
            finally:
                set_ups.tear_down(self._warn)

    def _record(
        self, session: Session, speech: Speech, on_step: OnStep, on_take: OnTake | None
    ) -> Take:
        recorder, connection = session.recorder, session.connection
        runner = StepRunner(session.browser, session.context, recorder, self._warn)
        connection.downloads()  # forget what the set-up downloaded: it is not in the video
        session.context.filming = True
        recorder.begin()
        for number, (step, line) in enumerate(
            zip(self._task.tutorial.steps, speech.lines, strict=True), start=1
        ):
            on_step(number, step)
            with _attributing_to(step, recorder):
                settle_ms = SETTLE_MS if step.settle_s is None else round(step.settle_s * 1000)
                plan = StepPlan(line, settle_ms, real=step.clock == "real")
                recorder.step(plan, partial(runner.run, step))
            if names := connection.downloads():
                self._warn_of_downloads(names, recorder)
            if on_take and number < len(speech.lines):
                on_take(self._take(recorder, complete=False))
        self.memory_mb = round(guard.held_mb(os.getpid()), 1)
        with _attributing_to(step, recorder):  # the last step, whose page may still have changed
            return self._take(recorder, complete=True)

    def _keep_evidence(self, error: BaseException, session: Session) -> None:
        task, recorder = self._task, session.recorder
        so_far = partial(self._take, recorder, complete=False)
        folder, browser = task.work_dir, session.browser
        self.artifacts += keep_evidence(browser, recorder, so_far, folder, self._warn)
        self.artifacts += keep_app_log(task.slot, folder, self._warn)
        shown = recorder.watch.documents.shown
        explain_by_app(error, task.slot, shown)

    def _take(self, recorder: Recorder, *, complete: bool) -> Take:
        return recorder.take(self._task.tutorial.id, self._task.job.lang, complete=complete)

    def _warn_of_downloads(self, names: list[str], recorder: Recorder) -> None:
        """Warn if a step shows nothing new because all that came of it is a file."""
        take = self._take(recorder, complete=False)
        if shows_nothing_new(take, self._task.work_dir):
            self._warn(warning_of_downloads(take.steps[-1].id, names))


@contextmanager
def _attributing_to(step: Step, recorder: Recorder) -> Iterator[None]:
    """Name `step` as the one that failed, if anything does inside.

    Raises:
        RecordingError: the app showed an error page; it replaces the error that it caused.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, RecordingError) and error.step is None:  # it came from the hold
            error.step, error.file, error.line = step.id, step.file, step.line
        _raise_wrong_page(step, recorder, error)
        raise
    _raise_wrong_page(step, recorder)


def _raise_wrong_page(step: Step, recorder: Recorder, failed: Exception | None = None) -> None:
    if wrong := recorder.watch.wrong_page(allowed=step.allow_error_page):
        error, place = wrong.error(), failed if isinstance(failed, RecordingError) else step
        error.step, error.file, error.line = step.id, place.file, place.line
        raise error from failed


def start_recorder(
    browser: WatchedChrome,
    settings: Settings,
    clock: Clock,
    folder: Path,
    cpu_gate: CpuGate | None = None,
) -> Recorder:
    """Return the recorder of `clock`, for which the browser was started."""
    if clock == "virtual":
        return VirtualRecorder(browser, settings, folder, cpu_gate or CpuGate())
    return ScreencastRecorder(browser, settings, clock, folder)
