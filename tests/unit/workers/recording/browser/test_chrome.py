"""The Selenium driver whose commands a recorder performs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.command import Command

from forge.workers.recording.browser.chrome import WatchedChrome

QUESTION = {"script": "/* isDisplayed */return true", "args": []}
SCRIPT = {"script": "return f()", "args": []}


class Passing:
    """A watcher that only executes commands."""

    def perform(
        self, command: str, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]
    ) -> Any:
        return execute(command, params)

    def is_idle(self) -> bool:
        return True


@pytest.fixture
def aborted(monkeypatch: pytest.MonkeyPatch) -> tuple[WatchedChrome, list[str]]:
    """A browser whose first command a navigation aborts, and the commands that it got."""
    asked: list[str] = []

    def execute(self: Chrome, command: str, params: dict[str, Any]) -> str:
        asked.append(command)
        if len(asked) == 1:
            raise WebDriverException("aborted by navigation: Inspected target navigated or closed")
        return "there"

    monkeypatch.setattr(Chrome, "execute", execute)
    monkeypatch.setattr(Chrome, "__init__", lambda self: None)
    browser = WatchedChrome()
    browser.watcher = Passing()
    return browser, asked


@pytest.mark.parametrize(
    ("command", "params"),
    [
        (Command.FIND_ELEMENT, {}),
        (Command.GET_TITLE, {}),
        (Command.IS_ELEMENT_ENABLED, {}),
        (Command.W3C_EXECUTE_SCRIPT, QUESTION),
    ],
)
def test_a_look_that_a_navigation_aborts_is_repeated(
    aborted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = aborted
    assert browser.execute(command, params) == "there"
    assert asked == [command, command]


@pytest.mark.parametrize(
    ("command", "params"),
    [(Command.CLICK_ELEMENT, {}), (Command.GET, {}), (Command.W3C_EXECUTE_SCRIPT, SCRIPT)],
)
def test_an_action_is_never_repeated(
    aborted: tuple[WatchedChrome, list[str]], command: str, params: dict[str, Any]
) -> None:
    browser, asked = aborted
    with pytest.raises(WebDriverException, match="aborted by navigation"):
        browser.execute(command, params)
    assert asked == [command]
