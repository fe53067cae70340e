"""One job in one process: speak, record, compose."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from forge.adapters.contract import Slot
from forge.errors import RecordingError
from forge.model.records import Attempt, Failure, Job, Phase
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import advice
from forge.project.late_selenium import import_late
from forge.store.file_notes import notes_of
from forge.store.freshness import assess
from forge.store.job_files import write_manifest, write_speech
from forge.store.paths import Outputs
from forge.workers import log_redirect
from forge.workers.background import CpuGate
from forge.workers.checks import voices_are_own
from forge.workers.composing.footage import Footage
from forge.workers.entry import explain
from forge.workers.job.adapter_host import AdapterHost
from forge.workers.job.browser_start import BrowserStart
from forge.workers.job.job_run import JobRun, laid_out
from forge.workers.job.one_version import OneVersion
from forge.workers.job.outcome import Outcome
from forge.workers.job.phases import Phases, RealPhases
from forge.workers.job.record_phase import RecordPhase
from forge.workers.job.reporter import Reporter
from forge.workers.job.workspace import Workspace
from forge.workers.real_time import monotonic
from forge.workers.setup import WorkerContext
from forge.workers.speaking.engines import speakers


class JobStage:
    """Renders the jobs of one worker, one after another.

    It keeps what outlives a job: the adapter, the browser that waits for the next recording, and
    the versions of the source files it has met.
    """

    def __init__(
        self,
        context: WorkerContext,
        phases: Phases | None = None,
        adapters: AdapterHost | None = None,
    ) -> None:
        self.context = context
        if context.phase in ("all", "speak") and context.settings.voice.engine == speakers.ENGINE:
            speakers.shared_speakers().begin()  # beside the imports of the first job
        if context.phase in ("all", "record"):
            import_late(drives=True)
        self._phases = phases or RealPhases()
        self._slot = Slot(
            context.slot, context.slot_dir, context.settings.project_dir, context.lane_log.parent
        )
        self._adapters = adapters or AdapterHost(context, self._slot)
        self._browser = BrowserStart(partial(self._phases.launch, context, self._slot))
        context.closers.append(self._browser.end)
        self._version = OneVersion()

    def __call__(self, job: Job) -> Attempt:
        """Run the phases of `job` that the batch asks for; return the attempt."""
        context = self.context
        run = JobRun(
            job=job,
            worker=context,
            slot=self._slot,
            workspace=Workspace(job, context.settings),
            reporter=Reporter(job, context.slot, context.tell),
            version=self._version,
            cpu_gate=CpuGate(spare=context.spare),
        )
        return Pipeline(run, self._phases, self._adapters, self._browser).render()


class Pipeline:
    """One job on its way through the phases.

    Each phase returns a value to the next; the files it writes are only for later renders.
    """

    def __init__(
        self, run: JobRun, phases: Phases, adapters: AdapterHost, browser: BrowserStart
    ) -> None:
        self._run, self._phases, self._browser = run, phases, browser
        # Of its own, because a second recording drops the warnings of the first.
        self._narrator = replace(run, reporter=run.reporter.sibling())
        self._outcome = Outcome()
        self._recorder = RecordPhase(run, phases, adapters, self._browser, self._outcome)

    def render(self) -> Attempt:
        """Run the phases that the batch asks for; return the attempt, even a failed one."""
        error: Failure | None = None
        try:
            self._prepare()
            self._run_phases()
        except Exception as problem:
            log_redirect.trace()
            self._keep_contact_sheet(problem)
            error = explain(self._run.change_error() or problem)
        finally:
            self._browser.settle()  # an import under way would look like harm that the job has done
            self._browser.release()
            if self._recorder.encoding_ahead:
                self._recorder.encoding_ahead.end()
        warnings = [*self._narrator.reporter.warnings, *self._run.reporter.warnings]
        return self._outcome.attempt(self._run.job, error, warnings)

    def _prepare(self) -> None:
        self._run.workspace.prepare(self._run.worker.phase)
        self._recorder.choose_clock()
        self._run.workspace.forget_video()
        self._run.require_unchanged_files()

    def _run_phases(self) -> None:
        wanted, workspace = self._run.worker.phase, self._run.workspace
        if wanted == "all":
            take, speech = self._speak_and_record()
            self._run.reporter.take(take.exact)
            if self._run.job.recording_follows:
                self._browser.begin(self._recorder.usual_machine)
            with self._timed("compose"):
                self._compose(take, speech)
            workspace.write_video_print(self._outcome.files)
            return
        with self._timed(wanted):
            if wanted == "speak":
                self._speak()
            elif wanted == "record":
                speech = workspace.speech_to_pace_by()
                self._run.reporter.take(self._record(speech).exact)
            else:
                self._compose(*workspace.take_and_speech())

    def _speak_and_record(self) -> tuple[Take, Speech]:
        """Speak all lines, and find or make a take for them.

        Where one must be made, app and browser start and the set-ups run while lines are spoken.
        """
        run = self._run
        records = not assess(run.settings, run.worker.machine, run.job).take_from
        if records:
            self._browser.begin(self._recorder.machine)
        self._browser.beside(partial(self._phases.load, recording=records))
        with ExitStack() as phase:
            phase.enter_context(self._timed("speak"))

            def speak() -> Speech:
                speech = self._speak()
                phase.close()
                phase.enter_context(self._timed("record"))
                return speech

            # Voices of other packages get the main thread. Adapters and set-ups always do.
            if records and voices_are_own(run.settings):
                with ThreadPoolExecutor(1, "forge-speaks") as thread:
                    coming = thread.submit(speak)
                    return self._recorder.record(coming.result), coming.result()
            speech = speak()
            return self._record(speech), speech

    @contextmanager
    def _timed(self, phase: Phase) -> Iterator[None]:
        self._run.reporter.phase(phase)
        began_s = monotonic()
        try:
            yield
        finally:
            self._outcome.phases[phase] = round(monotonic() - began_s, 3)

    def _speak(self) -> Speech:
        speech = self._phases.speak(self._narrator)
        write_speech(speech, self._run.workspace.path)
        return speech

    def _record(self, speech: Speech) -> Take:
        """Return a take for `speech`: of an earlier render, of another language, or a new one."""
        run = self._run
        if run.worker.phase == "all":
            # Ask again: while this job spoke, another language may have been recorded.
            kept = assess(run.settings, run.worker.machine, run.job).take_from
            if take := run.workspace.reusable_take(kept, speech, run.reporter.warn):
                return take
        return self._recorder.record(lambda: speech)

    def _compose(self, take: Take, speech: Speech) -> None:
        """Write the video and its sidecars into the output folder."""
        run, ahead, outcome = self._run, self._recorder.encoding_ahead, self._outcome
        outcome.take = take
        manifest = laid_out(run.job, take, speech, run.settings.style)
        for note in advice(take, speech):
            run.reporter.warn(note)
        write_manifest(manifest, run.workspace.path)
        if ahead:
            ahead.stop()
        footage = Footage(run.job.name, take, manifest, run.workspace.path)
        ready = ahead.end if ahead else (lambda: None)
        probed = self._phases.compose(run, footage, ready, run.require_unchanged_files)
        outputs = Outputs.of(run.settings, run.job.name)
        outcome.files = notes_of(outputs.all)
        outcome.output, outcome.video_s = str(outputs.video), round(probed.duration_s, 3)

    def _keep_contact_sheet(self, problem: Exception) -> None:
        """After a failed recording, keep a contact sheet of the steps that were recorded."""
        run = self._run
        if not (run.settings.contact_sheet and isinstance(problem, RecordingError)):
            return
        try:
            path = self._phases.contact_sheet(run, problem.step or "setup")
            self._outcome.artifacts.append(str(path))
        except Exception as other:  # the job's own error matters more
            run.reporter.warn(f"no contact sheet could be made: {other}")
