"""A fake DevTools: a page on virtual time that answers at once, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from forge.model.settings import Video
from forge.workers.background import CpuGate
from forge.workers.recording.browser.devtools import Handler
from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.browser.page_watch import World
from forge.workers.recording.virtual.page_time.begin_frame import FRAME
from forge.workers.recording.virtual.page_time.browser_control import BrowserControl
from forge.workers.recording.virtual.page_time.clock import start_clock
from forge.workers.recording.virtual.page_time.grants import PAUSE, POLICY
from forge.workers.recording.virtual.page_time.real_time_pacing import MachineClock
from forge.workers.recording.virtual.page_time.stalls import StallWatch
from forge.workers.recording.virtual.pixels.frame_writer import Capture
from forge.workers.recording.virtual.windows.page import VirtualPage
from forge.workers.recording.virtual.windows.scripts import COMPLETE_SCRIPT, DUE_SCRIPT
from forge.workers.recording.virtual.windows.windows import Windows

FPS = 30
TARGET = "window-1"
BEGAN_US = 1_000_000


class FakeMachineClock(MachineClock):
    """A machine's clock on which time goes by only when something waits, or a test moves it."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def now_s(self) -> float:
        return self.at_s

    def wait(self, seconds: float) -> None:
        self.at_s += seconds


class FakeDevTools:
    """A DevTools connection to a page that answers each command at once.

    A test sets what the page does. `moves`, `due_ms`: what it answers when asked what is to come.
    `fetching`: a request is out, for which virtual time stands still. `each_frame()` is called for
    each frame, and returns True if it shows anything new. `stalled`: nothing is answered any more.
    `holds_frames`: the next frame is not answered until `let_frame_go`.

    A test reads what the page got. `sent`: the commands. `grants`: policy and budget (ms) of each.
    `now_us`: the page's own time. `drawn_us`: the time of the last frame.
    """

    thread = 0
    closed = False

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.sent: list[str] = []
        self.grants: list[tuple[str, float]] = []
        self.now_us, self.drawn_us = BEGAN_US, 0
        self.moves, self.due_ms = 0, -1.0
        self.frame = {"id": TARGET, "loaderId": "first", "url": "about:blank"}
        self.fetching = self.stalled = self.holds_frames = False
        self.each_frame: Callable[[], bool] = lambda: False
        self._answers: dict[int, dict[str, Any]] = {}
        self._held: tuple[int, Handler | None] = (0, None)

    def connect(self, address: str, target: str, handlers: dict[str, Handler]) -> Any:
        self.handlers = handlers
        return self

    def tell(self, method: str, **params: Any) -> None:
        """Send an event."""
        self.handlers[method](params)

    def send(self, method: str, then: Handler | None = None, **params: Any) -> int:
        self.sent.append(method)
        number = len(self.sent)
        if self.stalled:
            return number
        if method == FRAME and self.holds_frames:
            self._held = (number, then)
            return number
        self._give(number, then, self._answer(method, params))
        return number

    def let_frame_go(self) -> None:
        """Answer the frame that was held."""
        self.holds_frames = False
        number, then = self._held
        self._give(number, then, {"hasDamage": True})

    def _give(self, number: int, then: Handler | None, answer: dict[str, Any]) -> None:
        if then:
            then(answer)
        self._answers[number] = answer

    def call(self, method: str, *, answer_s: float = 0, **params: Any) -> dict[str, Any]:
        return self.answer(self.send(method, **params), method, answer_s) or {}

    def answer(self, number: int, method: str, timeout_s: float) -> dict[str, Any] | None:
        return self._answers.pop(number, None)

    def wait_answered(self, numbers: tuple[int, ...], timeout_s: float) -> bool:
        return any(number in self._answers for number in numbers)

    def forget(self, number: int) -> None:
        self._answers.pop(number, None)

    def raise_problem(self) -> None:
        pass

    def end(self) -> None:
        self.closed = True

    def close(self) -> None:
        pass

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == POLICY:
            if "budget" in params:
                self.grants.append((params["policy"], params["budget"]))
                if not (self.fetching and params["policy"] == PAUSE):
                    self.now_us += int(params["budget"] * 1000)
                    self.tell("Emulation.virtualTimeBudgetExpired")
            return {"virtualTimeTicksBase": BEGAN_US / 1000}
        if method == FRAME:
            self.drawn_us = int(params["frameTimeTicks"] * 1000)
            return {"hasDamage": self.each_frame()}
        if method == "Page.getFrameTree":
            return {"frameTree": {"frame": self.frame}}
        if method == "Performance.getMetrics":
            times = {"NavigationStart": BEGAN_US, "Timestamp": self.now_us}
            return {"metrics": [{"name": n, "value": us / 1e6} for n, us in times.items()]}
        if method == "Runtime.evaluate":
            due = [self.moves, self.moves, self.due_ms]
            known = {DUE_SCRIPT: due, COMPLETE_SCRIPT: True}
            return {"result": {"value": known.get(params["expression"])}}
        return {}


class NoFramebuffer:
    """A window whose pixels cannot be read, unless a test says so."""

    is_known = needs_proof = is_unproven = False


class Pictures:
    """A frame writer that only notes when pictures were captured."""

    last_ms = 0

    def __init__(self) -> None:
        self.taken: list[int] = []

    def capture(self, framebuffer: Any, screenshot: str | None, at_ms: int) -> Capture:
        read, new = Future[None](), Future[bool]()
        self.taken.append(at_ms)
        read.set_result(None)
        new.set_result(True)
        return Capture(read, new)


class FakeQuiescence:
    """A browser in which nothing runs, unless `works` returns True."""

    def __init__(self) -> None:
        self.works: Callable[[], bool] = lambda: False

    def wait(self, *threads: int, most_s: float = 0) -> None:
        pass

    def rests(self, *threads: int) -> bool:
        return not self.works()

    look = rests

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass


class ScriptedBrowser:
    """A browser on virtual time without a browser: the clock, its windows and its frames.

    Every window is the same `devtools`. `machine`: the machine's clock, on which no time goes by
    unless something waits. `pictures`: what would be written of the frames. `given_up`: how often
    the browser was taken for stalled.
    """

    def __init__(self) -> None:
        self.pictures = Pictures()
        self.devtools, self.machine = FakeDevTools(), FakeMachineClock()
        self.world = World("nowhere", self.devtools.connect)
        self.world.outsides = self.outsides = Outsides(self.machine.now_s)
        self.given_up = 0
        self.windows = Windows(TARGET, self.connect)
        self.stalls = StallWatch(lambda: True, lambda: self.windows.awaiting, self._give_up)
        self.cpu_gate = CpuGate()
        self.quiescence = FakeQuiescence()
        quiescence: Any = self.quiescence
        writer: Any = self.pictures
        self.control = BrowserControl(self.windows, quiescence, self.stalls, self.cpu_gate)
        self.clock, self.frames = start_clock(
            self.control, writer, self.outsides, FPS, 0.0, self.machine
        )

    @property
    def page(self) -> VirtualPage:
        return self.windows.page

    def connect(self, target: str, rank: int) -> VirtualPage:
        """Watch a window, as a recorder does."""
        framebuffer: Any = NoFramebuffer()
        return VirtualPage(target, self.world, Video(), framebuffer, rank, seed=1)

    def _give_up(self) -> None:
        self.given_up += 1
        self.devtools.end()
