"""Which requests page time stands still for, and which are given up or come in pieces."""

from __future__ import annotations

from typing import Any

import pytest

from forge.workers.recording.browser.outside_register import Outsides
from forge.workers.recording.browser.requests import (
    OTHER_SITE_S,
    PATIENCE_S,
    PIECES_S,
    SET_UP_S,
    Requests,
    is_same_site,
    length_of,
)

PAGE = "http://shop.test/cart"


class TimedRequests:
    """The requests of one window, and a clock that a test moves."""

    def __init__(self) -> None:
        self.at_s = 50.0
        self.outsides = Outsides(lambda: self.at_s)
        self.silent: set[str] = set()
        self.requests = Requests("page", self.outsides, self.silent, lambda: self.at_s)
        self.passed: list[str] = []
        self.requests.on_passed = self.passed.append

    def ask(self, number: str, url: str, kind: str = "Fetch", **more: Any) -> None:
        self.requests.asked(
            {
                "requestId": number,
                "type": kind,
                "loaderId": "document",
                "documentURL": PAGE,
                "request": {"url": url, "method": "GET"},
                **more,
            }
        )

    def answer(self, number: str, **headers: str) -> None:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.requests.answered({"requestId": number, "response": {"headers": given}})

    def later(self, seconds: float) -> None:
        self.at_s += seconds


@pytest.fixture
def timed() -> TimedRequests:
    made = TimedRequests()
    made.requests.begin()
    made.outsides.begin()
    return made


def test_an_answer_is_awaited_until_it_is_here(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/save")
    assert timed.requests.awaited
    timed.requests.ended("1")
    assert not timed.requests.awaited


def test_patience_for_an_address_returns_with_its_answer(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/report?of=may")
    timed.later(PATIENCE_S + 1)
    timed.requests.give_up_overdue(PATIENCE_S + 1)
    assert not timed.requests.awaited and timed.requests.passed and timed.passed == ["1"]
    assert timed.outsides.outstanding() == ("request GET http://shop.test/report",)
    timed.ask("2", "http://shop.test/report?of=june")
    assert not timed.requests.awaited, "not a second time"
    assert timed.requests.given_up == ["GET http://shop.test/report"]
    timed.requests.ended("1")
    timed.ask("3", "http://shop.test/report?of=july")
    assert timed.requests.awaited, "it answers after all"
    assert timed.requests.given_up == []


def test_anything_that_comes_renews_patience(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/save")
    timed.later(PATIENCE_S + 1)
    timed.requests.give_up_overdue(0.5)
    assert timed.requests.awaited


def test_another_site_gets_less_time_and_no_hold(timed: TimedRequests) -> None:
    timed.ask("1", "http://tracker.example/pixel", "Image")
    timed.later(OTHER_SITE_S + 0.1)
    timed.requests.give_up_overdue(OTHER_SITE_S + 0.1)
    assert not timed.requests.awaited
    assert timed.outsides.outstanding() == ()


def test_requests_of_a_set_up_get_little_time() -> None:
    timed = TimedRequests()
    timed.ask("1", "http://shop.test/track")
    timed.later(SET_UP_S + 0.1)
    timed.requests.begin()
    timed.requests.give_up_overdue(SET_UP_S + 0.1)
    assert not timed.requests.awaited
    timed.ask("2", "http://shop.test/track")
    assert not timed.requests.awaited and timed.outsides.outstanding() == ()


def test_a_navigation_is_limited_by_webdriver_alone(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/archive", "Document", frameId="page")
    timed.later(200)
    timed.requests.give_up_overdue(200)
    assert timed.requests.awaited


@pytest.mark.parametrize(
    "kind", ["text/event-stream", "text/event-stream; charset=utf-8", "application/x-ndjson"]
)
def test_a_stream_is_known_by_its_content_type(timed: TimedRequests, kind: str) -> None:
    timed.ask("1", "http://shop.test/answer")
    timed.answer("1", Content_Type=kind)
    assert not timed.requests.awaited
    assert timed.outsides.outstanding() == ("stream http://shop.test/answer",)


def test_a_stream_is_known_by_its_pieces(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/answer")
    timed.answer("1", Content_Type="text/plain")
    assert timed.requests.awaited, "it may be here in a moment"
    timed.later(PIECES_S + 0.1)
    assert not timed.requests.awaited
    assert timed.outsides.outstanding() == ("stream http://shop.test/answer",)
    timed.requests.ended("1")
    timed.later(1)
    assert timed.outsides.outstanding() == ()


def test_a_response_of_known_length_is_no_stream(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/data")
    timed.answer("1", Content_Length="5000000")
    timed.later(PIECES_S + 1)
    assert timed.requests.awaited


def test_a_workers_own_script_is_not_waited_for(timed: TimedRequests) -> None:
    url = "http://shop.test/worker.js"
    timed.ask("1", url, "Other", loaderId="", documentURL=url)
    assert not timed.requests.awaited and not timed.requests.passed


def test_a_small_answer_that_nothing_reads_is_forgotten(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/ok")
    timed.answer("1", Content_Length="2")
    assert timed.requests.forget_unread() == []
    timed.later(0.3)
    assert timed.requests.forget_unread() == ["1"]


def test_an_unread_response_is_forgotten_sooner_each_time(timed: TimedRequests) -> None:
    def forgotten_after(number: str, seconds: float) -> list[str]:
        timed.ask(number, f"http://shop.test/beat?{number}")
        timed.answer(number, Content_Length="2")
        timed.later(seconds)
        return timed.requests.forget_unread()

    assert forgotten_after("1", 0.3) == ["1"]
    assert forgotten_after("2", 0.06) == ["2"]
    assert forgotten_after("3", 0.04) == []
    timed.requests.ended("3")
    assert forgotten_after("4", 0.06) == []


@pytest.mark.parametrize(
    ("queries", "polls"),
    [(("t=1", "t=25", "t=317"), True), (("q=t", "q=ti", "q=tid"), False), (("", "", ""), True)],
)
def test_a_poll_asks_the_same_question(
    timed: TimedRequests, queries: list[str], polls: bool
) -> None:
    for number, query in enumerate(queries):
        timed.later(1)
        timed.ask(str(number), f"http://shop.test/job?{query}")
        timed.requests.ended(str(number))
    assert bool(timed.outsides.awaited(idle=False)) is polls
    assert timed.outsides.outstanding() == (), "a hold does not wait for it"


@pytest.mark.parametrize(
    ("header", "length"), [("12", 12), ("12, 12", 12), ("", None), ("x", None), (None, None)]
)
def test_odd_content_lengths_are_read_as_by_browsers(
    header: str | None, length: int | None
) -> None:
    assert length_of(header) == length


@pytest.mark.parametrize(
    ("url", "page", "same"),
    [
        ("http://api.shop.test/x", "http://www.shop.test/", True),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:2/", True),
        ("http://10.1.2.3/x", "http://10.9.2.3/", False),
        ("http://ads.example/x", "http://shop.test/", False),
    ],
)
def test_a_site_is_a_host_and_its_neighbours(url: str, page: str, same: bool) -> None:
    assert is_same_site(url, page) is same


def test_what_is_out_is_named_with_how_long(timed: TimedRequests) -> None:
    timed.ask("1", "http://shop.test/tick?n=1")
    timed.later(12)
    assert timed.requests.open() == ("GET http://shop.test/tick for 12 s",)
