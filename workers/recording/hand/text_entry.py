"""Entering a text into whatever takes one: a field, a code editor, a list, a date field, a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.text.suggest import nearest
from forge.workers.recording.hand import geometry
from forge.workers.recording.hand.body import Execute, Params
from forge.workers.recording.hand.moves import Moves
from forge.workers.recording.hand.typist import (
    FIND_SCRIPT,
    LABELS_SCRIPT,
    SET_SCRIPT,
    SHOWN_SCRIPT,
    EditorFacts,
    Tools,
    Typist,
)
from forge.workers.recording.hand.widgets import Widgets

#: A command that the hand performs itself: WebDriver has none of that name.
TYPE_INTO = "typeInto"
Press = Callable[[Params], Any]


class TextEntry:
    """Performs one TYPE_INTO command; its parameters are `id`, `text` and `replace`."""

    def __init__(self, moves: Moves, widgets: Widgets, execute: Execute) -> None:
        self._moves, self._body, self._widgets = moves, moves.body, widgets
        self._execute = execute

    def enter(self, params: Params, press: Press) -> None:
        """Enter the text. `press` clicks an element, without a glide.

        Raises:
            RecordingError: there is no field or editor, or the text in it is another one then.
        """
        element, text = str(params["id"]), str(params["text"])
        editor = EditorFacts(**self._ask(FIND_SCRIPT, geometry.reference(element)))
        self._widgets.close()
        match editor.kind:
            case "list":
                self._choose(element, text, press)
            case "picker":
                self._pick(element, text)
            case "file":
                keys = {"id": element, "text": text, "value": list(text)}
                self._execute(Command.SEND_KEYS_TO_ELEMENT, keys)
            case "none" | "other":
                raise RecordingError(
                    f"type_into: <{editor.tag}> is no field or editor, and holds not exactly one",
                    hint="name the field itself, or an element with one editor in it",
                )
            case _:
                self._write(editor, text, replace=bool(params["replace"]), press=press)

    def _write(self, editor: EditorFacts, text: str, *, replace: bool, press: Press) -> None:
        if editor.single and "\n" in text:
            raise RecordingError(
                "type_into: a text of several lines, for a field of one line",
                hint='send_keys("\\n") presses Enter',
            )
        awake, rate = self._moves.awake, self._moves.pace.typing
        stroke = self._moves.keystroke if awake else nullcontext
        body = self._body
        tools = Tools(self._ask, self._execute, stroke, body.run_for, body.dialog, rate * awake)
        shown = self._ask(SHOWN_SCRIPT, False).id
        if editor.inside and self._is_over(shown):
            shown = self._ask(SHOWN_SCRIPT, True).id  # the hidden field: the hand stays where it is
        with self._moves.interaction("type", shown) if awake else nullcontext():
            if not editor.inside:
                press({"id": shown})
            Typist(tools, editor).write(text, replace=replace, at_end=not editor.inside)

    def _is_over(self, element: str) -> bool:
        """Return True if the hand is over `element`."""
        with self._moves.best_effort(), self._body.beat(0):
            box, (x, y) = self._moves.find(element).box, self._moves.at
            return box is not None and 0 <= x - box[0] <= box[2] and 0 <= y - box[1] <= box[3]
        return False

    def _choose(self, element: str, text: str, press: Press) -> None:
        """Choose the option of a list that shows `text`, or has it as its value."""
        option = self._ask(SET_SCRIPT, geometry.reference(element), text)
        if option is None:
            labels = [str(label) for label in self._ask(LABELS_SCRIPT, geometry.reference(element))]
            raise RecordingError(
                f"type_into: the list has no option {text!r}",
                hint=nearest(text, labels) or f"it has {', '.join(labels[:10])}",
            )
        if not self._moves.awake:
            press({"id": option.id})
            return
        with self._moves.interaction("click", option.id) as doing:
            self._widgets.choose(doing, option.id, lambda: press({"id": option.id}))

    def _pick(self, element: str, text: str) -> None:
        """Set a field whose picker the browser draws, such as a date's."""

        def act() -> None:
            # None: the page answers with a dialog, which the tutorial has to close.
            if self._ask(SET_SCRIPT, geometry.reference(element), text, acts=True) is False:
                raise RecordingError(
                    f"type_into: the field does not take the value {text!r}",
                    hint="a date is written as 2026-05-31, a time as 14:30, a colour as #aa00ff",
                )

        if not self._moves.awake:
            act()
            return
        with self._moves.interaction("type", element) as doing:
            if doing.found and doing.found.widget:
                self._widgets.choose(doing, element, act)
            else:
                act()

    def _ask(self, script: str, *args: Any, acts: bool = False) -> Any:
        params = {"script": script, "args": list(args)}
        return self._body.ask(Command.W3C_EXECUTE_SCRIPT, params, acts=acts)
