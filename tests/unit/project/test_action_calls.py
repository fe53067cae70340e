"""Actions are counted in the code of a step, which is not run."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from forge import button, count, gone, heading, text, type_into, wait, within
from forge.errors import TutorialError
from forge.project.action_calls import Count, count_actions, refuse_surplus_marks
from forge.tutorial import Tutorial

CODE = ("css selector", "code")
SCRIPT = "document.body.scrollTop = 0"


class Page:
    """A page object of the user's."""

    def refresh(self) -> None: ...


page = Page()


def step_of(function: Callable[..., Any], narration: str = "Look.", **options: Any) -> Any:
    tour = Tutorial("Tour")
    tour.step(narration, id="go", **options)(function)
    return tour.steps[0]


def nothing(browser: Any) -> None:
    """Look at it."""


def looks(browser: Any) -> None:
    found = browser.find_elements(*CODE)
    for element in found:
        print(element.get_attribute("class").strip(), len(found))
    WebDriverWait(browser, 5).until(expect.title_is("x"))
    time.sleep(1)


def clicks(browser: Any, ctx: Any) -> None:
    browser.get(f"{ctx.state.base_url}/new")
    button = browser.find_element(*CODE)
    if button.is_displayed():
        button.click()
    ctx.sleep(1)


def chooses(browser: Any) -> None:
    Select(browser.find_element("id", "a")).select_by_value("1")
    browser.find_element("id", "b").clear()
    browser.find_element("id", "b").send_keys("x")
    browser.execute_script(SCRIPT)


def locates(browser: Any) -> None:
    browser.find_element(*within(heading("Team"), button("Add"))).click()
    wait(browser, gone(".spinner"), count(".row", 2), text("2 results"))


def hovers(browser: Any) -> None:
    a, b = browser.find_elements(*CODE)
    ActionChains(browser).move_to_element(a).pause(1).perform()
    ActionChains(browser).move_to_element(a).click().drag_and_drop(a, b).perform()


def enters(browser: Any) -> None:
    type_into(browser, CODE, "x = 1", replace=True)


def answers(browser: Any) -> None:
    browser.find_element(*CODE).submit()
    browser.switch_to.alert.accept()


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        *((nothing, 0), (looks, 0), (clicks, 2), (chooses, 3), (hovers, 3), (answers, 2)),
        *((enters, 1), (locates, 1)),
    ],
)
def test_selenium_and_python_alone_have_a_closed_count(
    function: Callable[..., Any], calls: int
) -> None:
    assert count_actions(step_of(function)) == Count(calls, closed=True)


def helps(browser: Any) -> None:
    nothing(browser)


def helps_by_method(browser: Any) -> None:
    page.refresh()


def helps_by_state(browser: Any, ctx: Any) -> None:
    ctx.state.click()


def helps_by_variable(browser: Any) -> None:
    go = browser.refresh
    go()


def passes_on(browser: Any) -> None:
    print(map(browser.get, ["/a", "/b"]))


def loops(browser: Any) -> None:
    for element in browser.find_elements(*CODE):
        element.click()


def listed(browser: Any) -> None:
    print([element.click() for element in browser.find_elements(*CODE)])


def waits(browser: Any) -> None:
    WebDriverWait(browser, 5).until(lambda b: b.find_element(*CODE).click())


def imports(browser: Any) -> None:
    from tests.support import odd

    print(odd)


def switches(browser: Any) -> None:
    browser.switch_to.new_window("tab")


@functools.wraps(nothing)
def wraps(browser: Any) -> None:
    helps(browser)


def unseen(browser: Any) -> None:
    nowhere(browser)  # type: ignore[name-defined]  # noqa: F821


OPEN: tuple[Callable[..., Any], ...] = (
    helps,
    helps_by_method,
    helps_by_state,
    helps_by_variable,
    passes_on,
    loops,
    listed,
    waits,
    imports,
    switches,
    wraps,
    unseen,
    functools.partial(clicks),
    lambda browser: browser.refresh(),
)


@pytest.mark.parametrize("function", OPEN)
def test_other_code_and_loops_have_an_open_count(function: Callable[..., Any]) -> None:
    assert not count_actions(step_of(function)).closed


def test_source_that_cannot_be_read_has_an_open_count() -> None:
    names: dict[str, Any] = {}
    exec("def go(browser): ...", names)
    assert count_actions(step_of(names["go"])) == Count(0, closed=False)


def once(browser: Any) -> None:
    browser.refresh()


def scripts(browser: Any) -> None:
    browser.execute_script(SCRIPT)
    browser.execute_script(SCRIPT)


TWICE = "First {here} this, then {here} that."


@pytest.mark.parametrize(
    ("function", "narration", "says"),
    [
        (nothing, "Look {here} there.", "has one mark {here}, and its function does nothing"),
        (once, TWICE, "has 2 marks {here}, and its function acts once"),
        (scripts, TWICE, "has 2 marks {here}, and its function acts once"),
        (clicks, f"{TWICE} And {{here}} so.", "has 3 marks {here}, and its function acts 2"),
    ],
)
def test_more_marks_than_actions_are_refused(
    function: Callable[..., Any], narration: str, says: str
) -> None:
    step = step_of(function, narration, lint=False)
    with pytest.raises(TutorialError) as caught:
        refuse_surplus_marks(step)
    assert caught.value.message.startswith(f"{__file__}:{step.line}: step 'go' {says}")
    assert "take out" in caught.value.hint


@pytest.mark.parametrize(
    ("function", "narration", "options"),
    [
        (clicks, TWICE, {}),
        (clicks, "Only {here} once.", {}),
        (once, TWICE, {"focus": CODE}),
        (helps, TWICE, {}),
        (loops, TWICE, {}),
        (nothing, "Wait {pause 1} for {say: SQL|sequel}.", {}),
    ],
)
def test_as_many_marks_as_actions_pass(
    function: Callable[..., Any], narration: str, options: dict[str, Any]
) -> None:
    refuse_surplus_marks(step_of(function, narration, **options))


def test_marks_of_a_step_whose_code_cannot_be_read_pass() -> None:
    tour = Tutorial("T")
    tour.step("Say {here} it.", id="go")(functools.partial(nothing))
    refuse_surplus_marks(tour.steps[0])
