"""The best of the recorded ways to find an element."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from forge.recordings.events import Role, Target, Way
from forge.text.spaces import fold

#: From the best to the worst. A role without a name is no way.
ORDER = ("role", "link", "whole", "text", "id", "test", "name", "css", "made", "xpath")
#: Roles of the browser, and tags, by forge's locator for them.
ROLES: dict[str, Role] = {
    **dict.fromkeys(("button", "summary", "menubutton"), "button"),
    **dict.fromkeys(("link", "a"), "link"),
    **dict.fromkeys(
        ("textbox", "searchbox", "combobox", "spinbutton", "slider", "switch"), "field"
    ),
    **dict.fromkeys(("checkbox", "radio", "input", "textarea", "select", "ColorWell"), "field"),
    **dict.fromkeys(("Date", "DateTime", "InputTime", "listbox"), "field"),
    **dict.fromkeys(("option", "treeitem", "listitem"), "option"),
    **dict.fromkeys(("menuitem", "menuitemcheckbox", "menuitemradio"), "menu"),
    **dict.fromkeys(("heading", "h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "tab": "tab",
}
assert set(ROLES.values()) < set(get_args(Role))
SECRET = re.compile(
    r"passw|\bpwd\b|passphrase|\bpin\b|secret|\btoken\b|kennwort|contraseña|mot de passe|senha"
    r"|пароль|密码|密碼|パスワード|비밀번호|one.?time.?code|\botp\b|\bcvc\b|\bcvv\b",
    re.IGNORECASE,
)
#: An id of a program: many digits, a colon, a long hexadecimal number.
MADE = re.compile(r"\d{3}|:|[0-9a-f]{8}|^(?:ember|react|radix|mui|headlessui)[-\d]", re.IGNORECASE)


def role_of(word: str) -> Role:
    """Return forge's role for a role or tag of the browser, "" without one."""
    return ROLES.get(word, ROLES.get(word.lower(), ""))


def tag_of(ways: Iterable[Way]) -> str:
    """Return the tag that a CSS selector or XPath ends with, "" if none says it."""
    for way in ways:
        if way.kind in ("css", "xpath", "made"):
            plain = re.sub(r"\[[^\]]*\]|\([^)]*\)", "", way.value)
            if found := re.match(r"[a-z][a-z0-9-]*", re.split(r"[\s>+~/]+", plain)[-1]):
                return found[0]
    return ""


def target_of(ways: Iterable[Way], name: str = "", role: Role = "", **more: object) -> Target:
    """Return a target with its ways, the best first; a name and a role make the best one."""
    found, name = [way for way in ways if way.value.strip()], fold(name)
    if name and role:
        found.insert(0, Way("role", name, role))
    found.sort(key=lambda way: ORDER.index(way.kind))
    secret = bool(more.pop("secret", False)) or any(
        SECRET.search(text) for text in (name, *(way.value for way in found))
    )
    return Target(tuple(found), name or _spoken(found), secret=secret, **more)  # type: ignore[arg-type]


def by_id(value: str, hosts: tuple[str, ...] = ()) -> Way:
    """Return the way by an id, which may be one that a program has made."""
    if MADE.search(value):
        return Way("made", f'[id="{value}"]', "", hosts)
    return Way("id", value, "", hosts)


def by_css(value: str, hosts: tuple[str, ...] = (), test: str = "data-test") -> Way:
    """Return the way by a CSS selector; `test` begins the attributes that are made for tests."""
    if plain := re.fullmatch(r"#((?:[\w-]|\\.)+)", value):
        return by_id(re.sub(r"\\(.)", r"\1", plain[1]), hosts)
    if re.match(rf"\[{re.escape(test)}[\w-]*=", value) or value.startswith("[data-test"):
        return Way("test", value, "", hosts)
    return Way("css", value, "", hosts)


def _spoken(ways: Iterable[Way]) -> str:
    """Return words for an element without a name, made of its id or its tests' name."""
    for way in ways:
        if way.kind in ("whole", "text", "link"):
            return fold(way.value)
        if way.kind in ("id", "name"):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])|[-_.:]+", " ", way.value)
            return fold(words).lower()
    return ""
