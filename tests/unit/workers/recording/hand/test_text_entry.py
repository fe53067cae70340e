"""`type_into` as the hand performs it: where it goes, when it clicks, and what it refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.model.settings import Settings
from forge.workers.recording.hand.hand import Hand
from forge.workers.recording.hand.text_entry import TYPE_INTO
from forge.workers.recording.hand.typist import (
    FIND_SCRIPT,
    LABELS_SCRIPT,
    PASTE_SCRIPT,
    SET_SCRIPT,
    SHOWN_SCRIPT,
    STATE_SCRIPT,
)
from tests.support.fake_body import FakeBody
from tests.support.fake_editor import FakeEditor


class EditorBody(FakeBody):
    """A page with one editor. `facts`: what the page tells of it; `sets`: the answer to a set."""

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.editor = FakeEditor(pairs=True)
        self.sets: Any = facts.pop("sets", None)
        self.facts = {"kind": "Monaco", "tag": "div", "inside": False} | facts

    def ask(self, command: str, params: dict[str, Any], *, acts: bool = False) -> Any:
        answers: dict[str, Any] = {
            FIND_SCRIPT: self.facts,
            SHOWN_SCRIPT: SimpleNamespace(id="shown"),
            SET_SCRIPT: self.sets,
            LABELS_SCRIPT: ["Alpha", "Beta"],
        }
        script = params["script"]
        if script in (STATE_SCRIPT, PASTE_SCRIPT):
            return self.editor.ask(script, *params["args"], acts=acts)
        return answers[script] if script in answers else super().ask(command, params, acts=acts)

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        if command == Command.W3C_ACTIONS:
            return self.editor.execute(command, params)
        return super().execute(command, params)


def enter(body: EditorBody, text: str, *, awake: bool = True, replace: bool = False) -> Hand:
    hand = Hand(body, Settings().hand, 640, 360)
    if awake:
        hand.begin()
    given = {"id": "given", "text": text, "replace": replace}
    hand.perform(TYPE_INTO, given, body.execute)
    return hand


def test_the_hand_clicks_and_types_key_by_key() -> None:
    body = EditorBody()
    (typed,) = enter(body, "say (it").done()
    assert body.editor.text == "say (it"
    assert (typed.kind, typed.keys) == ("type", ())
    assert typed.there_ms is not None, "it glides there"
    (down,) = body.times("mousePressed")
    assert typed.there_ms < down
    assert typed.until_ms
    seconds = (typed.until_ms - typed.at_ms) / 1000
    assert seconds == pytest.approx(7 / Settings().hand.typing, abs=0.6), "and a click, and a pause"


def test_an_editor_with_the_focus_is_not_clicked() -> None:
    body = EditorBody(inside=True)
    enter(body, "x")
    assert body.times("mousePressed") == []
    assert body.editor.text == "x"


def test_in_a_setup_the_text_is_there_at_once() -> None:
    body = EditorBody()
    assert enter(body, "say (it", awake=False).done() == ()
    assert body.editor.text == "say (it"
    assert body.now < 1000


def test_a_list_gets_a_click_on_its_option() -> None:
    body = EditorBody(kind="list", tag="select")
    body.sets = SimpleNamespace(id="option")
    enter(body, "Beta")
    assert len(body.times("mousePressed")) == 1


@pytest.mark.parametrize(
    ("facts", "text", "message", "hint"),
    [
        ({"kind": "none"}, "x", "<div> is no field or editor", "name the field itself"),
        ({"kind": "other", "tag": "input"}, "x", "<input> is no field", ""),
        ({"kind": "list"}, "Gamma", "no option 'Gamma'", "Alpha, Beta"),
        ({"kind": "list"}, "Betta", "no option 'Betta'", "Beta"),
        (
            {"kind": "picker", "sets": False},
            "31.5.",
            "does not take the value '31.5.'",
            "2026-05-31",
        ),
        ({"kind": "field", "single": True}, "a\nb", "several lines", "send_keys"),
    ],
)
def test_what_cannot_be_entered_is_an_error(
    facts: dict[str, Any], text: str, message: str, hint: str
) -> None:
    with pytest.raises(RecordingError, match=message) as caught:
        enter(EditorBody(**facts), text)
    assert hint in caught.value.hint


def test_a_dialog_that_answers_a_date_is_left_to_the_tutorial() -> None:
    body = EditorBody(kind="picker")
    body.sets = None  # WebDriver's answer then
    enter(body, "2026-05-31")


def test_password_is_not_quoted_in_an_error() -> None:
    body = EditorBody(kind="field", secret=True)
    body.editor = FakeEditor(locked=True)
    with pytest.raises(RecordingError) as caught:
        enter(body, "hunter2")
    assert "hunter2" not in str(caught.value)
