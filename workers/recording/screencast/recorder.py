"""The recorder for browsers in real time: it keeps the frames of their screencast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.command import Command

from forge.model.settings import Clock, Settings
from forge.model.take import Take
from forge.model.widgets import DialogEvent
from forge.workers import real_time
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.page_watch import PageWatch, World
from forge.workers.recording.browser.session import debugger_address
from forge.workers.recording.browser.webdriver_commands import only_looks
from forge.workers.recording.frame_store import FrameStore
from forge.workers.recording.hand.body import Execute, OpenDialog
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.recorder import (
    QUIET_MS,
    REST_MOST_MS,
    WINDOW_COMMANDS,
    Journal,
    StepPlan,
    Waited,
    given_up,
    record_step,
)
from forge.workers.recording.screencast.bendable_clock import TakeClock
from forge.workers.recording.screencast.page import Page

BEGIN_MS = 2000  # the longest time that the first picture's page has to come to rest
CALM_MS = 100  # still for this long, a page counts as calm while the hand pauses
TIMER_MARGIN_MS = 100
#: A command that only looks takes no time in the take if it takes less than this. In a longer one
#: the page may have changed, so it is part of the take.
LOOK_MS = 150
PICTURE_MS = 200  # the longest time that a frame is awaited
FRAME_MS = 33  # the interval of a screencast's frames while a page moves


@dataclass(slots=True)
class Moments:
    """The times of the last command's end, the last action, and the last picture seen after one.

    `*_s`: of the machine's clock. `command_ms`: in real milliseconds since the take began.
    """

    command_ms: float
    command_s: float
    acted_s: float
    seen_s: float


class ScreencastRecorder:
    """Records the DevTools screencast of a real-time browser: a frame when something changes.

    With `clock = "real"` every hold takes its full length. With "elastic" a hold ends as soon as
    the page has come to rest, because the rest of it would be a still picture; a page that does
    not rest is recorded for the whole hold.
    """

    def __init__(
        self, browser: WatchedChrome, settings: Settings, clock: Clock, folder: Path
    ) -> None:
        self._browser, self._video = browser, settings.video
        self.hand = Hand(self, settings.hand, self._video.width, self._video.height)
        self._store = FrameStore(folder)
        self._clock = TakeClock()
        self._world = World(debugger_address(browser))
        self._world.dialogs.now = self._clock.real_ms
        self._journal = Journal(browser, self._video, clock)
        self.commands = 0
        self.resting = False
        self._real = clock == "real"
        now_s = real_time.monotonic()
        self._last = Moments(0.0, now_s, now_s, now_s)
        self._page = self._attach(browser.current_window_handle)
        browser.watcher = self

    @property
    def watch(self) -> PageWatch:
        return self._page.watch

    def begin(self) -> None:
        self._clock.restart()
        self._page.refresh()
        self._world.outsides.begin()
        self._page.watch.requests.begin()
        self._world.dialogs.begin()
        self.resting, _ = self.rest(self.now_ms() + BEGIN_MS)
        self.hand.begin()

    def step(self, plan: StepPlan, act: Callable[[], object]) -> None:
        self._look()
        self._world.outsides.begin_step()
        self._real = plan.real or self._journal.clock == "real"
        plan = plan._replace(real=self._real)
        step = record_step(self, plan, act, self._journal.last)
        self._world.outsides.end_hold()
        self._journal.steps.append(step)

    def users_code(self) -> AbstractContextManager[None]:
        return nullcontext()

    def take(self, tutorial: str, lang: str | None, *, complete: bool) -> Take:
        if complete:
            self._look()
        frames = tuple(
            frame.model_copy(update={"at_ms": self._clock.take_ms(frame.at_ms)})
            for frame in self._store.frames
        )
        return self._journal.take(tutorial, lang, frames, complete=complete)

    def console(self) -> list[str]:
        return list(self._world.console)

    def notes(self) -> list[str]:
        return self._journal.notes(self.unanswered())

    def unanswered(self) -> list[str]:
        return given_up([self._page.watch.requests])

    def waited(self, began_s: float) -> Waited:
        lasted_s = real_time.monotonic() - began_s
        still = (*self._page.watch.requests.open(), *self._world.outsides.open())
        return Waited(lasted_s, lasted_s, still)

    def close(self) -> None:
        self._browser.watcher = None
        self._page.close()
        self._store.close()

    def _look(self) -> None:
        """Record a change of a page at rest since the last step; only an outside can cause one."""
        if (
            not (self._journal.steps and self.resting and self._world.outsides.any_open)
            or self._real
        ):
            return
        end_ms, expected = self._journal.steps[-1].end_ms, self._world.outsides.outstanding()
        self._page.refresh()
        if self._last_ms() <= end_ms:
            return
        self._journal.add_late_picture(self._last_ms())
        if not expected:
            self._journal.warn_of_change(self._world.outsides.active_since_hold())

    # For WatchedChrome.

    def perform(self, command: str, params: dict[str, Any], execute: Execute) -> Any:
        self.commands += 1
        looks = only_looks(command, params)
        try:
            # A command that only looks takes longer on a busy machine; the video must not show
            # that.
            with self._clock.untimed(LOOK_MS) if looks else nullcontext():
                return self.hand.perform(command, params, execute)
        finally:
            self._last.command_ms = self._clock.real_ms()
            self._last.command_s = real_time.monotonic()
            if not looks:
                self._last.acted_s = self._last.command_s
            if command in WINDOW_COMMANDS:
                self._follow_window()

    # For the hand.

    def now_ms(self) -> int:
        return self._clock.now_ms()

    def run_for(self, ms: float) -> None:
        real_time.sleep(max(0.0, ms) / 1000)

    def pause(self, ms: float) -> None:
        until_ms = self.now_ms() + round(ms)
        while (left_ms := until_ms - self.now_ms()) > 0:
            if self._real:
                self.run_for(left_ms)
            elif self._is_calm():
                self._clock.skip(left_ms)
            else:
                self._store.wait_received(self._store.received, min(left_ms, 20) / 1000)

    @contextmanager
    def beat(self, ms: float, *, shows: bool = False, runs: bool = False) -> Iterator[None]:
        seen, until_ms = self._store.received, self.now_ms() + ms
        with self._clock.beat(ms):
            yield
            left_ms = max(0.0, until_ms - self.now_ms())
            if self._real or runs:
                self.run_for(left_ms)
            elif shows:
                self._store.wait_received(seen, max(left_ms, PICTURE_MS) / 1000)

    def dialog(self) -> OpenDialog | None:
        self._page.watch.catch_up()
        opened = self._world.dialogs.opened
        return opened and OpenDialog(self._clock.take_ms(opened.stamp), opened.message)

    def dialogs(self) -> tuple[DialogEvent, ...]:
        return self._world.dialogs.taken(self._clock.take_ms)

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        value = self._browser.unwatched(command, params, acts=acts)
        if acts:
            self._last.acted_s = real_time.monotonic()
        return value

    def mouse(self, *events: dict[str, Any]) -> None:
        self._page.mouse(*events)
        if any(event["type"] != "mouseMoved" for event in events):
            self._browser.await_page()
        self._last.acted_s = real_time.monotonic()

    def is_idle(self) -> bool:
        return self.rest(self.now_ms() + REST_MOST_MS)[0]

    def _is_calm(self) -> bool:
        """Return True if nothing moves: a pause may then be a still picture."""
        if self._page.watch.dialog:
            return True  # it holds the page up
        changed_s = max(self._store.changed_s, self._last.acted_s)
        still_ms = (real_time.monotonic() - changed_s) * 1000
        if not self.resting or still_ms < CALM_MS or self._page.fetching:
            return False
        animated, _ = self._page.probe()
        return not animated and self._has_seen()

    def _has_seen(self) -> bool:
        """Return True if the last action's picture has come; it may be late on a busy machine."""
        if self._last.seen_s > self._last.acted_s:
            return True
        self._last.seen_s = real_time.monotonic()
        acted_ms = self._clock.real_ms() - (self._last.seen_s - self._last.acted_s) * 1000
        return not self._page.refresh(round(max(self._store.last_ms + FRAME_MS, acted_ms)))

    def _follow_window(self) -> None:
        try:
            handle = self._browser.unwatched(Command.W3C_GET_CURRENT_WINDOW_HANDLE, {})
        except WebDriverException:
            return  # the window was closed: a switch will follow
        if handle == self._page.target:
            return
        self._page.close()
        self._page = self._attach(handle)
        self._page.refresh()

    def _attach(self, handle: str) -> Page:
        return Page(handle, self._video, self._store, self._real_ms, self._world)

    # For record_step.

    def run_until(self, at_ms: float) -> None:
        self.run_for(at_ms - self.now_ms())

    def disturbed(self, since_ms: int) -> bool:
        return self._last_ms() > since_ms or bool(self._world.outsides.outstanding())

    def rest(self, until_ms: int) -> tuple[bool, int]:
        """Wait until the page rests, `until_ms` at most; return True if it does, and since when.

        A page rests when no frame has come for QUIET_MS (longer where a timer is set that may
        bring one), no finite animation runs, no request is pending, no outside is outstanding,
        and another frame shows nothing new, or only the lost end of a movement. In a step,
        `record_step` passes the end of the hold as `until_ms`.
        """
        while True:
            changed_s = max(self._store.changed_s, self._last.command_s)
            still_ms = (real_time.monotonic() - changed_s) * 1000
            wanted_ms = float(QUIET_MS)
            waits = self._page.fetching or self._world.outsides.outstanding()
            if still_ms >= QUIET_MS and not waits:
                animated, timer_ms = self._page.probe()
                wanted_ms = max(QUIET_MS, timer_ms + TIMER_MARGIN_MS if timer_ms else 0)
                if not animated and still_ms >= wanted_ms:
                    if self._still_shows():
                        self._last.seen_s = real_time.monotonic()
                        return True, self._last_ms()
                    continue
            left_ms = until_ms - self.now_ms()
            if left_ms <= 0:
                return False, until_ms
            pause_ms = max(20.0, wanted_ms - still_ms)
            self._store.wait_received(self._store.received, min(pause_ms, left_ms) / 1000)

    def _still_shows(self) -> bool:
        """Return True if a quiet page shows its last picture, or one that was lost before."""
        lost_ms = round(max(self._store.last_ms + FRAME_MS, self._last.command_ms))
        # New at the first refresh: the lost end of a movement. New at the second too: it moves.
        return not self._page.refresh(lost_ms) or not self._page.refresh()

    def _real_ms(self, epoch_s: float) -> int:
        return round(self._clock.real_ms(epoch_s))

    def _last_ms(self) -> int:
        """Return when the newest picture began to show, in the take."""
        return self._clock.take_ms(self._store.last_ms)
