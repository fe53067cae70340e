"""The record phase of one job: adapter, browser, setup, steps, teardown."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.ui import WebDriverWait

from forge.adapters.contract import Adapter, Context, Slot
from forge.errors import RecordingError
from forge.model.records import Job
from forge.model.settings import Clock, Settings
from forge.model.speech import Speech
from forge.model.take import Take
from forge.model.timeline import SETTLE_MS
from forge.store import private
from forge.store.job_files import write_take
from forge.store.paths import CONSOLE_FILE, PAGE_FILE, SCREENSHOT_FILE, TAKE_FILE
from forge.text.redact import without_passwords
from forge.tutorial import Step, Tutorial, call, has_run
from forge.workers import guard
from forge.workers.background import lull
from forge.workers.recording.browser.chrome import Launch, WatchedChrome
from forge.workers.recording.browser.documents import WrongPage
from forge.workers.recording.browser.session import BrowserSession
from forge.workers.recording.downloads import shows_nothing_new, told_of_downloads
from forge.workers.recording.evidence import keep_page
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.javascript import load
from forge.workers.recording.recorder import Recorder
from forge.workers.recording.screencast.recorder import ScreencastRecorder
from forge.workers.recording.user_code import explain, message_of
from forge.workers.recording.virtual.recorder import VirtualRecorder
from forge.workers.recording.wait_errors import (
    describe,
    fails_on_any_clock,
    lasted,
    waited_by,
)

SETTLE_UNTIL_S = 5.0
NETWORK_QUIET_SCRIPT = load(__name__, "network_quiet")

Warn = Callable[[str], object]
OnStep = Callable[[int, Step], object]
OnTake = Callable[[Take], object]


class Recording:
    """One job's recording: everything it needs, and what it leaves when a step fails.

    `launch`: its browser's, which it ends; whoever runs it closes that.
    """

    def __init__(
        self,
        job: Job,
        tutorial: Tutorial,
        launch: Launch,
        adapter: Adapter,
        slot: Slot,
        settings: Settings,
        work_dir: Path,
        warn: Warn,
    ) -> None:
        self.job, self.tutorial, self.launch, self.adapter = job, tutorial, launch, adapter
        self.settings, self.work_dir, self.slot, self.warn = settings, work_dir, slot, warn
        self.artifacts: list[str] = []
        self.memory_mb: float | None = None
        self.personal = False  # somebody looked at the language: the take serves no other

    def run(self, speech: Speech, on_step: OnStep, on_take: OnTake | None = None) -> Take:
        """Record every step; `on_step(number from 1, step)` is called before each.

        `on_take(take)` is called after each but the last, with what was recorded so far.

        Raises:
            RecordingError: setup or a step failed, or the browser did. Screenshot, console log
                and the part of the take that was recorded are then in the work dir
                (`artifacts`).
        """
        context = Context(lang=self.job.lang, slot=self.slot, job=self.job.name)
        try:
            browser = self.launch.browser()
            address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
            session = BrowserSession(address, context.downloads)
            take = self._record_with(browser, session, context, speech, on_step, on_take)
        finally:
            lull.set()
            self.launch.end()
        self.personal = context.personal
        write_take(take, self.work_dir)
        return take

    def _record_with(
        self,
        browser: WatchedChrome,
        session: BrowserSession,
        context: Context,
        speech: Speech,
        on_step: OnStep,
        on_take: OnTake | None,
    ) -> Take:
        clock = self.launch.machine.clock
        recorder = start_recorder(browser, self.settings, clock, self.work_dir)
        try:
            return self._record(browser, session, context, recorder, speech, on_step, on_take)
        except BaseException:
            self._keep_evidence(browser, recorder)
            raise
        finally:
            try:
                for note in recorder.notes():
                    self.warn(note)
                recorder.close()
            finally:
                self._tear_down(browser, context)

    def _record(
        self,
        browser: WatchedChrome,
        session: BrowserSession,
        context: Context,
        recorder: Recorder,
        speech: Speech,
        on_step: OnStep,
        on_take: OnTake | None,
    ) -> Take:
        self._set_up(browser, context, recorder)
        session.downloads()  # what a set-up downloads is no matter of the video's
        recorder.begin()
        for number, (step, line) in enumerate(
            zip(self.tutorial.steps, speech.lines, strict=True), start=1
        ):
            on_step(number, step)
            with self._blaming(step, recorder):
                recorder.step(
                    step.id,
                    lambda step=step: self._act(step, browser, context, recorder),  # type: ignore[misc]
                    line.audio_ms,
                    SETTLE_MS if step.settle_s is None else round(step.settle_s * 1000),
                    real=step.clock == "real",
                )
            if names := session.downloads():
                self._tell_downloads(names, recorder)
            if on_take and number < len(speech.lines):
                on_take(recorder.take(self.tutorial.id, self.job.lang, complete=False))
        self.memory_mb = round(guard.held_mb(os.getpid()), 1)
        with self._blaming(step, recorder):  # the last one, whose page may still have changed
            return recorder.take(self.tutorial.id, self.job.lang, complete=True)

    @contextmanager
    def _blaming(self, step: Step, recorder: Recorder) -> Iterator[None]:
        """What fails inside is of that step, and so is a page that is not the app's.

        Raises:
            RecordingError: such a page has come; it is why whatever else has failed.
        """
        try:
            yield
        except Exception as error:
            if isinstance(error, RecordingError) and error.step is None:  # it was in the hold
                error.step, error.file, error.line = step.id, step.file, step.line
            self._insist_on_the_apps_page(step, recorder, error)
            raise
        self._insist_on_the_apps_page(step, recorder)

    def _insist_on_the_apps_page(
        self, step: Step, recorder: Recorder, failed: Exception | None = None
    ) -> None:
        if wrong := recorder.watch.wrong_page(allowed=step.allow_error_page):
            error, place = wrong.error(), failed if isinstance(failed, RecordingError) else step
            error.step, error.file, error.line = step.id, place.file, place.line
            raise error from failed

    def _tell_downloads(self, names: list[str], recorder: Recorder) -> None:
        """Warn of a step that shows nothing but that it is spoken, because a file came of it."""
        take = recorder.take(self.tutorial.id, self.job.lang, complete=False)
        if shows_nothing_new(take, self.work_dir):
            self.warn(told_of_downloads(take.steps[-1].id, names))

    def _set_up(self, browser: WatchedChrome, context: Context, recorder: Recorder) -> None:
        """Run the set-ups; what they end on is the video's first picture.

        Raises:
            RecordingError: one failed, or they end on a page that is not the app's.
        """
        try:
            self._run_set_ups(browser, context, recorder)
        except RecordingError as error:
            if wrong := shown_wrong(recorder):
                error.hint = error.hint or wrong.said
            raise
        if wrong := shown_wrong(recorder):
            raise wrong.error("the set-up ends on a page that is not the app's")

    def _run_set_ups(self, browser: WatchedChrome, context: Context, recorder: Recorder) -> None:
        try:
            with recorder.users_code():
                context.state = self.adapter.setup(browser, context)
        except (Exception, SystemExit) as error:
            said = describe(error, recorder.waited)
            failed = explain(error, "the adapter's setup failed", None, said=said)
            failed.transient = True  # it deals with an app, which may be there the next time
            raise failed from error
        if setup := self.tutorial.setup_function:
            try:
                with recorder.users_code():
                    call(setup, browser, context)
            except (Exception, SystemExit) as error:
                place = (self.tutorial.file, setup.__code__.co_firstlineno)
                said = describe(error, recorder.waited)
                raise explain(error, "the tutorial's setup failed", place, said=said) from error

    def _act(
        self, step: Step, browser: WatchedChrome, context: Context, recorder: Recorder
    ) -> None:
        try:
            with recorder.users_code():
                call(step.run, browser, context)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            said = describe(error, recorder.waited)
            failed = explain(error, "", (step.file, step.line), step.id, said)
            failed.any_clock = fails_on_any_clock(error, recorder.waited)
            if not (failed.hint or said) and (silent := recorder.unanswered()):
                failed.hint = f"not answered: {', '.join(silent)}"
            raise failed from error
        if step.settle_until:
            self._settle(step, browser)
        if step.wait_for:
            self._wait_for(step, browser, recorder)
        if step.focus:
            self._focus(step, browser, recorder.hand)

    def _focus(self, step: Step, browser: WatchedChrome, hand: Hand) -> None:
        """Let the cursor rest where the step says: decoration, whose failure only warns."""
        assert step.focus is not None
        try:
            hand.rest_on(browser.find_element(*step.focus).id)
        except WebDriverException as error:
            self.warn(f"step {step.id!r}: focus {step.focus}: {message_of(error)}")

    def _wait_for(self, step: Step, browser: WatchedChrome, recorder: Recorder) -> None:
        assert step.wait_for is not None
        wait = WebDriverWait(browser, step.wait_timeout_s, poll_frequency=0.05)
        try:
            wait.until(expect.visibility_of_element_located(step.wait_for))
        except TimeoutException as error:
            failed = RecordingError(
                f"wait_for {step.wait_for} was not visible within {step.wait_timeout_s:g} s"
                f" ({lasted(waited_by(error, recorder.waited))})",
                hint="is the locator right, and does the app get there? See the screenshot",
                step=step.id,
                file=step.file,
                line=step.line,
            )
            failed.any_clock = fails_on_any_clock(error, recorder.waited)
            raise failed from error
        except WebDriverException as error:
            raise explain(error, "wait_for", (step.file, step.line), step.id) from error

    def _settle(self, step: Step, browser: WatchedChrome) -> None:
        """Wait for the load event or a quiet network: best effort, at most 5 s."""
        try:
            if step.settle_until == "load":
                WebDriverWait(browser, SETTLE_UNTIL_S, poll_frequency=0.05).until(
                    lambda b: b.execute_script("return document.readyState") == "complete"
                )
            else:
                browser.set_script_timeout(SETTLE_UNTIL_S)
                browser.execute_async_script(NETWORK_QUIET_SCRIPT)
        except WebDriverException:
            self.warn(
                f"step {step.id!r}: settle_until={step.settle_until!r} was not reached in 5 s"
            )

    def _tear_down(self, browser: WatchedChrome, context: Context) -> None:
        """Undo, last in, first out; what fails here warns and hides no earlier error."""
        thunks: list[Callable[[], object]] = [lambda: self.adapter.teardown(browser, context)]
        if own := self.tutorial.teardown_function:
            thunks.append(lambda: call(own, browser, context))
        thunks += context.teardowns
        for thunk in reversed(thunks):
            try:
                has_run(thunk())
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                self.warn(f"teardown failed: {type(error).__name__}: {message_of(error)}")

    def _keep_evidence(self, browser: WatchedChrome, recorder: Recorder) -> None:
        """Screenshot, page, console log and partial take, as far as they can still be had."""

        def screenshot(path: Path) -> None:
            private.write(path, browser.get_screenshot_as_png())

        def page(path: Path) -> None:
            keep_page(recorder.watch, path)

        def console(path: Path) -> None:
            said = without_passwords("\n".join(recorder.console()))
            private.write(path, f"{said}\n".encode("utf-8", "replace"))

        def take(path: Path) -> None:
            partial = recorder.take(self.tutorial.id, self.job.lang, complete=False)
            write_take(partial, path.parent)

        keepers = {
            SCREENSHOT_FILE: screenshot,
            PAGE_FILE: page,
            CONSOLE_FILE: console,
            TAKE_FILE: take,
        }
        for name, keep in keepers.items():
            path = self.work_dir / name
            try:
                keep(path)
                self.artifacts.append(str(path))
            except Exception as problem:
                self.warn(f"{name} could not be kept: {message_of(problem)}")


def shown_wrong(recorder: Recorder) -> WrongPage | None:
    """What is wrong with the page that shows now; forget what went by before it."""
    recorder.watch.wrong_page()
    return recorder.watch.documents.shown


def start_recorder(
    browser: WatchedChrome, settings: Settings, clock: Clock, folder: Path
) -> Recorder:
    """Return the recorder of `clock`, for which the browser was started."""
    if clock == "virtual":
        return VirtualRecorder(browser, settings, folder)
    return ScreencastRecorder(browser, settings, clock, folder)
