"""Commands about elements in frames: which switches go before them."""

from __future__ import annotations

from typing import Any, cast

import pytest
from selenium.common.exceptions import NoSuchFrameException, StaleElementReferenceException
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement

from forge.workers.recording.browser.frames import ELEMENT_KEY, Frames

OUTER, INNER, OTHER = "outer frame", "inner frame", "other frame"
MAIN, DEEP, ASIDE = "f.MAIN.d.1.e.1", "f.DEEP.d.2.e.2", "f.ASIDE.d.3.e.3"


def element(name: str) -> WebElement:
    return WebElement(cast(Any, None), name)


class Driver:
    """A WebDriver of which only the switches are noted."""

    def __init__(self) -> None:
        self.frames = Frames()
        self.frames.note([element(DEEP)], [OUTER, INNER])
        self.frames.note([element(ASIDE)], [OTHER])
        self.frames.note([element(MAIN)], [])
        self.switched: list[Any] = []
        self.gone = False

    def _perform(self, command: str, params: dict[str, Any]) -> None:
        assert command == Command.SWITCH_TO_FRAME
        if self.gone:
            raise NoSuchFrameException
        self.switched.append(params["id"])

    def do(self, command: str, **params: Any) -> list[Any]:
        """Execute a command; return the switches before it."""
        self.switched = []
        self.frames.enter(command, params, self._perform)
        self.frames.follow(command, params)
        return self.switched


@pytest.fixture
def driver() -> Driver:
    return Driver()


def test_the_next_command_that_depends_on_the_frame_leads_back(driver: Driver) -> None:
    assert driver.do(Command.CLICK_ELEMENT, id=DEEP) == [OUTER, INNER]
    assert driver.do(Command.SEND_KEYS_TO_ELEMENT, id=DEEP) == []
    assert driver.do(Command.W3C_ACCEPT_ALERT) == []
    assert driver.do(Command.FIND_ELEMENT, using="id", value="x") == [None]
    assert driver.do(Command.CLICK_ELEMENT, id=MAIN) == []


@pytest.mark.parametrize(
    "params",
    [
        {"args": [1, element(DEEP)]},
        {"args": [[{"of": {ELEMENT_KEY: DEEP}}]]},
        {"actions": [{"actions": [{"origin": {ELEMENT_KEY: DEEP}}]}]},
    ],
)
def test_elements_are_found_wherever_they_are_in_the_parameters(
    driver: Driver, params: dict[str, Any]
) -> None:
    assert driver.do(Command.W3C_ACTIONS, **params) == [OUTER, INNER]
    assert driver.do(Command.CLICK_ELEMENT, id=ASIDE) == [None, OTHER]


def test_the_tutorials_own_frame_is_gone_back_to(driver: Driver) -> None:
    assert driver.do(Command.SWITCH_TO_FRAME, id=OTHER) == []
    assert driver.do(Command.CLICK_ELEMENT, id=DEEP) == [None, OUTER, INNER]
    assert driver.do(Command.GET_PAGE_SOURCE) == [None, OTHER]
    assert driver.do(Command.CLICK_ELEMENT, id=ASIDE) == []
    assert driver.do(Command.CLICK_ELEMENT, id=DEEP) == [None, OUTER, INNER]
    assert driver.do(Command.CLICK_ELEMENT, id="not chromedriver's") == [None, OTHER]


def test_a_switch_into_a_frame_inside_a_frame_stays_there(driver: Driver) -> None:
    frame = element(DEEP)
    assert driver.do(Command.SWITCH_TO_FRAME, id=frame) == [OUTER, INNER]
    assert driver.frames.user.frames == [OUTER, INNER, frame]
    assert driver.do(Command.FIND_ELEMENT) == []
    assert driver.do(Command.SWITCH_TO_PARENT_FRAME) == []
    assert driver.frames.user.frames == [OUTER, INNER]


@pytest.mark.parametrize("command", [Command.GET, Command.SWITCH_TO_WINDOW])
def test_another_page_begins_at_its_top(driver: Driver, command: str) -> None:
    driver.do(Command.SWITCH_TO_FRAME, id=OTHER)
    driver.do(Command.CLICK_ELEMENT, id=DEEP)
    assert driver.do(command) == []
    assert driver.do(Command.FIND_ELEMENT) == []


def test_in_a_frame_that_is_gone_an_element_is_stale(driver: Driver) -> None:
    driver.gone = True
    with pytest.raises(StaleElementReferenceException, match="frame is gone"):
        driver.do(Command.CLICK_ELEMENT, id=DEEP)
    assert driver.do(Command.SWITCH_TO_FRAME, id=None) == []
    assert driver.do(Command.CLICK_ELEMENT, id=MAIN) == []
