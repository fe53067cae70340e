"""The end of an error message: the elements that a page shows instead of a missing one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from selenium.common.exceptions import NoSuchElementException

from forge.locators import Locator, is_locator
from forge.waits import AllHold, Condition, Count, Gone, Shown
from forge.workers.recording.browser.chrome import WatchedChrome
from forge.workers.recording.browser.lookup import listed
from forge.workers.recording.browser.nearest import sought
from forge.workers.recording.user_code import message_of
from forge.workers.recording.wait_errors import awaited


def with_what_is_seen(said: str | None, error: BaseException, browser: WatchedChrome) -> str:
    """Return a message for `error`: `said`, or its own, and what the page shows instead."""
    said = said or message_of(error)
    try:
        seen = [instead for instead in _instead(error, browser) if instead]
    except Exception:  # the page may be gone, or behind a dialog: the error itself says more
        seen = []
    return "; ".join([said, *seen])


def _instead(error: BaseException, browser: WatchedChrome) -> Iterator[str]:
    if isinstance(error, NoSuchElementException):
        if locator := sought(message_of(error)):
            yield browser.nearest(locator)
    elif (condition := awaited(error)) is not None:
        yield from of_condition(condition, browser)


def of_condition(condition: Condition, browser: WatchedChrome) -> Iterator[str]:
    """Yield what the page shows instead of what `condition` asks for."""
    match condition:
        case AllHold():
            yield from of_condition(condition.missing, browser)
        case Shown(locator):
            yield browser.nearest(locator)
        case Gone(locator):
            yield f"still visible: {listed(browser.described(locator, visible=True))}"
        case Count(locator):
            found = browser.described(locator, visible=True)
            yield f"{len(found)} of them visible{': ' if found else ''}{listed(found)}"
        case _:
            yield from map(browser.nearest, _locators_in(condition))


def _locators_in(condition: Any) -> Iterator[Locator]:
    """Yield the locators of an expected condition of Selenium's."""
    if str(getattr(condition, "__module__", "")).startswith("selenium."):
        yield from filter(is_locator, inspect.getclosurevars(condition).nonlocals.values())
