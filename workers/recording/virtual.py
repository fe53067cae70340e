"""The recorder on virtual time: the page's clock is ours, and every run shows the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

import psutil
from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.layout import LEAD_IN_MS, step_length_ms
from forge.settings import Settings
from forge.take import StepTake, Take
from forge.workers.recording import waits
from forge.workers.recording.browser import WatchedChrome
from forge.workers.recording.film import Film
from forge.workers.recording.frames import FrameStore
from forge.workers.recording.hand import Execute, Hand
from forge.workers.recording.keyboard import WRITABLE, writes
from forge.workers.recording.naming import only_looks
from forge.workers.recording.recorder import (
    QUIET_MS,
    REST_LEAST_MS,
    WINDOW_COMMANDS,
    origin,
)
from forge.workers.recording.stillness import Stillness
from forge.workers.recording.surface import Surface
from forge.workers.recording.virtual_page import VirtualPage
from forge.workers.recording.virtual_time import VirtualTime

BEGIN_MS = 2000
FIND_ONE = (Command.FIND_ELEMENT, Command.FIND_CHILD_ELEMENT, Command.FIND_ELEMENT_FROM_SHADOW_ROOT)
FIND_ALL = (
    Command.FIND_ELEMENTS,
    Command.FIND_CHILD_ELEMENTS,
    Command.FIND_ELEMENTS_FROM_SHADOW_ROOT,
)
RANKS = 7
NAVIGATE = (Command.GET, Command.REFRESH, Command.GO_BACK, Command.GO_FORWARD)
RESIZES = (
    Command.SET_WINDOW_RECT,
    Command.W3C_MAXIMIZE_WINDOW,
    Command.MINIMIZE_WINDOW,
    Command.FULLSCREEN_WINDOW,
)
SCRIPT_TIMEOUT_MS = 30_000
Quick = Callable[[], Any]


class VirtualRecorder:
    """Records a browser under begin-frame control, tick by tick.

    A hold on a page at rest is a still picture, as on the elastic clock; what moves is lived
    with, and timers that fire before the hold ends are waited for. Both cost ticks, not time.
    """

    def __init__(self, browser: WatchedChrome, settings: Settings, folder: Path) -> None:
        self._browser, self._settings, self._video = browser, settings, settings.video
        self.hand = Hand(self, settings.hand, self._video.width, self._video.height)
        self._store = FrameStore(folder)
        self._film = Film(self._store)
        self._console: list[str] = []
        self._steps: list[StepTake] = []
        self._commands = self._windows = 0
        self._late_ms = 0.0
        self._resting = self._recording = False
        self._implicit_ms, self._script_ms = 0.0, float(SCRIPT_TIMEOUT_MS)
        self._held: set[str] = set()  # keys
        self._pages: dict[str, VirtualPage] = {}
        page = self._attach(browser.current_window_handle)
        start = settings.page.date
        self._time = VirtualTime(
            page,
            self._video.fps,
            self._film,
            Stillness(browser.service.process.pid),
            round(time.time()) if start is None else start.timestamp(),
            self._kill,
            self._pages,
            self._adopt,
        )
        browser.watcher = self
        self._on_page_time = waits.on(self._time)
        self._on_page_time.__enter__()

    def begin(self) -> None:
        self._recording = True
        self._time.begin()
        self._time.drawing.show(self._time.page, self.now_ms())
        self._resting, _ = self._rest(self.now_ms() + BEGIN_MS)
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
        start_ms, commands = self.now_ms(), self._commands
        self._time.paced(real)
        if not self._resting:
            self._time.live(LEAD_IN_MS)
        action_start_ms = self.now_ms()
        act()
        action_end_ms = self.now_ms()
        if real or not (self._resting and self._commands == commands):
            hold_ms = step_length_ms(action_end_ms - action_start_ms, audio_ms, settle_ms)
            end_ms = max(action_start_ms + hold_ms - LEAD_IN_MS, action_end_ms + REST_LEAST_MS)
            self._resting, rest_ms = self._rest(end_ms)
            if self._resting:
                action_end_ms = max(action_end_ms, min(rest_ms, end_ms))
            if real:
                self.live(action_start_ms + hold_ms - LEAD_IN_MS - self.now_ms())
        self._time.paced(False)
        self._steps.append(
            StepTake(
                id=step_id,
                start_ms=start_ms,
                action_start_ms=action_start_ms,
                action_end_ms=action_end_ms,
                end_ms=self.now_ms(),
                settle_ms=settle_ms,
                moving=real or not self._resting,
                interactions=self.hand.done(),
            )
        )

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        if complete:
            self._time.drawing.prove(self._time.page)
        else:
            with suppress(RecordingError):
                self._time.drawing.settle()
        self._film.develop()
        return Take(
            tutorial=tutorial,
            lang=lang,
            complete=complete,
            steps=tuple(self._steps),
            frames=self._store.frames,
            **origin(self._browser, self._video),
        )

    def console(self) -> list[str]:
        return list(self._console)

    def close(self) -> None:
        self._browser.watcher = None
        self._on_page_time.__exit__(None, None, None)
        self._time.close()
        for page in self._pages.values():
            page.close()
        self._film.close()
        self._store.close()

    # For WatchedChrome.

    def perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        self._commands += 1
        resizes = command in RESIZES or str(params.get("cmd", "")).startswith("Emulation.")
        if resizes or command in WINDOW_COMMANDS:  # of what was read so far no proof comes later
            self._time.drawing.prove(self._time.page)
        if resizes:
            self._time.page.surface.forget()
        result = self.hand.perform(command, params, lambda c, p: self._run(c, p, execute))
        if command in WINDOW_COMMANDS:
            self._follow_window()
        return result

    def _run(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        if command == Command.QUIT:
            return execute(command, params)
        if command == Command.SET_TIMEOUTS:
            params = self._note_timeouts(params)
        given = params
        if command == Command.W3C_CLEAR_ACTIONS:
            self._held.clear()
        if command == Command.W3C_ACTIONS:
            params = {**params, "actions": [_at_once(source) for source in params["actions"]]}
            self.live(_pauses_ms(given))
            self._note_held(given["actions"])
        quick = self._quick(command, params)
        types = quick is not None and command == Command.W3C_ACTIONS

        def run() -> Any:
            with suppress(LookupError):
                if quick:
                    return quick()
            return execute(command, params)

        patience_ms = self._script_ms if command == Command.W3C_EXECUTE_SCRIPT_ASYNC else None
        until_ms, shows = self.now_ms() + self._implicit_ms, command != Command.CLOSE
        try:
            while True:
                try:
                    found = self._time.during(
                        run,
                        command,
                        patience_ms=patience_ms,
                        navigates=command in NAVIGATE,
                        points=_points(command, params),
                        harmless=only_looks(command, params) or types,
                    )
                    if command not in FIND_ALL or found.get("value") or self.now_ms() >= until_ms:
                        return found
                except NoSuchElementException:
                    if command not in FIND_ONE or self.now_ms() >= until_ms:
                        raise
                self._time.tick()
        except RecordingError:
            shows = False  # the browser stalled or is gone, and nothing else is to be said
            raise
        finally:
            if shows:
                if not only_looks(command, params):
                    self._time.drawing.stir()
                self._time.tick()

    def _quick(self, command: str, params: dict[str, Any]) -> Quick | None:
        """How a command is done without WebDriver, if it can be.

        Not behind a dialog, and not while a key is held down, which WebDriver remembers.
        """
        if self._time.page.dialog or self._held:
            return None
        direct = self._time.page.direct
        if command == Command.W3C_ACTIONS:
            keys = writes(params["actions"])
            return (lambda: direct.press(keys)) if keys else None
        if self.hand.frames:
            return None
        if command == Command.FIND_ELEMENT and params["using"] == "css selector":
            element = self._browser.create_web_element
            return lambda: {"value": element(direct.find(params["value"]))}
        if command == Command.W3C_EXECUTE_SCRIPT and only_looks(command, params):
            asked, *args = params["args"]
            return lambda: direct.question(params["script"], asked.id, *args)
        if command == Command.SEND_KEYS_TO_ELEMENT and WRITABLE.issuperset(params["text"]):
            return lambda: direct.write(params["id"], params["text"])
        return None

    def _note_held(self, sources: list[dict[str, Any]]) -> None:
        for action in (one for source in sources for one in source["actions"]):
            if action["type"] == "keyDown":
                self._held.add(action["value"])
            elif action["type"] == "keyUp":
                self._held.discard(action["value"])

    def _note_timeouts(self, params: dict[str, Any]) -> dict[str, Any]:
        """Implicit waits are ours: the driver would wait on real time."""
        params = dict(params)
        self._implicit_ms = float(params.pop("implicit", self._implicit_ms))
        self._script_ms = float(params.get("script", self._script_ms))
        return params

    # For the hand.

    def now_ms(self) -> int:
        return self._time.now_ms

    def live(self, ms: float) -> None:
        if ms > 0:
            self._time.live(ms)

    def pause(self, ms: float) -> None:
        self.live(ms)

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, lives: bool = False) -> Iterator[None]:
        """Beats are right on the whole: what one is too long, the next is too short."""
        due_ms = self.now_ms() + ms + self._late_ms
        yield
        left_ms = due_ms - self.now_ms()
        self._time.lapse(int(left_ms * self._video.fps / 1000 + 0.5))
        self._late_ms = max(-ms, min(ms, due_ms - self.now_ms()))

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        value = self._ask(command, params)
        if acts:
            self._time.drawing.stir()
            self._time.tick()
        return value

    def mouse(self, *events: dict[str, Any]) -> None:
        moves = all(event["type"] == "mouseMoved" for event in events)

        def do() -> None:
            self._time.page.direct.point(*events)
            if not moves:
                with suppress(WebDriverException):  # it waits for the page that a link led to
                    self._browser.unwatched(Command.W3C_GET_ALERT_TEXT, {})

        self._time.during(do, Command.CLICK_ELEMENT, points=moves, harmless=moves)
        if not moves:  # styles change under the mouse, and that is told of
            self._time.drawing.stir()

    def _ask(self, command: str, params: dict[str, Any]) -> Any:
        page = self._time.page
        if command == Command.W3C_EXECUTE_SCRIPT and not self.hand.frames:
            with suppress(LookupError):
                return page.direct.run(params["script"], params["args"])

        def run() -> Any:
            return self._browser.unwatched(command, params)

        return self._time.during(run, command, harmless=True)

    # Windows.

    def _follow_window(self) -> None:
        try:
            handle = self.ask(Command.W3C_GET_CURRENT_WINDOW_HANDLE, {})
        except WebDriverException:
            self._pages.pop(self._time.page.target, self._time.page).close()
            return self._time.leave()  # a switch will follow
        if handle == self._time.page.target and (self._time.drawing.casting or not self._recording):
            return
        if self._time.drawing.casting:
            self._time.drawing.hide()
        self._time.page = self._pages.get(handle) or self._attach(handle)
        if self._recording:
            self._time.drawing.show(self._time.page, self.now_ms())

    def _attach(self, handle: str) -> VirtualPage:
        address = self._browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
        page = VirtualPage(
            address,
            handle,
            self._video,
            self._store,
            lambda _: 0,
            self._console,
            surface=Surface(self._drawn_by()),
            seed=self._settings.page.random_seed,
            rank=self._windows % RANKS,
        )
        self._windows += 1
        self._pages[handle] = page
        return page

    def _adopt(self) -> list[VirtualPage]:
        """Connect to the windows that were opened since the last look, in their order."""
        # Not through the driver: it may be waiting for a command that waits for the page.
        targets = self._time.page.targets()
        return [self._attach(target) for target in targets if target not in self._pages]

    def _kill(self) -> None:
        """End a browser that stalled: whoever asks it for anything now is told at once."""
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

    def _rest(self, until_ms: int) -> tuple[bool, int]:
        """Live until nothing is to come before `until_ms`; whether so, and since when it rests.

        A page rests when no picture has come for 0.15 s and nothing moves from frame to frame; if
        a timer is to fire before `until_ms`, the page lives on until then.
        """
        began_ms = self.now_ms()
        rest_ms: int | None = None
        while self.now_ms() < until_ms:
            if (still_ms := self._still_ms(began_ms)) < QUIET_MS:
                self._time.live(min(QUIET_MS - still_ms, until_ms - self.now_ms()))
                continue
            moves, due_ms = self._time.page.to_come()
            if moves:
                self._time.tick()
                continue
            if rest_ms is None:
                rest_ms = self._film.last_ms
            if due_ms is None or self.now_ms() + due_ms >= until_ms:
                return self._film.last_ms <= rest_ms, rest_ms
            self._time.live(due_ms)
        return False, until_ms

    def _still_ms(self, began_ms: int) -> int:
        """For how long nothing has changed, at most since `began_ms`."""
        if self.now_ms() - self._film.last_ms >= QUIET_MS:
            self._time.drawing.settle()  # what is still on its way may show something new
        return self.now_ms() - max(self._film.last_ms, began_ms)


def _points(command: str, params: dict[str, Any]) -> bool:
    """Whether a command may move the mouse."""
    if command == "executeCdpCommand":
        return bool(params["cmd"] == "Input.dispatchMouseEvent")
    return command == Command.W3C_ACTIONS and any(s["type"] != "key" for s in params["actions"])


def _at_once(source: dict[str, Any]) -> dict[str, Any]:
    """A chain's source without durations: the driver would wait on real time."""
    return {
        **source,
        "actions": [
            {**one, "duration": 0} if "duration" in one else one for one in source["actions"]
        ],
    }


def _pauses_ms(params: dict[str, Any]) -> float:
    """How long a chain's pauses are, one after another."""
    turns = zip_longest(*(source["actions"] for source in params["actions"]), fillvalue={})
    return float(
        sum(
            max((one.get("duration") or 0 for one in turn if one.get("type") == "pause"), default=0)
            for turn in turns
        )
    )
