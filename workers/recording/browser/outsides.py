"""What a page talks to that has a clock of its own: sockets, streams, workers, other windows.

An *outside* is outstanding while it may still answer something that the page sent, or goes on
answering. Page time then keeps step with the machine's clock, and the page is not at rest. All
times are seconds of the machine's clock (`now_s`). Nothing here talks to a browser.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from forge.text.redact import without_passwords
from forge.workers import real_time

#: After the last of several messages: as long as the longest pause between two of them lasted
#: (times two), within these bounds.
LONGEST_QUIET_S = 2.5
#: An answer over a socket may follow a request that went elsewhere (a POST, then an event): within
#: this time, or within thrice what it took before, and then it is quiet sooner.
PRODDED_S, PRODDED_LEAST_S, PRODDED_QUIET_S = 0.5, 0.1, 0.5
#: An outside that has left a message unanswered for so long, over whole holds, is taken for one
#: that does not answer: it then gets only this much time for each message.
SILENT_AFTER_S, SILENT_S = 5.0, 0.5
#: A page polls an address when it has asked for it three times, at least this much page time apart
#: (seconds), and until a pause is longer than the last one by this factor.
POLL_APART_S, POLL_PAUSES = 0.2, 2.5
CLOSED_S = 0.1  # what one said last is shown after it has ended
FIRED_S = 0.2  # what a worker's timer did is told to the page, and shown
#: A heartbeat is a message that has come unasked at least so often, and is no longer than this
#: (characters); its numbers may change.
BEATS, LONGEST_BEAT = 2, 80
Key = tuple[str, str]  # the window's target, and the browser's name of the outside


class Kind(NamedTuple):
    """How long an answer may take, and how long it is quiet after the last message (seconds)."""

    answer_s: float
    quiet_s: float


FOREVER = float("inf")  # until the hold ends
KINDS = {
    "web socket": Kind(FOREVER, 0.5),
    "event source": Kind(FOREVER, 1.0),
    "stream": Kind(FOREVER, LONGEST_QUIET_S),
    "worker": Kind(FOREVER, 0.5),
    "shared worker": Kind(FOREVER, 0.5),
    "service worker": Kind(0.5, 0.2),
    "broadcast channel": Kind(0.5, 0.2),
    "request": Kind(FOREVER, 0.0),
}
#: A worker's own timers: they count in a step in which the page has spoken to a worker.
TIMERS, WORKERS = "timers of worker", ("worker", "shared worker")
#: What tells nothing of when it sends or receives: as long as it is open, holds take real time.
UNWATCHED = ("WebRTC", "WebTransport", "live media")
#: To open one of these is to ask for something.
ASKING = ("event source", "stream", "worker", "shared worker", "request")
#: What a server may push into without having been asked over the same connection.
PUSHES = ("web socket", "event source", "stream")


@dataclass
class Outside:
    """One connection, stream or worker, and when it was heard of."""

    kind: str
    label: str
    sent_s: float | None = None  # the last message of the page's
    received_s: float | None = None  # the last message to the page since it sent one
    prodded_s: float | None = None
    asked: bool = False  # it was prodded by a request, and not by its own beginning
    reply_s: float = 0.0  # the longest that it took to say something after it was prodded
    set_up: bool = False  # what it was sent last was sent before the recording began
    armed: bool = False  # the page sent something, and messages that come belong to it
    used: bool = False  # in this step
    silent: bool = False
    deaf: bool = False  # nothing came of having been prodded
    pause_s: float = 0.0  # the longest between two messages that belonged together
    told: int = 0  # messages to the page since the recording began
    told_s: float = 0.0  # when it told the page something last, asked or not
    closed_s: float | None = None
    pending: bool = False  # of a worker's timers: one is set
    background: bool = False  # one was set when the step began: it goes on whatever is done
    unasked: Counter[str] = field(default_factory=Counter)  # short messages, by how often they came

    def outstanding(self, now_s: float) -> bool:
        """Whether more may come of what the page did."""
        if self.closed_s is not None:
            return self.armed and now_s - self.closed_s < CLOSED_S
        if self.kind in UNWATCHED:
            return True
        if self.kind == TIMERS:
            fired = self.received_s is not None and now_s - self.received_s < FIRED_S
            return self.armed and (self.pending or fired) and not self.background
        if not self.armed:
            return False
        kind = KINDS[self.kind]
        if self.received_s is not None:
            least_s = PRODDED_QUIET_S if self.sent_s is None else kind.quiet_s
            most_s = SILENT_S if self.set_up else LONGEST_QUIET_S
            quiet_s = min(most_s, max(least_s, 2 * self.pause_s))
            waits = now_s - self.received_s < quiet_s
        elif self.sent_s is not None:
            brief = self.silent or self.set_up
            waits = now_s - self.sent_s < (SILENT_S if brief else kind.answer_s)
        else:
            waits = False
        if self.prodded_s is not None and now_s - self.prodded_s < self._prodded_for_s():
            waits = True
        if not waits:
            self.armed = False
            nothing_came = self.sent_s is None and self.received_s is None
            self.deaf = self.deaf or (self.asked and nothing_came)
            self.asked = False
            self.sent_s = self.received_s = self.prodded_s = None
        return waits

    def _prodded_for_s(self) -> float:
        """How long it may take to say something after it was prodded."""
        return min(PRODDED_S, max(PRODDED_LEAST_S, 3 * self.reply_s)) if self.reply_s else PRODDED_S


class Outsides:
    """All outsides of a recording's windows. Thread-safe: DevTools' threads tell it of them."""

    def __init__(self, now_s: Callable[[], float] = real_time.perf_counter) -> None:
        self._now_s = now_s
        self.page_s = now_s  # page time, for what a page does by itself
        self._lock = threading.RLock()
        self._open: dict[Key, Outside] = {}
        self._closed: list[Outside] = []  # since the recording began, and heard of
        self._asked: dict[str, list[float]] = {}  # page times of requests in this step, by address
        self._background: set[str] = set()  # addresses that are polled whatever a step does
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
                self._prod_one(self._open[key])

    def closed(self, key: Key) -> None:
        """It has ended."""
        with self._lock:
            if outside := self._open.pop(key, None):
                outside.closed_s = self._now_s()
                if outside.told or outside.armed:
                    self._closed.append(outside)

    def window_closed(self, target: str) -> None:
        """All of a window's, or of its last document's, have ended: nothing more comes of them."""
        with self._lock:
            for key in [key for key in self._open if key[0] == target]:
                self._open[key].armed = False
                self.closed(key)

    def sent(self, key: Key) -> None:
        """The page has sent it something."""
        with self._lock:
            if outside := self._open.get(key):
                outside.sent_s, outside.received_s = self._now_s(), None
                outside.armed = outside.used = True
                outside.set_up = False
                if outside.kind in (*WORKERS, "broadcast channel"):
                    self._arm_timers()

    def _arm_timers(self) -> None:
        for outside in self._open.values():
            if outside.kind == TIMERS:
                outside.armed = True

    def received(self, key: Key, message: str = "") -> None:
        """It has told the page something; `message` as far as it is known."""
        with self._lock:
            if (outside := self._open.get(key)) is None:
                return
            outside.told += 1
            beat = re.sub(r"\d+", "0", message) if len(message) <= LONGEST_BEAT else ""
            if not outside.armed and beat:
                outside.unasked[beat] += 1
            now_s, told_s = self._now_s(), outside.told_s
            outside.told_s = now_s
            if outside.unasked.get(beat, 0) >= BEATS:
                return
            if not outside.armed:
                goes_on = outside.used and now_s - told_s < LONGEST_QUIET_S
                if goes_on:
                    outside.received_s = told_s
                elif now_s - self._prodded_s > PRODDED_S:
                    return
                outside.armed = True  # one that was taken for deaf, or for having said all
                outside.set_up = False
            if outside.received_s is not None:
                pause_s = now_s - outside.received_s
                outside.pause_s = min(LONGEST_QUIET_S, max(outside.pause_s, pause_s))
            elif outside.prodded_s is not None:
                reply_s = now_s - outside.prodded_s
                outside.reply_s = max(outside.reply_s, reply_s)
                outside.set_up = outside.set_up and not outside.asked
            outside.received_s, outside.prodded_s = now_s, None
            outside.silent = outside.deaf = False
            outside.used = True

    def timers(self, key: Key, *, pending: bool) -> None:
        """A worker has set a timer, or none of its timers is set any more."""
        with self._lock:
            if outside := self._open.get(key):
                outside.pending = pending
                outside.received_s = None if pending else self._now_s()

    def asked(self, address: str, *, looks: bool = True) -> None:
        """The page has asked a server for something: others may be told of it, too.

        `looks`: it only reads (a GET), and may be one of a poll's.
        """
        with self._lock:
            asked, now_s = self._asked.setdefault(address, []), self.page_s()
            if looks and (not asked or now_s - asked[-1] > POLL_APART_S):
                asked.append(now_s)
            self._prod()

    def prod(self) -> None:
        """The step's own code has done something out of sight: a server may know of it."""
        with self._lock:
            self._prod()

    def _prod(self) -> None:
        self._prodded_s = self._now_s()
        for outside in self._open.values():
            if outside.kind in PUSHES and not outside.deaf:
                self._prod_one(outside)
                outside.asked = True

    def _prod_one(self, outside: Outside) -> None:
        outside.prodded_s, outside.armed = self._now_s(), True

    # What a recorder asks.

    @property
    def known(self) -> bool:
        """Whether there is any: without one, nothing can come by itself."""
        return any(outside.kind != TIMERS for outside in list(self._open.values()))

    @property
    def matters(self) -> bool:
        """Whether a wait may be for an outside, or for what the page polls."""
        return self.known or bool(self._polls())

    def begin(self) -> None:
        """The recording begins: what the set-up sent is waited for only a little longer."""
        with self._lock:
            for outside in self._open.values():
                outside.set_up = True
                outside.told = 0
            self._closed.clear()
            self._lived.clear()
            self.begin_step()

    def begin_step(self) -> None:
        """A step begins: what the one before used is no longer a sign of waiting."""
        with self._lock:
            for outside in self._open.values():
                outside.used, outside.pause_s = outside.outstanding(self._now_s()), 0.0
                if outside.kind == TIMERS:
                    outside.armed, outside.background = False, outside.pending
            self._background |= {one for one in self._asked if self._is_poll(one)}
            self._asked.clear()

    def end_hold(self) -> None:
        """A hold is over: what has not answered within several of them is silent."""
        with self._lock:
            now_s = self._now_s()
            for outside in self._open.values():
                unanswered = outside.armed and outside.received_s is None
                if unanswered and now_s - (outside.sent_s or now_s) > SILENT_AFTER_S:
                    outside.silent = True
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
            return tuple(o.label for o in found) + self._polls()

    def _polls(self) -> tuple[str, ...]:
        """The polls that this step has begun: those of other steps go on whatever is done."""
        return tuple(
            f"polls of {one}"
            for one in self._asked
            if self._is_poll(one) and one not in self._background
        )

    def _is_poll(self, address: str) -> bool:
        """Whether it is asked for again and again."""
        if len(asked := self._asked[address]) < 3:
            return False
        return self.page_s() - asked[-1] < POLL_PAUSES * (asked[-1] - asked[-2])

    def heard(self) -> tuple[str, ...]:
        """The outsides that have told the page something since the last hold ended, as texts."""
        with self._lock:
            everyone = (*self._closed, *self._open.values())
            return tuple(o.label for o in everyone if o.told_s > self._hold_ended_s)

    def open(self) -> tuple[str, ...]:
        """All that are open, as texts: what an error may name."""
        with self._lock:
            return tuple(o.label for o in self._open.values() if o.kind != TIMERS or o.pending)

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
