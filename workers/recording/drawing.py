"""Frames on virtual time: drawn when they are asked for, one at a time, and pictures made of them.

Of a frame, the page does its part first (callbacks, layout, paint); then it is put together and
drawn elsewhere, which takes ten times as long and nothing can change any more. So time and commands
go on after the page's part: the *gate* tells when that is done. Whether the frame shows anything
new is known when it is drawn, and its picture comes after that.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from forge.errors import RecordingError
from forge.workers.recording.stillness import LOOK_APART_S, Stillness
from forge.workers.recording.virtual_page import VirtualPage

FRAME = "HeadlessExperimental.beginFrame"
ANSWER_S = 0.2
PICTURE_S, LATE_S = 0.06, 3.0  # most pictures are there by then, and all
FIRST_FRAMES, FIRST_APART_US = 10, 100
NEW_FRAMES = 4  # in how many frames a new document comes to be seen
#: Frames that are to be shown closer together are taken for an animation, of which the browser
#: leaves out pictures as it sees fit (Chromium's AnimatedContentSampler). When one is to be shown
#: is of no other consequence.
APART_US = 250_000
UNDRAWN = "no frame was drawn"
Until = Callable[[Callable[[], Any], VirtualPage, str], Any]


class Frame(NamedTuple):
    """A frame that was asked for: its command's number; when it is to be shown, and shows."""

    page: VirtualPage
    number: int
    shown_us: int
    at_ms: int


class Drawing:
    """Draws the frames of one browser's pages. Times in µs of the page, and in ms of the video.

    `base_us`: the page's 0, on the clock that frames are drawn by. `until(ask, page, how)`
    waits until `ask` returns something, and returns that, or None when a dialog of the page holds
    it up; it raises when nobody does anything about it: `how` the browser stalled.
    """

    def __init__(
        self,
        fps: int,
        base_us: int,
        stillness: Stillness,
        until: Until,
    ) -> None:
        self._base_us, self._interval_us = base_us, 1_000_000 // fps
        self._stillness, self._until = stillness, until
        self._drawn_us = self._shown_us = 0
        self._out: Frame | None = None
        self._awaited: deque[Frame] = deque()  # their pictures are on their way
        self._new = 0
        self._moved = False
        self.casting = False

    @property
    def moved(self) -> bool:
        """Whether the last frame showed something new."""
        self.settle()
        return self._moved

    def show(self, page: VirtualPage, at_ms: int) -> None:
        """Let what is drawn be recorded, beginning with the page as it is."""
        self.settle()
        page.at_ms = at_ms
        page.cast()
        for _ in range(FIRST_FRAMES):
            # It comes after a moment of the browser's own, or with one of the next frames.
            if page.wait_first():
                break
            self.draw(page, self._drawn_us + FIRST_APART_US, at_ms)
        self.casting = True

    def hide(self, page: VirtualPage) -> None:
        """Record no more of this page."""
        self.drain()
        self.casting = False
        page.uncast()

    def leave(self) -> None:
        """The page is gone; what was on its way will not come."""
        self.casting, self._out = False, None
        self._awaited.clear()

    def renew(self) -> None:
        """Another document is there, of which much is still on its way through the browser."""
        self._new = NEW_FRAMES

    def draw(self, page: VirtualPage, at_us: int, at_ms: int, gate: int | None = None) -> None:
        """Draw a frame, as that of `at_us`, and keep what is new in it as what shows from `at_ms`.

        Returns when the page's part is done, which the answer to command `gate` says; without
        one, when all is.
        """
        if gate is not None and (page.navigating or self._new):
            page.forget(gate)  # it may have been the last document's
            gate = None
        if page.navigating or not self.settle():
            return  # a frame that is out when a page goes is answered who knows when
        page.at_ms = at_ms
        if self._new:
            self._new -= 1
            self._stillness.wait(page.reader)
        self.drain(but=1)
        self._drawn_us = at_us = max(at_us, self._drawn_us + 1)
        interval_us = max(self._interval_us, self._shown_us + APART_US - at_us)
        number = page.send(
            FRAME,
            frameTimeTicks=(self._base_us + at_us + 0.5) / 1000,
            interval=(interval_us + 0.25) / 1000,
        )
        self._out = Frame(page, number, at_us + interval_us, at_ms)
        if gate is None:
            self.settle()
        else:
            self._until(lambda: page.either(number, gate, ANSWER_S) or None, page, UNDRAWN)
            page.forget(gate)

    def settle(self) -> bool:
        """Wait for the frame that is out; False when a dialog holds it up.

        Raises:
            RecordingError: nobody draws it.
        """
        if (out := self._out) is None:
            return True
        try:
            answer = self._until(
                lambda: out.page.answer(out.number, FRAME, ANSWER_S), out.page, UNDRAWN
            )
        except RecordingError:
            if not out.page.gone:
                raise
            answer = {}  # a window that closed itself
        if answer is None:
            return False
        self._out, self._moved = None, bool(answer.get("hasDamage"))
        if self._moved:
            self._shown_us = out.shown_us
            if self.casting:
                self._awaited.append(out)
        return True

    def drain(self, but: int = 0) -> None:
        """Wait for the pictures of all frames drawn, `but` the last: they are made meanwhile."""
        self.settle()
        while len(self._awaited) > but:
            frame = self._awaited.popleft()
            stamp_us = self._base_us + frame.shown_us
            self._wait_picture(frame.page, stamp_us)
            frame.page.keep_picture(stamp_us, frame.at_ms)

    def _wait_picture(self, page: VirtualPage, stamp_us: int) -> None:
        """Wait for the picture of what was damaged; none comes where it looks as before."""
        if page.wait_picture(stamp_us, PICTURE_S):
            return
        self._stillness.forget()
        until_s = time.perf_counter() + LATE_S
        while not page.wait_picture(stamp_us, LOOK_APART_S):
            if self._stillness.look(page.reader) or time.perf_counter() > until_s:
                return
