"""Responses reach the page in the order of its requests."""

import pytest

from forge.workers.recording.virtual.windows import response_order
from forge.workers.recording.virtual.windows.response_order import ResponseOrder


class Browser:
    """A page that notes the responses that it gets."""

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


def test_an_early_response_waits_for_earlier_requests(browser: Browser) -> None:
    browser.order.requested("style", "Stylesheet")
    browser.order.requested("script", "Script")
    browser.answer("script")
    assert browser.had == []
    browser.answer("style")
    assert browser.had == ["answer-style"], "the script waits until the style is here, whole"
    browser.order.ended("style")
    assert browser.had == ["answer-style", "answer-script"]


def test_a_second_response_to_one_request_passes(browser: Browser) -> None:
    browser.order.requested("font", "Font")
    browser.answer("font", status=0)  # Chromium's own first attempt, which failed
    browser.order.requested("words", "Fetch")
    browser.answer("words")
    browser.answer("font")
    assert browser.had == ["answer-font", "answer-font"]
    browser.order.ended("font")
    assert browser.had[2:] == ["answer-words"]


def test_scripts_wait_for_release_images_for_their_turn(browser: Browser) -> None:
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


def test_a_documents_requests_wait_for_its_end(browser: Browser) -> None:
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
