"""How long outsides may still answer."""

from __future__ import annotations

import pytest

from forge.workers.recording.browser.outside import (
    CLOSED_S,
    FIRED_S,
    LONGEST_QUIET_S,
    PUSH_LEAST_S,
    PUSH_QUIET_S,
    PUSH_S,
    SILENT_S,
    TIMERS,
)
from forge.workers.recording.browser.outside_register import SILENT_AFTER_S, Outsides

SOCKET, SOURCE, WORKER = ("page", "1"), ("page", "2"), ("page", "3")
LABEL = "web socket ws://app/kernel"


class Clock:
    """A machine's clock that a test moves."""

    def __init__(self) -> None:
        self.at_s = 50.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outsides(clock: Clock) -> Outsides:
    """Outsides with a web socket that the set-up opened."""
    made = Outsides(clock)
    made.opened(SOCKET, "web socket", "ws://app/kernel")
    made.received(SOCKET, "welcome")
    clock.at_s += 1
    made.begin()
    made.outstanding()
    return made


def test_a_socket_that_is_silent_costs_nothing(outsides: Outsides) -> None:
    outsides.begin_step()
    assert outsides.any_open
    assert outsides.outstanding() == ()


def test_an_answer_is_awaited_without_limit(outsides: Outsides, clock: Clock) -> None:
    outsides.sent(SOCKET)
    clock.at_s += 30
    assert outsides.outstanding() == (LABEL,)


def test_an_exchange_ends_after_some_quiet(outsides: Outsides, clock: Clock) -> None:
    outsides.sent(SOCKET)
    clock.at_s += 4
    outsides.received(SOCKET, "42 rows")
    clock.at_s += 0.4
    assert outsides.outstanding() == (LABEL,)
    clock.at_s += 0.2
    assert outsides.outstanding() == ()


def test_pauses_between_messages_are_learned(outsides: Outsides, clock: Clock) -> None:
    outsides.sent(SOCKET)
    for word in ("one", "two"):
        clock.at_s += 0.45
        outsides.received(SOCKET, word)
    clock.at_s += 0.8
    assert outsides.outstanding() == (LABEL,), "the next may take as long again"
    clock.at_s += LONGEST_QUIET_S
    assert outsides.outstanding() == ()


def test_an_unasked_message_is_no_answer(outsides: Outsides, clock: Clock) -> None:
    for number in (17, 18):
        outsides.received(SOCKET, f"heartbeat {number}")
    assert outsides.outstanding() == ()
    outsides.sent(SOCKET)
    outsides.received(SOCKET, "heartbeat 19")
    clock.at_s += 3
    assert outsides.outstanding() == (LABEL,), "the answer is still to come"


def test_messages_that_only_begin_alike_are_no_heartbeats(outsides: Outsides, clock: Clock) -> None:
    head = '{"header": {"msg_id": "' + "x" * 80
    for number in range(3):
        outsides.received(SOCKET, head + f"status {number}")
    outsides.sent(SOCKET)
    outsides.received(SOCKET, head + "result")
    clock.at_s += 0.6
    assert outsides.outstanding() == (), "it has answered"


def test_a_server_may_speak_first(clock: Clock) -> None:
    outsides = Outsides(clock)
    outsides.begin()
    outsides.opened(SOCKET, "web socket", "ws://app/kernel")
    clock.at_s += 0.3
    outsides.received(SOCKET, "history")
    clock.at_s += 0.1
    assert outsides.outstanding() == (LABEL,)
    clock.at_s += 1
    assert outsides.outstanding() == ()


def test_a_silent_server_may_still_answer_a_request(clock: Clock) -> None:
    outsides = Outsides(clock)
    outsides.begin()
    outsides.opened(SOCKET, "web socket", "ws://app/kernel")
    clock.at_s += 1
    assert outsides.outstanding() == ()
    outsides.asked("http://app/post")
    assert outsides.outstanding() == (LABEL,)


def test_one_that_never_answers_is_given_less_time(outsides: Outsides, clock: Clock) -> None:
    outsides.sent(SOCKET)
    clock.at_s += SILENT_AFTER_S + 1
    outsides.end_hold()
    outsides.sent(SOCKET)
    clock.at_s += SILENT_S + 0.1
    assert outsides.outstanding() == ()
    outsides.sent(SOCKET)
    outsides.received(SOCKET, "late, but here")
    outsides.sent(SOCKET)
    clock.at_s += 3
    assert outsides.outstanding() == (LABEL,), "it answers after all"


def test_a_request_may_be_answered_over_a_socket(outsides: Outsides, clock: Clock) -> None:
    outsides.asked("http://app/post")
    assert outsides.outstanding() == (LABEL,)
    clock.at_s += PUSH_S + 0.1
    assert outsides.outstanding() == ()
    outsides.asked("http://app/other")
    assert outsides.outstanding() == (), "nothing came of it the first time"


def test_a_quick_outside_gets_less_time(outsides: Outsides, clock: Clock) -> None:
    outsides.asked("http://app/post")
    clock.at_s += 0.02
    outsides.received(SOCKET, "posted")
    clock.at_s += PUSH_QUIET_S + 0.01
    assert outsides.outstanding() == ()
    outsides.asked("http://app/post")
    clock.at_s += PUSH_LEAST_S + 0.01
    assert outsides.outstanding() == ()


def test_a_deaf_outside_counts_again_once_it_answers(outsides: Outsides, clock: Clock) -> None:
    outsides.asked("http://app/usage")
    clock.at_s += PUSH_S + 0.1
    assert outsides.outstanding() == ()
    outsides.begin_step()
    outsides.asked("http://app/run")
    assert outsides.outstanding() == (), "the last request was none of its business"
    clock.at_s += 0.02
    outsides.received(SOCKET, "running: 0 of 15")
    assert outsides.outstanding() == (LABEL,)
    assert outsides.awaited(idle=False) == (LABEL,)


def test_each_message_of_an_exchange_is_awaited(outsides: Outsides, clock: Clock) -> None:
    outsides.asked("http://app/ask")
    for word in ("one", "two", "three"):
        clock.at_s += 0.4
        outsides.received(SOCKET, word)
        assert outsides.outstanding() == (LABEL,)
    clock.at_s += 0.7
    assert outsides.outstanding() == (LABEL,), "a pause is as long as the one before, or longer"


def test_an_exchange_that_goes_on_counts_again(outsides: Outsides, clock: Clock) -> None:
    outsides.asked("http://app/ask")
    outsides.received(SOCKET, "one")
    clock.at_s += PUSH_QUIET_S + 0.5
    assert outsides.outstanding() == ()
    outsides.received(SOCKET, "two")
    clock.at_s += 1.5
    assert outsides.outstanding() == (LABEL,), "a pause of 1 s was learned"
    clock.at_s += LONGEST_QUIET_S
    assert outsides.outstanding() == ()


def test_opening_an_event_source_asks_for_events(outsides: Outsides, clock: Clock) -> None:
    outsides.opened(SOURCE, "event source", "http://app/events")
    clock.at_s += 5
    assert outsides.outstanding() == ("event source http://app/events",)
    outsides.received(SOURCE, "message one")
    clock.at_s += 0.9
    assert outsides.outstanding()
    outsides.closed(SOURCE)
    assert outsides.outstanding(), "what it said last is still to be shown"
    clock.at_s += CLOSED_S + 0.01
    assert outsides.outstanding() == ()


def test_messages_of_a_set_up_are_awaited_briefly(clock: Clock) -> None:
    outsides = Outsides(clock)
    outsides.opened(WORKER, "worker", "w.js")
    outsides.begin()
    assert outsides.outstanding() == ("worker w.js",)
    clock.at_s += SILENT_S + 0.1
    assert outsides.outstanding() == ()
    outsides.sent(WORKER)
    clock.at_s += 3
    assert outsides.outstanding() == ("worker w.js",)


def test_a_workers_timers_count_after_a_message(outsides: Outsides, clock: Clock) -> None:
    timers = ("page", "session")
    outsides.opened(WORKER, "worker", "w.js", asks=False)
    outsides.opened(timers, TIMERS, "w.js")
    outsides.begin_step()
    outsides.timers(timers, pending=True)
    assert outsides.outstanding() == (), "the page did not ask"
    outsides.sent(WORKER)
    outsides.received(WORKER)
    clock.at_s += 3
    assert outsides.outstanding() == ("timers of worker w.js",)
    outsides.timers(timers, pending=False)
    clock.at_s += FIRED_S + 0.01
    assert outsides.outstanding() == ()


def test_a_workers_background_timer_does_not_count(outsides: Outsides, clock: Clock) -> None:
    timers = ("page", "session")
    outsides.opened(WORKER, "worker", "w.js", asks=False)
    outsides.opened(timers, TIMERS, "w.js")
    outsides.timers(timers, pending=True)
    outsides.begin_step()
    outsides.sent(WORKER)
    outsides.received(WORKER)
    clock.at_s += 3
    assert outsides.outstanding() == ()


def test_what_cannot_be_watched_always_counts(outsides: Outsides, clock: Clock) -> None:
    outsides.opened(("page", "9"), "WebRTC")
    clock.at_s += 1000
    assert outsides.outstanding() == ("WebRTC",)


def test_a_label_has_no_query(outsides: Outsides) -> None:
    outsides.opened(("page", "7"), "event source", "http://me:pw@app.test/events?token=s3cret&n=1")
    assert outsides.outstanding() == ("event source http://app.test/events",)


def test_used_outsides_are_named_until_the_next_step(outsides: Outsides, clock: Clock) -> None:
    outsides.begin_step()
    assert outsides.used() == ()
    outsides.sent(SOCKET)
    outsides.received(SOCKET, "busy")
    clock.at_s += 3
    assert outsides.outstanding() == ()
    assert outsides.used() == (LABEL,)


def test_an_idle_page_may_wait_for_any_outside(outsides: Outsides) -> None:
    outsides.begin_step()
    assert outsides.awaited(idle=True) == (LABEL,)
    assert outsides.awaited(idle=False) == ()


def test_asking_again_and_again_is_a_poll(outsides: Outsides, clock: Clock) -> None:
    def poll(seconds: float, *, looks: bool = True) -> tuple[str, ...]:
        outsides.begin_step()
        for _ in range(3):
            clock.at_s += seconds
            outsides.asked("http://app/job", looks=looks)
        awaited = outsides.awaited(idle=False)
        return tuple(one for one in awaited if one.startswith("polls"))

    assert poll(1.0, looks=False) == (), "it saves what is typed, say"
    assert poll(0.01) == (), "a burst is no poll"
    clock.at_s += 1
    assert poll(1.0) == ("polls of http://app/job",)
    clock.at_s += 3
    assert outsides.awaited(idle=False) == (), "it has stopped"
    poll(1.0)
    assert poll(1.0) == (), "the page does so all the time"


def test_a_window_takes_its_outsides_with_it(outsides: Outsides) -> None:
    outsides.sent(SOCKET)
    outsides.window_closed("page")
    assert not outsides.any_open
    assert outsides.outstanding() == ()


def test_the_account_says_why_a_take_is_inexact(outsides: Outsides) -> None:
    outsides.count_real_time((LABEL,), 4.2)
    outsides.count_real_time(("the step's own code",), 0.5)
    assert outsides.account(38) == (
        f"{LABEL}, in step with real time for 4.2 s of 38 s",
        "the step's own code, in step with real time for 0.5 s of 38 s",
    )


def test_unasked_messages_make_a_take_inexact(outsides: Outsides) -> None:
    assert outsides.account(10) == ()
    outsides.received(SOCKET, "news")
    assert outsides.account(10) == (f"{LABEL}, 1 message of its own",)
    assert outsides.active_since_hold() == (LABEL,)
    outsides.end_hold()
    assert outsides.active_since_hold() == ()
