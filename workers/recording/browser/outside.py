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
#: A push over a socket may be the answer to a request that went elsewhere (a POST, say). It may
#: come within PUSH_S; if earlier pushes came faster, within three times the longest of their times,
#: but at least PUSH_LEAST_S. The exchange is over PUSH_QUIET_S after the last push.
PUSH_S, PUSH_LEAST_S, PUSH_QUIET_S = 0.5, 0.1, 0.5
SILENT_S = 0.5  # the time for each answer of an outside that has left messages unanswered
CLOSED_S = 0.1  # after its end, in which the page still shows its last message
FIRED_S = 0.2  # from a worker's timer to what its message to the page makes visible
#: A heartbeat is a message that has come unasked at least so often, and is no longer than this
#: (characters); its numbers may change.
BEATS, LONGEST_BEAT = 2, 80


class Kind(NamedTuple):
    """The time for an answer, and the pause after which an exchange is over (seconds)."""

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
    """The present exchange of messages with an outside. `armed`: there is one.

    `sent_s`: time of the page's last message. `received_s`: time of the last message to the page
    since then. `push_expected_s`: time of an event after which the server may push a message.
    `asked`: that event was a request of the page, and not the beginning of the connection.
    `set_up`: the exchange began before the recording.
    """

    armed: bool = False
    sent_s: float | None = None
    received_s: float | None = None
    push_expected_s: float | None = None
    asked: bool = False
    set_up: bool = False


@dataclass(slots=True)
class Habits:
    """The behaviour of an outside so far.

    `reply_s`: the longest time from an event that made a push likely to the push. `pause_s`: the
    longest pause within an exchange, in this step. `silent`: it left messages unanswered over whole
    holds. `never_pushes`: no message came when one was likely. `unasked`: how often each short
    message came without an exchange.
    """

    reply_s: float = 0.0
    pause_s: float = 0.0
    silent: bool = False
    never_pushes: bool = False
    unasked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class WorkerTimers:
    """A worker's timers. `pending`: one is set. `background`: one was set when the step began."""

    pending: bool = False
    background: bool = False


@dataclass(slots=True)
class Outside:
    """One connection, stream or worker.

    `used`: in this step. `messages`: the number of messages to the page since the recording began,
    the last of them at `message_s`.
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
        """Return True if more messages may come in this exchange; if not, end it."""
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
        """Return how long after `push_expected_s` a push may come."""
        reply_s = self.habits.reply_s
        return min(PUSH_S, max(PUSH_LEAST_S, 3 * reply_s)) if reply_s else PUSH_S

    def sent(self, now_s: float) -> None:
        """Note that the page has sent it a message."""
        exchange = self.exchange
        exchange.sent_s, exchange.received_s = now_s, None
        exchange.armed = self.used = True
        exchange.set_up = False

    def expect_push(self, now_s: float) -> None:
        """Note an event after which the outside may send the page a message."""
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
        before_s, self.message_s = self.message_s, now_s
        if habits.unasked.get(beat, 0) >= BEATS:
            return  # a heartbeat belongs to no exchange
        if not exchange.armed:
            goes_on = self.used and now_s - before_s < LONGEST_QUIET_S
            if goes_on:
                exchange.received_s = before_s
            elif now_s - push_expected_s > PUSH_S:
                return
            # The exchange had seemed over, or the outside had seemed not to push.
            exchange.armed = True
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
