"""What an editor added to typed text by itself, and the keys that take it away. Pure.

Editors close brackets, quotes and tags, indent lines, and complete words. After each stroke the
text is compared with what was typed, and mended.
"""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from forge.text.segments import graphemes

BACKSPACE, DELETE, LEFT = "\ue003", "\ue017", "\ue012"


class EditorText(NamedTuple):
    """An editor's text. `chosen` is selected, between `before` and `after`.

    `before` and `after` are None where the page does not tell the caret's place. `inside`: the
    editor has the focus. `popup`: a list of completions is open.
    """

    text: str
    before: str | None
    chosen: str
    after: str | None
    inside: bool = True
    popup: bool = False


class Wanted(NamedTuple):
    """The text that is wanted around the caret; `coming` will be typed there."""

    before: str
    after: str
    coming: str = ""

    @property
    def indentation(self) -> str:
        """The white space with which the coming line begins; "" inside a line."""
        if self.before and not self.before.endswith("\n"):
            return ""
        return self.coming[: len(self.coming) - len(self.coming.lstrip(" \t"))]


def around(now: EditorText, wanted: Wanted) -> tuple[str, str]:
    """Return the text before and after the caret, guessed where the page does not tell it."""
    if now.before is not None and now.after is not None:
        return now.before, now.chosen + now.after
    text, room = now.text, len(now.text) - len(wanted.after)
    at = _alike(text, wanted.before)
    if text.endswith(wanted.after) and room >= at:
        surplus = text[at:room]
        if at < len(wanted.before) or (surplus.isspace() and wanted.before.endswith("\n")):
            at = room
    return text[:at], text[at:]


def already_there(now: EditorText, wanted: Wanted) -> int | None:
    """Return how many of the coming characters the editor has written; None if it must be mended.

    These are the indentation of a line.
    """
    before, after = around(now, wanted)
    if now.chosen or after != wanted.after or not before.startswith(wanted.before):
        return None
    indented = before[len(wanted.before) :]
    return len(indented) if wanted.indentation.startswith(indented) else None


def mending_keys(now: EditorText, wanted: Wanted) -> str:
    """Return keys that bring the text nearer to what is wanted. Read it again after them."""
    before, after = around(now, wanted)
    if now.chosen:
        return DELETE
    if after != wanted.after:
        if after.endswith(wanted.after):
            return DELETE * len(graphemes(after.removesuffix(wanted.after)))
        if wanted.after.endswith(after):  # typed over
            lost = wanted.after.removesuffix(after)
            return lost + LEFT * len(graphemes(lost))
    right = _alike(before, wanted.before)
    if surplus := before[right:]:
        # Where white space is deleted, an editor may take a whole indentation at once.
        return BACKSPACE * (1 if " " in surplus or "\t" in surplus else len(graphemes(surplus)))
    return wanted.before[right:]


def is_formatted(now: EditorText, wanted: Wanted) -> bool:
    """Return True if a field has only put signs between the typed letters and digits."""
    shown = iter(sign for sign in now.text.casefold() if sign.isalnum())
    typed = (sign for sign in (wanted.before + wanted.after).casefold() if sign.isalnum())
    return all(sign in shown for sign in typed)


def difference(now: str, wanted: str) -> str:
    """Return the first line in which two texts differ, in words."""
    rows, meant = now.split("\n"), wanted.split("\n")
    for number, (row, line) in enumerate(zip(rows, meant, strict=False), 1):
        if row != line:
            return f"line {number} is {row!r}, and should be {line!r}"
    return f"it has {len(rows)} lines, and should have {len(meant)}"


def _alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
