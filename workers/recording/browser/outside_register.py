"""The register of all outsides: everything that pages talk to and that has its own clock.

An *outside* (a socket, a stream, a worker, another window) is outstanding while it may still answer
a message of a page, or still goes on answering. Page time then keeps step with the machine's clock,
and the page is not at rest. `browser.outside` decides that for each. Times are seconds of the
machine's clock (`now_s`). Nothing here talks to a browser.
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

#: An outside that has left a message unanswered for this long at the end of a hold is silent.
SILENT_AFTER_S = 5.0
#: A page polls an address if it has requested it three times, at least POLL_APART_S seconds of page
#: time apart. The poll is over after a pause POLL_PAUSES times as long as the one before.
POLL_APART_S, POLL_PAUSES = 0.2, 2.5
Key = tuple[str, str]  # the window's target, and the browser's name of the outside


class Polls:
    """The addresses that the page requests again and again. `page_s` returns the page time."""

    def __init__(self, page_s: Callable[[], float]) -> None:
        self._page_s = page_s
        self._asked: dict[str, list[float]] = {}  # page times of requests in this step, by address
        self._background: set[str] = set()  # addresses that were polled before this step

    def asked(self, address: str) -> None:
        """Note that the page has requested an address."""
        asked, now_s = self._asked.setdefault(address, []), self._page_s()
        if not asked or now_s - asked[-1] > POLL_APART_S:
            asked.append(now_s)

    def begin_step(self) -> None:
        """Begin a step, which has not caused the polls that go on now."""
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
    """All outsides of a recording's windows.

    DevTools threads report events; the recording thread asks questions. `page_s` returns the page
    time, by which polls are recognised.
    """

    def __init__(self, now_s: Callable[[], float] = real_time.perf_counter) -> None:
        self._now_s = now_s
        self.page_s = now_s
        self._lock = threading.RLock()
        self._open: dict[Key, Outside] = {}
        self._closed: list[Outside] = []  # those of this recording that sent or may send something
        self._polls = Polls(lambda: self.page_s())
        self._hold_ended_s = now_s()
        self._push_expected_s = float("-inf")
        self._real_time_s: dict[str, float] = {}  # page time in step with the machine's, by reason

    # Events.

    def opened(self, key: Key, kind: str, label: str = "", *, asks: bool | None = None) -> None:
        """Note that the page has opened an outside.

        `asks`: the opening itself is a message to it (default: by kind). `label`: its address,
        without the query, which is long, differs each time, and may hold a token.
        """
        with self._lock:
            address = without_passwords(label).partition("?")[0]
            self._open[key] = Outside(kind, f"{kind} {address}".rstrip())
            if kind in ASKING if asks is None else asks:
                self.sent(key)
            elif kind in PUSHES:  # a server may send something as soon as it is connected
                self._open[key].expect_push(self._now_s())

    def closed(self, key: Key) -> None:
        """Note that an outside has ended."""
        with self._lock:
            if outside := self._open.pop(key, None):
                outside.closed_s = self._now_s()
                if outside.messages or outside.exchange.armed:
                    self._closed.append(outside)

    def window_closed(self, target: str) -> None:
        """Note that a window's document is gone, and with it all its outsides."""
        with self._lock:
            for key in [key for key in self._open if key[0] == target]:
                self._open[key].exchange.armed = False
                self.closed(key)

    def sent(self, key: Key) -> None:
        """Note that the page has sent a message to an outside."""
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
        """Note that an outside has sent the page a message, "" where its text is not known."""
        with self._lock:
            if outside := self._open.get(key):
                outside.received(self._now_s(), message, self._push_expected_s)

    def timers(self, key: Key, *, pending: bool) -> None:
        """Note that a worker has set a timer, or has none any more."""
        with self._lock:
            if outside := self._open.get(key):
                outside.timers.pending = pending
                outside.exchange.received_s = None if pending else self._now_s()

    def asked(self, address: str, *, looks: bool = True) -> None:
        """Note a request of the page, after which a server may push a message.

        `looks`: the request only reads (a GET), and may be one of a poll's.
        """
        with self._lock:
            if looks:
                self._polls.asked(address)
            self._expect_push()

    def expect_push(self) -> None:
        """Note that the step's own code ran, after which a server may push a message."""
        with self._lock:
            self._expect_push()

    def _expect_push(self) -> None:
        self._push_expected_s = self._now_s()
        for outside in self._open.values():
            if outside.kind in PUSHES and not outside.habits.never_pushes:
                outside.expect_push(self._now_s())
                outside.exchange.asked = True

    # Questions.

    @property
    def any_open(self) -> bool:
        """True if any outside is open: otherwise no message can come unasked."""
        return any(outside.kind != TIMERS for outside in list(self._open.values()))

    @property
    def may_end_waits(self) -> bool:
        """True if a wait may be for an outside, or for a poll of the page's."""
        return self.any_open or bool(self._polls.labels())

    def begin(self) -> None:
        """Begin the recording: answers to the set-up are waited for only a little longer."""
        with self._lock:
            for outside in self._open.values():
                outside.exchange.set_up = True
                outside.messages = 0
            self._closed.clear()
            self._real_time_s.clear()
            self.begin_step()

    def begin_step(self) -> None:
        """Begin a step: outsides that the last step used no longer count as used."""
        with self._lock:
            for outside in self._open.values():
                outside.used = outside.outstanding(self._now_s())
                outside.habits.pause_s = 0.0
                if outside.kind == TIMERS:
                    outside.exchange.armed = False
                    outside.timers.background = outside.timers.pending
            self._polls.begin_step()

    def end_hold(self) -> None:
        """End a hold: an outside that has left a message unanswered for too long is silent."""
        with self._lock:
            now_s = self._now_s()
            for outside in self._open.values():
                exchange = outside.exchange
                unanswered = exchange.armed and exchange.received_s is None
                if unanswered and now_s - (exchange.sent_s or now_s) > SILENT_AFTER_S:
                    outside.habits.silent = True
            self._hold_ended_s = now_s

    def outstanding(self) -> tuple[str, ...]:
        """Return the outsides that may still answer, as texts."""
        with self._lock:
            now_s = self._now_s()
            everyone = (*self._open.values(), *self._closed)
            return tuple(o.label for o in everyone if o.outstanding(now_s))

    def used(self) -> tuple[str, ...]:
        """Return the open outsides that this step has used, as texts."""
        with self._lock:
            return tuple(o.label for o in self._open.values() if o.used)

    def awaited(self, *, idle: bool) -> tuple[str, ...]:
        """Return the outsides that a wait of the tutorial's may be waiting for, as texts.

        They are those that are outstanding or were used in this step, and the page's polls (a hold
        does not wait for polls, since most never end). If the page is `idle`, they are all open
        outsides: no timer and no movement can end the wait, or none has for a while.
        """
        with self._lock:
            now_s = self._now_s()
            found = [
                o
                for o in self._open.values()
                if o.outstanding(now_s) or (o.kind != TIMERS and (idle or o.used))
            ]
            return tuple(o.label for o in found) + self._polls.labels()

    def active_since_hold(self) -> tuple[str, ...]:
        """Return the outsides that have sent a message since the last hold ended, as texts."""
        with self._lock:
            everyone = (*self._closed, *self._open.values())
            return tuple(o.label for o in everyone if o.message_s > self._hold_ended_s)

    def open(self) -> tuple[str, ...]:
        """Return all open outsides, as texts, for error messages."""
        with self._lock:
            return tuple(
                o.label for o in self._open.values() if o.kind != TIMERS or o.timers.pending
            )

    # The account of a take.

    def count_real_time(self, labels: tuple[str, ...], seconds: float) -> None:
        """Count page time that has kept step with the machine's clock, because of `labels`."""
        with self._lock:
            for label in labels:
                self._real_time_s[label] = self._real_time_s.get(label, 0.0) + seconds

    def account(self, total_s: float) -> tuple[str, ...]:
        """Return, as texts, why a recording of `total_s` seconds of page time is not exact."""
        with self._lock:
            told: Counter[str] = Counter()
            for outside in (*self._closed, *self._open.values()):
                if outside.messages and outside.label not in self._real_time_s:
                    told[outside.label] += outside.messages
            in_step = (
                f"{label}, in step with real time for {seconds:.1f} s of {total_s:.0f} s"
                for label, seconds in self._real_time_s.items()
            )
            by_itself = (
                f"{label}, {count} message{'s' * (count > 1)} of its own"
                for label, count in told.items()
            )
            return (*in_step, *by_itself)
