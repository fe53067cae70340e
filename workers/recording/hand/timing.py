"""How long the hand takes for what it does: pure arithmetic. Times in ms, ways in CSS pixels."""

from __future__ import annotations

import math
import unicodedata

from forge.model.easing import ease, glide_ms

RING_MS = 450
BEAT_MS = 100 / 3  # of a movement that is recorded picture by picture
#: A press lasts at least that long; in whole ticks of 20, 24, 25, 30, 50 or 60 a second it lasts 60
#: to 100 ms. A long press is 400 ms and more.
PRESS_MS = 60
BETWEEN_MS = 20  # a double click's second press comes so long after what came of the first
DOUBLE_MS = 500  # as chromedriver counts: a click that comes later is no second one
SCROLL_MS, LONGEST_SCROLL_MS = 400, 1000
TYPING_MOST_S = 4.0  # however long the text is
DRAG_PART = 1.6  # of a glide's time: what is dragged is heavy
JOINER = "\u200d"


def scroll_ms(distance: float) -> float:
    """How long scrolling that far takes."""
    return min(LONGEST_SCROLL_MS, SCROLL_MS + distance * 0.35) if distance else 0.0


def drag_ms(distance: float) -> float:
    """How long dragging something that far takes."""
    return glide_ms(distance) * DRAG_PART


def movement(length_ms: float) -> list[float]:
    """How far an eased movement of that length is at each of its beats; the last is 1."""
    beats = math.ceil(length_ms / BEAT_MS)
    return [ease(beat / beats) for beat in range(1, beats + 1)]


def strokes(text: str, rate: float) -> list[str]:
    """`text` in what one stroke types: a character, or a few where it would take too long."""
    characters: list[str] = []
    for sign in text:
        joined = characters and (characters[-1].endswith(JOINER) or sign == JOINER)
        if joined or (characters and (unicodedata.combining(sign) or "\ufe00" <= sign <= "\ufe0f")):
            characters[-1] += sign
        else:
            characters.append(sign)
    size = max(1, math.ceil(len(characters) / (TYPING_MOST_S * rate)))
    return ["".join(characters[i : i + size]) for i in range(0, len(characters), size)]
