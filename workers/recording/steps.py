"""Run one step of a tutorial: its function, `settle_until`, `wait_for` and `focus`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.support.ui import WebDriverWait

from forge.adapters.contract import Context
from forge.errors import RecordingError
from forge.locators import wording
from forge.tutorial import Step, call
from forge.waits import FORGES, AllHold, conditions, named
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.javascript import load
from forge.workers.recording.recorder import Recorder
from forge.workers.recording.seen_instead import with_what_is_seen
from forge.workers.recording.user_code import explain
from forge.workers.recording.wait_errors import describe, fails_on_any_clock, lasted, waited_by

SETTLE_UNTIL_S = 5.0
POLL_S = 0.05
NETWORK_QUIET_SCRIPT = load(__name__, "network_quiet")


class StepRunner:
    """Runs the steps of one recording. `warn(text)` reports problems that do not fail a step."""

    def __init__(
        self,
        browser: WatchedChrome,
        context: Context,
        recorder: Recorder,
        warn: Callable[[str], object],
    ) -> None:
        self._browser, self._context = browser, context
        self._recorder, self._warn = recorder, warn

    def run(self, step: Step) -> None:
        """Run a step's function, then its `settle_until`, `wait_for` and `focus`.

        A dialog that the step leaves open holds the page up: then `settle_until` and `focus` are
        skipped, because a look at the page would close it.

        Raises:
            RecordingError: it failed, or what it waits for did not come. Says file and line.
        """
        self._call(step)
        if step.settle_until and not self._dialog_is_open():
            self._settle(step)
        if step.wait_for:
            self._wait_for(step)
        if step.focus and not self._dialog_is_open():
            self._focus(step)

    def _dialog_is_open(self) -> bool:
        watch = self._recorder.watch
        watch.catch_up()
        return watch.dialog

    def _call(self, step: Step) -> None:
        recorder = self._recorder
        try:
            with recorder.users_code():
                call(step.run, self._browser, self._context)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            said = describe(error, recorder.waited)
            seen = with_what_is_seen(said, error, self._browser)
            failed = explain(error, "", (step.file, step.line), step.id, seen)
            failed.any_clock = fails_on_any_clock(error, recorder.waited)
            if not (failed.hint or said) and (silent := recorder.unanswered()):
                failed.hint = f"not answered: {', '.join(silent)}"
            raise failed from error

    def _settle(self, step: Step) -> None:
        """Wait for the load event or a quiet network: best effort, at most SETTLE_UNTIL_S."""
        browser = self._browser
        try:
            if step.settle_until == "load":
                WebDriverWait(browser, SETTLE_UNTIL_S, poll_frequency=POLL_S).until(
                    lambda b: b.execute_script("return document.readyState") == "complete"
                )
            else:
                browser.set_script_timeout(SETTLE_UNTIL_S)
                browser.execute_async_script(NETWORK_QUIET_SCRIPT)
        except WebDriverException:
            self._warn(
                f"step {step.id!r}: settle_until={step.settle_until!r} was not reached in 5 s"
            )

    def _wait_for(self, step: Step) -> None:
        assert step.wait_for is not None
        held = AllHold(conditions(step.wait_for))
        own = any(not isinstance(one, FORGES) for one in held.conditions)
        wait = WebDriverWait(self._browser, step.wait_timeout_s, poll_frequency=POLL_S)
        recorder, place = self._recorder, (step.file, step.line)
        try:
            with recorder.users_code() if own else nullcontext():
                wait.until(held)
        except TimeoutException as error:
            times = lasted(waited_by(error, recorder.waited))
            said = (
                f"wait_for {named(held.missing)} did not hold within {step.wait_timeout_s:g} s"
                f" ({times})"
            )
            failed = RecordingError(
                with_what_is_seen(said, error, self._browser),
                hint="is the locator right, and does the app get there? See the screenshot",
                step=step.id,
                file=step.file,
                line=step.line,
            )
            failed.any_clock = fails_on_any_clock(error, recorder.waited)
            raise failed from error
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            raise explain(error, "wait_for", place, step.id) from error

    def _focus(self, step: Step) -> None:
        """Move the cursor to the step's `focus`. That is decoration, so a failure only warns."""
        assert step.focus is not None
        try:
            element = self._browser.find_element(*step.focus)
            self._browser.enter_frame_of(element)
            self._recorder.hand.rest_on(element.id)
        except WebDriverException as error:
            said = with_what_is_seen(None, error, self._browser)
            self._warn(f"step {step.id!r}: focus {wording(step.focus)}: {said}")
