"""The length of the hand's moves. Pure; times in ms, distances in CSS pixels."""

from __future__ import annotations

import math
import unicodedata

from forge.model.easing import ease, glide_ms
from forge.text.segments import graphemes

RING_MS = 450
#: A list or picker that opens: the time to see it, the way to the choice, and the rest there.
OPEN_MS, REACH_MS, AIM_MS = 600, 400, 350
#: How long a dialog stays before the hand sets out to its button: people read 20 characters a
#: second, 10 of those that are twice as wide.
READ_MS, LONGEST_READ_MS, READ_PER_S = 1200, 5000, 20
BEAT_MS = 100 / 3  # between two positions of a movement
BETWEEN_MS = 20  # in a double click: from the end of the first click to the second press
DOUBLE_MS = 500  # a later click is not part of a double click; chromedriver's value
SCROLL_MS, LONGEST_SCROLL_MS = 400, 1000
TYPING_MOST_S = 4.0  # a long text is typed several characters at a stroke
DRAG_PART = 1.6  # the length of a drag, in glides


def read_ms(message: str) -> int:
    """Return how long the message of a dialog has to stay."""
    letters = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in message)
    return min(LONGEST_READ_MS, max(READ_MS, letters * 1000 // READ_PER_S))


def scroll_ms(distance: float) -> float:
    """Return the time that scrolling by `distance` takes."""
    return min(LONGEST_SCROLL_MS, SCROLL_MS + distance * 0.35) if distance else 0.0


def drag_ms(distance: float) -> float:
    """Return the time that dragging by `distance` takes."""
    return glide_ms(distance) * DRAG_PART


def movement(length_ms: float) -> list[float]:
    """Return the eased progress of a movement, 0 to 1, after each of its beats."""
    beats = math.ceil(length_ms / BEAT_MS)
    return [ease(beat / beats) for beat in range(1, beats + 1)]


def strokes(text: str, rate: float) -> list[str]:
    """Split `text` into strokes of one character, or of a few if it would take too long.

    A character is one for the reader: accents stay with their letters, and emoji in one piece.
    """
    characters = graphemes(text)
    size = max(1, math.ceil(len(characters) / (TYPING_MOST_S * rate)))
    return ["".join(characters[i : i + size]) for i in range(0, len(characters), size)]
