"""WebDriver commands of the tutorial, executed on virtual time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.workers.recording.browser.webdriver_commands import only_looks
from forge.workers.recording.hand.body import Execute
from forge.workers.recording.virtual.commands import CommandRunner
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.page_time.stalls import StallWatch
from forge.workers.recording.virtual.translator import (
    CommandTranslator,
    moves_mouse,
    pauses_ms,
    without_durations,
)
from forge.workers.recording.virtual.tutorial_time.waits import Waits

NAVIGATE = (Command.GET, Command.REFRESH, Command.GO_BACK, Command.GO_FORWARD)
SCRIPT_TIMEOUT_MS = 30_000  # WebDriver's own, unless the tutorial sets another


class CommandExecutor:
    """Executes commands one at a time, each followed by a tick that shows its effect.

    A command goes over DevTools where that has the same effect (`CommandTranslator`).
    """

    def __init__(
        self,
        clock: VirtualClock,
        frames: FrameScheduler,
        runner: CommandRunner,
        translator: CommandTranslator,
        waits: Waits,
        stalls: StallWatch,
    ) -> None:
        self._clock, self._frames, self._runner = clock, frames, runner
        self._translator, self._waits, self._stalls = translator, waits, stalls
        self._script_ms = float(SCRIPT_TIMEOUT_MS)

    def run(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        """Execute a command, by `execute` if WebDriver has to; return what WebDriver would."""
        if command == Command.QUIT:
            return execute(command, params)
        if command == Command.SET_TIMEOUTS:
            params = self._note_timeouts(params)
        given = params
        if command == Command.W3C_ACTIONS:
            # chromedriver would wait for pauses on the machine's clock. So page time of their
            # length passes first, and the actions are sent without them.
            params = without_durations(params)
            if (ms := pauses_ms(given)) > 0:
                self._clock.run_for(ms)
        self._translator.note(command, given)
        quick = self._translator.translate(command, params)
        types = quick is not None and command == Command.W3C_ACTIONS

        def run() -> Any:
            with suppress(LookupError):
                if quick:
                    return quick()
            return execute(command, params)

        looks = only_looks(command, params)
        patience_ms = self._script_ms if command == Command.W3C_EXECUTE_SCRIPT_ASYNC else None
        shows = command != Command.CLOSE
        try:
            return self._waits.with_implicit_wait(
                lambda: self._runner.run(
                    run,
                    command,
                    patience_ms=patience_ms,
                    navigates=command in NAVIGATE,
                    moves_mouse=moves_mouse(command, params),
                    harmless=looks or types,
                ),
                command,
            )
        except RecordingError:
            shows = False  # the browser has stalled or is gone: a tick would hide that error
            raise
        finally:
            if shows:
                if not looks:
                    self._frames.mark_dirty()
                self._clock.tick()

    def _note_timeouts(self, params: dict[str, Any]) -> dict[str, Any]:
        """Keep the timeouts that forge measures itself; return those for the driver."""
        self._script_ms = float(params.get("script", self._script_ms))
        if "pageLoad" in params:
            self._stalls.page_load_s = float(params["pageLoad"]) / 1000
        return self._waits.note_timeouts(params)

    def close(self) -> None:
        """End the thread of the commands."""
        self._runner.close()
