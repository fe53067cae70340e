"""What a page has instead of an element that was not found, and where: for error messages.

The search goes through the whole page: all its frames, and all open shadow roots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import partial
from typing import Any, NamedTuple

from forge.locators import BY, SELENIUM, Locator, Part, parse, wording
from forge.workers.recording.browser.lookup import (
    PRELUDE,
    Description,
    Lookup,
    in_frame_named,
    listed,
)
from forge.workers.recording.javascript import load

SURVEY_SCRIPT = f"{PRELUDE}\n{load(__name__, 'survey')}"
MOST = 4  # named in a message
ALIKE = 0.6  # of two texts, from 0 to 1
SURE = 0.9
OF_KIND = 0.2  # how much more alike an element of the wanted kind counts
#: The parts of a selector that name something, and what they name.
NAMES = {
    "id": re.compile(r"""#([\w-]+)|@id\s*=\s*['"]([^'"]+)|\[id=['"]?([^'"\]]+)"""),
    "name": re.compile(r"""@name\s*=\s*['"]([^'"]+)|\[name=['"]?([^'"\]]+)"""),
    "class": re.compile(r"\.([A-Za-z_][\w-]*)"),
}
METHODS = {"id": "id", "name": "name", "class name": "class"}


class Survey(NamedTuple):
    """What a page has: descriptions of elements (`words.js`), and ids, names and classes."""

    found: list[Description]
    words: dict[str, list[str]]


def survey(lookup: Lookup, part: Part, *, texts: bool = False) -> Survey:
    """Look through a page, whose top-level document WebDriver is in.

    For a selector of Selenium's, its matches are wanted; else the controls, or `texts`, whose names
    are the most alike in each document.
    """
    selector = part._asdict() | {"names": list(part.names)} if part.kind in SELENIUM else None
    words: dict[str, list[str]] = {}

    def look(path: list[Any]) -> list[Any]:
        answer = lookup.script(SURVEY_SCRIPT, selector, part.names[-1], texts)
        for kind, some in answer["words"].items():
            words.setdefault(kind, []).extend(some)
        found: list[Any] = answer["found"]
        for frame, label in answer["frames"]:
            inner = [*path, frame]
            found += in_frame_named(label, lookup.in_frame(frame, path, partial(look, inner)))
        return found

    return Survey(look([]), words)


def nearest(lookup: Lookup, locator: Locator) -> str:
    """Return what a page has instead of what `locator` names, as a text; "" if there is nothing.

    WebDriver must be in the top-level document.
    """
    part = parse(wording(locator))[-1]
    if part.kind in SELENIUM:
        return "; ".join(_of_selector(survey(lookup, part), part))
    close: list[tuple[float, Description]] = []
    if part.kind != "text":
        close += _ranked(part, survey(lookup, part).found)
    if not any(alike >= SURE for alike, _ in close):  # it may have no role, and be a text
        texts = survey(lookup, part, texts=True).found
        close += _ranked(part, [one for one in texts if part.kind == "text" or not one["kinds"]])
    close.sort(key=lambda ranked: -ranked[0])
    told = [f"the nearest: {listed([one for _, one in close[:MOST]])}"] if close else []
    if part.kind == "menu" and len(part.names) > 1:
        told.append(f"is the menu {part.names[-2]!r} open?")
    return "; ".join(told)


def _ranked(part: Part, found: list[Description]) -> Iterator[tuple[float, Description]]:
    wanted = part.names[-1].lower()
    for one in found:
        name = str(one["name"]).lower()
        alike = SequenceMatcher(None, wanted, name).ratio()
        words = {*wanted.split()}, {*name.split()}
        if words[0] <= words[1] or (words[1] and words[1] <= words[0]):
            alike = max(alike, ALIKE)
        if alike >= ALIKE:
            yield alike + (OF_KIND if part.kind in one["kinds"] else 0), one


def _of_selector(page: Survey, part: Part) -> Iterator[str]:
    selector = part.names[0]
    if page.found:
        yield f"it matches {listed(page.found[:MOST])}"
        return
    named = {METHODS[part.kind]: [selector]} if part.kind in METHODS else _named_in(selector)
    for what, names in named.items():
        there = set(page.words.get(what, ()))
        for name in names:
            if name in there:
                continue
            close = [one for one in there if _alike(name, one) >= ALIKE]
            close.sort(key=partial(_alike, name), reverse=True)
            yield f"no element has the {what} {name!r}" + (
                f"; the nearest: {', '.join(map(repr, close[:MOST]))}" if close else ""
            )


def _named_in(selector: str) -> dict[str, list[str]]:
    found = {
        what: [next(filter(None, groups.groups())) for groups in pattern.finditer(selector)]
        for what, pattern in NAMES.items()
    }
    if selector.startswith(("/", "(")):  # in XPath, a dot is no class
        found.pop("class")
    return found


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


#: In an error's message: the locator of the element that is not found. chromedriver writes JSON
#: with quotes that are not escaped.
NOT_FOUND = re.compile(r'Unable to locate element: \{"method":"([^"]+)","selector":"(.*)"\}')
MISSING = re.compile(r"^there is no (.*)$")


def sought(message: str) -> Locator | None:
    """Return the locator of the element that an error's message says is not found."""
    if found := MISSING.search(message):
        return BY, found[1]
    found = NOT_FOUND.search(message)
    return (found[1], found[2]) if found else None
