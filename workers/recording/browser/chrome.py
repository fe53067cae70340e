"""A Selenium `Chrome` whose commands go through a recorder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome

from forge.workers.recording.browser.webdriver_commands import only_looks

ABORTED = "aborted by navigation"  # chromedriver's words


class Watcher(Protocol):
    """An object that performs every WebDriver command of the tutorial: a recorder."""

    def perform(
        self, command: str, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]
    ) -> Any:
        """Run `command` by calling `execute`, and return what that returned."""
        ...


class WatchedChrome(Chrome):
    """A Selenium `Chrome` whose commands a watcher performs; steps use it like any other.

    Every call of Selenium's passes through `execute`.
    """

    watcher: Watcher | None = None

    def execute(self, driver_command: Any, params: dict[str, Any] | None = None) -> Any:
        """Execute a command, by the watcher if there is one."""
        watcher = self.watcher
        if watcher is None or not isinstance(driver_command, str):  # a generator: WebDriver BiDi
            return super().execute(driver_command, params)
        return watcher.perform(driver_command, params or {}, self._execute)

    def _execute(self, command: str, params: dict[str, Any]) -> Any:
        """Execute a command; a read that a navigation has aborted is repeated once.

        chromedriver repeats commands itself after most errors that mean a navigation, but reports
        this one. Only a read can be repeated safely: a click might happen twice.
        """
        try:
            return super().execute(command, params)
        except WebDriverException as problem:
            if ABORTED not in (problem.msg or "") or not only_looks(command, params):
                raise
        return super().execute(command, params)

    def unwatched(self, driver_command: str, params: dict[str, Any]) -> Any:
        """Execute a command of forge's own, which is not part of the tutorial; return its value."""
        return super().execute(driver_command, params).get("value")
