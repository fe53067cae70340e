"""Which documents of a window are not the app's pages, by DevTools' events."""

from __future__ import annotations

from typing import Any

import pytest

from forge.workers.recording.browser.documents import CRASHED, WrongPage, shortened
from forge.workers.recording.browser.page_watch import PageWatch
from tests.support.fake_devtools import TARGET, ScriptedBrowser

APP = "http://shop.test/orders"
OWN_PAGE = "chrome-error://chromewebdata/"


@pytest.fixture
def browser() -> ScriptedBrowser:
    return ScriptedBrowser()


@pytest.fixture
def watch(browser: ScriptedBrowser) -> PageWatch:
    return browser.page.watch


def respond(
    browser: ScriptedBrowser, loader: str, status: int, text: str = "", frame: str = TARGET
) -> None:
    browser.devtools.tell(
        "Network.responseReceived",
        requestId=loader,
        type="Document",
        frameId=frame,
        response={"status": status, "statusText": text, "headers": {}},
    )


def fail(browser: ScriptedBrowser, loader: str, error: str) -> None:
    browser.devtools.tell(
        "Network.loadingFailed", requestId=loader, type="Document", errorText=error
    )


def show(
    browser: ScriptedBrowser, loader: str, url: str = APP, frame: str = TARGET, **more: Any
) -> None:
    shown = {"id": frame, "loaderId": loader, "url": url, **more}
    browser.devtools.tell("Page.frameNavigated", frame=shown)


def said(wrong: WrongPage | None) -> str | None:
    return wrong.said if wrong else None


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        (200, "OK", None),
        (304, "Not Modified", None),
        (399, "", None),
        (400, "Bad Request", f"{APP} answered 400 Bad Request"),
        (404, "", f"{APP} answered 404 Not Found"),
        (599, "", f"{APP} answered 599"),
    ],
)
def test_a_document_is_judged_by_its_status(
    browser: ScriptedBrowser, watch: PageWatch, status: int, text: str, expected: str | None
) -> None:
    respond(browser, "a", status, text)
    show(browser, "a")
    assert said(watch.documents.shown) == expected
    assert said(watch.wrong_page()) == expected
    assert watch.wrong_page() is None, "it was told of"


def test_a_failed_load_names_address_and_reason(browser: ScriptedBrowser, watch: PageWatch) -> None:
    fail(browser, "a", "net::ERR_CONNECTION_REFUSED")
    show(browser, "a", OWN_PAGE, unreachableUrl="http://ana:secret@shop.test:1/orders?token=x#top")
    wrong = watch.wrong_page()
    assert said(wrong) == (
        "http://shop.test:1/orders could not be loaded: net::ERR_CONNECTION_REFUSED"
    )
    assert wrong
    error = wrong.error("the set-up")
    assert error.message == f"the set-up: {wrong.said}"
    assert error.transient and error.any_clock and error.hint


def test_a_document_that_never_shows_is_ignored(browser: ScriptedBrowser, watch: PageWatch) -> None:
    respond(browser, "file", 200)
    fail(browser, "file", "net::ERR_ABORTED")
    respond(browser, "slow", 500)
    respond(browser, "next", 200)
    show(browser, "next")
    assert watch.wrong_page() is None


def test_frames_and_what_pages_ask_for_may_fail(browser: ScriptedBrowser, watch: PageWatch) -> None:
    respond(browser, "frame", 404, frame="inner")
    show(browser, "frame", frame="inner")
    fail(browser, "dead", "net::ERR_CONNECTION_REFUSED")
    show(browser, "dead", OWN_PAGE, frame="inner", unreachableUrl="http://shop.test/ad")
    browser.devtools.tell(
        "Network.responseReceived",
        requestId="7",
        type="Fetch",
        frameId=TARGET,
        response={"status": 500, "headers": {}},
    )
    browser.devtools.tell("Network.loadingFailed", requestId="7", type="Image", errorText="net::X")
    assert watch.wrong_page() is None


def test_a_passing_wrong_page_counts_only_in_steps(
    browser: ScriptedBrowser, watch: PageWatch
) -> None:
    respond(browser, "a", 503)
    show(browser, "a")
    respond(browser, "b", 200)
    show(browser, "b")
    assert watch.documents.shown is None
    assert said(watch.wrong_page()) == f"{APP} answered 503 Service Unavailable"


def test_a_step_may_allow_only_the_apps_error_pages(
    browser: ScriptedBrowser, watch: PageWatch
) -> None:
    respond(browser, "a", 404)
    show(browser, "a")
    assert watch.wrong_page(allowed=True) is None
    show(browser, "b", OWN_PAGE, unreachableUrl=APP)
    show(browser, "c")
    assert watch.wrong_page(allowed=True) is None, "the app was away for a moment"
    respond(browser, "d", 500)  # with an empty body, or of a download
    show(browser, "d", OWN_PAGE, unreachableUrl=APP)
    assert said(watch.wrong_page(allowed=True)) == f"{APP} answered 500 Internal Server Error"


def test_a_new_window_may_have_its_document_already(browser: ScriptedBrowser) -> None:
    browser.devtools.frame = {"id": "new", "loaderId": "n", "url": OWN_PAGE, "unreachableUrl": APP}
    opened = browser.windows.attach("new").watch
    assert said(opened.wrong_page()) == f"{APP} could not be loaded"
    again = browser.connect("new", 2).watch
    assert again.wrong_page() is None, "it was told of when the window was looked at first"


def test_a_crash_ends_all_waits(browser: ScriptedBrowser, watch: PageWatch) -> None:
    browser.devtools.tell("Inspector.targetCrashed")
    assert browser.devtools.closed
    wrong = watch.wrong_page(allowed=True)
    assert said(wrong) == CRASHED
    assert wrong
    assert wrong.error().transient and not wrong.error().any_clock


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ana:b@d@shop.test:8080/a/b?c=d#e", "https://shop.test:8080/a/b"),
        ("file:///nowhere", "file:///nowhere"),
        ("data:text/html,hello", "data:text/html,hello"),
        ("http://shop.test/" + "x" * 200, "http://shop.test/" + "x" * 103),
    ],
)
def test_addresses_are_told_without_what_may_be_secret(url: str, expected: str) -> None:
    assert shortened(url) == expected
