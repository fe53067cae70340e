"""Answers come in the order in which they were asked for."""

import pytest

from forge.workers.recording.virtual import response_order
from forge.workers.recording.virtual.response_order import ResponseOrder


class Browser:
    """Notes which answers it was let have; it has always done what it can."""

    def __init__(self) -> None:
        self.had: list[str] = []
        self.order = ResponseOrder(self.had.append)
        self.order.hold_back(False)

    def answer(self, request: str, status: int = 200) -> None:
        self.order.paused(
            {
                "networkId": request,
                "requestId": f"answer-{request}",
                "responseStatusCode": status,
            }
        )


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_what_comes_early_waits_for_what_was_asked_for_before(browser: Browser) -> None:
    browser.order.requested("style", "Stylesheet")
    browser.order.requested("script", "Script")
    browser.answer("script")
    assert browser.had == []
    browser.answer("style")
    assert browser.had == ["answer-style"], "the script waits until the style is here, whole"
    browser.order.ended("style")
    assert browser.had == ["answer-style", "answer-script"]


def test_what_was_let_in_and_is_answered_once_more_does_not_wait_again(browser: Browser) -> None:
    browser.order.requested("font", "Font")
    browser.answer("font", status=0)  # the browser's own first try, which failed
    browser.order.requested("words", "Fetch")
    browser.answer("words")
    browser.answer("font")
    assert browser.had == ["answer-font", "answer-font"]
    browser.order.ended("font")
    assert browser.had[2:] == ["answer-words"]


def test_what_runs_waits_until_it_is_let_in_and_a_picture_only_for_its_turn(
    browser: Browser,
) -> None:
    browser.order.hold_back(True)
    for request, kind in (("style", "Stylesheet"), ("logo", "Image"), ("script", "Script")):
        browser.order.requested(request, kind)
        browser.answer(request)
    assert (browser.had, browser.order.next_type) == ([], "Stylesheet")
    browser.order.release_next()
    assert (browser.had, browser.order.next_type) == (["answer-style"], None)
    browser.order.ended("style")
    assert (browser.had, browser.order.next_type) == (["answer-style", "answer-logo"], None)
    browser.order.ended("logo")
    assert browser.order.next_type == "Script"
    browser.order.hold_back(False)
    assert browser.had == ["answer-style", "answer-logo", "answer-script"]


def test_an_answer_may_be_told_before_its_request(browser: Browser) -> None:
    browser.answer("style")
    assert browser.had == []
    browser.order.requested("style", "Stylesheet")
    assert browser.had == ["answer-style"]


def test_one_that_failed_holds_nobody_up(browser: Browser) -> None:
    browser.order.requested("style", "Stylesheet")
    browser.order.requested("script", "Script")
    browser.answer("script")
    browser.order.ended("style")
    assert browser.had == ["answer-script"]


def test_what_a_document_asks_for_waits_until_it_is_whole(browser: Browser) -> None:
    browser.order.requested("page", "Document")
    browser.order.requested("style", "Stylesheet")
    browser.answer("style")
    assert browser.had == []
    browser.order.ended("page")
    assert browser.had == ["answer-style"]


@pytest.mark.parametrize("kind", ["Ping", "EventSource", "Media"])
def test_what_ends_late_or_never_holds_nobody_up(browser: Browser, kind: str) -> None:
    browser.answer("page")
    browser.order.requested("page", kind)
    browser.order.requested("script", "Script")
    browser.answer("script")
    assert browser.had == ["answer-page", "answer-script"]


def test_a_redirect_keeps_its_turn(browser: Browser) -> None:
    browser.order.requested("one", "Fetch")
    browser.order.requested("two", "Fetch")
    browser.answer("one", status=302)
    browser.order.requested("one", "Fetch")
    browser.answer("two")
    assert browser.had == ["answer-one"]
    browser.answer("one")
    browser.order.ended("one")
    assert browser.had == ["answer-one", "answer-one", "answer-two"]


def test_whoever_takes_too_long_is_passed_by(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_order, "LONG_S", 0.01)
    browser.order.requested("poll", "Fetch")
    browser.order.requested("quick", "Fetch")
    browser.answer("quick")
    timer = browser.order._timer
    assert timer is not None
    timer.join(5)
    assert browser.had == ["answer-quick"]
    browser.answer("poll")
    assert browser.had == ["answer-quick", "answer-poll"]
