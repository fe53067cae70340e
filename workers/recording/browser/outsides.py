"""What the pages of a recording talk to that has a clock of its own.

An *outside* (a socket, a stream, a worker, another window) is outstanding while it may still answer
something that a page sent, or goes on answering. Page time then keeps step with the machine's
clock, and the page is not at rest. Times are seconds of the machine's clock (`now_s`). Nothing here
talks to a browser.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from forge.text.redact import without_passwords
from forge.workers import real_time
from forge.workers.recording.browser.outside import (
    ASKING,
    PUSHES,
    TIMERS,
    WORKERS,
    Outside,
)

#: An outside that has left a message unanswered for so long, over whole holds, is taken for one
#: that does not answer.
SILENT_AFTER_S = 5.0
#: A page polls an address when it has asked for it three times, at least this much page time apart
#: (seconds), and until a pause is longer than the last one by this factor.
POLL_APART_S, POLL_PAUSES = 0.2, 2.5
Key = tuple[str, str]  # the window's target, and the browser's name of the outside


class Polls:
    """The addresses that the page asks for again and again. `page_s` returns the page time."""

    def __init__(self, page_s: Callable[[], float]) -> None:
        self._page_s = page_s
        self._asked: dict[str, list[float]] = {}  # page times of requests in this step, by address
        self._background: set[str] = set()  # addresses that are polled whatever a step does

    def asked(self, address: str) -> None:
        """The page has asked for an address."""
        asked, now_s = self._asked.setdefault(address, []), self._page_s()
        if not asked or now_s - asked[-1] > POLL_APART_S:
            asked.append(now_s)

    def begin_step(self) -> None:
        """A step begins: polls that go on now are not of its doing."""
        self._background |= {one for one in self._asked if self._is_poll(one)}
        self._asked.clear()

    def labels(self) -> tuple[str, ...]:
        """Return the polls that this step has begun, as texts."""
        return tuple(
            f"polls of {one}"
            for one in self._asked
            if self._is_poll(one) and one not in self._background
        )

    def _is_poll(self, address: str) -> bool:
        if len(asked := self._asked[address]) < 3:
            return False
        return self._page_s() - asked[-1] < POLL_PAUSES * (asked[-1] - asked[-2])


class Outsides:
    """All outsides of a recording's windows. Thread-safe: DevTools' threads tell it of them."""

    def __init__(self, now_s: Callable[[], float] = real_time.perf_counter) -> None:
        self._now_s = now_s
        self.page_s = now_s  # page time, for what a page does by itself
        self._lock = threading.RLock()
        self._open: dict[Key, Outside] = {}
        self._closed: list[Outside] = []  # since the recording began, and heard of
        self._polls = Polls(lambda: self.page_s())
        self._hold_ended_s = now_s()
        self._prodded_s = float("-inf")
        self._lived: dict[str, float] = {}  # page time in step with the machine's, by reason

    # What DevTools tell.

    def opened(self, key: Key, kind: str, label: str = "", *, asks: bool | None = None) -> None:
        """The page has opened one. `asks`: that is a message to it, too (default: by kind).

        `label`: its address, whose query is left out: it is long, another one each time, and may
        hold a token.
        """
        with self._lock:
            address = without_passwords(label).partition("?")[0]
            self._open[key] = Outside(kind, f"{kind} {address}".rstrip())
            if kind in ASKING if asks is None else asks:
                self.sent(key)
            elif kind in PUSHES:  # a server may say something as soon as it is connected
                self._open[key].prod(self._now_s())

    def closed(self, key: Key) -> None:
        """It has ended."""
        with self._lock:
            if outside := self._open.pop(key, None):
                outside.closed_s = self._now_s()
                if outside.told or outside.exchange.armed:
                    self._closed.append(outside)

    def window_closed(self, target: str) -> None:
        """All of a window's, or of its last document's, have ended: nothing more comes of them."""
        with self._lock:
            for key in [key for key in self._open if key[0] == target]:
                self._open[key].exchange.armed = False
                self.closed(key)

    def sent(self, key: Key) -> None:
        """The page has sent it something."""
        with self._lock:
            if outside := self._open.get(key):
                outside.sent(self._now_s())
                if outside.kind in (*WORKERS, "broadcast channel"):
                    self._arm_timers()

    def _arm_timers(self) -> None:
        for outside in self._open.values():
            if outside.kind == TIMERS:
                outside.exchange.armed = True

    def received(self, key: Key, message: str = "") -> None:
        """It has told the page something; `message` as far as it is known."""
        with self._lock:
            if outside := self._open.get(key):
                outside.received(self._now_s(), message, self._prodded_s)

    def timers(self, key: Key, *, pending: bool) -> None:
        """A worker has set a timer, or none of its timers is set any more."""
        with self._lock:
            if outside := self._open.get(key):
                outside.timers.pending = pending
                outside.exchange.received_s = None if pending else self._now_s()

    def asked(self, address: str, *, looks: bool = True) -> None:
        """The page has asked a server for something: others may be told of it, too.

        `looks`: it only reads (a GET), and may be one of a poll's.
        """
        with self._lock:
            if looks:
                self._polls.asked(address)
            self._prod()

    def prod(self) -> None:
        """The step's own code has done something out of sight: a server may know of it."""
        with self._lock:
            self._prod()

    def _prod(self) -> None:
        self._prodded_s = self._now_s()
        for outside in self._open.values():
            if outside.kind in PUSHES and not outside.habits.deaf:
                outside.prod(self._now_s())
                outside.exchange.asked = True

    # What a recorder asks.

    @property
    def known(self) -> bool:
        """Whether there is any: without one, nothing can come by itself."""
        return any(outside.kind != TIMERS for outside in list(self._open.values()))

    @property
    def matters(self) -> bool:
        """Whether a wait may be for an outside, or for what the page polls."""
        return self.known or bool(self._polls.labels())

    def begin(self) -> None:
        """The recording begins: what the set-up sent is waited for only a little longer."""
        with self._lock:
            for outside in self._open.values():
                outside.exchange.set_up = True
                outside.told = 0
            self._closed.clear()
            self._lived.clear()
            self.begin_step()

    def begin_step(self) -> None:
        """A step begins: what the one before used is no longer a sign of waiting."""
        with self._lock:
            for outside in self._open.values():
                outside.used = outside.outstanding(self._now_s())
                outside.habits.pause_s = 0.0
                if outside.kind == TIMERS:
                    outside.exchange.armed = False
                    outside.timers.background = outside.timers.pending
            self._polls.begin_step()

    def end_hold(self) -> None:
        """A hold is over: what has not answered within several of them is silent."""
        with self._lock:
            now_s = self._now_s()
            for outside in self._open.values():
                exchange = outside.exchange
                unanswered = exchange.armed and exchange.received_s is None
                if unanswered and now_s - (exchange.sent_s or now_s) > SILENT_AFTER_S:
                    outside.habits.silent = True
            self._hold_ended_s = now_s

    def outstanding(self) -> tuple[str, ...]:
        """The outsides that may still answer, as texts."""
        with self._lock:
            now_s = self._now_s()
            everyone = (*self._open.values(), *self._closed)
            return tuple(o.label for o in everyone if o.outstanding(now_s))

    def used(self) -> tuple[str, ...]:
        """The open outsides that this step has used, as texts."""
        with self._lock:
            return tuple(o.label for o in self._open.values() if o.used)

    def awaited(self, *, idle: bool) -> tuple[str, ...]:
        """The outsides that a wait of the tutorial's may be waiting for, as texts.

        Those that are outstanding or were used in this step, and what the page polls (a hold need
        not wait for that: most polls go on as long as the page does); all of them when the page is
        `idle`: no timer and no movement can bring what is waited for, or none has for a while.
        """
        with self._lock:
            now_s = self._now_s()
            found = [
                o
                for o in self._open.values()
                if o.outstanding(now_s) or (o.kind != TIMERS and (idle or o.used))
            ]
            return tuple(o.label for o in found) + self._polls.labels()

    def heard(self) -> tuple[str, ...]:
        """The outsides that have told the page something since the last hold ended, as texts."""
        with self._lock:
            everyone = (*self._closed, *self._open.values())
            return tuple(o.label for o in everyone if o.told_s > self._hold_ended_s)

    def open(self) -> tuple[str, ...]:
        """All that are open, as texts: what an error may name."""
        with self._lock:
            return tuple(
                o.label for o in self._open.values() if o.kind != TIMERS or o.timers.pending
            )

    # What is told of a take.

    def lived(self, labels: tuple[str, ...], seconds: float) -> None:
        """So much page time has kept step with the machine's, because of these."""
        with self._lock:
            for label in labels:
                self._lived[label] = self._lived.get(label, 0.0) + seconds

    def account(self, total_s: float) -> tuple[str, ...]:
        """Why a recording of `total_s` seconds of page time is not exact, as texts."""
        with self._lock:
            told: Counter[str] = Counter()
            for outside in (*self._closed, *self._open.values()):
                if outside.told and outside.label not in self._lived:
                    told[outside.label] += outside.told
            lived = (
                f"{label}, in step with real time for {seconds:.1f} s of {total_s:.0f} s"
                for label, seconds in self._lived.items()
            )
            by_itself = (
                f"{label}, {count} message{'s' * (count > 1)} of its own"
                for label, count in told.items()
            )
            return (*lived, *by_itself)
