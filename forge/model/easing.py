"""How the hand moves: what its recording and its drawing must agree on. Pure."""

from __future__ import annotations

REST = (0.5, 0.6)  # where the cursor is before it has been anywhere, in parts of the picture
HOVER_PART = 0.8  # of a glide: from then on the target knows that the pointer is over it
GLIDE_MS, LONGEST_GLIDE_MS = 350, 650
GLIDE_PX = 600  # what lies farther away takes longer


def ease(part: float) -> float:
    """A movement's way at `part` of its time: it starts and ends gently. 0 … 1 for both."""
    part = min(1.0, max(0.0, part))
    return 4 * part**3 if part < 0.5 else 1 - (2 - 2 * part) ** 3 / 2


def glide_ms(distance: float) -> int:
    """How long the hand takes for a way of that many CSS pixels."""
    return min(LONGEST_GLIDE_MS, GLIDE_MS + round(max(0.0, distance - GLIDE_PX) * 0.3))
