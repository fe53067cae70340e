"""Action chains, split into parts that the hand performs one by one.

WebDriver performs a chain as one command. The state of mouse and keys outlives a command, so
several commands with a part each have the same effect; between them the hand moves visibly. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

Source = dict[str, Any]
PartKind = Literal[
    "move",
    "drag",
    "click",
    "double",
    "context",
    "press",
    "release",
    "scroll",
    "key",
    "other",
]
RIGHT_BUTTON = 2
MODIFIERS = frozenset("\ue008\ue009\ue00a\ue03d\ue050\ue051\ue052\ue053")
PAUSE: Source = {"type": "pause", "duration": 0}


class Part(NamedTuple):
    """Some ticks of a chain: `sources` cut to them; `action`: the one that `kind` describes."""

    kind: PartKind
    sources: list[Source]
    action: dict[str, Any]


def parts(sources: Sequence[Source], *, held: bool) -> list[Part]:
    """Return the parts of a chain, in order. `held`: a mouse button is down when it begins."""
    length = max((len(source["actions"]) for source in sources), default=0)
    if any(_is_touch(source) for source in sources) or _overlap(sources):
        return [Part("other", list(sources), PAUSE)]
    mouse, keys = _actions(sources, "pointer", length), _actions(sources, "key", length)
    wheel = _actions(sources, "wheel", length)
    found: list[Part] = []
    at, modified = 0, False
    while at < length:
        kind, ticks, action = _button(mouse, at) or ("other", 1, PAUSE)
        if mouse[at]["type"] == "pointerMove":
            kind, action = "drag" if held else "move", mouse[at]
        elif wheel[at]["type"] == "scroll":
            kind, action = "scroll", wheel[at]
        elif keys[at]["type"] in ("keyDown", "keyUp"):
            if keys[at]["value"] in MODIFIERS:
                modified = keys[at]["type"] == "keyDown"
            elif not modified and _is_stroke(keys, at):
                kind, ticks, action = "key", 2, keys[at]
        held = {"press": True, "release": False}.get(kind, held)
        found.append(Part(kind, cut(sources, at, at + ticks), action))
        at += ticks
    return found


def _is_touch(source: Source) -> bool:
    kind: str = source.get("parameters", {}).get("pointerType", "mouse")
    return bool(source["type"] == "pointer") and kind != "mouse"


def _overlap(sources: Sequence[Source]) -> bool:
    """Return True if two sources act in the same tick."""
    ticks = zip_longest(*(source["actions"] for source in sources), fillvalue=PAUSE)
    return any(sum(one["type"] != "pause" for one in tick) > 1 for tick in ticks)


def _actions(sources: Sequence[Source], kind: str, length: int) -> list[dict[str, Any]]:
    """Return the actions of the first source of that kind, padded with pauses."""
    found = [source["actions"] for source in sources if source["type"] == kind]
    actions: list[dict[str, Any]] = found[0] if found else []
    return [*actions, *[PAUSE] * (length - len(actions))]


def _button(mouse: list[dict[str, Any]], at: int) -> tuple[PartKind, int, dict[str, Any]] | None:
    """Return what the mouse's button does from `at` on, for how many ticks, and its action."""
    action, kinds = mouse[at], [one["type"] for one in mouse[at : at + 4]]
    if action["type"] == "pointerUp":
        return "release", 1, action
    if action["type"] != "pointerDown":
        return None
    if kinds == ["pointerDown", "pointerUp"] * 2:
        return "double", 4, action
    if kinds[:2] == ["pointerDown", "pointerUp"]:
        return ("context" if action.get("button") == RIGHT_BUTTON else "click"), 2, action
    return "press", 1, action


def _is_stroke(keys: list[dict[str, Any]], at: int) -> bool:
    """Return True if a key goes down at `at` and up in the next tick."""
    pair = keys[at : at + 2]
    down_and_up = [one["type"] for one in pair] == ["keyDown", "keyUp"]
    return down_and_up and bool(pair[0]["value"] == pair[1]["value"])


def cut(sources: Sequence[Source], first: int, end: int) -> list[Source]:
    """Return the sources with the ticks from `first` to `end` only."""
    return [
        {**source, "actions": source["actions"][first:end]}
        for source in sources
        if source["actions"][first:end]
    ]


def replaced(part: Part, **changes: Any) -> list[Source]:
    """Return a part's sources with its action changed."""
    return [
        {
            **source,
            "actions": [
                {**one, **changes} if one is part.action else one for one in source["actions"]
            ],
        }
        for source in part.sources
    ]


def shares(total: int, ways: Sequence[float]) -> Iterator[int]:
    """Split `total` into whole steps: after each step, their sum is that share of `total`.

    `ways`: the shares, ascending from 0 to 1; the last is 1.
    """
    gone = 0
    for way in ways:
        due = round(total * way)
        yield due - gone
        gone = due
