"""The clock of the virtual recorder: ticks of page time, and commands that wait for them.

The page's time stands still except in a *tick*: it lives one frame's length of its own time, in
which requests cost nothing (the clock stands while one is out), then one frame is drawn. A
WebDriver command runs between two ticks. When it waits for the page (nobody runs, and it is not
done: `forge.workers.recording.stillness`) the page is first given a *nudge*, no time at
all in which every task that is due gets its turn, and then a tick. How many it takes depends on
the page alone: that is why two runs are alike. Ticks lie on whole milliseconds, and on whole tenths
as the document counts them, because the browser blurs whatever is finer by chance.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, NoReturn

from forge.errors import ClockError, RecordingError
from forge.workers.aside import lull
from forge.workers.recording.drawing import ANSWER_S, Drawing
from forge.workers.recording.film import Film
from forge.workers.recording.naming import spoken
from forge.workers.recording.stillness import BUSY_S, LOOK_APART_S, Stillness
from forge.workers.recording.virtual_page import VirtualPage

POLICY = "Emulation.setVirtualTimePolicy"
PAUSE, ADVANCE = "pauseIfNetworkFetchesPending", "advance"
#: Within a millisecond: documents begin at one time, their ticks come at a later one, which is on
#: a whole tenth as the document counts; a later window's lie after an earlier one's.
BLUR_US, BEGIN_PHASE_US, FIRST_PHASE_US = 100, 150, 200
STALL_S = 5.0  # how long nobody may do anything about what is waited for
COMMAND_MS = 5000  # no command needs more of the page's time, if it does not wait on purpose
LOAD_MS = 60_000
PATIENT_S = 1.0  # what is not done by then, with nobody at work, may wait for the page's time
NO_TIME_MS = 0.0005  # truncated to none, but not refused
NUDGES = 2  # after one, on a busy machine, some timer in a thousand still has not had its turn
#: Chromium turns times of its clock, µs since the machine started, into seconds and back, in
#: doubles, and cuts off: in the first twentieth after a power of two, one µs in four is lost on the
#: way, and a smooth scroll is a pixel off. (After it 10^6 times a second are in the next power of
#: two of µs: half a step of the second double is more than the first can be wrong by.) A recording
#: that might be in one begins after it instead: its clock is set forward.
LOSSY, LONGEST_S = 1.05, 24 * 3600
PATIENCE_S = 10.0  # a request that is out for longer no longer stops the clock: a stream, say
LULL_S = 0.02  # an answer that has not come by then takes a while
REST_S = 1.0  # a page that never rests is not waited for, before it has an answer
SHORTEST_LOOK_S, LONGEST_LOOK_S = 0.005, 0.25  # while a page is being loaded


class VirtualTime:
    """One browser's time. All its pages share a process, and so their time.

    `now_ms` is the video's time: that of the page since `begin`, plus what went by while a
    dialog held the page up.
    """

    def __init__(
        self,
        page: VirtualPage,
        fps: int,
        film: Film,
        stillness: Stillness,
        start_s: float,
        give_up: Callable[[], object],
        pages: Mapping[str, VirtualPage],
        adopt: Callable[[], list[VirtualPage]],
    ) -> None:
        self.page = self._master = page
        self._fps, self._stillness = fps, stillness
        self._tick = self._zero = self._held = 0
        self._lived_us = 0  # page time granted so far, and used up unless `_owed`
        self._owed = False
        self._acted = False  # something was done of which more may come at once
        self._doing = "opening the page"
        self._start_s, self._give_up, self._pages, self._adopt = start_s, give_up, pages, adopt
        self._real_from: tuple[float, int] | None = None
        self._let_in_s = 0.0  # when the last answer was
        self._pool = ThreadPoolExecutor(1, "forge-command", self._note_thread)
        self._thread = 0
        self._running: Future[Any] | None = None  # the last command
        lead_us = _exact_us(now_us := round(time.monotonic() * 1e6)) - now_us
        base = self._call(
            POLICY, policy="pause", initialVirtualTime=start_s - lead_us / 1e6 + 0.0005
        )
        self._base_us = round(float(base["virtualTimeTicksBase"]) * 1000) + lead_us
        self.drawing = Drawing(fps, self._base_us, film, stillness, self._until)
        self._lived_us = -lead_us
        self._grant(lead_us)  # on an empty page it costs nothing

    # What time it is.

    @property
    def now_ms(self) -> int:
        """The video's time."""
        return self._ms(self._tick)

    def now_s(self) -> float:
        """The page's time of day, in seconds since the epoch."""
        return self._start_s + self._lived_us / 1e6

    def sleep(self, seconds: float) -> None:
        """Let the page live for at least so long."""
        self.live(seconds * 1000)

    def begin(self) -> None:
        """The video's time is 0 now.

        The page is there whole by then: the browser may be about to open its own, empty one, of
        which no frame can be drawn while it has no time to finish.
        """
        until_s = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until_s and not (self.page.dialog or self.page.is_complete()):
            self._let_in()
        self._zero = self._tick

    def _ms(self, tick: int) -> int:
        return round((tick - self._zero) * 1000 / self._fps)

    def ticks(self, ms: float) -> int:
        """How many ticks `ms` are, at least one."""
        return max(1, -(-round(ms * self._fps) // 1000))

    # Letting it go by.

    def live(self, ms: float) -> None:
        """Let the page live for `ms`, in whole ticks."""
        self.lapse(self.ticks(ms))

    def lapse(self, count: int) -> None:
        """Let the page live for `count` ticks: several in one go where nothing is to happen.

        As many as it has stood still for. What nobody knew of (an image that moves by itself, a
        message of a worker's) is seen late, once: then every tick of that document is drawn.
        """
        while count > 0:
            length, due = self._uneventful(count)
            self.tick(length)
            count -= length
            if due:
                self.drawing.stir()
            elif length > 1 and self.drawing.moved:
                self.page.surprises = True

    def _uneventful(self, most: int) -> tuple[int, bool]:
        """In how many ticks nothing happens before the last; whether something is due then."""
        page = self.page
        if most == 1 or self._real_from is not None or page.surprises or page.streaming:
            return 1, False
        stood = self.drawing.stands_ms(self.now_ms) * self._fps // 1000
        if stood < 2:
            return 1, False
        moves, due_ms = page.to_come()
        if moves:
            return 1, False
        most = min(most, stood)
        due = most if due_ms is None else max(1, int(due_ms * self._fps / 1000))
        return min(most, due), due_ms is not None and due <= most

    def tick(self, length: int = 1) -> None:
        """Let the page live for `length` ticks, then draw."""
        self._keep_pace(length)
        self._let_answer_in()  # to a window that opened a moment ago: the time stood for nobody
        self._tick += length
        if self.page.dialog:  # the page stands still, as it does in life
            self._held += length
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
            if self._acted or len(self._pages) > 1 or self.page.may_be_late:
                for _ in range(NUDGES):
                    self._nudge()  # what is due at this very moment is done now, not now and then
            self._acted = False
            self._wait_for_window()
            if self.page.renewed:  # while time went by
                self._let_in()
            self.drawing.draw(self.page, target_us, self.now_ms, gate)
        except RecordingError:
            if not self.page.gone or self.page is self._master:
                raise
            # Else it is a window that closed itself.

    def _due_us(self, phase_us: int) -> int:
        """What the page's time is at this tick."""
        return round((self._tick - self._held) * 1000 / self._fps) * 1000 + phase_us

    def leave(self) -> None:
        """The window is closed: time goes on in another one, and nothing is seen until a switch."""
        self.drawing.leave()
        if self.page is self._master and self._pages:
            self._master = next(iter(self._pages.values()))
        self.page = self._master

    def paced(self, real: bool) -> None:
        """From now on, let ticks take as long as they are (True), or as short as they can."""
        self._real_from = (time.perf_counter(), self._tick) if real else None
        for page in self._pages.values():
            page.order.at_once(real)

    def _keep_pace(self, length: int) -> None:
        if self._real_from is None:
            return
        began_s, first = self._real_from
        due_s = began_s + (self._tick + length - first) / self._fps
        if (left_s := due_s - time.perf_counter()) > 0:
            lull.set()
            threading.Event().wait(left_s)

    def _nudge(self) -> None:
        """Let every task that is due have its turn."""
        if not self.page.dialog:
            self._grant(0)

    def _grant(self, us: int) -> None:
        """Let the page live for `us` of its own; it stands still while a request is out."""
        if self._owed and not self._expires():
            return
        lull.clear()
        page, goes_on = self.page, self._real_from is not None or self.page.streaming
        self._owed = True
        self._lived_us += us
        self._master.expired.clear()
        policy = ADVANCE if goes_on else PAUSE
        granted = self._master.send(POLICY, policy=policy, budget=(us + 0.5) / 1000)
        if self._await_expiry():
            self._master.forget(granted)
        else:
            self._answer(granted, POLICY)
        if self._expires(us, goes_on) and self._real_from is None:
            self._wait_for(page)
        lull.clear()

    def _expires(self, us: int = 0, goes_on: bool = True) -> bool:
        """Wait until the time that was granted is used up; False when a dialog holds it up.

        A stream never ends, and nobody waits for a request for ever: then the time goes on.
        """
        page, quiet_s, began_s = self.page, 0.0, time.perf_counter()
        while not self._await_expiry():
            if page.dialog:
                return False
            if self._master.gone:
                raise RecordingError("the browser is gone", transient=True)
            if page.fetching and self._quiet_s(began_s) > PATIENCE_S:
                page.give_up_requests()
            if page.streaming and not goes_on:
                goes_on = True
                self._call(POLICY, policy=ADVANCE, budget=(us + 0.5) / 1000)
            quiet_s = 0.0 if page.fetching else self._stalled(quiet_s, "its time stood still")
        self._owed = False
        return True

    def _await_expiry(self) -> bool:
        """Whether the time that was granted is used up, before `ANSWER_S` in which nothing is."""
        began_s = time.perf_counter()
        while not self._master.expired.wait(LOOK_APART_S):
            if self._let_answer_in():
                continue
            quiet_s = self._quiet_s(began_s)
            if quiet_s > ANSWER_S:
                return False
            if quiet_s > LULL_S and self.page.fetching:
                lull.set()
        return True

    def _let_answer_in(self) -> bool:
        """Let the next answer come in once the page has done what it can without; whether one."""
        for page in list(self._pages.values()):
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

    def _wait_for(self, page: VirtualPage) -> None:
        """Wait for what stops no clock: downloads, media, what was asked for at the last moment."""
        began_s = time.perf_counter()
        while (page.downloading or page.fetching or page.held) and not page.dialog:
            if (quiet_s := self._quiet_s(began_s)) > PATIENCE_S:
                return page.give_up_requests()
            if quiet_s > LULL_S and not page.held:  # by media, which the browser seeks
                lull.set()
            self._master.expired.clear()
            # Where a stream is out, nothing else lets tasks run; it may skip some milliseconds.
            policy = ADVANCE if page.streaming else PAUSE
            self._call(POLICY, policy=policy, budget=NO_TIME_MS)
            self._master.expired.wait(ANSWER_S)
            if not self._let_answer_in() and self._stillness.rests(page.reader):
                page.forget_answered()

    def _wait_for_window(self) -> None:
        """Let no time pass while a window that the page has opened is loading."""
        opened, self.page.opened = self.page.opened, False
        for page in self._adopt() if opened else ():
            until_s = time.perf_counter() + PATIENCE_S
            while not page.is_loaded() and time.perf_counter() < until_s:
                self._grant(0)
                if not self._let_answer_in():
                    threading.Event().wait(LOOK_APART_S)

    def _let_in(self) -> None:
        """Let a document that has just come be there whole, before it is seen: at no time at all.

        What it fetches is not waited for by a grant that began before.
        """
        self.drawing.renew()
        until_s = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until_s and not self.page.dialog:
            self._nudge()
            self._stillness.wait(self.page.reader)
            if not (self.page.fetching or self.page.navigating):
                return

    # Commands.

    def during(
        self,
        run: Callable[[], Any],
        what: str,
        *,
        patience_ms: float | None = None,
        navigates: bool = False,
        points: bool = False,
        harmless: bool = False,
    ) -> Any:
        """Run a command of WebDriver's, and give the page what it needs to finish it.

        `patience_ms`: it is given no more of its time than that. `navigates`: it loads a page,
        which the one that is there knows nothing of. `points`: it moves the mouse, which comes to
        the page with a frame. `harmless`: it loads no page, so that a frame may be drawn meanwhile.
        """
        self._doing = what
        if not harmless:
            self.drawing.settle()
        if navigates and not self.page.dialog:
            # What the new document begins now comes before its ticks, whatever their phase.
            self._grant(self._due_us(1000 + BEGIN_PHASE_US) - self._lived_us)
        self.page.navigating = navigates
        future = self._running = self._pool.submit(run)
        until_ms = None if patience_ms is None else self.now_ms + patience_ms
        own_s = time.perf_counter() + (0 if points or patience_ms is not None else PATIENT_S)
        stalled_ms = self.now_ms + (LOAD_MS if navigates else COMMAND_MS)
        turn = 0
        while not self._finishes(future, turn):
            turn += 1
            own = self.page.navigating or self.page.fetching or time.perf_counter() < own_s
            if (turn % 2 and not points) or own:
                self._nudge()
            elif until_ms is not None:
                if self.now_ms < until_ms:
                    self.tick()
            elif self.now_ms < stalled_ms:
                self.tick()
            else:
                self._stall("it did not end, whatever time it was given")
        self.page.navigating = False
        if not harmless:
            self.page.catch_up()  # of a dialog that was opened or closed, above all
            self._acted = True
        return future.result()

    def _finishes(self, future: Future[Any], turn: int) -> bool:
        """Whether the command is done; if not, nobody works on it: it waits for the page."""
        if self.page.navigating:
            patience_s = min(LONGEST_LOOK_S, SHORTEST_LOOK_S * 2 ** (turn // 4))
            if wait([future], patience_s).done:
                return True
        self._stillness.forget()
        until_s = time.perf_counter() + BUSY_S
        while not future.done():
            if self._real_from is not None or self._stillness.look(self._thread, self.page.reader):
                return future.done()
            if time.perf_counter() > until_s:
                return False  # somebody turns round and round: as good as waiting
            wait([future], LOOK_APART_S)
        return True

    def _note_thread(self) -> None:
        self._thread = threading.get_native_id()

    def close(self) -> None:
        """Let the thread of the commands go; with it the browser, if it still waits for that."""
        if self._running and not self._running.done():
            self._give_up()  # else its driver hears nothing else for a minute
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._stillness.close()

    # Asking, and noticing that nobody answers.

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._answer(self._master.send(method, **params), method)

    def _answer(self, number: int, method: str) -> dict[str, Any]:
        return (
            self._until(
                lambda: self._master.answer(number, method, ANSWER_S),
                self.page,
                f"{method} was not answered",
            )
            or {}
        )

    def _until(self, ask: Callable[[], Any], page: VirtualPage, how: str) -> Any:
        """What `ask` returns in the end; None when a dialog of the page holds it up.

        Raises:
            RecordingError: nobody does anything about it: `how` the browser stalled.
        """
        quiet_s = 0.0
        while (answer := ask()) is None:
            if page.dialog:
                return None
            quiet_s = self._stalled(quiet_s, how)
        return answer

    def _stalled(self, quiet_s: float, how: str) -> float:
        """How long nobody has done anything, one look later.

        Raises:
            RecordingError: for too long.
        """
        if not self._stillness.rests():
            return max(0.0, quiet_s - ANSWER_S)  # a browser at rest still stirs now and then
        if quiet_s > STALL_S:
            self._stall(f"{how} for {STALL_S:g} s")
        return quiet_s + ANSWER_S

    def _stall(self, how: str) -> NoReturn:
        self._give_up()
        raise ClockError(
            f"the browser stalled in {spoken(self._doing)}: {how}",
            hint='try again; a page that needs real time gets it with @tour.step(clock="real")',
            transient=True,
        )


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
