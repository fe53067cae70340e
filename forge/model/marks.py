"""Marks in a sentence: `{here}`, `{pause 1.5}` and `{say: written|spoken}`; `{{` is a brace.

A mark is an instruction for the hand or the voice. It is cut out of the sentence when the tutorial
or a side file is read; captions show the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from forge.model.records import Mark
from forge.text.spaces import PLAIN, fold

LONGEST_PAUSE_S = 30.0
#: Names that people try, and the mark that they mean.
MEANT = {"wait": "pause", "sleep": "pause", "break": "pause", "silence": "pause", "speak": "say"}
FORMS = {"here": "{here}", "pause": "{pause 1.5}", "say": "{say: written|spoken}"}
BRACES = re.compile(r"\{\{(?P<escaped>[^{}]*)\}\}|\{\{|\{(?P<content>[^{}]*)\}")
NAME = re.compile(r"\s*([^\W\d_]+)\b\s*(.*?)\s*", re.DOTALL)
SECONDS = re.compile(r"\d+(?:\.\d+)?")
CLOSING = tuple(".,;:!?…)")
ALIKE = 0.75  # a name at least this similar to a mark's is a misspelt mark, not text in braces


class MarkError(ValueError):
    """A mark is wrong. `hint`: what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def read_marks(written: str) -> tuple[str, tuple[Mark, ...]]:
    """Return the text that captions show, with white space folded, and its marks in order.

    Other text in braces, such as `{name}`, stays as it is.

    Raises:
        MarkError: a mark is misspelt, or its content is wrong.
    """
    text, done = "", 0
    marks: list[Mark] = []
    for found in BRACES.finditer(written):
        text = _joined(text, written[done : found.start()])
        done = found.end()
        content = found["content"]
        parsed = None if content is None else _mark(content)
        if parsed is None:
            text += _literal(found)
            continue
        shown, mark = parsed
        text = _joined(text, " " if text and written[: found.start()][-1:].isspace() else "")
        at = len(text)
        text += shown
        marks.append(mark.model_copy(update={"at": at, "end": len(text)}))
    text = _joined(text, written[done:]).rstrip(" ")
    return text, tuple(_within(mark, len(text)) for mark in marks)


def with_marks(text: str, marks: Iterable[Mark]) -> str:
    """Return a sentence as its author writes it: the reverse of `read_marks`."""
    written, done = "", 0
    for mark in marks:
        written += _escaped(text[done : mark.at])
        done = mark.end
        match mark.kind:
            case "here":
                written += "{here} "
            case "pause":
                written += f"{{pause {mark.pause_s:g}}} "
            case "say":
                written += f"{{say: {text[mark.at : mark.end]}|{mark.spoken}}}"
    return (written + _escaped(text[done:])).rstrip(" ")


def _joined(text: str, more: str) -> str:
    """Append `more` to `text` with white space folded: the spaces around a mark are one space."""
    folded = PLAIN.sub(" ", more)
    if text.endswith(" ") or not text:
        folded = folded.removeprefix(" ")
    if text.endswith(" ") and folded.startswith(CLOSING):
        text = text[:-1]  # the space was there for a mark before a full stop
    return text + folded


def _within(mark: Mark, size: int) -> Mark:
    return mark.model_copy(update={"at": min(mark.at, size), "end": min(mark.end, size)})


def _literal(found: re.Match[str]) -> str:
    """Return the text that captions show for braces that are no mark."""
    if found["escaped"] is not None:
        return f"{{{found['escaped']}}}"
    return "{" if found[0] == "{{" else found[0]


def _mark(content: str) -> tuple[str, Mark] | None:
    """Return the shown text and the mark of what stands in braces; None if it is no mark."""
    named = NAME.fullmatch(content)
    if named is None:
        return None
    name, rest = named.groups()
    if name in FORMS:
        return _of_kind(name, rest, content)
    if wrong := _misspelt(name, rest):
        raise MarkError(
            f"{{{content}}} is no mark",
            f"write {FORMS[wrong]}, or {{{{{content}}}}} if the braces are to be shown",
        )
    return None


def _of_kind(name: str, rest: str, content: str) -> tuple[str, Mark]:
    if name == "here" and not rest:
        return "", Mark(kind="here", at=0, end=0)
    if name == "pause" and SECONDS.fullmatch(rest) and 0 < float(rest) <= LONGEST_PAUSE_S:
        return "", Mark(kind="pause", at=0, end=0, pause_s=float(rest))
    if name == "say" and rest.startswith(":"):
        shown, bar, spoken = rest[1:].partition("|")
        shown, spoken = fold(shown), fold(spoken)
        if bar and shown and "|" not in spoken:
            return shown, Mark(kind="say", at=0, end=0, spoken=spoken)
    limit = f", at most {LONGEST_PAUSE_S:g} s" if name == "pause" else ""
    raise MarkError(
        f"the mark {{{content}}} is wrong",
        f"write {FORMS[name]}{limit}, or {{{{{content}}}}} if the braces are to be shown",
    )


def _misspelt(name: str, rest: str) -> str | None:
    """Return the mark that was probably meant by an unknown name, or None."""
    lowered = name.lower()
    if lowered in MEANT and (SECONDS.match(rest) or rest.startswith(":")):
        return MEANT[lowered]
    return next(iter(get_close_matches(lowered, FORMS, n=1, cutoff=ALIKE)), None)


def _escaped(text: str) -> str:
    """Double the braces that would be read as a mark, or as doubled braces."""
    return BRACES.sub(lambda found: _doubled(found), text)


def _doubled(found: re.Match[str]) -> str:
    content = found["content"]
    if content is not None and not NAME.fullmatch(content):
        return found[0]
    return f"{{{{{content}}}}}" if content is not None else f"{{{{{found[0][1:]}"
