"""An editor without a page: it closes brackets, indents lines and completes words."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from selenium.webdriver.remote.command import Command

from forge.workers.recording.hand.body import OpenDialog
from forge.workers.recording.hand.keyboard import RETURN
from forge.workers.recording.hand.mending import BACKSPACE, DELETE, LEFT
from forge.workers.recording.hand.typist import (
    ALL,
    ESCAPE,
    PASTE_SCRIPT,
    STATE_SCRIPT,
    TO_THE_END,
    EditorFacts,
    Tools,
    Typist,
)

PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
KEY_DOWN = "keyDown"


class FakeEditor:
    """A text with a caret. Each behaviour can be turned on.

    `pairs` closes brackets and quotes, and types over them; `indents` repeats a line's indentation,
    and adds four spaces after a colon or brace; `electric` outdents a closing brace; `completes`
    opens a list with this word after "pr", which Enter takes; `masks` keeps only digits, with a
    space after the third. `silent` does not tell the caret's place; `locked` takes no keys; `asks`
    opens a dialog after these characters.
    """

    def __init__(self, text: str = "", **behaviours: Any) -> None:
        self.text, self.at, self.all = text, len(text), False
        self.does = behaviours
        self.popup = False
        self.dialog: OpenDialog | None = None
        self.pressed: list[str] = []
        self.strokes = 0

    def type(
        self, text: str, *, replace: bool = False, single: bool = False, rate: float = 14
    ) -> str:
        """Let the typist type `text` at the end; return what the editor has then."""
        facts = EditorFacts(kind="CodeMirror", tag="div", inside=True, single=single)
        tools = Tools(
            self.ask, self.execute, self.stroke, lambda ms: None, lambda: self.dialog, rate
        )
        Typist(tools, facts).write(text, replace=replace, at_end=True)
        return self.text

    def stroke(self) -> AbstractContextManager[None]:
        self.strokes += 1
        return nullcontext()

    def ask(self, script: str, *args: Any, acts: bool = False) -> Any:
        assert acts is (script == PASTE_SCRIPT)
        if acts:
            self._insert(args[0])
            return True
        assert script == STATE_SCRIPT
        told = {"text": self.text, "inside": True, "popup": self.popup}
        if self.does.get("silent"):
            return told | {"before": None, "chosen": "", "after": None}
        return told | {"before": self.text[: self.at], "chosen": "", "after": self.text[self.at :]}

    def execute(self, command: str, params: dict[str, Any]) -> Any:
        if command == "executeCdpCommand":
            self._insert(params["params"]["text"])
            return None
        assert command == Command.W3C_ACTIONS
        keys = [
            a["value"] for s in params["actions"] for a in s["actions"] if a["type"] == KEY_DOWN
        ]
        if tuple(keys) == ALL:
            self.all = True
        elif tuple(keys) == TO_THE_END:
            self.at = len(self.text)
        else:
            for key in keys:
                self._press(key)
        return None

    def _press(self, key: str) -> None:
        self.pressed.append(key)
        if self.dialog or self.does.get("locked"):
            return
        if key == DELETE and self.all:
            self.text, self.at, self.all = "", 0, False
        elif key == DELETE:
            self.text = self.text[: self.at] + self.text[self.at + 1 :]
        elif key == BACKSPACE and self.at:
            self.text = self.text[: self.at - 1] + self.text[self.at :]
            self.at -= 1
        elif key == LEFT:
            self.at -= 1
        elif key == ESCAPE:
            self.popup = False
        elif key == RETURN:
            self._enter()
        elif key < "\ue000":
            self._write(key)

    def _enter(self) -> None:
        if self.popup:
            self.popup = False
            self._insert(str(self.does["completes"]).removeprefix("pr"))
            return
        line = self.text[: self.at].rpartition("\n")[2]
        indentation = line[: len(line) - len(line.lstrip())]
        if line.endswith((":", "{")):
            indentation += "    "
        self._insert("\n" + (indentation if self.does.get("indents") else ""))

    def _write(self, sign: str) -> None:
        if self.does.get("pairs") and self.text[self.at : self.at + 1] == sign in PAIRS.values():
            self.at += 1
            return
        if self.does.get("electric") and sign == "}" and self.text[: self.at].endswith("    "):
            self.text = self.text[: self.at - 4] + self.text[self.at :]
            self.at -= 4
        self._insert(sign)
        if self.does.get("pairs") and sign in PAIRS:
            self._insert(PAIRS[sign])
            self.at -= 1
        self.popup = bool(self.does.get("completes")) and self.text[: self.at].endswith("pr")
        if self.text.endswith(self.does.get("asks", "\0")):
            self.dialog = OpenDialog(0, "Sure?")
        if self.does.get("masks"):
            digits = "".join(filter(str.isdigit, self.text))
            self.text = f"{digits[:3]} {digits[3:]}".strip()
            self.at = len(self.text)

    def _insert(self, text: str) -> None:
        if self.does.get("locked"):
            return
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)
