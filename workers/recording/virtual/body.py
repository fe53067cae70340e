"""The hand's body on virtual time: its clock is the page's, its mouse goes over DevTools."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.frame_path import FramePath
from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.virtual.commands import CommandRunner
from forge.workers.recording.virtual.page_time.begin_frame import FrameScheduler
from forge.workers.recording.virtual.page_time.clock import VirtualClock
from forge.workers.recording.virtual.windows.cdp_input import DialogOpened


class VirtualBody:
    """What the hand needs (`hand.body.Body`), in whole ticks of page time."""

    def __init__(
        self,
        clock: VirtualClock,
        frames: FrameScheduler,
        runner: CommandRunner,
        browser: WatchedChrome,
        path: FramePath,
    ) -> None:
        self._clock, self._frames, self._runner = clock, frames, runner
        self._browser, self._path = browser, path
        self._short_ms = 0.0  # by how much the last beat was too short; negative: too long

    def now_ms(self) -> int:
        return self._clock.now_ms

    def run_for(self, ms: float) -> None:
        if ms > 0:
            self._clock.run_for(ms)

    def pause(self, ms: float) -> None:
        self.run_for(ms)

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, runs: bool = False) -> Iterator[None]:
        # Beats are rounded to whole ticks. The rounding error of one is carried to the next, so
        # that a movement of many beats has its exact length.
        due_ms = self.now_ms() + ms + self._short_ms
        yield
        left_ms = due_ms - self.now_ms()
        self._clock.run_ticks(int(left_ms * self._clock.fps / 1000 + 0.5))
        self._short_ms = max(-ms, min(ms, due_ms - self.now_ms()))

    def dialog(self) -> OpenDialog | None:
        opened = self._clock.page.watch.world.dialogs.opened
        return opened and OpenDialog(round(opened.stamp), opened.message)

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        value = self._ask(command, params, acts=acts)
        if acts:
            self._frames.mark_dirty()
            self._clock.tick()
        return value

    def mouse(self, *events: dict[str, Any]) -> None:
        moves = all(event["type"] == "mouseMoved" for event in events)

        def do() -> None:
            self._clock.page.input.dispatch_mouse(*events)
            if not moves:
                self._browser.await_page()

        self._runner.run(do, Command.CLICK_ELEMENT, moves_mouse=moves, harmless=moves)
        if not moves:  # the effect of a move (`:hover` styles) shows in the frame of the move
            self._frames.mark_dirty()

    def _ask(self, command: str, params: dict[str, Any], *, acts: bool) -> Any:
        if command == Command.W3C_EXECUTE_SCRIPT and not self._path.frames:
            try:
                return self._clock.page.input.run_script(params["script"], params["args"])
            except DialogOpened:
                if acts:
                    return None  # the script has opened it, and must not run again
            except LookupError:
                pass

        def run() -> Any:
            return self._browser.unwatched(command, params, acts=acts)

        return self._runner.run(run, command, harmless=True)
