"""The keys that the hand notes for badges."""

from __future__ import annotations

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.command import Command

from forge.model.take import Interaction
from forge.model.widgets import KeyPress
from forge.workers.recording.hand.hand import Hand
from tests.support.chains import ChainDriver
from tests.support.fake_body import FakeBody


def typed(hand: Hand, body: FakeBody, text: str) -> Interaction:
    hand.perform(Command.SEND_KEYS_TO_ELEMENT, {"id": "one", "text": text}, body.execute)
    (done,) = hand.done()
    return done


def test_a_key_is_noted_when_it_is_pressed(hand: Hand, body: FakeBody) -> None:
    done = typed(hand, body, f"word{Keys.ENTER}")
    (press,) = done.keys
    assert press == KeyPress(at_ms=done.at_ms + 4 * 50, label="Enter"), "twenty keys a second"


def test_a_shortcut_is_noted_though_it_is_sent_at_once(hand: Hand, body: FakeBody) -> None:
    done = typed(hand, body, f"{Keys.CONTROL}a")
    assert done.keys == (KeyPress(at_ms=done.at_ms, label="Ctrl+A"),)


def test_no_key_of_a_password_is_noted(hand: Hand, body: FakeBody) -> None:
    body.found = {"secret": True}
    assert typed(hand, body, f"{Keys.CONTROL}a{Keys.NULL}pass{Keys.ENTER}").keys == ()


def test_keys_of_a_chain_are_one_interaction(
    hand: Hand, body: FakeBody, driver: ChainDriver, chain: ActionChains
) -> None:
    chain.send_keys(Keys.TAB, Keys.TAB).key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL)
    chain.perform()
    hand.perform(Command.W3C_ACTIONS, {"actions": driver.sources}, body.execute)
    (done,) = hand.done()
    assert [key.label for key in done.keys] == ["Tab", "Tab", "Ctrl+S"]
    assert (done.kind, done.at_ms) == ("key", done.keys[0].at_ms)


def test_a_chain_into_a_password_field_is_not_noted(
    hand: Hand, body: FakeBody, driver: ChainDriver, chain: ActionChains
) -> None:
    body.secret = True
    chain.send_keys(Keys.ENTER).perform()
    hand.perform(Command.W3C_ACTIONS, {"actions": driver.sources}, body.execute)
    assert hand.done() == ()


def test_a_chain_that_writes_is_not_noted(
    hand: Hand, body: FakeBody, driver: ChainDriver, chain: ActionChains
) -> None:
    chain.send_keys("plain").perform()
    hand.perform(Command.W3C_ACTIONS, {"actions": driver.sources}, body.execute)
    assert hand.done() == ()
