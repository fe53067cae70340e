"""What a step can wait for: elements, texts, counts, a page at rest, functions.

A condition is called with the browser, so that Selenium's `WebDriverWait(…).until(…)` takes it,
too. Elements count when they are visible.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from forge.errors import TutorialError
from forge.locators import Locator, as_locator, is_locator, wording
from forge.project.load_module import PLAIN_HINT, never_runs

Condition = Callable[[Any], Any]
Awaited = Locator | Condition | Sequence[Locator | Condition]

WAIT_S, POLL_S = 10.0, 0.05
WAIT_HINT = (
    'for example (By.ID, "done"), text("3 results"), gone(".spinner"), count(".row", 2), idle(),'
    " a function that takes the browser, or a tuple of these"
)


@dataclass(frozen=True)
class Shown:
    """An element is visible; called, it returns the first such element, or None."""

    locator: Locator

    def __call__(self, browser: Any) -> Any:
        return next(iter(browser.visible(self.locator)), None)

    def __str__(self) -> str:
        return wording(self.locator)


@dataclass(frozen=True)
class Gone:
    """No element that matches is visible."""

    locator: Locator

    def __call__(self, browser: Any) -> bool:
        return not browser.visible(self.locator)

    def __str__(self) -> str:
        return f"gone({wording(self.locator)})"


@dataclass(frozen=True)
class Count:
    """A number of elements that match is visible: `number` of them, or also `more`."""

    locator: Locator
    number: int
    more: bool = False

    def __call__(self, browser: Any) -> bool:
        shown = len(browser.visible(self.locator))
        return shown == self.number or (self.more and shown > self.number)

    def __str__(self) -> str:
        least = "at least " if self.more else ""
        return f"count({wording(self.locator)}, {least}{self.number})"


@dataclass(frozen=True)
class Idle:
    """No request is under way, nothing moves, and the page draws nothing new."""

    def __call__(self, browser: Any) -> bool:
        return bool(browser.is_idle())

    def __str__(self) -> str:
        return "idle()"


FORGES = (Shown, Gone, Count, Idle)


def gone(what: Locator | str) -> Condition:
    """Return the condition that no element is visible which matches a locator or CSS selector.

    Raises:
        TutorialError: `what` is neither.
    """
    return Gone(as_locator(what, "gone"))


def count(
    what: Locator | str, number: int | None = None, *, at_least: int | None = None
) -> Condition:
    """Return the condition that `number` matching elements are visible, or that many and more.

    Raises:
        TutorialError: `what` is no locator or CSS selector, or there is not one number.
    """
    wanted = at_least if number is None else number
    both = number is not None and at_least is not None
    if both or isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 0:
        raise TutorialError(
            f"count({what!r}, …) takes one number of elements, 0 or more",
            hint='for example count(".row", 2), or count(".row", at_least=2)',
        )
    return Count(as_locator(what, "count"), wanted, more=number is None)


def idle() -> Condition:
    """Return the condition that network and page are at rest; one that always moves never is."""
    return Idle()


def conditions(awaited: Awaited) -> tuple[Condition, ...]:
    """Return the conditions that all have to hold.

    Raises:
        TutorialError: `awaited` is none, or one of its parts is not.
    """
    if is_locator(awaited):
        return (Shown(awaited),)  # type: ignore[arg-type]
    if isinstance(awaited, tuple | list) and awaited and not _looks_like_locator(awaited):
        return tuple(one for part in awaited for one in conditions(part))
    if not callable(awaited) or inspect.isclass(awaited):
        raise TutorialError(f"{awaited!r} is nothing to wait for", hint=WAIT_HINT)
    if kind := never_runs(awaited):
        raise TutorialError(f"{named(awaited)} is {kind}", hint=PLAIN_HINT)
    try:
        inspect.signature(awaited).bind(None)
    except TypeError:
        raise TutorialError(
            f"{named(awaited)} has to take one argument, the browser", hint=WAIT_HINT
        ) from None
    except ValueError:
        pass  # a function of C, which does not tell its arguments
    return (awaited,)


def _looks_like_locator(given: Sequence[Any]) -> bool:
    """Return True for a pair of texts: a locator with an unknown strategy."""
    return len(given) == 2 and all(isinstance(one, str) for one in given)


def named(condition: Condition) -> str:
    """Return a condition as messages show it."""
    if isinstance(condition, FORGES):
        return str(condition)
    if wrapped := getattr(condition, "__qualname__", ""):
        return f"the function {wrapped.rpartition('<locals>.')[2]}"
    return repr(condition)


def wait(browser: Any, *awaited: Locator | Condition, timeout_s: float = WAIT_S) -> Any:
    """Wait until everything that is named holds; return the last one's element or value.

    It is what `wait_for=` of a step does, for the middle of a step.

    Raises:
        TimeoutException: it did not hold within `timeout_s`.
        TutorialError: an argument is nothing to wait for.
    """
    from selenium.webdriver.support.wait import WebDriverWait

    held = AllHold(conditions(awaited))
    return WebDriverWait(browser, timeout_s, poll_frequency=POLL_S).until(held)


class AllHold:
    """All of `conditions` at the same moment; `missing` is the first that did not hold."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self.conditions = conditions
        self.missing: Condition = conditions[0]

    def __call__(self, browser: Any) -> Any:
        value: Any = None
        for condition in self.conditions:
            self.missing = condition
            if not (value := condition(browser)):
                return False
        return value
