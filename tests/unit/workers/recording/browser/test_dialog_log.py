"""What is kept of the dialogs of a recording."""

from __future__ import annotations

from forge.model.widgets import Dialog, DialogEvent
from forge.workers.recording.browser.dialog_log import DialogLog

PROMPT = {"type": "prompt", "message": "Name?", "defaultPrompt": "Ada", "url": "http://app/"}


def test_a_dialog_is_kept_with_its_times() -> None:
    log = DialogLog()
    log.now = iter([100.4, 900.0]).__next__
    log.opening(PROMPT)
    assert log.opened == (100.4, "Name?")
    opening = DialogEvent(at_ms=100, dialog=Dialog(kind="prompt", message="Name?", default="Ada"))
    assert log.taken() == (opening,)
    log.closed()
    assert log.opened is None
    assert log.taken() == (DialogEvent(at_ms=900),)
    assert log.taken() == ()


def test_a_question_before_leaving_a_page_is_left_out() -> None:
    log = DialogLog()
    log.opening({"type": "beforeunload", "message": ""})
    log.closed()
    assert log.taken() == ()


def test_the_dialogs_of_a_setup_are_forgotten() -> None:
    log = DialogLog()
    log.opening(PROMPT)
    log.closed()
    log.begin()
    assert log.taken() == ()


def test_a_password_in_a_message_is_left_out() -> None:
    log = DialogLog()
    log.opening({**PROMPT, "message": "http://ann:secret@app/ was not found"})
    assert "secret" not in repr(log.taken())
