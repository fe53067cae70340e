"""Typing into fields and code editors, so that the text is what was typed.

The keys are real ones. After each stroke the editor's text is read, and what the editor added by
itself is taken away (`hand.mending`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from selenium.webdriver.remote.command import Command

from forge.errors import RecordingError
from forge.text.segments import graphemes
from forge.workers.recording.hand.body import Execute, OpenDialog
from forge.workers.recording.hand.keyboard import RETURN, key_presses, pressable
from forge.workers.recording.hand.mending import (
    DELETE,
    EditorText,
    Wanted,
    already_there,
    difference,
    is_formatted,
    mending_keys,
)
from forge.workers.recording.hand.timing import TYPING_MOST_S
from forge.workers.recording.javascript import load

#: Defines `holderOf`, `kindOf` and `read`: the field or editor that an element belongs to.
EDITOR = f"{load(__name__, 'editor')}\n"
FIND_SCRIPT = EDITOR + load(__name__, "editor_find")
SHOWN_SCRIPT = EDITOR + load(__name__, "editor_shown")
STATE_SCRIPT = EDITOR + load(__name__, "editor_state")
SET_SCRIPT = EDITOR + load(__name__, "editor_set")
PASTE_SCRIPT = EDITOR + load(__name__, "editor_paste")
LABELS_SCRIPT = EDITOR + load(__name__, "editor_labels")
CODE_EDITORS = ("CodeMirror 5", "CodeMirror", "Monaco", "ACE")
#: Within a stroke of several keys, the text is read after these too: editors indent a new line, and
#: close a tag, so that what follows would be written twice.
ANSWERED = frozenset("\n>/")
ESCAPE, END, CONTROL, COMMAND, DOWN = "\ue00c", "\ue010", "\ue009", "\ue03d", "\ue015"
MAC = sys.platform == "darwin"
TO_THE_END = (COMMAND, DOWN) if MAC else (CONTROL, END)
ALL = (COMMAND if MAC else CONTROL, "a")
MOST_MENDINGS = 60  # key strokes for one stroke of typing
DRAWN_MS = 50  # after this time a key's effect is drawn
POPUP_MS = 300  # a list of completions opens within this time after a key


class EditorFacts(NamedTuple):
    """A field or editor that was found. `inside`: it has the focus. `single`: it has one line."""

    kind: str
    tag: str
    inside: bool = False
    single: bool = False
    secret: bool = False


class Tools(NamedTuple):
    """What the typist needs of the body: scripts and commands, a beat for each stroke, and more."""

    ask: Callable[..., Any]
    execute: Execute
    stroke: Callable[[], AbstractContextManager[None]]
    run_for: Callable[[float], None]
    dialog: Callable[[], OpenDialog | None]
    rate: float


class Typist:
    """Types one text into the editor that FIND_SCRIPT has found, and that has the focus."""

    def __init__(self, tools: Tools, editor: EditorFacts) -> None:
        self._tools, self._editor = tools, editor
        self._drawn = False  # the text is only known as it is drawn, after a frame

    def write(self, text: str, *, replace: bool, at_end: bool) -> None:
        """Type `text` at the caret, or at the end of what is there; `replace`: in its place.

        If the last key opens a dialog of the page, the text is not compared: the tutorial answers
        the dialog.

        Raises:
            RecordingError: the editor takes no keys, or its text is another one in the end, or an
                earlier key opens a dialog.
        """
        now = self._begin(replace=replace, at_end=at_end)
        if now.before is None or now.after is None:
            now = now._replace(before=now.text, after="")
        before, after = str(now.before), str(now.after)
        characters = graphemes(text)
        at, size = 0, self._stroke_size(len(characters))
        while at < len(characters):
            with self._tools.stroke():
                until = min(at + size, len(characters))
                while at < until:
                    part = self._part(characters[at:until], ends=until == len(characters))
                    if "\n" in part:
                        self._close_popup(self._read())
                    at += len(part)
                    if self._press(part, last=at == len(characters) and len(part) == 1):
                        return
                    written, coming = "".join(characters[:at]), "".join(characters[at:])
                    if not self._checks():
                        continue
                    at += self._mend(Wanted(before + written, after, coming))
        self._finish(Wanted(before + text, after))

    def _begin(self, *, replace: bool, at_end: bool) -> EditorText:
        now = self._read()
        if not now.inside:
            raise RecordingError(
                f"type_into: a click does not put the caret into the {self._editor.kind}",
                hint="is it disabled, or covered by something?",
            )
        if replace and now.text:
            self._chord(ALL)
            self._press(DELETE)
            now = self._read()
            if now.text.strip("\n"):
                raise RecordingError(
                    f"type_into: the text of the {self._editor.kind} cannot be replaced",
                    hint="is it read-only?",
                )
        elif now.text and (at_end or now.before is None):
            self._chord(TO_THE_END)
            now = self._read()
        if now.chosen:
            self._press(DELETE)
            now = self._read()
        return now

    def _stroke_size(self, count: int) -> int:
        """Return how many characters are typed at a stroke, so that it does not take too long."""
        rate = self._tools.rate
        return max(1, math.ceil(count / (TYPING_MOST_S * rate)) if rate else count)

    def _part(self, characters: list[str], *, ends: bool) -> list[str]:
        """Return the characters up to the first of ANSWERED.

        `ends`: the last character is the text's. It is pressed alone, so that a dialog which it
        opens is known to have let all others through.
        """
        until = len(characters) - (ends and len(characters) > 1)
        answered = (at for at, sign in enumerate(characters[:until], 1) if sign in ANSWERED)
        return characters[: next(answered, until)]

    def _checks(self) -> bool:
        """Return True while typed text can be compared: a field may pass the focus on."""
        return not self._editor.single or self._read().inside

    def _mend(self, wanted: Wanted) -> int:
        """Take away what the editor added; return how many coming characters are there already.

        Raises:
            RecordingError: keys do not help.
        """
        seen: set[EditorText] = set()
        pastes = False
        for _ in range(MOST_MENDINGS):
            now = self._read()
            there = already_there(now, wanted)
            if there is not None:
                return there
            if self._editor.single and now.after == wanted.after and is_formatted(now, wanted):
                return 0
            if now in seen:
                if pastes:
                    break
                pastes = True  # the editor answers the same keys in the same way
                seen.clear()
            seen.add(now)
            keys = mending_keys(now, wanted)
            if pastes and keys[:1] < BEGIN_OF_KEYS:
                self._tools.ask(PASTE_SCRIPT, keys.rstrip(KEYS), acts=True)
                keys = keys[len(keys.rstrip(KEYS)) :]
            self._press(keys)
        if self._editor.single and is_formatted(self._read(), wanted):
            return 0
        raise self._differs(wanted)

    def _finish(self, wanted: Wanted) -> None:
        """Close a list of completions that the last key has opened, and compare once more."""
        if self._editor.kind in CODE_EDITORS:
            self._tools.run_for(POPUP_MS)
            self._close_popup(self._read())
        if self._checks():
            self._mend(wanted)

    def _close_popup(self, now: EditorText) -> None:
        if now.popup:
            self._press(ESCAPE)

    def _differs(self, wanted: Wanted) -> RecordingError:
        kind, text = self._editor.kind, wanted.before + wanted.after
        if self._editor.secret:
            said = "the password field has another text than was typed"
        else:
            said = f"the {kind} has another text than was typed:"
            said += f" {difference(self._read().text, text + wanted.coming)}"
        return RecordingError(
            f"type_into: {said}",
            hint="is it read-only, or does the page change what is typed? send_keys does not check",
        )

    # Keys.

    def _read(self) -> EditorText:
        if self._drawn:
            self._tools.run_for(DRAWN_MS)
        now = EditorText(**self._tools.ask(STATE_SCRIPT))
        self._drawn = now.before is None and not self._editor.single
        return now

    def _press(self, keys: list[str] | str, *, last: bool = False) -> bool:
        """Press keys one after another; insert what no key writes, as an input method does.

        `last`: it is the text's last key. Return True if that has opened a dialog of the page.

        Raises:
            RecordingError: another key has opened a dialog, which takes all further keys.
        """
        for pressed, run in _runs(keys):
            if pressed:
                actions = {"actions": [key_presses(run.replace("\n", RETURN))]}
                self._tools.execute(Command.W3C_ACTIONS, actions)
            else:
                insert = {"cmd": "Input.insertText", "params": {"text": run}}
                self._tools.execute("executeCdpCommand", insert)
            dialog = self._tools.dialog()
            if dialog and last:
                return True
            if dialog:
                raise RecordingError(
                    "type_into: the page opened a dialog before the whole text was typed:"
                    f" {dialog.message!r}",
                    hint="type up to there with send_keys(), answer the dialog, and type the rest",
                )
        return False

    def _chord(self, keys: tuple[str, str]) -> None:
        held, key = keys
        order = [("keyDown", held), ("keyDown", key), ("keyUp", key), ("keyUp", held)]
        actions = [{"type": kind, "value": value} for kind, value in order]
        source = {"type": "key", "id": "forge", "actions": actions}
        self._tools.execute(Command.W3C_ACTIONS, {"actions": [source]})


BEGIN_OF_KEYS = "\ue000"  # WebDriver's code points of keys that do not write
KEYS = "".join(map(chr, range(0xE000, 0xE05E)))


def _runs(characters: list[str] | str) -> Iterator[tuple[bool, str]]:
    """Yield the characters in runs of those that a key press writes, and of others."""
    run, pressed = "", True
    for sign in characters:
        if pressable(sign) != pressed and run:
            yield pressed, run
            run = ""
        pressed = pressable(sign)
        run += sign
    if run:
        yield pressed, run
