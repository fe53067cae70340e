"""Action chains, split into parts."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from forge.workers.recording.hand.chains import PAUSE, parts, shares
from forge.workers.recording.hand.timing import movement
from tests.support.chains import ChainDriver as Driver

ONE, TWO = WebElement(None, "one"), WebElement(None, "two")


def kinds(driver: Driver, *, held: bool = False) -> list[str]:
    return [part.kind for part in parts(driver.sources, held=held)]


def test_a_drag_is_press_move_and_release(driver: Driver, chain: ActionChains) -> None:
    chain.drag_and_drop(ONE, TWO).perform()
    assert kinds(driver) == ["move", "press", "drag", "release"]
    assert kinds(driver, held=True)[0] == "drag", "a button that was down stays down"


def test_simultaneous_actions_stay_together(driver: Driver, chain: ActionChains) -> None:
    chain.click(ONE).perform()
    press = {"type": "keyDown", "value": "a"}
    driver.sources.append({"type": "key", "id": "other", "actions": [PAUSE, press]})
    assert kinds(driver) == ["other"]


@pytest.mark.parametrize(
    ("does", "kind"), [("click", "click"), ("double_click", "double"), ("context_click", "context")]
)
def test_clicks_are_told_apart(driver: Driver, chain: ActionChains, does: str, kind: str) -> None:
    getattr(chain, does)(ONE).perform()
    assert kinds(driver) == ["move", kind]


def test_keys_are_strokes_unless_a_modifier_is_held(driver: Driver, chain: ActionChains) -> None:
    chain.send_keys("ab").key_down(Keys.SHIFT).send_keys("c").key_up(Keys.SHIFT).perform()
    assert kinds(driver) == ["key", "key", "other", "other", "other", "other"]


def test_the_parts_of_a_chain_are_the_chain(driver: Driver, chain: ActionChains) -> None:
    chain.move_to_element(ONE).pause(1).click().send_keys("x").scroll_by_amount(0, 9).perform()
    for source in driver.sources:
        sent = [
            action
            for part in parts(driver.sources, held=False)
            for one in part.sources
            if one["id"] == source["id"]
            for action in one["actions"]
        ]
        assert sent == source["actions"]


def test_fingers_are_left_alone() -> None:
    touch = {"type": "pointer", "parameters": {"pointerType": "touch"}, "id": "f", "actions": [{}]}
    assert [part.kind for part in parts([touch], held=False)] == ["other"]


@pytest.mark.parametrize("total", [-900, -7, 0, 1, 100, 12345])
def test_shares_of_a_scroll_add_up(total: int) -> None:
    assert sum(shares(total, movement(800))) == total
