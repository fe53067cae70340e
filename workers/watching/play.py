"""Play one job again: speak, record where that is needed, and draw its steps.

The phases, the work dir and its prints are those of a render, so that a later `forge render` uses
the narration, the take and the encoded pictures. No video is written.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing.connection import Connection
from typing import cast

from forge.adapters.contract import Slot
from forge.errors import ComposeError
from forge.model.records import Attempt, Event
from forge.model.settings import Settings
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import Manifest, advice
from forge.project.load_module import use_project
from forge.store.freshness import KeptTake, fitting_takes, forget
from forge.store.job_files import read_manifest, read_take, write_manifest, write_speech
from forge.store.paths import LOGS, WorkDir
from forge.workers import log_redirect
from forge.workers.background import CpuGate, out_of_the_way
from forge.workers.entry import explain
from forge.workers.job.adapter_host import AdapterHost
from forge.workers.job.browser_start import BrowserStart
from forge.workers.job.job_run import JobRun, laid_out, laid_out_so_far
from forge.workers.job.one_version import OneVersion
from forge.workers.job.outcome import Outcome
from forge.workers.job.phases import Phases, RealPhases
from forge.workers.job.record_phase import RecordPhase
from forge.workers.job.reporter import Reporter
from forge.workers.job.workspace import Workspace
from forge.workers.run_dir import batch_folders
from forge.workers.setup import LaneSetup, WorkerContext
from forge.workers.watching.messages import Doing, News, Wish
from forge.workers.watching.pictures import Pictures, pictures_of

LOG = "watch.log"  # in `.forge/logs`: what the adapter, its app and the steps write
Tell = Callable[[News], object]


def play(wish: Wish, tell: Tell) -> Attempt:
    """Play the job of `wish` in this process, which may have played none before.

    News of its progress and the pictures of its steps go to `tell`. Return the attempt; failures
    are in it.
    """
    settings = wish.settings
    use_project(settings.project_dir)
    log = settings.work_root / LOGS / LOG
    with batch_folders(settings.project_dir) as (folder, slots), log_redirect.into(log):
        setup = LaneSetup(
            run_dir=str(folder),
            slots_dir=str(slots.path),
            log_dir=str(log.parent),
            settings=settings,
            machine=wish.machine,
            phase="record",
        )
        context = WorkerContext(
            0, slots.fresh(0), folder, log, setup, cast(Connection, _Pipe(tell))
        )
        try:
            return Replay(wish, context, tell).run()
        finally:
            for close in reversed(context.closers):
                close()


class Replay:
    """One job on its way from its sentences to pictures."""

    def __init__(
        self, wish: Wish, context: WorkerContext, tell: Tell, phases: Phases | None = None
    ) -> None:
        self._wish, self._tell, self._phases = wish, tell, phases or RealPhases()
        slot = Slot(
            context.slot, context.slot_dir, wish.settings.project_dir, context.lane_log.parent
        )
        self._run = JobRun(
            job=wish.job,
            worker=context,
            slot=slot,
            workspace=Workspace(wish.job, wish.settings),
            reporter=Reporter(wish.job, context.slot, context.tell),
            version=OneVersion(),
            cpu_gate=CpuGate(spare=context.spare),
        )
        self._outcome = Outcome()
        self._browser = BrowserStart(partial(self._phases.launch, context, slot))
        self._recorder = RecordPhase(
            self._run,
            self._phases,
            AdapterHost(context, slot),
            self._browser,
            self._outcome,
            self._draw_so_far,
        )
        self._beside = out_of_the_way("forge-draw")
        self._drawing: Future[None] | None = None

    def run(self) -> Attempt:
        """Speak, record and draw; return the attempt, even a failed one."""
        run, error = self._run, None
        try:
            if self._wish.again:
                forget(self._wish.settings, [run.job])
            run.workspace.prepare("record")
            self._recorder.choose_clock()
            run.require_unchanged_files()
            speech = self._speak()
            take = self._record(speech)
            self._finish_drawing()
            self._show(take, speech)
        except Exception as problem:
            log_redirect.trace()
            error = explain(run.change_error() or problem)
        finally:
            self._browser.end()
            self._beside.shutdown(cancel_futures=True)
        return self._outcome.attempt(run.job, error, run.reporter.warnings)

    def _speak(self) -> Speech:
        self._run.reporter.phase("speak")
        if not self._kept():
            self._browser.begin(self._recorder.machine)
        speech = self._phases.speak(self._run)
        write_speech(speech, self._run.workspace.path)
        return speech

    def _record(self, speech: Speech) -> Take:
        run = self._run
        if take := run.workspace.reusable_take(self._kept(), speech, run.reporter.warn):
            return take
        run.reporter.phase("record")
        return self._recorder.record(lambda: speech)

    def _kept(self) -> list[KeptTake]:
        """Return the takes of earlier renders that the job may use."""
        return [*fitting_takes(self._wish.settings, self._wish.machine, self._run.job)]

    def _show(self, take: Take, speech: Speech) -> None:
        """Lay the take out against the narration, and draw all steps."""
        run = self._run
        self._outcome.take = take
        manifest = laid_out(run.job, take, speech, run.settings.style)
        write_manifest(manifest, run.workspace.path)
        for note in advice(take, speech):
            run.reporter.warn(note)
        for text in _advice_on(manifest, run.settings):
            run.reporter.warn(text)
        run.reporter.phase("compose")
        with self._pictures(manifest, take) as pictures:
            first = [step for step in manifest.steps if step.id == self._wish.step]
            for step in first:
                self._tell(pictures.draw(step))
                self._tell(pictures.clip(step))
            for step in manifest.steps:
                if step not in first:
                    self._tell(pictures.draw(step))

    def _draw_so_far(self, take: Take, speech: Speech) -> None:
        """Draw the step that was just recorded, in another thread.

        Steps that come while one is drawn are left out: all are drawn in the end.
        """
        if self._drawing is None or self._drawing.done():
            self._drawing = self._beside.submit(self._draw_last, take, speech)

    def _draw_last(self, take: Take, speech: Speech) -> None:
        run = self._run
        manifest = laid_out_so_far(run.job, take, speech, run.settings.style)
        with self._pictures(manifest, take) as pictures:
            last = manifest.steps[-1]
            self._tell(pictures.draw(last))
            if last.id == self._wish.step:
                self._tell(pictures.clip(last))

    def _finish_drawing(self) -> None:
        """Wait for the other thread. A failure there occurs again when all is drawn."""
        if self._drawing:
            wait([self._drawing])

    def _pictures(self, manifest: Manifest, take: Take) -> AbstractContextManager[Pictures]:
        wish = self._wish
        return pictures_of(wish.settings, manifest, take, self._run.workspace.path, wish.folder)


def clips(wish: Wish, steps: tuple[str, ...], tell: Tell) -> None:
    """Encode steps of a job that was played, as they play in the video.

    Raises:
        ComposeError: it was not played yet, or a step could not be encoded.
    """
    work_dir = WorkDir.of(wish.settings, wish.job.name).path
    try:
        manifest, take = read_manifest(work_dir), read_take(work_dir)
    except (OSError, ValueError) as problem:
        raise ComposeError(f"{wish.job.name} was not played yet: {problem}") from problem
    placed = {step.id: step for step in manifest.steps}
    with pictures_of(wish.settings, manifest, take, work_dir, wish.folder) as pictures:
        for step in steps:
            tell(pictures.clip(placed[step]))


def _advice_on(manifest: Manifest, settings: Settings) -> list[str]:
    from forge.workers.composing.phase import advice_on

    return [*advice_on(manifest, settings)]


#: What a phase does, and what it counts.
WORDS = {"speak": ("speaks", "sentence"), "record": ("records", "step"), "compose": ("draws", "")}


class _Pipe:
    """Passes what a job reports to `tell`, in words; without warnings, which the attempt has."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._words = tell, ("starts", "")

    def send_bytes(self, data: bytes) -> None:
        event, (does, what) = Event.model_validate_json(data), self._words
        if event.kind == "phase" and event.phase:
            self._words = does, _ = WORDS[event.phase]
            self._tell(Doing(text=does))
        elif event.kind == "step":
            self._tell(Doing(text=f"{does} {what} {event.step} of {event.steps}"))
