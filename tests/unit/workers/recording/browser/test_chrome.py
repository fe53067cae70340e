"""The Selenium driver whose commands a recorder performs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException, WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.command import Command
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from forge.errors import RecordingError
from forge.locators import button
from forge.store.clock_fallback import would_fail_again
from forge.workers.recording.browser.chrome import WatchedChrome

QUESTION = {"script": "/* isDisplayed */return true", "args": []}
SCRIPT = {"script": "return f()", "args": []}
LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    (Command.FIND_ELEMENT, {"using": "css selector", "value": "p"}),
    (Command.GET_TITLE, {}),
    (Command.IS_ELEMENT_ENABLED, {}),
    (Command.W3C_EXECUTE_SCRIPT, QUESTION),
)
ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (Command.CLICK_ELEMENT, {}),
    (Command.GET, {}),
    (Command.W3C_EXECUTE_SCRIPT, SCRIPT),
)


class Passing:
    """A watcher that only executes commands."""

    def perform(
        self, command: str, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]
    ) -> Any:
        return execute(command, params)

    def is_idle(self) -> bool:
        return True


def driven_by(monkeypatch: pytest.MonkeyPatch, execute: Callable[..., Any]) -> WatchedChrome:
    """Return a browser without a browser, whose driver is `execute`."""
    monkeypatch.setattr(Chrome, "execute", execute)
    monkeypatch.setattr(Chrome, "__init__", lambda self: None)
    return WatchedChrome()


@pytest.fixture
def aborted(monkeypatch: pytest.MonkeyPatch) -> tuple[WatchedChrome, list[str]]:
    """A browser whose first command a navigation aborts, and the commands that it got."""
    asked: list[str] = []

    def execute(self: Chrome, command: str, params: dict[str, Any]) -> dict[str, Any]:
        asked.append(command)
        if len(asked) == 1:
            raise WebDriverException("aborted by navigation: Inspected target navigated or closed")
        return {"value": "there"}

    browser = driven_by(monkeypatch, execute)
    browser.watcher = Passing()
    return browser, asked


@pytest.mark.parametrize(("command", "params"), LOOKS)
def test_a_look_that_a_navigation_aborts_is_repeated(
    aborted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = aborted
    assert browser.execute(command, params) == {"value": "there"}
    assert asked == [command, command]


@pytest.mark.parametrize(("command", "params"), ACTIONS)
def test_an_action_is_never_repeated(
    aborted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = aborted
    with pytest.raises(WebDriverException, match="aborted by navigation"):
        browser.execute(command, params)
    assert asked == [command]


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> tuple[WatchedChrome, list[str]]:
    """A browser in which a dialog opens during the first command, and the commands that it got."""
    asked: list[str] = []

    def execute(self: Chrome, command: str, params: dict[str, Any]) -> dict[str, Any]:
        asked.append(command)
        if len(asked) == 1:
            return {"value": None}
        raise UnexpectedAlertPresentException("unexpected alert open", alert_text="Sure?")

    return driven_by(monkeypatch, execute), asked


@pytest.mark.parametrize(("command", "params"), LOOKS)
def test_a_look_that_a_dialog_cuts_short_says_so(
    interrupted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = interrupted
    with pytest.raises(UnexpectedAlertPresentException, match="Sure"):
        browser.execute(command, params)
    assert asked == [command, command]


def test_a_look_of_forges_own_says_so_too(interrupted: tuple[WatchedChrome, list[str]]) -> None:
    browser, asked = interrupted
    with pytest.raises(UnexpectedAlertPresentException):
        browser.unwatched(Command.W3C_EXECUTE_SCRIPT, SCRIPT, acts=False)
    asked.clear()
    with pytest.raises(UnexpectedAlertPresentException):
        browser.visible(button("Save"))


@pytest.mark.parametrize(("command", "params"), ACTIONS)
def test_an_action_that_opens_a_dialog_is_not_repeated(
    interrupted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = interrupted
    assert browser.execute(command, params) == {"value": None}
    asked.clear()
    assert browser.unwatched(command, params) is None
    assert asked == [command]


POOL = HTTPConnectionPool("localhost", 9)
LOST: tuple[Exception, ...] = (
    MaxRetryError(POOL, "/session", NewConnectionError(POOL, "refused")),  # type: ignore[arg-type]
    ProtocolError("Connection aborted."),
    ReadTimeoutError(POOL, "/session", "Read timed out."),
    ConnectionResetError(104, "Connection reset by peer"),
)


@pytest.mark.parametrize("lost", LOST, ids=lambda lost: type(lost).__name__)
def test_a_driver_that_is_gone_is_a_browser_that_went_away(
    monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    def execute(self: Chrome, command: str, params: dict[str, Any]) -> dict[str, Any]:
        raise lost

    browser = driven_by(monkeypatch, execute)
    commands: tuple[Callable[[], object], ...] = (
        lambda: browser.title,
        lambda: browser.visible(button("Save")),
        lambda: browser.unwatched(Command.GET_TITLE, {}),
    )
    for command in commands:
        with pytest.raises(RecordingError, match="the browser's driver is gone") as caught:
            command()
        assert caught.value.transient and not would_fail_again(caught.value)
