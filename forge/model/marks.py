"""Marks in a sentence: `{here}`, `{pause 1.5}` and `{say: written|spoken}`.

A mark is an instruction for the hand or the voice. It is cut out of the sentence when the tutorial
or a side file is read; captions show the rest. Other text in braces, such as `{name}`, is text.
What would be read as a mark, or as a misspelt one, is text if its braces are doubled: `{{here}}`
shows `{here}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from forge.model.records import Mark
from forge.text.spaces import PLAIN, fold

LONGEST_PAUSE_S = 30.0
FORMS = {"here": "{here}", "pause": "{pause 1.5}", "say": "{say: written|spoken}"}
#: Names that people try, and the mark that they mean.
MEANT = {"wait": "pause", "sleep": "pause", "break": "pause", "silence": "pause", "speak": "say"}
#: Names that are similar to a mark's, and are text.
OTHERS = frozenset(["where", "there", "hero", "hers"])
#: What follows a misspelt name. Without it, `{phase}` or `{stay}` is text.
FOLLOWS = {"here": re.compile("$"), "pause": re.compile(r":?\s*\d"), "say": re.compile(r":|.*\|")}
ALIKE = 0.75  # a name at least this similar to a mark's is a misspelt mark
#: Braces around a name. Input methods for Chinese and Japanese write full-width ones.
BRACES = re.compile(r"([{｛]+)\s*([^\W\d_]+)\b([^{}｛｝]*)([}｝]*)")
#: What to write instead of two marks of a kind at the same word.
ONCE = {
    "here": "one: an action without a mark follows the one before it",
    "pause": "one pause of their sum",
}
SECONDS = re.compile(r"\d+(?:\.\d+)?")
#: Signs that end a word. A mark before them takes its space away: `Save {here}.` shows `Save.`
CLOSING = re.compile(r"[\u00a0\u202f]?[.,;:!?…)\]»”’]+(?!\S)")
TRAILING = re.compile(rf"(?:{PLAIN.pattern})\Z")


class MarkError(ValueError):
    """A mark is wrong. `hint`: what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Piece(NamedTuple):
    """A piece of a sentence: what is shown of it, and the mark that it is, without its place."""

    shown: str
    mark: Mark | None = None


def read_marks(written: str) -> tuple[str, tuple[Mark, ...]]:
    """Return the text that captions show, with white space folded, and its marks in order.

    Raises:
        MarkError: a mark is misspelt, or its content or its place is wrong.
    """
    raw, found = "", list[tuple[Piece, int]]()
    for piece in _pieces(written):
        if found and len(raw) == found[-1][1] and CLOSING.match(piece.shown):
            raw = TRAILING.sub("", raw)
            found = [(mark, min(at, len(raw))) for mark, at in found]
        if piece.mark:
            found.append((piece, len(raw)))
        raw += piece.shown
    text = fold(raw)
    marks = tuple(_placed(piece, raw, at, len(text)) for piece, at in found)
    _check_places(text, marks)
    return text, marks


def without_marks(written: str) -> str:
    """Return a text that may have no marks, such as a title, as it is shown.

    Raises:
        MarkError: it has a mark, or a misspelt one.
    """
    pieces = list(_pieces(written))
    for _, mark in pieces:
        if mark:
            raise MarkError(
                f"the mark {_form(mark)} is misplaced, this text is not spoken",
                "marks belong in the narration of a step;"
                f" write {{{_form(mark)}}} to show the braces",
            )
    return "".join(shown for shown, _ in pieces)


def action_marks(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks at which an action begins."""
    return [mark for mark in marks if mark.kind == "here"]


def with_marks(text: str, marks: Iterable[Mark]) -> str:
    """Return a sentence as its author writes it: the reverse of `read_marks`."""
    written, done = "", 0
    for mark in marks:
        written += _escaped(text[done : mark.at])
        done = mark.end
        match mark.kind:
            case "here":
                written += _spaced("{here}", text, mark.at)
            case "pause":
                written += _spaced(f"{{pause {mark.pause_s:g}}}", text, mark.at)
            case "say":
                written += f"{{say: {text[mark.at : mark.end]}|{mark.spoken}}}"
    return written + _escaped(text[done:])


def _pieces(written: str) -> Iterator[Piece]:
    """Divide a sentence into marks and the text between them; raise MarkError for a wrong mark."""
    done = 0
    for found in BRACES.finditer(written):
        opening, name, rest, closing = found.groups()
        kind = _kind(name, rest.strip())
        if kind is None:
            continue
        yield Piece(written[done : found.start()])
        if len(opening) > 1 and len(closing) != 1:
            yield Piece(found[0][1 : -1 if closing else None])
        else:
            yield Piece(opening[:-1])
            inner = found[0][len(opening) - 1 : len(found[0]) - len(closing) + 1]
            yield _mark(kind, name, rest.strip(), inner)
            yield Piece(closing[1:])
        done = found.end()
    yield Piece(written[done:])


def _kind(name: str, rest: str) -> str | None:
    """Return the kind of the mark that stands in braces, or that was meant; None if it is text."""
    lowered = name.lower()
    if lowered in OTHERS:
        return None
    similar = get_close_matches(lowered, FORMS, n=1, cutoff=ALIKE)
    kind = MEANT.get(lowered) or next(iter(similar), None)
    return kind if kind and (kind == lowered or FOLLOWS[kind].match(rest)) else None


def _mark(kind: str, name: str, rest: str, written: str) -> Piece:
    """Return the mark `name` with the content `rest`; `written` is all of it, with its braces.

    Raises:
        MarkError: it is not of the form of its kind.
    """
    if not written.endswith(("}", "｝")):
        raise MarkError(
            f"the mark {{{name} is not closed, or has another mark in it",
            f"write {FORMS[kind]}, or {{{{{name} if the brace is to be shown",
        )
    piece = _of_form(name, rest)
    if piece is None or (written[0], written[-1]) != ("{", "}"):
        limit = f", at most {LONGEST_PAUSE_S:g} s" if kind == "pause" else ""
        raise MarkError(
            f"the mark {written} is wrong", f"write {FORMS[kind]}{limit}{_or_doubled(written)}"
        )
    return piece


def _of_form(name: str, rest: str) -> Piece | None:
    """Return the mark `name` with the content `rest`; None if it is not of the form of its kind."""
    if name == "here" and not rest:
        return Piece("", Mark(kind="here", at=0, end=0))
    if name == "pause" and SECONDS.fullmatch(rest):
        pause_s = round(float(rest), 3)
        if 0 < pause_s <= LONGEST_PAUSE_S:
            return Piece("", Mark(kind="pause", at=0, end=0, pause_s=pause_s))
    if name == "say" and rest.startswith(":"):
        shown, bar, spoken = map(fold, rest[1:].partition("|"))
        if shown and bar and "|" not in spoken:
            return Piece(shown, Mark(kind="say", at=0, end=0, spoken=spoken))
    return None


def _form(mark: Mark) -> str:
    """Return a mark as it is written; of a `say` only its form."""
    return f"{{pause {mark.pause_s:g}}}" if mark.kind == "pause" else FORMS[mark.kind]


def _or_doubled(written: str) -> str:
    return f", or {{{written}}} if the braces are to be shown"


def _placed(piece: Piece, raw: str, at: int, size: int) -> Mark:
    """Return the mark of `piece` with its place in a text of `size` characters, `raw` when folded.

    `at` is its place in `raw`. A mark before a space belongs to the word after it.
    """
    assert piece.mark
    space = PLAIN.match(raw, at)
    before = raw[: space.end() if space else at]
    place = min(len(PLAIN.sub(" ", before).lstrip(" ")), size)
    return piece.mark.model_copy(update={"at": place, "end": place + len(piece.shown)})


def _check_places(text: str, marks: tuple[Mark, ...]) -> None:
    """Raise MarkError for marks without a sentence, and for two of a kind at the same word."""
    if marks and not text:
        raise MarkError(
            f"there is no sentence around {FORMS[marks[0].kind]}",
            'write one; or @tour.step("", settle_s=2) for a silent step that rests for 2 s',
        )
    for kind in ("here", "pause"):
        places = [mark.at for mark in marks if mark.kind == kind]
        for at, following in pairwise(places):
            if not any(char.isalnum() for char in text[at:following]):
                form = next(_form(mark) for mark in marks if (mark.kind, mark.at) == (kind, at))
                raise MarkError(
                    f"there is no word between {form} and the next one", f"write {ONCE[kind]}"
                )


def _spaced(written: str, text: str, at: int) -> str:
    """Return a mark with a space where its author would write one."""
    if at == 0 or text[at - 1] == " ":
        return f"{written} "
    return f" {written}" if at == len(text) or CLOSING.match(text, at) else written


def _escaped(text: str) -> str:
    """Double the braces of what would be read as a mark."""
    return BRACES.sub(_doubled, text)


def _doubled(found: re.Match[str]) -> str:
    _, name, rest, closing = found.groups()
    if _kind(name, rest.strip()) is None:
        return found[0]
    return f"{{{found[0]}}}" if closing else f"{{{found[0]}"
