"""The wheel: a script dispatches the event, and scrolls what lies under the mouse.

The browser's own wheel input scrolls in its compositor. If the page reacts to the scroll, the frame
of it is never drawn under begin-frame control; and each turn goes to what lies under the mouse just
then, which may differ from the turn before. So the page gets a `wheel` event by script, and unless
it prevents the default, the script scrolls the box that the browser would scroll.
"""

from __future__ import annotations

from forge.workers.recording.javascript import load

#: As in a browser, the element under the mouse at the first turn gets all of them. The nearest box
#: around it that can scroll that way is scrolled, and a rest that it has no room for is lost. A box
#: that snaps goes on from where it was meant to be, or it would never leave its snap point.
WHEEL_SCRIPT = load(__name__, "wheel")
