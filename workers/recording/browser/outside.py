"""One thing outside the page that has a clock of its own: a socket, a stream, a worker.

Times are seconds of the machine's clock.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

#: After several messages, the next may come after a pause of twice the longest between two of
#: them, within these bounds.
LONGEST_QUIET_S = 2.5
#: An answer over a socket may follow a request that went elsewhere (a POST, then an event): within
#: this time, or within three times what it took before, and then it is quiet sooner.
PUSH_S, PUSH_LEAST_S, PUSH_QUIET_S = 0.5, 0.1, 0.5
SILENT_S = 0.5  # what an outside gets for each message that has left others unanswered
CLOSED_S = 0.1  # after it has ended, what it said last still comes to be shown
FIRED_S = 0.2  # from a worker's timer to what its message to the page makes visible
#: A heartbeat is a message that has come unasked at least so often, and is no longer than this
#: (characters); its numbers may change.
BEATS, LONGEST_BEAT = 2, 80


class Kind(NamedTuple):
    """How long an answer may take, and how long after the last message it is quiet (seconds)."""

    answer_s: float
    quiet_s: float


UNLIMITED = float("inf")  # until the hold ends
KINDS = {
    "web socket": Kind(UNLIMITED, 0.5),
    "event source": Kind(UNLIMITED, 1.0),
    "stream": Kind(UNLIMITED, LONGEST_QUIET_S),
    "worker": Kind(UNLIMITED, 0.5),
    "shared worker": Kind(UNLIMITED, 0.5),
    "service worker": Kind(0.5, 0.2),
    "broadcast channel": Kind(0.5, 0.2),
    "request": Kind(UNLIMITED, 0.0),
}
#: A worker's own timers: they count in a step in which the page has sent a worker a message.
TIMERS, WORKERS = "timers of worker", ("worker", "shared worker")
#: DevTools report no messages of these: while one is open, holds take real time.
UNWATCHED = ("WebRTC", "WebTransport", "live media")
#: Opening one of these is a message to it.
ASKING = ("event source", "stream", "worker", "shared worker", "request")
#: A server may push into these without having been asked over the same connection.
PUSHES = ("web socket", "event source", "stream")


@dataclass(slots=True)
class Exchange:
    """The messages that belong together at present. `armed`: there are any.

    `sent_s`: the page's last message. `received_s`: the last to the page since then.
    `push_expected_s`: when something happened because of which the server may push a message.
    `asked`: that was a request of the page's, and not the connection's own beginning. `set_up`: the
    exchange began before the recording.
    """

    armed: bool = False
    sent_s: float | None = None
    received_s: float | None = None
    push_expected_s: float | None = None
    asked: bool = False
    set_up: bool = False


@dataclass(slots=True)
class Habits:
    """What was learned of an outside so far.

    `reply_s`: the longest time from a push being expected to its message. `pause_s`: the longest
    between two messages that belonged together, in this step. `silent`: it left messages unanswered
    over whole holds. `never_pushes`: no message came though one was expected. `unasked`: how often
    each short message came unasked.
    """

    reply_s: float = 0.0
    pause_s: float = 0.0
    silent: bool = False
    never_pushes: bool = False
    unasked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class WorkerTimers:
    """A worker's timers. `pending`: one is set. `background`: one was when the step began."""

    pending: bool = False
    background: bool = False


@dataclass(slots=True)
class Outside:
    """One connection, stream or worker.

    `used`: in this step. `messages`: those to the page since the recording began, the last of them
    at `message_s`.
    """

    kind: str
    label: str
    exchange: Exchange = field(default_factory=Exchange)
    habits: Habits = field(default_factory=Habits)
    timers: WorkerTimers = field(default_factory=WorkerTimers)
    used: bool = False
    messages: int = 0
    message_s: float = 0.0
    closed_s: float | None = None

    def outstanding(self, now_s: float) -> bool:
        """Return True if more may come of what the page did; if not, the exchange is over."""
        exchange = self.exchange
        if self.closed_s is not None:
            return exchange.armed and now_s - self.closed_s < CLOSED_S
        if self.kind in UNWATCHED:
            return True
        if self.kind == TIMERS:
            fired = exchange.received_s is not None and now_s - exchange.received_s < FIRED_S
            due = self.timers.pending or fired
            return exchange.armed and due and not self.timers.background
        if not exchange.armed:
            return False
        waits = self._awaits_message(now_s)
        if not waits:
            nothing_came = exchange.sent_s is None and exchange.received_s is None
            self.habits.never_pushes = self.habits.never_pushes or (exchange.asked and nothing_came)
            self.exchange = Exchange(set_up=exchange.set_up)
        return waits

    def _awaits_message(self, now_s: float) -> bool:
        kind, exchange = KINDS[self.kind], self.exchange
        expected_s = exchange.push_expected_s
        if expected_s is not None and now_s - expected_s < self._push_within_s():
            return True
        if exchange.received_s is not None:
            least_s = PUSH_QUIET_S if exchange.sent_s is None else kind.quiet_s
            most_s = SILENT_S if exchange.set_up else LONGEST_QUIET_S
            quiet_s = min(most_s, max(least_s, 2 * self.habits.pause_s))
            return now_s - exchange.received_s < quiet_s
        if exchange.sent_s is not None:
            brief = self.habits.silent or exchange.set_up
            return now_s - exchange.sent_s < (SILENT_S if brief else kind.answer_s)
        return False

    def _push_within_s(self) -> float:
        """Return how long after being expected a push may come."""
        reply_s = self.habits.reply_s
        return min(PUSH_S, max(PUSH_LEAST_S, 3 * reply_s)) if reply_s else PUSH_S

    def sent(self, now_s: float) -> None:
        """Note that the page has sent it a message."""
        exchange = self.exchange
        exchange.sent_s, exchange.received_s = now_s, None
        exchange.armed = self.used = True
        exchange.set_up = False

    def expect_push(self, now_s: float) -> None:
        """Note that something happened because of which it may send the page a message."""
        self.exchange.push_expected_s, self.exchange.armed = now_s, True

    def received(self, now_s: float, message: str, push_expected_s: float) -> None:
        """Note that it has sent the page a message.

        `push_expected_s`: when a push of any outside was expected last.
        """
        exchange, habits = self.exchange, self.habits
        self.messages += 1
        beat = re.sub(r"\d+", "0", message) if len(message) <= LONGEST_BEAT else ""
        if not exchange.armed and beat:
            habits.unasked[beat] += 1
        told_s, self.message_s = self.message_s, now_s
        if habits.unasked.get(beat, 0) >= BEATS:
            return  # a heartbeat belongs to no exchange
        if not exchange.armed:
            goes_on = self.used and now_s - told_s < LONGEST_QUIET_S
            if goes_on:
                exchange.received_s = told_s
            elif now_s - push_expected_s > PUSH_S:
                return
            exchange.armed = True  # its exchange had seemed over, or it to push nothing
            exchange.set_up = False
        if exchange.received_s is not None:
            pause_s = now_s - exchange.received_s
            habits.pause_s = min(LONGEST_QUIET_S, max(habits.pause_s, pause_s))
        elif exchange.push_expected_s is not None:
            habits.reply_s = max(habits.reply_s, now_s - exchange.push_expected_s)
            exchange.set_up = exchange.set_up and not exchange.asked
        exchange.received_s, exchange.push_expected_s = now_s, None
        habits.silent = habits.never_pushes = False
        self.used = True
