"""What the hand does around a command, with a fake body."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from selenium.common.exceptions import UnexpectedAlertPresentException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement

from forge.model.easing import REST
from forge.model.settings import Settings
from forge.workers.recording.hand.hand import Hand
from tests.support.chains import ChainDriver as Driver
from tests.support.fake_body import FakeBody

ONE, TWO = WebElement(None, "one"), WebElement(None, "two")


A_CLICK = {"id": "one"}


def perform(hand: Hand, body: FakeBody, driver: Driver) -> None:
    hand.perform(Command.W3C_ACTIONS, {"actions": driver.sources}, body.execute)


def test_a_click_takes_a_persons_time(hand: Hand, body: FakeBody) -> None:
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    (down,), (up,) = body.times("mousePressed"), body.times("mouseReleased")
    assert 60 <= up - down <= 100
    assert body.sent == []
    (click,) = hand.done()
    assert (click.kind, click.at_ms) == ("click", down), "the ripple is where it is pressed"
    assert [event["clickCount"] for _, what, event in body.did if what == "mousePressed"] == [1]


def test_a_click_in_a_setup_has_no_glide(body: FakeBody) -> None:
    Hand(body, Settings().hand, 640, 360).perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert body.times("mousePressed") == [0], "no glide, and no ring"
    assert 60 <= body.times("mouseReleased")[0] <= 100


def test_an_unusual_click_is_left_to_webdriver(hand: Hand, body: FakeBody) -> None:
    body.pressable = False
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert body.sent == [(Command.CLICK_ELEMENT, A_CLICK)]
    assert body.times("mousePressed") == []


def test_a_dialog_in_the_way_is_told_of(hand: Hand, body: FakeBody) -> None:
    body.problem = UnexpectedAlertPresentException("sure?")
    with pytest.raises(UnexpectedAlertPresentException):
        hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)


def test_a_double_click_is_two_distinct_clicks(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.double_click(ONE).perform()
    perform(hand, body, driver)
    first, second = body.times("mousePressed")
    assert 100 <= second - first <= 140
    counts = [event["clickCount"] for _, what, event in body.did if what == "mousePressed"]
    assert counts == [1, 2]
    assert [done.kind for done in hand.done()] == ["double"]


def test_clicks_are_counted_by_the_takes_time(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.click().perform()
    for pause_ms in (0, 0, 600):
        body.run_for(pause_ms)
        perform(hand, body, driver)
    counts = [event["clickCount"] for _, what, event in body.did if what == "mousePressed"]
    assert counts == [1, 2, 1]


def test_a_drag_moves_once_a_beat(hand: Hand, body: FakeBody, driver: Driver) -> None:
    parts: list[Callable[[ActionChains], ActionChains]] = [
        lambda chain: chain.click_and_hold(ONE),
        lambda chain: chain.move_by_offset(200, 0),
        lambda chain: chain.release(),
    ]
    for add in parts:
        add(ActionChains(driver)).perform()  # type: ignore[arg-type]
        perform(hand, body, driver)
    (down,), (up,) = body.times("mousePressed"), body.times("mouseReleased")
    held = [(at, e) for at, what, e in body.did if what == "mouseMoved" and e["buttons"] == 1]
    assert [round(two - one) for (one, _), (two, _) in pairwise(held)] == [33] * (len(held) - 1)
    assert down <= held[0][0]
    assert held[-1][0] <= up
    assert [e["x"] for _, e in held] == sorted(e["x"] for _, e in held)
    assert (held[-1][1]["x"], held[-1][1]["y"]) == (250, 60)
    assert [done.kind for done in hand.done()] == ["press", "drag", "release"]


def test_a_move_starts_where_the_drag_ended(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.drag_and_drop_by_offset(ONE, 100, 0).move_by_offset(5, 7).perform()
    perform(hand, body, driver)
    _, last = body.sent[-1]
    (move,) = (one for source in last["actions"] for one in source["actions"] if "x" in one)
    assert (move["origin"], move["x"], move["y"]) == ("viewport", 155, 67)


def test_what_is_held_is_let_go_with_everything(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.key_down(Keys.SHIFT).click_and_hold(ONE).perform()
    perform(hand, body, driver)
    hand.perform(Command.W3C_CLEAR_ACTIONS, {}, body.execute)
    shifted = [event["modifiers"] for _, what, event in body.did if what == "mousePressed"]
    assert shifted == [8]
    assert len(body.times("mouseReleased")) == 1
    hand.perform(Command.CLICK_ELEMENT, A_CLICK, body.execute)
    assert [e["modifiers"] for _, what, e in body.did if what == "mousePressed"] == [8, 0]


def test_an_outward_drag_is_left_to_webdriver(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.click_and_hold(ONE).move_by_offset(0, 5000).perform()
    perform(hand, body, driver)
    assert body.sent[-1][1]["actions"][0]["actions"][0]["y"] == 5060


def test_the_wheel_turns_add_up(
    hand: Hand, body: FakeBody, driver: Driver, chain: ActionChains
) -> None:
    chain.scroll_by_amount(30, -400).perform()
    perform(hand, body, driver)
    turns = [event["by"] for _, what, event in body.did if what == "turned"]
    assert len(turns) > 10
    assert [sum(way) for way in zip(*turns, strict=True)] == [30, -400]
    assert body.sent == []


def test_the_hand_stays_for_a_hidden_field(hand: Hand, body: FakeBody) -> None:
    body.found = {"attended": True, "hidden": True}
    resting_place = (640 * REST[0], 360 * REST[1])
    for _ in range(2):
        hand.perform(
            Command.SEND_KEYS_TO_ELEMENT,
            {"id": "one", "text": "ab", "value": ["a", "b"]},
            body.execute,
        )
    assert [(done.point, done.there_ms) for done in hand.done()] == [(resting_place, None)] * 2
    assert body.did == []
    assert len(body.sent) == 4, "it is typed key by key all the same"
