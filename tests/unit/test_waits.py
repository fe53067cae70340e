"""What can be waited for, and what is refused, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from selenium.common.exceptions import TimeoutException

from forge import Tutorial
from forge.errors import TutorialError
from forge.locators import button, text
from forge.waits import AllHold, Condition, Shown, conditions, count, gone, idle, named, wait


class FakeBrowser:
    """A browser in which the same number of visible elements matches each locator."""

    def __init__(self, matches: int = 0, *, idle: bool = False) -> None:
        self.matches, self.idle = matches, idle

    def visible(self, locator: object) -> list[object]:
        return ["element"] * self.matches

    def is_idle(self) -> bool:
        return self.idle


def of_no_argument() -> bool:
    return True


async def asynchronous(browser: object) -> bool:
    return True


@pytest.mark.parametrize(
    ("condition", "matches", "holds"),
    [
        (Shown(button("x")), 0, False),
        (Shown(button("x")), 2, True),
        (gone(".x"), 0, True),
        (gone(".x"), 1, False),
        (count(".x", 2), 2, True),
        (count(".x", 2), 1, False),
        (count(".x", 2), 3, False),
        (count(".x", 0), 0, True),
        (count(".x", at_least=2), 3, True),
        (count(".x", at_least=2), 1, False),
    ],
)
def test_visible_elements_count(condition: Condition, matches: int, holds: bool) -> None:
    assert bool(condition(FakeBrowser(matches))) is holds


def test_a_wait_returns_the_last_value_or_times_out() -> None:
    assert wait(FakeBrowser(1, idle=True), idle(), text("x")) == "element"
    assert not idle()(FakeBrowser())
    with pytest.raises(TimeoutException):
        wait(FakeBrowser(1), gone(".spinner"), timeout_s=0.01)
    with pytest.raises(TutorialError, match="nothing to wait for"):
        wait(FakeBrowser(1), ".spinner")  # type: ignore[arg-type]


def test_several_hold_at_the_same_moment() -> None:
    said: list[str] = []

    def says(name: str, value: object) -> Callable[[Any], object]:
        def condition(browser: object) -> object:
            said.append(name)
            return value

        return condition

    both = AllHold(conditions([says("a", 1), says("b", 0), says("c", 2)]))
    assert both(FakeBrowser()) is False
    assert said == ["a", "b"]
    assert both.missing is both.conditions[1]
    assert AllHold(conditions((says("a", 1), says("c", 2))))(FakeBrowser()) == 2


def test_a_pair_of_texts_is_one_locator() -> None:
    assert conditions(("id", "done")) == (Shown(("id", "done")),)
    assert conditions(text("3 results")) == (Shown(text("3 results")),)
    assert conditions((("id", "a"), ("id", "b"))) == (Shown(("id", "a")), Shown(("id", "b")))
    assert conditions(partial(isinstance, 1))  # without a name


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (gone(".spinner"), 'gone(css selector ".spinner")'),
        (count(button("Go"), 2), 'count(button "Go", 2)'),
        (count(".row", at_least=2), 'count(css selector ".row", at least 2)'),
        (idle(), "idle()"),
        (Shown(text("Done")), 'text "Done"'),
        (of_no_argument, "the function of_no_argument"),
    ],
)
def test_conditions_have_words(condition: Condition, words: str) -> None:
    assert named(condition) == words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (".row", "'.row' is nothing to wait for"),
        (("ID", "x"), r"\('ID', 'x'\) is nothing"),
        (("#a", "#b"), "is nothing"),
        ((), "is nothing"),
        ((button("x"), 3), "3 is nothing"),
        (FakeBrowser, "is nothing"),
        (of_no_argument, "of_no_argument has to take one argument"),
        (asynchronous, "asynchronous is an `async def`"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_with_file_and_line(wrong: Any, words: str) -> None:
    tour = Tutorial("Tour")
    with pytest.raises(TutorialError, match=rf"test_waits\.py:\d+: step 'go': wait_for: .*{words}"):

        @tour.step("Go.", wait_for=wrong)
        def go(browser: object) -> None: ...


@pytest.mark.parametrize("wrong", [{}, {"number": -1}, {"number": True}, {"at_least": "2"}])
def test_a_count_without_one_number_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TutorialError, match="takes one number"):
        count(".row", **wrong)
    with pytest.raises(TutorialError, match="takes one number"):
        count(".row", 1, at_least=2)
    with pytest.raises(TutorialError, match="gone: 3 is not a locator"):
        gone(3)  # type: ignore[arg-type]
