"""A Selenium `Chrome` whose commands go through a recorder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.shadowroot import ShadowRoot
from selenium.webdriver.remote.webelement import WebElement
from urllib3.exceptions import HTTPError

from forge.errors import RecordingError
from forge.locators import BY, Locator, parse, wording
from forge.workers.recording.browser.driver import DriverService
from forge.workers.recording.browser.frames import Frames, Perform
from forge.workers.recording.browser.lookup import Description, Lookup, Query
from forge.workers.recording.browser.nearest import nearest
from forge.workers.recording.browser.webdriver_commands import answered, only_looks

#: Commands of forge's own. By their names, they only look (`only_looks`).
FIND_VISIBLE, GET_NEAREST = "findVisible", "getNearest"
ABORTED = "aborted by navigation"  # chromedriver's words


class Watcher(Protocol):
    """An object that performs every WebDriver command of the tutorial: a recorder."""

    def perform(
        self, command: str, params: dict[str, Any], execute: Callable[[str, dict[str, Any]], Any]
    ) -> Any:
        """Run `command` by calling `execute`, and return what that returned."""
        ...

    def is_idle(self) -> bool:
        """Let the page come to rest, for a moment at most; return True if it does."""
        ...


class WatchedChrome(Chrome):
    """A Selenium `Chrome` whose commands a watcher performs; steps use it like any other.

    Every call of Selenium's passes through `execute`.
    """

    watcher: Watcher | None = None
    service: DriverService

    def __init__(self, **options: Any) -> None:
        self.frames = Frames()
        self._lookup = Lookup(self._drive, self.frames)
        self._own: dict[str, Perform] = {
            FIND_VISIBLE: lambda _, params: {"value": self._lookup.search(params["query"])},
            GET_NEAREST: lambda _, params: {"value": nearest(self._lookup, params["locator"])},
        }
        super().__init__(**options)

    def execute(self, driver_command: Any, params: dict[str, Any] | None = None) -> Any:
        """Execute a command in the frame of its element, by the watcher if there is one."""
        if not isinstance(driver_command, str):  # a generator: WebDriver BiDi
            return self._drive(driver_command, params)
        params = params or {}
        self.frames.enter(driver_command, params, self._perform)
        result = self._perform(driver_command, params)
        self.frames.follow(driver_command, params)
        return result

    def visible(self, locator: Locator) -> list[WebElement]:
        """Return the elements that match, and are visible at this moment."""
        query = Query(parse(wording(locator)), visible=True)
        found: list[WebElement] = self.execute(FIND_VISIBLE, {"query": query})["value"]
        return found

    def described(self, locator: Locator, *, visible: bool = False) -> list[Description]:
        """Return the elements that match, or only those that are visible, in words."""
        query = Query(parse(wording(locator)), visible=visible, words=True)
        found: list[Description] = self.execute(FIND_VISIBLE, {"query": query})["value"]
        return found

    def nearest(self, locator: Locator) -> str:
        """Return what the page has instead of what `locator` names, as a text; "" if nothing.

        All frames are searched, wherever the tutorial has switched to.
        """
        self.frames.switch((), self._perform)
        found: str = self._perform(GET_NEAREST, {"locator": locator})["value"]
        return found

    def is_idle(self) -> bool:
        """Return True if network and page are at rest."""
        if self.watcher is None:
            return bool(self.execute_script("return document.readyState") == "complete")
        return self.watcher.is_idle()

    def enter_frame_of(self, element: WebElement) -> None:
        """Lead WebDriver to the frame that `element` lies in, for commands of forge's own."""
        self.frames.enter(Command.GET_ELEMENT_RECT, {"id": element.id}, self._perform)

    def _perform(self, command: str, params: dict[str, Any]) -> Any:
        if self.watcher is None:
            return self._execute(command, params)
        return self.watcher.perform(command, params, self._execute)

    def _execute(self, command: str, params: dict[str, Any]) -> Any:
        """Execute a command; a read that a navigation or a dialog cut short is repeated once.

        chromedriver repeats commands itself after most errors that mean a navigation, but reports
        ABORTED. Only a read can be repeated safely: a click might happen twice.
        """
        do = self._own.get(command) or self._drive
        if params.get("using") == BY:
            do = self._look_up
        if command == Command.SET_TIMEOUTS and "implicit" in params:
            self._lookup.implicit_s = float(params["implicit"]) / 1000
        if not only_looks(command, params):
            return do(command, params)
        try:
            return answered(lambda: do(command, params))
        except WebDriverException as problem:
            if ABORTED not in (problem.msg or ""):
                raise
        return do(command, params)

    def _drive(self, command: Any, params: dict[str, Any] | None = None) -> Any:
        """Send a command to the driver; without one, the browser is lost as well.

        Raises:
            RecordingError: the driver has ended, or does not answer.
        """
        try:
            return super().execute(command, params)
        except (HTTPError, ConnectionError) as problem:  # of the connection: no answer at all
            raise RecordingError(
                f"the browser's driver is gone, or does not answer ({command})", transient=True
            ) from problem

    def _look_up(self, command: str, params: dict[str, Any]) -> Any:
        if "shadowId" in params:
            return self._lookup.run(command, params, ShadowRoot(self, params["shadowId"]))
        scope = self.create_web_element(params["id"]) if "id" in params else None
        return self._lookup.run(command, params, scope)

    def await_page(self) -> None:
        """Wait until the page that input over DevTools led to has loaded, or a dialog opens."""
        # chromedriver answers this command, like most, only when no navigation is under way. With
        # an open dialog, it leaves that open.
        with suppress(WebDriverException):
            self.unwatched(Command.W3C_GET_ALERT_TEXT, {})

    def unwatched(self, command: str, params: dict[str, Any], *, acts: bool = True) -> Any:
        """Execute a command of forge's own, which is not part of the tutorial; return its value.

        `acts`: a script may change the page, and must not be repeated.
        """
        execute = partial(self._drive, command, params)
        is_script = command == Command.W3C_EXECUTE_SCRIPT
        looks = only_looks(command, params) or (is_script and not acts)
        return (answered(execute) if looks else execute()).get("value")
