"""The recorder on virtual time: forge grants the page its time, and every run shows the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.model.settings import Settings
from forge.model.take import Take
from forge.workers import real_time
from forge.workers.background import CpuGate
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch, World
from forge.workers.recording.browser.session import debugger_address
from forge.workers.recording.browser.webdriver_commands import only_looks
from forge.workers.recording.frame_path import FramePath
from forge.workers.recording.frame_store import FrameStore
from forge.workers.recording.hand.body import Execute
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.recorder import (
    REST_MOST_MS,
    WINDOW_COMMANDS,
    Journal,
    StepPlan,
    Waited,
    given_up,
    record_step,
)
from forge.workers.recording.virtual.body import VirtualBody
from forge.workers.recording.virtual.commands import CommandRunner
from forge.workers.recording.virtual.executor import CommandExecutor
from forge.workers.recording.virtual.holds import Holds
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.clock import start_clock
from forge.workers.recording.virtual.page_time.processes import BrowserProcesses
from forge.workers.recording.virtual.page_time.quiescence import Quiescence
from forge.workers.recording.virtual.page_time.real_time_pacing import MachineClock
from forge.workers.recording.virtual.page_time.stalls import StallWatch
from forge.workers.recording.virtual.pixels.frame_writer import FrameWriter
from forge.workers.recording.virtual.pixels.framebuffer import Framebuffer
from forge.workers.recording.virtual.stage import VirtualStage
from forge.workers.recording.virtual.translator import CommandTranslator
from forge.workers.recording.virtual.tutorial_time import patched_time
from forge.workers.recording.virtual.tutorial_time.tutorial_code import TutorialCode
from forge.workers.recording.virtual.tutorial_time.waits import Waits
from forge.workers.recording.virtual.windows.page import VirtualPage
from forge.workers.recording.virtual.windows.windows import Windows

#: Seconds by which a page's date is ahead of the machine's at first. The page's date falls behind
#: while page time stands still. If it were behind the machine's, what a server has just written
#: would lie in the page's future, which JupyterLab shows as "next yr.".
AHEAD_S = 20
#: Commands that do not count as actions: the conditions of `WebDriverWait` run scripts, too.
SCRIPTS = (Command.W3C_EXECUTE_SCRIPT, Command.W3C_EXECUTE_SCRIPT_ASYNC)
RESIZES = (
    Command.SET_WINDOW_RECT,
    Command.W3C_MAXIMIZE_WINDOW,
    Command.MINIMIZE_WINDOW,
    Command.FULLSCREEN_WINDOW,
)


class VirtualRecorder:
    """Records a browser under begin-frame control, tick by tick.

    A hold on a page at rest is a still picture, as on the elastic clock. A page that moves is
    recorded for the whole hold, and timers that fire before its end are waited for; both cost
    ticks, not time. A wait for an outside takes real time (`Outsides`).
    """

    def __init__(
        self, browser: WatchedChrome, settings: Settings, folder: Path, cpu_gate: CpuGate
    ) -> None:
        driver, video = browser.service.process.pid, settings.video
        processes = BrowserProcesses(driver)
        self._world = World(debugger_address(browser))
        self._journal = Journal(browser, video, "virtual")
        self._writer = FrameWriter(FrameStore(folder))

        def connect(target: str, rank: int) -> VirtualPage:
            framebuffer, seed = Framebuffer(processes.gpu()), settings.page.random_seed
            page = VirtualPage(target, self._world, video, framebuffer, rank, seed)
            page.input.event_s = lambda: clock.event_s
            return page

        self._windows = windows = Windows(browser.current_window_handle, connect)
        quiescence = Quiescence(driver)
        stalls = StallWatch(quiescence.rests, lambda: windows.awaiting, processes.kill)
        control = BrowserControl(windows, quiescence, stalls, cpu_gate)
        outsides, date = self._world.outsides, settings.page.date
        start_s = round(real_time.time()) + AHEAD_S if date is None else date.timestamp()
        clock, frames = start_clock(
            control, self._writer, outsides, video.fps, start_s, MachineClock()
        )
        self._clock, self._frames = clock, frames
        outsides.page_s = lambda: clock.now_ms / 1000
        self._world.dialogs.now = lambda: clock.now_ms
        path = FramePath()
        runner = CommandRunner(clock, frames, control)
        translator = CommandTranslator(windows, path, browser)
        self._waits = Waits(clock, windows, outsides)
        self._executor = CommandExecutor(clock, frames, runner, translator, self._waits, stalls)
        self._body = VirtualBody(clock, frames, runner, browser, path)
        hand = Hand(self._body, settings.hand, video.width, video.height, path)
        holds = Holds(clock, frames, windows, outsides, self._writer)
        self._stage = VirtualStage(clock, frames, holds, self._writer, self._world, hand)
        self._code = TutorialCode(clock, self._waits, outsides)
        self._closing = ExitStack()
        for part in (self._writer, windows, self._executor):  # closed in the reverse order
            self._closing.callback(part.close)
        self._closing.enter_context(patched_time.on(self._code))
        self._closing.callback(self._code.close)
        browser.watcher = self
        self._closing.callback(setattr, browser, "watcher", None)

    @property
    def hand(self) -> Hand:
        return self._stage.hand

    @property
    def watch(self) -> PageWatch:
        return self._windows.page.watch

    def begin(self) -> None:
        self._windows.begin()
        self._waits.begin()
        self._clock.begin()
        self._frames.show(self._windows.page, self._clock.now_ms)
        self._stage.begin()

    def step(self, plan: StepPlan, act: Callable[[], object]) -> None:
        self._stage.look(self._journal)
        self._stage.begin_step()
        self._waits.begin_step()
        asked = f"clock='real' in step {plan.line.step!r}"
        with self._clock.use_real_time(asked) if plan.real else nullcontext():
            step = record_step(self._stage, plan, act, self._journal.last)
        self._world.outsides.end_hold()
        self._journal.steps.append(step)

    def users_code(self) -> AbstractContextManager[None]:
        return self._code.away()

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        if complete:
            self._stage.look(self._journal)
            self._frames.prove(self._windows.page)
        else:
            with suppress(RecordingError):
                self._frames.settle()
        frames = self._writer.flush()
        outside = self._world.outsides.account(self._clock.now_ms / 1000)
        return self._journal.take(tutorial, lang, frames, complete=complete, outside=outside)

    def console(self) -> list[str]:
        return list(self._world.console)

    def notes(self) -> list[str]:
        return self._journal.notes(self.unanswered())

    def unanswered(self) -> list[str]:
        return given_up(page.requests for page in self._windows)

    def waited(self, began_s: float) -> Waited:
        requests = (text for page in self._windows for text in page.requests.open())
        return self._waits.since(began_s, (*requests, *self._world.outsides.open()))

    def close(self) -> None:
        self._closing.close()

    # For WatchedChrome.

    def perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        with self._code.back():
            return self._perform(command, params, execute)

    def is_idle(self) -> bool:
        with self._code.back():
            return self._stage.rest(self._stage.now_ms() + REST_MOST_MS)[0]

    def _perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        self._stage.commands += 1
        self._waits.note_command()
        resizes = command in RESIZES or str(params.get("cmd", "")).startswith("Emulation.")
        if resizes or command in WINDOW_COMMANDS:
            # The command moves the pixels in memory, so those read so far must be checked before
            # it.
            self._frames.prove(self._windows.page)
        if resizes:
            self._windows.page.framebuffer.forget()
        result = self.hand.perform(command, params, lambda c, p: self._executor.run(c, p, execute))
        if command in WINDOW_COMMANDS:
            self._follow_window()
        if not (only_looks(command, params) or command in SCRIPTS):
            self._waits.note_action()
        return result

    def _follow_window(self) -> None:
        try:
            handle = self._body.ask(Command.W3C_GET_CURRENT_WINDOW_HANDLE, {})
        except WebDriverException:
            return self._clock.detach()  # the window was closed: a switch will follow
        recording = self._windows.recording
        if handle == self._windows.page.target and (self._frames.recording or not recording):
            return
        if self._frames.recording:
            self._frames.hide()
        self._windows.show(handle)
        if recording:
            self._frames.show(self._windows.page, self._clock.now_ms)
