"""Keys that do not write text: their names as viewers know them. Pure.

A badge shows shortcuts, Enter, Tab, arrows and the like, never what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: WebDriver's code points of keys, and the words that are printed on keyboards.
NAMES = {
    "\ue003": "Backspace", "\ue004": "Tab", "\ue006": "Enter", "\ue007": "Enter",
    "\ue00c": "Esc", "\ue00d": "Space", "\ue00e": "Page Up", "\ue00f": "Page Down",
    "\ue010": "End", "\ue011": "Home", "\ue012": "←", "\ue013": "↑", "\ue014": "→",
    "\ue015": "↓", "\ue016": "Insert", "\ue017": "Delete",
    **{chr(0xE030 + number): f"F{number}" for number in range(1, 13)},
}  # fmt: skip
#: Modifiers in the order in which they are written. Each has a left and a right key.
CONTROL, ALT, SHIFT, META = "Ctrl", "Alt", "Shift", "⌘"
MODIFIERS = {
    "\ue009": CONTROL, "\ue051": CONTROL, "\ue00a": ALT, "\ue052": ALT,
    "\ue008": SHIFT, "\ue050": SHIFT, "\ue03d": META, "\ue053": META,
}  # fmt: skip
RELEASE = "\ue000"  # among keys that are sent as a text: releases all modifiers
WRITING = {SHIFT}  # alone, it writes a capital letter


class HeldKeys:
    """The modifiers that are down, by which a key becomes a shortcut."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    def press(self, key: str) -> str | None:
        """Press a key; return its label, None if it only writes or is a modifier."""
        if key in MODIFIERS:
            self._held.add(MODIFIERS[key])
            return None
        name = NAMES.get(key)
        if name is None and not self._held - WRITING:
            return None
        held = [word for word in (CONTROL, ALT, SHIFT, META) if word in self._held]
        label = "+".join([*(word for word in held if word != META), name or key.upper()])
        return f"{META}{label}" if META in held else label

    def release(self, key: str) -> None:
        """Release a key."""
        self._held.discard(MODIFIERS.get(key, ""))

    def pressed(self, actions: Iterable[dict[str, Any]]) -> list[str]:
        """Perform the key actions of a chain; return the labels of the keys."""
        labels: list[str] = []
        for action in actions:
            if action["type"] == "keyDown" and (label := self.press(action["value"])):
                labels.append(label)
            elif action["type"] == "keyUp":
                self.release(action["value"])
        return labels


def labels_of(text: str) -> Iterator[str]:
    """Yield the labels of the keys in `text`, as `send_keys` takes it."""
    held = HeldKeys()
    for key in text:
        if key == RELEASE:
            held = HeldKeys()
        elif label := held.press(key):
            yield label
