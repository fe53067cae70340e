"""Outlines around elements of a page, which change neither the page nor its elements."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webelement import WebElement

from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.javascript import load

OUTLINE, SCROLL = load(__name__, "outline"), load(__name__, "scroll")


class Outlines:
    """The outlines in one browser."""

    def __init__(self, browser: WatchedChrome) -> None:
        self._browser = browser
        self._outlined: list[WebElement] = []

    def show(self, elements: Iterable[WebElement]) -> None:
        """Outline `elements` and nothing else; scroll the first one into view.

        Each has a command of its own, because they may lie in different frames.
        """
        for element in self._outlined:
            with suppress(WebDriverException):  # it is gone
                self._browser.execute_script(OUTLINE, element, False)
        self._outlined = [*elements]
        for element in self._outlined:
            self._browser.execute_script(OUTLINE, element, True)
        for element in self._outlined[:1]:
            self._browser.execute_script(SCROLL, element)
