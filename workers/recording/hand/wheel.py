"""The wheel: the page is told of it, and what lies under it is scrolled by script.

A wheel that the browser turns itself is scrolled by its compositor. Where the page answers a
scroll, the frame that this began is never drawn under begin-frame control; and each turn goes to
what lies under the mouse just then, which may be something else than at the turn before. So the
page gets the event, and unless it refuses, the box is scrolled that a browser would scroll.
"""

from __future__ import annotations

from forge.workers.recording.javascript import load

#: As in a browser, what is under the mouse at the first turn has all of them, and the nearest box
#: around it that can go that way is the one that is scrolled; what it has no room for is lost.
#: A box that snaps is taken on from where it was meant to be, or it would never leave its place.
WHEEL_SCRIPT = load(__name__, "wheel")
