"""The clock of the virtual recorder: ticks of page time.

The page's time stands still except in a *tick*: it lives one frame's length of its own time, in
which requests cost nothing (the clock stands while one is out), then one frame is drawn. How many
ticks something takes depends on the page alone: that is why two runs are alike. Ticks lie on whole
milliseconds, and on whole tenths as the document counts them, because the browser blurs whatever
is finer by chance.

While something with a clock of its own is outstanding (`outsides`), ticks keep step with the
machine's clock: page time never runs ahead of it, and catches up with it where a tick took longer.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from forge.errors import RecordingError
from forge.workers.background import lull
from forge.workers.recording.browser.outsides import Outsides
from forge.workers.recording.browser.requests import PATIENCE_S
from forge.workers.recording.virtual.begin_frame import Drawing
from forge.workers.recording.virtual.frame_writer import Film
from forge.workers.recording.virtual.page import VirtualPage
from forge.workers.recording.virtual.quiescence import LOOK_APART_S, Stillness
from forge.workers.recording.virtual.stalls import ANSWER_S, StallWatch
from forge.workers.recording.virtual.windows import Windows

POLICY = "Emulation.setVirtualTimePolicy"
PAUSE, ADVANCE = "pauseIfNetworkFetchesPending", "advance"
#: Within a millisecond: documents begin at one time, their ticks come at a later one, which is on
#: a whole tenth as the document counts; a later window's lie after an earlier one's.
BLUR_US, BEGIN_PHASE_US, FIRST_PHASE_US = 100, 150, 200
NO_TIME_MS = 0.0005  # truncated to none, but not refused
NUDGES = 2  # after one, on a busy machine, some timer in a thousand still has not had its turn
#: Chromium turns times of its clock, µs since the machine started, into seconds and back, in
#: doubles, and cuts off: in the first twentieth after a power of two, one µs in four is lost on the
#: way, and a smooth scroll is a pixel off. (After it 10^6 times a second are in the next power of
#: two of µs: half a step of the second double is more than the first can be wrong by.) A recording
#: that might be in one begins after it instead: its clock is set forward.
LOSSY, LONGEST_S = 1.05, 24 * 3600
LULL_S = 0.02  # an answer that has not come by then takes a while
REST_S = 1.0  # a page that never rests is not waited for, before it has an answer
BLANK = ("", "about:blank")  # addresses of windows that begin empty and stay so
WINDOW_S = 1.5  # a new window in which nothing goes on for so long stays empty
CATCH_UP_S = 0.25  # in step: no more page time than this goes by between two frames


class Machine:
    """The machine's clock: what ticks keep step with. Seconds."""

    def now_s(self) -> float:
        """What time it is; it only ever goes forward."""
        return time.perf_counter()

    def wait(self, seconds: float) -> None:
        """Wait for so long; the patched `time.sleep` would let the page live instead."""
        threading.Event().wait(seconds)


class VirtualClock:
    """One browser's page time: granted tick by tick, to all its windows at once.

    `now_ms` is the video's time: that of the page since `begin`, plus what went by while a
    dialog held the page up.
    """

    def __init__(
        self,
        windows: Windows,
        fps: int,
        film: Film,
        stillness: Stillness,
        start_s: float,
        stalls: StallWatch,
        outsides: Outsides,
        machine: Machine | None = None,
    ) -> None:
        self._machine = machine or Machine()
        self._windows, self._fps, self._stillness = windows, fps, stillness
        self._stalls, self._outsides = stalls, outsides
        self._tick = self._zero = self._held = 0
        self._lived_us = 0  # page time granted so far, and used up unless `_owed`
        self._owed = False
        self._acted = False  # something was done of which more may come at once
        self._let_in_s = 0.0  # when the last answer was
        self._recording = False
        self._forced: tuple[str, ...] = ()  # why ticks keep step with the machine, whatever is out
        self._anchor: tuple[float, int] | None = None  # in step: since when, and at which tick
        lead_us = _exact_us(now_us := round(time.monotonic() * 1e6)) - now_us
        base = self._call(
            POLICY, policy="pause", initialVirtualTime=start_s - lead_us / 1e6 + 0.0005
        )
        self._base_us = round(float(base["virtualTimeTicksBase"]) * 1000) + lead_us
        self.drawing = Drawing(fps, self._base_us, film, stillness, stalls.until)
        self._lived_us = -lead_us
        self._grant(lead_us)  # on an empty page it costs nothing

    @property
    def page(self) -> VirtualPage:
        """The window that is filmed."""
        return self._windows.page

    # What time it is.

    @property
    def now_ms(self) -> int:
        """The video's time."""
        return self._ms(self._tick)

    def begin(self) -> None:
        """The video's time is 0 now.

        The page is there whole by then: the browser may be about to open its own, empty one, of
        which no frame can be drawn while it has no time to finish.
        """
        until_s = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until_s and not (self.page.dialog or self.page.is_complete()):
            self._let_in()
        self._leave_step()
        if not self.page.dialog:
            self._count_anew()
        self._align()
        self._zero = self._tick
        self._recording = True
        self._outsides.begin()
        for page in self._windows:
            page.requests.begin()
            page.order.at_once(False)

    def _count_anew(self) -> None:
        """Count what the page has lived, and let it live to the end of the tick that it is in.

        In step with the machine's clock, Chromium at times lets a little more go by than it is
        granted (seen: 10 ms, on a busy machine). Ticks would then end between those of other runs.
        """
        self._lived_us = self.page.now_us() - self._base_us
        while (left_us := self._due_us(self.page.phase_us) - self._lived_us) < 0:
            self._tick += 1
        if left_us > 0:
            self._grant(left_us)

    def _align(self) -> None:
        """Let the page live until a tick that needs no rounding.

        Ticks lie on whole milliseconds, 33, 33 and 34 of them apart. How many a set-up takes is the
        machine's affair; from here on they are as far apart as in every other run.
        """
        while (self._tick - self._held) * 1000 % self._fps and not self.page.dialog:
            self.tick()

    def _ms(self, tick: int) -> int:
        return round((tick - self._zero) * 1000 / self._fps)

    def ticks(self, ms: float) -> int:
        """How many ticks `ms` are, at least one."""
        return max(1, -(-round(ms * self._fps) // 1000))

    # Letting it go by.

    def run_for(self, ms: float) -> None:
        """Let the page live for `ms`, in whole ticks."""
        self.run_ticks(self.ticks(ms))

    def run_ticks(self, count: int) -> None:
        """Let the page live for `count` ticks: several in one go where nothing is to happen.

        As many as it has stood still for. What nothing tells of beforehand (an image that moves by
        itself) is seen late, once: then every tick of that document is drawn.
        """
        end = self._tick + count
        while self._tick < end:
            length, due = self._uneventful(end - self._tick)
            self.tick(length)
            if due:
                self.drawing.stir()
            elif length > 1 and self._anchor is None and self.drawing.moved:
                self.page.surprises = True

    def _uneventful(self, most: int) -> tuple[int, bool]:
        """In how many ticks nothing happens before the last; whether something is due then."""
        page = self.page
        if most == 1 or page.surprises or self._in_step():
            return 1, False
        stood = self.drawing.stands_ms(self.now_ms) * self._fps // 1000
        if stood < 2:
            return 1, False
        coming = self._windows.to_come()
        if coming.moving:
            return 1, False
        due_ms = coming.due_ms
        most = min(most, stood)
        due = most if due_ms is None else max(1, int(due_ms * self._fps / 1000))
        return min(most, due), due_ms is not None and due <= most

    def tick(self, length: int = 1) -> None:
        """Let the page live for `length` ticks, then draw; in step, for as many as are due."""
        if reasons := self._in_step():
            length = self._keep_step(length)
            if self._recording:
                self._outsides.lived(reasons, length / self._fps)
        else:
            self._leave_step()
        self._let_answer_in()  # to a window that opened a moment ago: it had no time to take it
        self._tick += length
        if self.page.dialog:  # the page stands still, as it does in life
            self._held += length
            self.drawing.hold(self.now_ms)
            return
        if self.page.renewed and not self.page.gone:
            self.drawing.renew()
            blur_us = (self.page.document_began_us() - self._base_us) % BLUR_US
            self.page.phase_us = FIRST_PHASE_US + self.page.rank * BLUR_US + blur_us
        self._wait_for_window()
        target_us = self._due_us(self.page.phase_us)
        us = target_us - self._lived_us
        try:
            gate = self.page.ask_gate(us)  # before the grant, after which it is known to stand
            self._grant(us)
            if self._acted or len(self._windows) > 1 or self.page.may_be_late:
                for _ in range(NUDGES):
                    self.run_due_tasks()  # at this very moment, not now and then
            self._acted = False
            self._wait_for_window()
            if self.page.renewed:  # while time went by
                self._let_in()
            self.drawing.draw(self.page, target_us, self.now_ms, gate)
        except RecordingError:
            if not self.page.gone or self.page is self._windows.master:
                raise
            # Else it is a window that closed itself.

    def _due_us(self, phase_us: int) -> int:
        """What the page's time is at this tick."""
        return round((self._tick - self._held) * 1000 / self._fps) * 1000 + phase_us

    def mark_dirty(self) -> None:
        """Something was done of which more may come at once."""
        self._acted = True

    def leave_window(self) -> None:
        """The window is closed: time goes on in another one, and nothing is seen until a switch."""
        self.drawing.leave()
        self._windows.leave()

    # In step with the machine's clock.

    @contextmanager
    def use_real_time(self, *reasons: str, since_s: float | None = None) -> Iterator[None]:
        """Keep step with the machine's clock inside; `reasons` say why, and make a take inexact.

        `since_s`: from then on (perf_counter); default: from now, unless it keeps step already.
        """
        before, self._forced = self._forced, (*self._forced, *reasons)
        try:
            if reasons:
                self._enter_step(since_s)
            yield
        finally:
            self._forced = before

    @property
    def in_step(self) -> bool:
        """Whether page time keeps step with the machine's clock now."""
        return bool(self._in_step())

    def _in_step(self) -> tuple[str, ...]:
        """Why page time keeps step with the machine's; nothing where it need not."""
        if self._forced or not self._recording:
            return self._forced
        return self._outsides.outstanding()

    def _enter_step(self, since_s: float | None = None) -> None:
        if self._anchor is None:
            self._anchor = (since_s or self._machine.now_s(), self._tick)
            for page in self._windows:
                page.order.at_once(True)

    def _leave_step(self) -> None:
        if self._anchor is not None:
            self._anchor = None
            for page in self._windows:
                page.order.at_once(not self._recording)

    def _keep_step(self, length: int) -> int:
        """Wait until the next of `length` ticks is due; how many ticks are due then."""
        self._enter_step()
        assert self._anchor is not None
        began_s, first = self._anchor
        due_s = began_s + (self._tick + 1 - first) / self._fps
        if (left_s := due_s - self._machine.now_s()) > 0:
            lull.set()
            self._machine.wait(left_s)
        due = int((self._machine.now_s() - began_s) * self._fps + 1e-6) - (self._tick - first)
        return max(1, min(due, int(CATCH_UP_S * self._fps)))

    # Granting it.

    def run_due_tasks(self) -> None:
        """Let every task that is due have its turn, in no time at all."""
        if not self.page.dialog:
            self._grant(0)

    def run_to_document(self) -> None:
        """Let page time go on to where the next document may begin.

        What the new document begins now comes before its ticks, whatever their phase.
        """
        self._grant(self._due_us(1000 + BEGIN_PHASE_US) - self._lived_us)

    def _grant(self, us: int) -> None:
        """Let the page live for `us` of its own; it stands still while a request is out."""
        if self._owed and not self._expires():
            return
        lull.clear()
        stepping = self._anchor is not None
        goes_on = stepping or self.page.streaming
        self._owed = True
        self._lived_us += us
        master = self._windows.master
        master.expired.clear()
        policy = ADVANCE if goes_on else PAUSE
        granted = master.send(POLICY, policy=policy, budget=(us + 0.5) / 1000)
        if self._await_expiry(goes_on):
            master.forget(granted)
        else:
            self._answer(granted, POLICY)
        if self._expires(us, goes_on) and not stepping:
            self._wait_for(self.page)
        lull.clear()

    def _expires(self, us: int = 0, goes_on: bool = True) -> bool:
        """Wait until the time that was granted is used up; False when a dialog holds it up.

        A stream never ends, and no request is waited for without end: then the time goes on.
        """
        page, quiet_s, began_s = self.page, 0.0, time.perf_counter()
        while not self._await_expiry(goes_on):
            if page.dialog:
                return False
            if self._windows.master.gone:
                raise RecordingError("the browser is gone", transient=True)
            self._lose_patience(began_s)
            if page.streaming and not goes_on:
                goes_on = True
                self._call(POLICY, policy=ADVANCE, budget=(us + 0.5) / 1000)
            quiet_s = self._stalls.idle_s(quiet_s, "its time stood still", began_s)
        self._owed = False
        return True

    def _await_expiry(self, goes_on: bool) -> bool:
        """Wait for the grant to expire; False after ANSWER_S without progress.

        False at once when the browser begins to stand still for what nothing waits for, and the
        grant does not go on (`goes_on`) meanwhile.
        """
        began_s = time.perf_counter()
        while not self._windows.master.expired.wait(LOOK_APART_S):
            if self._let_answer_in():
                continue
            quiet_s = self._quiet_s(began_s)
            if quiet_s > ANSWER_S or (self.page.streaming and not goes_on):
                return False
            if quiet_s > LULL_S and self.page.fetching:
                lull.set()
        return True

    def _let_answer_in(self) -> bool:
        """Let the next answer come in once the page has done what it can without; whether one."""
        for page in self._windows:
            if page.order.waits:
                lull.clear()
                self._stillness.wait(page.reader, most_s=REST_S)
                page.let_answer_in()
                self.drawing.stir()
                self._let_in_s = time.perf_counter()
                return True
        return False

    def _quiet_s(self, began_s: float) -> float:
        """For how long nothing has come, since then."""
        return time.perf_counter() - max(began_s, self._let_in_s)

    def _lose_patience(self, began_s: float) -> None:
        for page in self._windows:
            page.lose_patience(self._quiet_s(began_s))

    def _wait_for(self, page: VirtualPage) -> None:
        """Wait for what stops no clock: downloads, media, what was asked for at the last moment."""
        began_s = time.perf_counter()
        while (page.downloading or page.fetching or page.held) and not page.dialog:
            quiet_s = self._quiet_s(began_s)
            self._lose_patience(began_s)
            if quiet_s > PATIENCE_S and not page.fetching:
                return  # a download goes on beside the recording
            if quiet_s > LULL_S and not page.held:  # by media, which the browser seeks
                lull.set()
            master = self._windows.master
            master.expired.clear()
            # Where a stream is out, nothing else lets tasks run; it may skip some milliseconds.
            policy = ADVANCE if page.streaming else PAUSE
            self._call(POLICY, policy=policy, budget=NO_TIME_MS)
            master.expired.wait(ANSWER_S)
            if not self._let_answer_in() and self._stillness.rests(page.reader):
                page.forget_answered()

    def _wait_for_window(self) -> None:
        """Let no time pass while a window that the page has opened is loading."""
        opened, self.page.opened = self.page.opened, []
        for page in self._windows.adopt() if opened else ():
            blank = all(url in BLANK for url in opened)
            until_s, rests_s = time.perf_counter() + PATIENCE_S, 0.0
            while not page.is_loaded(blank=blank) and time.perf_counter() < until_s:
                self._grant(0)
                if self._let_answer_in() or page.fetching:
                    continue
                rests_s = rests_s + ANSWER_S if self._stillness.rests(page.reader) else 0.0
                if rests_s > WINDOW_S:
                    break  # it was asked for a file, say: nothing will come into it
                threading.Event().wait(LOOK_APART_S if rests_s == 0 else ANSWER_S)

    def _let_in(self) -> None:
        """Let a document that has just come be there whole, before it is seen: at no time at all.

        What it fetches is not waited for by a grant that began before.
        """
        self.drawing.renew()
        until_s = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until_s and not self.page.dialog:
            self.run_due_tasks()
            self._stillness.wait(self.page.reader)
            if not (self.page.fetching or self.page.navigating):
                return

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._answer(self._windows.master.send(method, **params), method)

    def _answer(self, number: int, method: str) -> dict[str, Any]:
        master = self._windows.master
        answer: dict[str, Any] | None = self._stalls.until(
            lambda: master.answer(number, method, ANSWER_S),
            self.page,
            f"{method} was not answered",
        )
        return answer or {}


def _exact_us(now_us: int) -> int:
    """The next time of the browser's clock from which on it can reckon without losing any.

    A whole second, in µs.
    """
    begin_s = now_us // 1_000_000 + 1
    power_s = 1
    while power_s <= begin_s + LONGEST_S:
        if begin_s < power_s * LOSSY:
            begin_s = math.ceil(power_s * LOSSY)
        power_s *= 2
    return begin_s * 1_000_000
