"""The wheel: a script dispatches the event, and scrolls what lies under the mouse.

The browser's own wheel input scrolls in its compositor. If the page reacts to the scroll, the frame
of it is never drawn under begin-frame control. And each turn goes to the element that is under the
mouse at that moment, which may not be that of the turn before. So the page gets a `wheel` event by
script, and unless it prevents the default, the script scrolls the box that the browser would
scroll.
"""

from __future__ import annotations

from forge.workers.recording.javascript import load

#: As in a browser, the element under the mouse at the first turn gets all of them. The nearest box
#: around it that can scroll in that direction is scrolled; a distance beyond its end is lost. A box
#: with snap points scrolls on from its position before snapping, or it would never leave the point.
WHEEL_SCRIPT = load(__name__, "wheel")
