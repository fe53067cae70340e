"""An editor shows the text that was typed, whatever it adds by itself."""

from __future__ import annotations

from typing import Any

import pytest

from forge.errors import RecordingError
from forge.workers.recording.hand.keyboard import key_presses
from forge.workers.recording.hand.mending import BACKSPACE, DELETE, EditorText, Wanted, mending_keys
from tests.support.fake_editor import FakeEditor

CODE = (
    "def f(x):\n    if x:\n        print(\"it's [1]\", {'a': (2\n    return {\n        1}\n\nf('x"
)


@pytest.mark.parametrize(
    "behaviours",
    [
        {},
        {"pairs": True},
        {"indents": True},
        {"pairs": True, "indents": True, "electric": True},
        {"pairs": True, "indents": True, "silent": True},
        {"pairs": True, "completes": "print"},
    ],
)
def test_an_editor_has_the_text_that_was_typed(behaviours: dict[str, Any]) -> None:
    assert FakeEditor(**behaviours).type(CODE) == CODE


def test_an_indentation_that_the_editor_makes_is_not_typed() -> None:
    editor = FakeEditor(indents=True)
    editor.type("if x:\n    y\n    z")
    assert " " not in editor.pressed[-4:]
    assert editor.pressed.count(" ") == 1


def test_text_goes_behind_what_is_there_or_in_its_place() -> None:
    assert FakeEditor("old (", pairs=True).type("[new") == "old ([new"
    assert FakeEditor("old", pairs=True).type("(new", replace=True) == "(new"


def test_text_at_the_caret_keeps_what_follows() -> None:
    editor = FakeEditor("f()", pairs=True)
    wanted = Wanted("f(x)", ")")
    typed_over = EditorText("f(x)", "f(x)", "", "")
    assert mending_keys(typed_over, wanted)[0] == ")"
    editor.at = 2
    assert mending_keys(EditorText("f(())", "f((", "", "))"), Wanted("f((", ")")) == DELETE


def test_a_completion_is_not_taken() -> None:
    editor = FakeEditor(completes="print")
    assert editor.type("pr\nx pr") == "pr\nx pr"
    assert not editor.popup, "it is closed in the end"


def test_an_electric_brace_is_set_as_a_paste_sets_it() -> None:
    text = "a {\n    }"
    assert FakeEditor(electric=True).type(text) == text


def test_a_mask_may_put_signs_between_digits() -> None:
    assert FakeEditor(masks=True).type("123456", single=True) == "123 456"


def test_a_tab_and_an_emoji_are_inserted() -> None:
    editor = FakeEditor()
    assert editor.type("a\tb 🎉é") == "a\tb 🎉é"
    assert "\t" not in editor.pressed


def test_a_long_text_takes_a_persons_patience() -> None:
    editor = FakeEditor()
    editor.type("x" * 1000)
    assert 40 <= editor.strokes <= 56


def test_an_editor_that_takes_no_keys_is_an_error_with_the_difference() -> None:
    with pytest.raises(RecordingError, match="line 1 is 'old', and should be 'oldnew'") as caught:
        FakeEditor("old", locked=True).type("new")
    assert "read-only" in caught.value.hint
    with pytest.raises(RecordingError, match="cannot be replaced"):
        FakeEditor("old", locked=True).type("new", replace=True)


def test_white_space_is_taken_away_one_at_a_time() -> None:
    now = EditorText("a\n        ", "a\n        ", "", "")
    assert mending_keys(now, Wanted("a\n", "", "    b")) == BACKSPACE
    assert mending_keys(EditorText("axyz", "axyz", "", ""), Wanted("a", "")) == BACKSPACE * 3


def test_shift_is_held_for_the_signs_that_need_it() -> None:
    actions = [(one["type"][3:], one["value"]) for one in key_presses("a(B")["actions"]]
    shift = "\ue008"
    assert actions == [
        *[("Down", "a"), ("Up", "a"), ("Down", shift), ("Down", "("), ("Up", "(")],
        *[("Down", "B"), ("Up", "B"), ("Up", shift)],
    ]


@pytest.mark.parametrize("rate", [14, 0])
def test_a_dialog_that_the_last_key_opens_is_left_to_the_tutorial(rate: int) -> None:
    editor = FakeEditor(asks="old", pairs=True)
    assert editor.type("(bold", rate=rate) == "(bold"
    assert editor.dialog


@pytest.mark.parametrize("rate", [14, 0])
@pytest.mark.parametrize("text", ["bolder", "old."])
def test_a_dialog_before_the_last_key_is_an_error(text: str, rate: int) -> None:
    with pytest.raises(RecordingError, match="before the whole text was typed: 'Sure") as caught:
        FakeEditor(asks="old").type(text, rate=rate)
    assert "answer the dialog" in caught.value.hint
