"""Answering the dialogs of a page."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver.remote.command import Command

from forge.model.settings import Settings
from forge.model.widgets import Answer, TypedAnswer
from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.hand.timing import AIM_MS, REACH_MS, READ_MS
from tests.support.fake_body import FakeBody


@pytest.mark.parametrize(
    ("command", "accepts"), [(Command.W3C_ACCEPT_ALERT, True), (Command.W3C_DISMISS_ALERT, False)]
)
def test_a_dialog_can_be_read_before_its_button_is_pressed(
    hand: Hand, body: FakeBody, command: str, accepts: bool
) -> None:
    body.run_for(500)
    body.opened = OpenDialog(400, "Sure?")
    hand.perform(command, {}, body.execute)
    (done,) = hand.done()
    assert (done.kind, done.widget) == ("answer", Answer(accepts=accepts))
    assert (done.from_ms, done.there_ms) == (400 + READ_MS, 400 + READ_MS + REACH_MS)
    assert done.at_ms == 400 + READ_MS + REACH_MS + AIM_MS
    assert body.sent == [(command, {})]


def test_a_dialog_that_was_open_for_long_is_answered_at_once(hand: Hand, body: FakeBody) -> None:
    body.opened = OpenDialog(0, "Sure?")
    body.run_for(READ_MS + 1000)
    hand.perform(Command.W3C_ACCEPT_ALERT, {}, body.execute)
    assert hand.done()[0].from_ms == READ_MS + 1000


def test_a_prompt_is_typed_at_the_hands_pace(hand: Hand, body: FakeBody) -> None:
    body.opened = OpenDialog(0, "Sure?")
    hand.perform(Command.W3C_SET_ALERT_VALUE, {"text": "Ada", "value": list("Ada")}, body.execute)
    (done,) = hand.done()
    assert done.widget == TypedAnswer(text="Ada")
    assert (done.at_ms, done.until_ms) == (READ_MS, READ_MS + 3 * 50)
    assert [command for command, _ in body.sent] == [Command.W3C_SET_ALERT_VALUE]


def test_an_answer_without_a_dialog_fails_at_once(hand: Hand, body: FakeBody) -> None:
    def execute(command: str, params: dict[str, Any]) -> None:
        raise NoAlertPresentException

    with pytest.raises(NoAlertPresentException):
        hand.perform(Command.W3C_ACCEPT_ALERT, {}, execute)
    assert (body.now_ms(), hand.done()) == (0, ())


def test_a_dialog_of_a_setup_is_in_no_video(body: FakeBody) -> None:
    body.opened = OpenDialog(0, "Sure?")
    sleeping = Hand(body, Settings().hand, 640, 360)
    sleeping.perform(Command.W3C_ACCEPT_ALERT, {}, body.execute)
    assert (body.now_ms(), sleeping.done()) == (0, ())
