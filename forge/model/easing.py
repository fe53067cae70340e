"""How the hand moves and clicks. The recording, the time line and the drawing all use this."""

from __future__ import annotations

REST = (0.5, 0.6)  # the cursor's first place, as parts of the picture's width and height
HOVER_PART = 0.8  # of a glide's time: the moment at which the page gets the pointer on the target
GLIDE_MS, LONGEST_GLIDE_MS = 350, 650
#: A press lasts at least this long: rounded up to whole ticks of 20 to 60 a second, 60 to 100 ms.
#: Apps take 400 ms and more for a long press.
PRESS_MS = 60
GLIDE_PX = 600  # glides over a longer way take longer than GLIDE_MS


def ease(part: float) -> float:
    """Return the part of a way that is covered at `part` of its time (cubic ease-in-out, 0 … 1)."""
    part = min(1.0, max(0.0, part))
    return 4 * part**3 if part < 0.5 else 1 - (2 - 2 * part) ** 3 / 2


def glide_ms(distance: float) -> int:
    """Return how long the hand takes for a way of `distance` CSS pixels, in milliseconds."""
    return min(LONGEST_GLIDE_MS, GLIDE_MS + round(max(0.0, distance - GLIDE_PX) * 0.3))
