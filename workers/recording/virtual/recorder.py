"""The recorder on virtual time: the page's clock is ours, and every run shows the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import psutil
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.model.settings import Settings
from forge.model.take import StepTake, Take
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch, World
from forge.workers.recording.browser.webdriver_commands import only_looks
from forge.workers.recording.frame_store import FrameStore
from forge.workers.recording.hand.body import Execute
from forge.workers.recording.hand.frame_path import FramePath
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.recorder import (
    WINDOW_COMMANDS,
    Waited,
    changed_by_itself,
    given_up,
    origin,
    record_step,
    told_of,
    with_late_picture,
)
from forge.workers.recording.virtual import metronome, patched_time
from forge.workers.recording.virtual.clock import VirtualClock
from forge.workers.recording.virtual.commands import CommandRunner
from forge.workers.recording.virtual.frame_writer import Film
from forge.workers.recording.virtual.framebuffer import Surface
from forge.workers.recording.virtual.holds import Holds
from forge.workers.recording.virtual.metronome import Metronome
from forge.workers.recording.virtual.page import VirtualPage
from forge.workers.recording.virtual.quiescence import Stillness
from forge.workers.recording.virtual.stalls import StallWatch
from forge.workers.recording.virtual.translator import CommandTranslator, at_once, pauses_ms, points
from forge.workers.recording.virtual.waits import Waits
from forge.workers.recording.virtual.windows import Windows

BEGIN_MS = 2000
#: How far a page's date is ahead of the machine's. It falls back while the page stands still, and
#: what a server has just written must not lie in the future: JupyterLab calls that "next yr.".
AHEAD_S = 20
LATE_MS = 1000  # so long a page that changed by itself is given to come to rest
SCRIPTS = (Command.W3C_EXECUTE_SCRIPT, Command.W3C_EXECUTE_SCRIPT_ASYNC)  # waits ask by them, too
NAVIGATE = (Command.GET, Command.REFRESH, Command.GO_BACK, Command.GO_FORWARD)
RESIZES = (
    Command.SET_WINDOW_RECT,
    Command.W3C_MAXIMIZE_WINDOW,
    Command.MINIMIZE_WINDOW,
    Command.FULLSCREEN_WINDOW,
)
SCRIPT_TIMEOUT_MS = 30_000


class VirtualRecorder:
    """Records a browser under begin-frame control, tick by tick.

    A hold on a page at rest is a still picture, as on the elastic clock; what moves is lived
    with, and timers that fire before the hold ends are waited for. Both cost ticks, not time.
    What the page waits for outside takes the time that it takes (`outsides`).
    """

    def __init__(self, browser: WatchedChrome, settings: Settings, folder: Path) -> None:
        self._browser, self._settings, self._video = browser, settings, settings.video
        self._path = FramePath()
        self.hand = Hand(self, settings.hand, self._video.width, self._video.height, self._path)
        self._store = FrameStore(folder)
        self._film = Film(self._store)
        self._world = World()
        self._outsides = self._world.outsides
        self._steps: list[StepTake] = []
        self._notes: list[str] = []
        self.commands = 0
        self.resting = False
        self._late_ms = 0.0
        self._recording = False
        self._script_ms = float(SCRIPT_TIMEOUT_MS)
        self._address = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
        self._windows = Windows(browser.current_window_handle, self._connect)
        self._stillness = Stillness(browser.service.process.pid)
        stalls = StallWatch(self._rests, lambda: self._windows.awaiting, self._kill)
        start = settings.page.date
        self._clock = VirtualClock(
            self._windows,
            self._video.fps,
            self._film,
            self._stillness,
            round(time.time()) + AHEAD_S if start is None else start.timestamp(),
            stalls,
            self._outsides,
        )
        self._stalls = stalls
        self._outsides.page_s = lambda: self._clock.now_ms / 1000
        self._runner = CommandRunner(self._clock, self._stillness, stalls)
        self._translator = CommandTranslator(self._windows, self._path, browser)
        self._waits = Waits(self._clock, self._windows, self._outsides)
        self._holds = Holds(self._clock, self._windows, self._outsides, self._film)
        self._metronome = Metronome(self._tick_beside, self._beside_code)
        browser.watcher = self
        self._on_page_time = patched_time.on(self)
        self._on_page_time.__enter__()

    @property
    def watch(self) -> PageWatch:
        return self._windows.page.watch

    def begin(self) -> None:
        self._recording = True
        self._waits.begin()
        self._clock.begin()
        self._clock.drawing.show(self._windows.page, self.now_ms())
        self._holds.begin_step()
        self.resting, _ = self.rest(self.now_ms() + BEGIN_MS)
        self.hand.begin()

    def step(
        self,
        step_id: str,
        act: Callable[[], object],
        audio_ms: int,
        settle_ms: int,
        *,
        real: bool = False,
    ) -> None:
        self._look()
        self._outsides.begin_step()
        self._holds.begin_step()
        self._waits.begin_step()
        asked = f"clock='real' in step {step_id!r}"
        with self._clock.use_real_time(asked) if real else nullcontext():
            step = record_step(self, step_id, act, audio_ms, settle_ms, real=real)
        self._outsides.end_hold()
        self._steps.append(step)

    def users_code(self) -> AbstractContextManager[None]:
        return self._metronome.away()

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        if complete:
            self._look()
            self._clock.drawing.prove(self._windows.page)
        else:
            with suppress(RecordingError):
                self._clock.drawing.settle()
        self._film.develop()
        return Take(
            tutorial=tutorial,
            lang=lang,
            complete=complete,
            steps=tuple(self._steps),
            frames=self._store.frames,
            outside=self._outsides.account(self.now_ms() / 1000),
            **origin(self._browser, self._video, "virtual"),
        )

    def console(self) -> list[str]:
        return list(self._world.console)

    def notes(self) -> list[str]:
        return [*self._notes, *told_of(self.unanswered())]

    def unanswered(self) -> list[str]:
        return given_up(page.requests for page in self._windows)

    def waited(self, began_s: float) -> Waited:
        return self._waits.since(began_s, self._open())

    def close(self) -> None:
        self._browser.watcher = None
        self._metronome.close()
        self._on_page_time.__exit__(None, None, None)
        self._runner.close()
        self._windows.close()
        self._film.close()
        self._store.close()

    # Looks at a page at rest.

    def _look(self) -> None:
        """See whether a page at rest shows something else by now; only an outside can do that."""
        if not (self._steps and self.resting and self._outsides.known):
            return
        before_ms, expected = self._film.last_ms, self._outsides.outstanding()
        self._clock.tick()
        if self._last_ms() == before_ms:
            return
        self.resting, _ = self.rest(self.now_ms() + LATE_MS)
        last = self._steps[-1]
        self._steps[-1] = with_late_picture(last, self._film.last_ms)
        if not expected:
            self._notes.append(changed_by_itself(last.id, self._outsides.heard()))

    def _last_ms(self) -> int:
        """When the newest picture began to show, that of the frame on its way included."""
        self._clock.drawing.settle()
        return self._film.last_ms

    # For WatchedChrome.

    def perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        with self._metronome.back():
            return self._perform(command, params, execute)

    def _perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        self.commands += 1
        self._waits.asked()
        resizes = command in RESIZES or str(params.get("cmd", "")).startswith("Emulation.")
        if resizes or command in WINDOW_COMMANDS:  # of what was read so far no proof comes later
            self._clock.drawing.prove(self._windows.page)
        if resizes:
            self._windows.page.surface.forget()
        result = self.hand.perform(command, params, lambda c, p: self._run(c, p, execute))
        if command in WINDOW_COMMANDS:
            self._follow_window()
        if not (only_looks(command, params) or command in SCRIPTS):
            self._waits.acted()
        return result

    def _run(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        if command == Command.QUIT:
            return execute(command, params)
        if command == Command.SET_TIMEOUTS:
            params = self._note_timeouts(params)
        given = params
        if command == Command.W3C_ACTIONS:
            params = at_once(params)
            self.live(pauses_ms(given))
        self._translator.note(command, given)
        quick = self._translator.quick(command, params)
        types = quick is not None and command == Command.W3C_ACTIONS

        def run() -> Any:
            with suppress(LookupError):
                if quick:
                    return quick()
            return execute(command, params)

        patience_ms = self._script_ms if command == Command.W3C_EXECUTE_SCRIPT_ASYNC else None
        shows = command != Command.CLOSE
        try:
            return self._waits.found(
                lambda: self._runner.run(
                    run,
                    command,
                    patience_ms=patience_ms,
                    navigates=command in NAVIGATE,
                    points=points(command, params),
                    harmless=only_looks(command, params) or types,
                ),
                command,
            )
        except RecordingError:
            shows = False  # the browser stalled or is gone, and nothing else is to be said
            raise
        finally:
            if shows:
                if not only_looks(command, params):
                    self._clock.drawing.stir()
                self._clock.tick()

    def _note_timeouts(self, params: dict[str, Any]) -> dict[str, Any]:
        """Keep what limits waits here; returns what the driver is to be told."""
        self._script_ms = float(params.get("script", self._script_ms))
        if "pageLoad" in params:
            self._stalls.page_load_s = float(params["pageLoad"]) / 1000
        return self._waits.note_timeouts(params)

    # For patched time.

    def sleep(self, seconds: float, *, selenium: bool) -> None:
        """Let the page live for so long; in step with the machine's clock where it may matter."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        with self._metronome.back():
            self._waits.sleep(seconds, selenium=selenium)

    def wait_s(self) -> float:
        """The clock that waits are limited by; in a set-up the machine's."""
        return self._waits.now_s()

    def _tick_beside(self) -> None:
        if self._waits.is_before_all:
            threading.Event().wait(1 / self._video.fps)
        else:
            self._clock.tick()

    @contextmanager
    def _beside_code(self, since_s: float) -> Iterator[None]:
        """For the metronome: real time since then; what the code does may reach a server."""
        self._outsides.prod()
        with self._clock.use_real_time(metronome.REASON, since_s=since_s):
            yield

    def _open(self) -> tuple[str, ...]:
        """What is out or open, as an error names it."""
        requests = (text for page in self._windows for text in page.requests.open())
        return (*requests, *self._outsides.open())

    # For the hand.

    def now_ms(self) -> int:
        return self._clock.now_ms

    def live(self, ms: float) -> None:
        if ms > 0:
            self._clock.run_for(ms)

    def pause(self, ms: float) -> None:
        self.live(ms)

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, lives: bool = False) -> Iterator[None]:
        """Beats are right on the whole: what one is too long, the next is too short."""
        due_ms = self.now_ms() + ms + self._late_ms
        yield
        left_ms = due_ms - self.now_ms()
        self._clock.run_ticks(int(left_ms * self._video.fps / 1000 + 0.5))
        self._late_ms = max(-ms, min(ms, due_ms - self.now_ms()))

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        value = self._ask(command, params)
        if acts:
            self._clock.drawing.stir()
            self._clock.tick()
        return value

    def mouse(self, *events: dict[str, Any]) -> None:
        moves = all(event["type"] == "mouseMoved" for event in events)

        def do() -> None:
            self._windows.page.direct.point(*events)
            if not moves:
                with suppress(WebDriverException):  # it waits for the page that a link led to
                    self._browser.unwatched(Command.W3C_GET_ALERT_TEXT, {})

        self._runner.run(do, Command.CLICK_ELEMENT, points=moves, harmless=moves)
        if not moves:  # styles change under the mouse, and that is told of
            self._clock.drawing.stir()

    def _ask(self, command: str, params: dict[str, Any]) -> Any:
        page = self._windows.page
        if command == Command.W3C_EXECUTE_SCRIPT and not self._path.frames:
            with suppress(LookupError):
                return page.direct.run(params["script"], params["args"])

        def run() -> Any:
            return self._browser.unwatched(command, params)

        return self._runner.run(run, command, harmless=True)

    # Windows.

    def _follow_window(self) -> None:
        drawing = self._clock.drawing
        try:
            handle = self.ask(Command.W3C_GET_CURRENT_WINDOW_HANDLE, {})
        except WebDriverException:
            return self._clock.leave_window()  # a switch will follow
        if handle == self._windows.page.target and (drawing.casting or not self._recording):
            return
        if drawing.casting:
            drawing.hide()
        self._windows.show(handle)
        if self._recording:
            drawing.show(self._windows.page, self.now_ms())

    def _connect(self, target: str, rank: int) -> VirtualPage:
        page = VirtualPage(
            self._address,
            target,
            self._video,
            self._world,
            surface=Surface(self._drawn_by()),
            seed=self._settings.page.random_seed,
            rank=rank,
        )
        if self._recording:
            page.requests.begin()
        else:
            page.order.at_once(True)  # what a set-up loads is in no video
        return page

    def _rests(self) -> bool:
        return self._stillness.rests()

    def _kill(self) -> None:
        """End a browser that stalled: what still asks it for anything is then told at once."""
        for process in self._processes():
            with suppress(psutil.Error):
                process.kill()

    def _drawn_by(self) -> int | None:
        """The process that draws all windows."""
        for process in self._processes():
            with suppress(psutil.Error):
                if "--type=gpu-process" in process.cmdline():
                    return process.pid
        return None

    def _processes(self) -> list[psutil.Process]:
        """The browser's, while there is one."""
        return psutil.Process(self._browser.service.process.pid).children(recursive=True)

    # Holds.

    def live_until(self, at_ms: float) -> None:
        self.live(at_ms - self.now_ms())

    def disturbed(self, since_ms: int) -> bool:
        return self.now_ms() > since_ms or bool(self._outsides.outstanding())

    def rest(self, until_ms: int) -> tuple[bool, int]:
        return self._holds.rest(until_ms)
