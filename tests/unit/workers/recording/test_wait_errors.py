"""Messages of waits that have timed out."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.support import expected_conditions as expect
from selenium.webdriver.support.wait import WebDriverWait

from forge.workers.recording.recorder import Waited
from forge.workers.recording.wait_errors import describe, fails_on_any_clock, lasted


class NothingThere:
    """A browser that finds no element."""

    session_id = "none"

    def find_element(self, *_: str) -> Any:
        class Element:
            text = ""

        return Element()


def timed_out(condition: Any, *, until: str = "until", message: str = "") -> TimeoutException:
    browser: Any = NothingThere()
    with pytest.raises(TimeoutException) as told:
        getattr(WebDriverWait(browser, 0.01, poll_frequency=0.01), until)(condition, message)
    return told.value


def waited(began_s: float) -> Waited:
    return Waited(10.0, 2.5, ("web socket ws://app/kernel", "GET http://app/tick for 12 s"))


def test_an_expected_condition_is_quoted_with_its_locator() -> None:
    error = timed_out(expect.text_to_be_present_in_element(("id", "out"), "42 rows"))
    assert describe(error, waited) == (
        "waited 0.01 s for text_to_be_present_in_element(('id', 'out'), '42 rows'):"
        " 10.0 s of page time, 2.5 s of real time; still open: web socket ws://app/kernel,"
        " GET http://app/tick for 12 s"
    )


def test_of_a_lambda_the_whole_expression_is_quoted() -> None:
    browser: Any = NothingThere()
    with pytest.raises(TimeoutException) as told:
        WebDriverWait(browser, 0.01, 0.01).until(
            lambda b: b.find_element("id", "out").text == "42 rows, as there were yesterday"
        )
    assert (
        'for WebDriverWait(browser, 0.01, 0.01).until( lambda b: b.find_element("id", "out").text'
        ' == "42 rows, as there were yesterday" ): 10.0 s of page time'
    ) in (describe(told.value, waited) or "")


def test_the_authors_own_message_comes_first() -> None:
    error = timed_out(lambda b: True, until="until_not", message="the spinner stays")
    assert (describe(error, waited) or "").startswith("the spinner stays: waited 0.01 s for not ")


def test_another_error_is_left_as_it_is() -> None:
    assert describe(TimeoutException("page load"), waited) is None
    assert describe(ValueError("no"), waited) is None


@pytest.mark.parametrize(("machine_s", "any_clock"), [(0.001, False), (0.5, True)])
def test_a_wait_in_real_time_fails_on_any_clock(machine_s: float, any_clock: bool) -> None:
    error = timed_out(lambda b: False)
    assert fails_on_any_clock(error, lambda _: Waited(9.0, machine_s, ())) is any_clock
    assert not fails_on_any_clock(ValueError("no"), lambda _: Waited(9.0, 9.0, ()))


def test_many_open_things_are_counted() -> None:
    told = lasted(Waited(1.0, 1.0, ("a", "b", "c", "d", "e")))
    assert told.endswith("still open: a, b, c and 2 more")
    assert lasted(Waited(1.0, 1.0, ())).endswith("nothing is still open")
