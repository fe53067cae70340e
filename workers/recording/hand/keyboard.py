"""Keys that write text, as WebDriver's actions and as DevTools' events (a fifth of the time)."""

from __future__ import annotations

from typing import Any

Source = dict[str, Any]  # of a chain of actions
Event = dict[str, Any]
SIGNS = {" ": ("Space", 32), ",": ("Comma", 188), ".": ("Period", 190), "-": ("Minus", 189)}
#: Characters that a US keyboard has a key for, without Shift.
UNSHIFTED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789") | SIGNS.keys()
WRITABLE = UNSHIFTED | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
ENTERS = frozenset("\n\ue006\ue007")  # what WebDriver takes for the Enter key
PRESSABLE = WRITABLE | ENTERS
SHIFT = 8  # among DevTools' modifiers
#: Characters that a US keyboard writes with Shift.
SHIFTED = frozenset('~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ')
SHIFT_KEY, RETURN = "\ue008", "\ue006"  # WebDriver's


def presses(keys: str) -> Source:
    """Return an action source that presses and releases each of the keys.

    On the focused element it has the effect of "send keys", in half the time.
    """
    downs_and_ups = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    return {"type": "key", "id": "forge", "actions": downs_and_ups}


def pressable(sign: str) -> bool:
    """Return True if a key press writes `sign`: one UTF-16 unit, and no tab, which moves on."""
    return len(sign) == 1 and sign <= "\uffff" and sign != "\t"


def key_presses(keys: str) -> Source:
    """Return an action source that presses each of the keys as a person does, some with Shift."""
    actions, held = list[dict[str, str]](), False
    for key in keys:
        if (key in SHIFTED) != held:
            held = not held
            actions.append({"type": "keyDown" if held else "keyUp", "value": SHIFT_KEY})
        actions += ({"type": kind, "value": key} for kind in ("keyDown", "keyUp"))
    if held:
        actions.append({"type": "keyUp", "value": SHIFT_KEY})
    return {"type": "key", "id": "forge", "actions": actions}


def writes(sources: list[Source]) -> str:
    """Return the text of a chain that only writes, key by key; "" for another chain."""
    actions = [one for source in sources for one in source["actions"]]
    downs, ups = actions[::2], actions[1::2]
    alone = len(sources) == 1 and sources[0]["type"] == "key"
    if not alone or any(one["type"] != "keyDown" for one in downs):
        return ""
    keys = "".join(one["value"] for one in downs)
    pressed = [("keyUp", key) for key in keys] == [(up["type"], up.get("value")) for up in ups]
    return keys if pressed and UNSHIFTED.issuperset(keys) else ""


def events(key: str) -> list[Event]:
    """Return the `Input.dispatchKeyEvent` parameters that press a key of PRESSABLE."""
    if key in ENTERS:
        stroke = {"key": "Enter", "modifiers": 0, **_numbers("Enter", 13)}
        down = {"type": "keyDown", "text": "\r", "unmodifiedText": "\r", **stroke}
        return [down, {"type": "keyUp", **stroke}]
    code, number = SIGNS.get(key) or (
        (f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"),
        ord(key.upper()),
    )
    shift = SHIFT if key.isupper() else 0
    stroke = {"key": key, "modifiers": shift, **_numbers(code, number)}
    found = [
        {"type": "keyDown", "text": key, "unmodifiedText": key, **stroke},
        {"type": "keyUp", **stroke},
    ]
    if not shift:
        return found
    held = {"key": "Shift", "modifiers": 0, **_numbers("ShiftLeft", 16)}
    return [{"type": "rawKeyDown", **held}, *found, {"type": "keyUp", **held}]


def _numbers(code: str, number: int) -> Event:
    return {"code": code, "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number}
