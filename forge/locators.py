"""Locators by role and name, as people describe a control: `button("Make report")`.

A locator is a pair of texts, as Selenium takes it: `browser.find_element(*button("Go"))`. The
second is readable, because logs and error messages quote it; `parse` reads it back. The browser
that steps get resolves these locators (`workers/recording/browser/lookup.py`).
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from forge.errors import TutorialError

Locator = tuple[str, str]

BY = "forge"  # the strategy; all others are Selenium's
#: Selenium's strategies (`By`), here without importing it.
SELENIUM = (
    *("css selector", "xpath", "id", "name", "class name", "tag name"),
    *("link text", "partial link text"),
)
KINDS = ("button", "link", "field", "tab", "option", "menu", "heading", "text")
INSIDE, OPENS = " >> ", " > "
_TEXT = r'"(?:[^"\\]|\\.)*"'
_PART = re.compile(
    rf"(?P<kind>{'|'.join((*KINDS, *SELENIUM))})(?P<mode> containing| exactly)?"
    rf" (?P<names>{_TEXT}(?:{OPENS}{_TEXT})*)"
)
_PLAIN = re.sub(r"\?P<\w+>", "?:", _PART.pattern)


class Part(NamedTuple):
    """One link of a locator: elements of a `kind` with a name, inside those of the part before.

    `names`: the name; of a menu, the way to the item. `whole`: it is the whole name, not a part of
    it. Of a Selenium strategy, `names` has the selector.
    """

    kind: str
    names: tuple[str, ...]
    whole: bool = True

    def __str__(self) -> str:
        mode = "" if self.whole != (self.kind == "text") else " containing"
        if self.kind == "text" and self.whole:
            mode = " exactly"
        texts = (json.dumps(name, ensure_ascii=False) for name in self.names)
        return f"{self.kind}{mode} {OPENS.join(texts)}"


def button(name: str, *, part: bool = False) -> Locator:
    """Return the locator of a button with this accessible name.

    White space is folded, and upper and lower case are the same. `part`: `name` is only a part of
    the button's name.

    Raises:
        TutorialError: `name` is not a text, or empty.
    """
    return _named("button", name, whole=not part)


def link(name: str, *, part: bool = False) -> Locator:
    """Return the locator of a link; arguments and errors as for `button`."""
    return _named("link", name, whole=not part)


def field(name: str, *, part: bool = False) -> Locator:
    """Return the locator of a form field by its label; arguments and errors as for `button`.

    Fields are text fields, lists to choose from, check boxes, radio buttons, switches, sliders,
    and fields for dates, colours and files.
    """
    return _named("field", name, whole=not part)


def tab(name: str, *, part: bool = False) -> Locator:
    """Return the locator of a tab of the page; arguments and errors as for `button`."""
    return _named("tab", name, whole=not part)


def option(name: str, *, part: bool = False) -> Locator:
    """Return the locator of an entry of a list or tree; arguments and errors as for `button`."""
    return _named("option", name, whole=not part)


def heading(name: str, *, part: bool = False) -> Locator:
    """Return the locator of a heading; arguments and errors as for `button`."""
    return _named("heading", name, whole=not part)


def menu(*path: str, part: bool = False) -> Locator:
    """Return the locator of a menu, `menu("File")`, or of its item, `menu("File", "Save")`.

    An item can be found once its menu is open: click `menu("File")` first. `part`: the last name
    is only a part of the item's name.

    Raises:
        TutorialError: a name is not a text, or empty, or there is none.
    """
    if not path:
        raise TutorialError("menu() has no name", hint='for example menu("File", "Save")')
    names = tuple(_checked("menu", name) for name in path)
    return BY, str(Part("menu", names, not part))


def text(shown: str, *, exact: bool = False) -> Locator:
    """Return the locator of the innermost visible element whose text contains `shown`.

    White space is folded, and upper and lower case are the same. `exact`: `shown` is all of its
    text.

    Raises:
        TutorialError: `shown` is not a text, or empty.
    """
    return _named("text", shown, whole=exact)


def within(*locators: Locator | str) -> Locator:
    """Return the locator of the last of `locators`, inside the one before it, and so on.

    A string is a CSS selector. A field, a heading and a text only label a part of the page: inside
    them means in the smallest part of the page that has both.

    Raises:
        TutorialError: one of them is no locator, or there are fewer than two.
    """
    if len(locators) < 2:
        raise TutorialError(
            "within() takes two locators or more",
            hint='for example within(heading("Team"), button("Invite"))',
        )
    return BY, INSIDE.join(_value(as_locator(one, "within")) for one in locators)


def as_locator(given: Any, where: str) -> Locator:
    """Return `given` as a locator; a string is a CSS selector.

    Raises:
        TutorialError: it is not a locator; the message begins with `where`.
    """
    if isinstance(given, str) and given.strip():
        return "css selector", given
    if not is_locator(given):
        raise TutorialError(f"{where}: {given!r} is not a locator", hint=LOCATOR_HINT)
    locator: Locator = given
    return locator


LOCATOR_HINT = 'a locator is for example button("Save"), or a pair such as (By.ID, "save")'


def is_locator(value: object) -> bool:
    """Return True for a pair of a known strategy and a selector that is not empty."""
    match value:
        case (str(by), str(selector)) if isinstance(value, tuple):
            return is_readable(selector) if by == BY else by in SELENIUM and bool(selector.strip())
    return False


def is_readable(value: str) -> bool:
    """Return True if `parse` can read `value`."""
    return bool(re.fullmatch(rf"{_PLAIN}(?:{INSIDE}{_PLAIN})*", value))


def parse(value: str) -> tuple[Part, ...]:
    """Return the parts of a locator's second text, the outermost first.

    Raises:
        TutorialError: forge has not made it.
    """
    if not is_readable(value):
        raise TutorialError(f"{value!r} is not a locator of forge's", hint=LOCATOR_HINT)
    return tuple(_part(found) for found in _PART.finditer(value))


def wording(locator: Locator) -> str:
    """Return a locator as messages and logs show it: `button "Make report"`, `id "save"`."""
    return _value(locator)


def _part(found: re.Match[str]) -> Part:
    kind, mode = found["kind"], found["mode"]
    names = tuple(json.loads(name) for name in re.findall(_TEXT, found["names"]))
    return Part(kind, names, mode == " exactly" if kind == "text" else mode is None)


def _value(locator: Locator) -> str:
    by, value = locator
    return value if by == BY else str(Part(by, (value,)))


def _named(kind: str, name: str, *, whole: bool) -> Locator:
    return BY, str(Part(kind, (_checked(kind, name),), whole))


def _checked(kind: str, name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise TutorialError(
            f"{kind}({name!r}): this is not a name that the page shows",
            hint=f'for example {kind}("Save")',
        )
    return " ".join(name.encode(errors="replace").decode().split())  # no lone surrogates
