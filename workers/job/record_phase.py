"""The record phase of one job: the choice of the clock, and the rules after a failure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from forge.errors import MachineError, ProjectError, RecordingError, SpeechError
from forge.model.machine import Machine
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.store import clock_fallback
from forge.store.job_files import write_take
from forge.tutorial import Tutorial
from forge.workers import log_redirect
from forge.workers.composing.encode_ahead import EncodeAhead
from forge.workers.job.adapter_host import AdapterHost
from forge.workers.job.browser_start import BrowserStart
from forge.workers.job.job_run import JobRun, laid_out_so_far
from forge.workers.job.outcome import Outcome
from forge.workers.job.phases import Narration, Phases


class RecordPhase:
    """Records one job.

    With the clock "auto" it records on the virtual clock, or on the elastic one if the virtual
    one failed, now or in an earlier render. `encoding_ahead` encodes beside the last recording.
    `on_take(take, speech)` is called after each step, if nothing is encoded ahead.
    """

    def __init__(
        self,
        run: JobRun,
        phases: Phases,
        adapters: AdapterHost,
        browser: BrowserStart,
        outcome: Outcome,
        on_take: Callable[[Take, Speech], object] | None = None,
    ) -> None:
        self.encoding_ahead: EncodeAhead | None = None
        self._run, self._phases, self._adapters = run, phases, adapters
        self._browser, self._outcome, self._told = browser, outcome, on_take
        self._machine = run.worker.machine
        self._given_up: str | None = None  # why "auto" does not use the virtual clock

    def choose_clock(self) -> None:
        """Choose the clock for "auto": virtual, unless an earlier render gave it up."""
        asked, run = self._run.worker.machine, self._run
        if asked and asked.clock == "auto":
            self._given_up = clock_fallback.given_up(run.settings, asked, run.job)
            self._machine = asked.on("elastic") if self._given_up else self.usual_machine

    @property
    def usual_machine(self) -> Machine:
        """The browser, and the clock of a job that has not failed on it before."""
        assert self._run.worker.machine
        asked = self._run.worker.machine
        return asked.on("virtual") if asked.clock == "auto" else asked

    @property
    def machine(self) -> Machine:
        """The browser, and the clock to record on."""
        assert self._machine, "preflight finds the browser of a batch that records"
        return self._machine

    def record(self, narration: Narration) -> Take:
        """Record the job, paced by its narration; its take and print are then in the work dir.

        `narration` may wait for lines to be spoken; the set-ups need not.

        Raises:
            SpeechError: a line could not be spoken.
            RecordingError: a step failed, on every clock that was tried.
            ProjectError: the adapter or the tutorial cannot be loaded.
            ChangedError: a file of the job has changed meanwhile.
        """
        run = self._run
        run.workspace.forget_take()
        if self.machine.clock == "virtual":
            self._phases.patch_time()  # before users' code is loaded, which may import `sleep`
        # Here, so that a failed start does not count against the clock.
        self._adapters.get(self._browser.settle)
        tutorial = self._phases.tutorial(run)
        self._browser.begin(self.machine)
        if self._given_up:
            print(f"recording on the elastic clock: {self._given_up}")
        spoken = len(run.reporter.warnings)
        try:
            return self._record_once(tutorial, narration)
        except Exception as problem:
            if not self._may_give_up(problem):
                raise
            del run.reporter.warnings[spoken:]  # they are about a recording that is not used
            return self._record_on_elastic_clock(tutorial, narration, problem)

    def _may_give_up(self, problem: Exception) -> bool:
        """Return True if the elastic clock may succeed where the virtual one failed.

        The clock may cause any error of a step, not only a `ClockError`: a wait of the step may
        have failed because of it. But an error that may be temporary (a browser or an app that
        went away) uses up the job's attempts on the virtual clock first.
        """
        run, asked = self._run, self._run.worker.machine
        if not asked or (asked.clock, self.machine.clock) != ("auto", "virtual"):
            return False
        if isinstance(problem, ProjectError | MachineError | SpeechError) or run.change_error():
            return False
        if isinstance(problem, RecordingError) and problem.any_clock:
            return False
        last = run.job.attempt > run.settings.attempts_more
        return last or clock_fallback.would_fail_again(problem)

    def _record_on_elastic_clock(
        self, tutorial: Tutorial, narration: Narration, problem: Exception
    ) -> Take:
        """Record what failed with `problem` on the virtual clock; it is the same attempt."""
        run = self._run
        log_redirect.trace()
        why = clock_fallback.why_given_up(problem)
        kept = run.workspace.keep_virtual_attempt()
        self._outcome.artifacts.clear()
        self._given_up, self._machine = why, self.machine.on("elastic")
        try:
            take = self._record_once(tutorial, narration)
        except Exception:
            run.reporter.warn(
                f"{why}; the elastic clock failed too (evidence of the first try: {kept})"
            )
            raise
        run.reporter.warn(
            f"{why}; recorded on the elastic clock (evidence of the first try: {kept})"
        )
        if clock_fallback.would_fail_again(problem):
            with suppress(OSError):  # without the file, the next render tries the virtual clock
                clock_fallback.give_up(run.settings, run.job, why)
        return take

    def _record_once(self, tutorial: Tutorial, narration: Narration) -> Take:
        """Record on the chosen clock, and write the print of the take.

        After a failure the next recording gets a new browser and a new adapter, because the app
        may be broken.
        """
        run = self._run
        try:
            take, personal = self._run_recording(tutorial, narration)
            run.require_unchanged_files()
        except BaseException:
            self._end_encoding_ahead()
            self._browser.close()
            self._adapters.drop()
            raise
        job = clock_fallback.on_elastic(run.job) if self._given_up else run.job
        own = {"lang": run.job.lang or ""} if personal else {}
        run.workspace.write_take_print({**job.take_prints, **own})
        return take

    def _run_recording(self, tutorial: Tutorial, narration: Narration) -> tuple[Take, bool]:
        """Return the take, and True if it serves this job's language only."""
        run, adapter = self._run, self._adapters.get()
        launch = self._browser.launch(self.machine)
        recording = self._phases.recording(run, tutorial, launch, adapter)
        try:
            take = recording.run(narration, run.reporter.step, self._on_take(narration))
        finally:
            self._outcome.artifacts += recording.artifacts
            self._outcome.memory_mb = recording.memory_mb
        if self._given_up:
            take = take.model_copy(update={"outside": (*take.outside, self._given_up)})
            write_take(take, run.workspace.path)
        self._outcome.take = take
        return take, recording.personal

    def _on_take(self, narration: Narration) -> Callable[[Take], object] | None:
        """Return the function that takes unfinished takes and encodes their finished parts.

        Return None on the elastic clock, which hardly leaves the processors idle: recording and
        encoding would slow each other down. Return None also if nothing is composed afterwards.
        """
        run = self._run
        if told := self._told:
            return lambda take: told(take, narration())
        if run.worker.phase != "all" or self.machine.clock == "elastic":
            return None

        def lay_out(take: Take) -> Manifest:
            return laid_out_so_far(run.job, take, narration(), run.settings.style)

        self.encoding_ahead = self._phases.encode_ahead(run, lay_out)
        return self.encoding_ahead.offer

    def _end_encoding_ahead(self) -> None:
        if self.encoding_ahead:
            self.encoding_ahead.end()
            self.encoding_ahead = None
