"""Keys of a recording: chords of modifiers, and their names in Selenium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from forge.recordings.events import Event

#: A key's name in the browser (`KeyboardEvent.key`), and in Selenium's `Keys`.
NAMES = {
    "Enter": "ENTER", "Tab": "TAB", "Escape": "ESCAPE", "Backspace": "BACKSPACE",
    "Delete": "DELETE", "ArrowUp": "ARROW_UP", "ArrowDown": "ARROW_DOWN",
    "ArrowLeft": "ARROW_LEFT", "ArrowRight": "ARROW_RIGHT", "Home": "HOME", "End": "END",
    "PageUp": "PAGE_UP", "PageDown": "PAGE_DOWN", "Insert": "INSERT",
    **{f"F{number}": f"F{number}" for number in range(1, 13)},
}  # fmt: skip
MODIFIERS = {"Control": "CONTROL", "Alt": "ALT", "Meta": "META", "Shift": "SHIFT"}
SPOKEN = {"Control": "Ctrl", "Meta": "Command", "Escape": "Esc"} | {
    f"Arrow{way}": f"Arrow {way}" for way in ("Up", "Down", "Left", "Right")
}
JOIN = "+"  # a chord is "Control+s"; the key "+" is "Control++"


class KeyJoiner:
    """Makes chords of events of kind "key", whose `count` is 1 for a key that goes down, else 0.

    Letters by themselves are dropped: the text that they write is an event of its own.
    """

    def __init__(self) -> None:
        self._held: list[str] = []

    def joined(self, events: Iterable[Event]) -> Iterator[Event]:
        """Yield `events`, with chords in place of single keys."""
        for event in events:
            if event.kind != "key":
                yield event
            elif event.text in MODIFIERS:
                if event.count and event.text not in self._held:
                    self._held.append(event.text)
                elif not event.count and event.text in self._held:
                    self._held.remove(event.text)
            elif event.count:
                held = [one for one in self._held if one != "Shift" or event.text in NAMES]
                if event.text in NAMES or (held and len(event.text) == 1):
                    yield replace(event, text=JOIN.join([*held, event.text]), count=None)


def split(chord: str) -> list[str]:
    """Return the keys of a chord, the modifiers first."""
    head, _, last = chord.rpartition(JOIN)
    if not last and chord.endswith(JOIN):
        head, last = chord[:-1].removesuffix(JOIN), JOIN
    return [*filter(None, head.split(JOIN)), last]


def spoken(chord: str) -> str:
    """Return a chord as people read it: `Ctrl+S`."""
    keys = [SPOKEN.get(key, key) for key in split(chord)]
    return "+".join(key.upper() if len(key) == 1 else key for key in keys)
