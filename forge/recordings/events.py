"""The events of a recording, whatever tool has recorded it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

#: `open` a page; `enter` a text, or choose in a list; press a `key` (`text` is its chord); `answer`
#: a dialog of the browser (`text`: "accept" or "dismiss"; `title`: what is entered in it); run into
#: something that is `lost` (`text` says what). The others are as in `forge.waits`.
Kind = Literal[
    "open",
    "click",
    "double",
    "context",
    "hover",
    "enter",
    "key",
    "scroll",
    "answer",
    "wait",
    "gone",
    "expect",
    "lost",
]
WayKind = Literal["role", "whole", "text", "id", "test", "name", "css", "made", "xpath", "link"]
#: The roles that forge has a locator for.
Role = Literal["", "button", "link", "field", "tab", "option", "menu", "heading"]


class Way(NamedTuple):
    """One way to find an element. `role`: of `kind` "role" only, whose `value` is a name.

    `whole`: a text that is all of the element's, where `text` is a part of it.
    `hosts`: CSS selectors of the shadow hosts around it, from outside in. `made`: an id or selector
    that a program seems to have made, which may be another one tomorrow.
    """

    kind: WayKind
    value: str
    role: Role = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """An element of the page. `name`: as people call it, "" if the recording does not say.

    `frame`: the numbers of the frames around it, from outside in. `window`: it is in the window
    that was opened last. `secret`: a password field. `ticks`: a check box or radio button.
    """

    ways: tuple[Way, ...]
    name: str = ""
    frame: tuple[int, ...] = ()
    window: bool = False
    secret: bool = False
    ticks: bool = False

    @property
    def role(self) -> Role:
        """Return its role, "" if it is not known."""
        return next((way.role for way in self.ways if way.role), "")


@dataclass(frozen=True)
class Event:
    """One thing that was done. `leads`: another page came, with this `title`.

    A wait for `count` elements may be for `more`, too.
    """

    kind: Kind
    target: Target | None = None
    text: str = ""
    leads: bool = False
    title: str = ""
    count: int | None = None
    more: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Recording:
    """The events of one recording, in order."""

    title: str
    events: tuple[Event, ...]
