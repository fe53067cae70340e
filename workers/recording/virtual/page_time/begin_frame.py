"""Frames on virtual time: drawn on request, one at a time.

A frame has two parts. First the page does its part: callbacks, layout, paint. Then the compositor
puts the frame together and draws it, and nothing that the page does can change it any more. So time
and commands go on as soon as the page's part is done. The *frame marker* signals that: a promise
that the page resolves in an animation-frame callback (`VirtualPage.send_frame_marker`). Only the
drawn frame shows if there is anything new in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from forge.errors import RecordingError
from forge.workers.recording.virtual.page_time.quiescence import Quiescence
from forge.workers.recording.virtual.page_time.stalls import ANSWER_S
from forge.workers.recording.virtual.pixels.frame_writer import Capture, FrameWriter
from forge.workers.recording.virtual.windows.page import VirtualPage

FRAME = "HeadlessExperimental.beginFrame"
WITH_SHOT: dict[str, Any] = {"screenshot": {"format": "png", "optimizeForSpeed": True}}
SHOT_APART_US = 100  # a frame that is only for a screenshot comes this long after the last one
NEW_FRAMES = 4  # a new document is complete on the screen after this many frames
#: A smooth scroll shows nothing new in its first two frames, and no script can detect one. So a
#: page stands still only after STILL_FRAMES without anything new, and CALM_FRAMES after an input.
STILL_FRAMES, CALM_FRAMES = 2, 4
UNDRAWN = "no frame was drawn"
Until = Callable[[Callable[[], Any], VirtualPage, str], Any]


class Frame(NamedTuple):
    """A requested frame: its command's number, and the time of the video at which it shows."""

    page: VirtualPage
    number: int
    at_ms: int


class Stillness:
    """The number of frames that have shown nothing new, and since when (ms of the video)."""

    def __init__(self) -> None:
        self.frames = 0  # frames since one showed something new
        self._calm = 0  # frames since the page was marked dirty
        self.since_ms = 0  # when a frame last showed something new, or was the first after a mark

    def mark_dirty(self, *, outstanding: bool) -> None:
        """Note that the next frames may show a change.

        `outstanding`: a frame that was requested before the change is not drawn yet.
        """
        self._calm = -1 if outstanding else 0

    def drawn(self, at_ms: int, *, moved: bool) -> None:
        """Count a frame; `moved`: it showed something new."""
        self.frames = 0 if moved else self.frames + 1
        self._calm += 1
        if moved or self._calm <= 1:
            self.since_ms = at_ms

    def may_stand(self, *, outstanding: bool) -> bool:
        """Return False if something moves or may begin to, whatever the outstanding frame shows."""
        coming = int(outstanding)
        return self.frames + coming >= STILL_FRAMES and self._calm + coming >= CALM_FRAMES


class FrameScheduler:
    """Requests the frames of one browser's pages, and records what is new in them.

    Times in µs of the page, and in ms of the video. `base_us`: the page's 0, on the clock that
    frames are drawn by. `until(ask, page, how)` waits until `ask` returns something and returns
    that, or None if a dialog of the page holds it up; it raises an error that says `how` if the
    browser has stalled. `recording`: frames are recorded.
    """

    def __init__(
        self, fps: int, base_us: int, writer: FrameWriter, quiescence: Quiescence, until: Until
    ) -> None:
        self._base_us, self._interval_us = base_us, 1_000_000 // fps
        self._writer, self._quiescence, self._until = writer, quiescence, until
        self._drawn_us = 0
        self._out: Frame | None = None  # requested, and not drawn yet
        self._picture: Capture | None = None  # of the requested frame
        self._new = 0  # frames until a new document is complete on the screen
        self._stillness = Stillness()
        self.recording = False

    def still_ms(self, now_ms: int) -> int:
        """Return the time since anything moved; 0 while something moves, or may begin to."""
        if not self._stillness.may_stand(outstanding=self._out is not None):
            return 0
        self.settle()
        stands = self._stillness.frames >= STILL_FRAMES
        return now_ms - self._stillness.since_ms if stands else 0

    @property
    def moved(self) -> bool:
        """True if the last frame showed something new."""
        self.settle()
        return self._stillness.frames == 0

    def mark_dirty(self) -> None:
        """Note an action whose effect the next frames may show."""
        self._stillness.mark_dirty(outstanding=self._out is not None)

    def show(self, page: VirtualPage, at_ms: int) -> None:
        """Record what is drawn, beginning with the page as it is."""
        self.settle()
        self._shoot(page, at_ms)
        self.recording = True

    def hide(self) -> None:
        """Stop recording what is drawn."""
        self.settle()
        self.recording = False

    def detach(self) -> None:
        """Give up a page that is gone, and with it the requested frame, which will not come."""
        self.recording, self._out = False, None

    def hold(self, now_ms: int) -> None:
        """Date the requested frame `now_ms`: a dialog still holds it up."""
        if self._out is not None:
            self._out = self._out._replace(at_ms=now_ms)

    def expect_document(self) -> None:
        """Note that there is a new document: the screen shows all of it only after some frames."""
        self._new = NEW_FRAMES
        self.mark_dirty()

    def draw(self, page: VirtualPage, at_us: int, at_ms: int, marker: int | None = None) -> None:
        """Draw the frame of page time `at_us`; record what is new in it from `at_ms` on.

        Return when the page's part is done: then `marker`, the number of the frame marker's
        command, is answered. Without a marker, or if a screenshot is taken, return when the whole
        frame is drawn.
        """
        if marker is not None and (page.navigating or self._new):
            page.forget(marker)  # the document that it was sent to may be gone
            marker = None
        # A frame requested before a navigation commits may be answered only seconds later: request
        # none until the new document is there.
        if page.navigating or not self.settle():
            return
        if self._new:
            self._new -= 1
            self._quiescence.wait(page.reader)
        shoots = self.recording and page.framebuffer.needs_proof
        number = self._ask(page, at_us, lambda answer: self._keep(page, answer, at_ms), shoots)
        self._out = Frame(page, number, at_ms)
        if marker is None or shoots:
            self.settle()  # a screenshot is taken late in the frame
        else:
            self._until(lambda: page.wait_either(number, marker, ANSWER_S) or None, page, UNDRAWN)
        if marker is not None:
            page.forget(marker)

    def settle(self) -> bool:
        """Wait for the requested frame and record it; return False if a dialog holds it up.

        Raises:
            RecordingError: it is not drawn.
        """
        if (out := self._out) is None:
            return True
        try:
            answer = self._until(
                lambda: out.page.answer(out.number, FRAME, ANSWER_S), out.page, UNDRAWN
            )
        except RecordingError as problem:
            if not out.page.closed_itself(problem):
                raise
            answer = {}  # the window closed itself
        if answer is None:
            return False
        self._out, picture = None, self._read(out.page)
        moved = bool(answer.get("hasDamage"))
        if "screenshotData" in answer:
            # Chromium reports damage for each frame with a screenshot: compare the pixels instead.
            moved = picture is not None and picture.new.result()
        self._stillness.drawn(out.at_ms, moved=moved)
        if moved and self.recording and picture is None:
            self._shoot(out.page, out.at_ms)
        return True

    def _ask(
        self,
        page: VirtualPage,
        at_us: int,
        then: Callable[[dict[str, Any]], None] | None = None,
        shoots: bool = False,
    ) -> int:
        """Request the frame of page time `at_us`; return its command's number.

        Of two frames with the same time in whole µs, Chromium never answers the second, and then
        refuses all later ones. So each is at least 1 µs after the last. The added fractions keep
        Chromium from truncating a number to the µs before.
        """
        self._picture = None
        self._drawn_us = at_us = max(at_us, self._drawn_us + 1)
        return page.send(
            FRAME,
            then,
            frameTimeTicks=(self._base_us + at_us + 0.5) / 1000,
            interval=(self._interval_us + 0.25) / 1000,
            **(WITH_SHOT if shoots else {}),
        )

    def _keep(self, page: VirtualPage, answer: dict[str, Any], at_ms: int) -> None:
        """Start reading the pixels of the frame that was just drawn. On the DevTools thread.

        The next frame overwrites them, but it is requested only after they were read (`settle`).
        """
        at_ms = self._out.at_ms if self._out else at_ms  # a dialog may have held it up
        shot = answer.get("screenshotData")
        if answer.get("hasDamage") and self.recording and (shot or page.framebuffer.is_known):
            self._picture = self._writer.capture(page.framebuffer, shot, at_ms)

    def _read(self, page: VirtualPage) -> Capture | None:
        """Return the frame's picture once its pixels are read; None if they could not be."""
        if self._picture is None:
            return None
        try:
            self._picture.read.result()
        except LookupError:
            return None  # a screenshot will be taken instead
        except RecordingError as problem:
            if not page.closed_itself(problem):
                raise
            return None
        return self._picture

    def prove(self, page: VirtualPage) -> None:
        """Check against a screenshot that the pixels read since the last one were the page's.

        Raises:
            RecordingError: they were of another picture altogether.
        """
        if not (self.settle() and self.recording and page.framebuffer.is_unproven):
            return
        if screenshot := self._screenshot(page, self._stillness.since_ms):
            self._writer.prove(page.framebuffer, screenshot)

    def _shoot(self, page: VirtualPage, at_ms: int) -> None:
        """Record a screenshot if it differs from the last picture; take none behind a dialog."""
        if screenshot := self._screenshot(page, at_ms):
            self._writer.capture(page.framebuffer, screenshot, at_ms).read.result()

    def _screenshot(self, page: VirtualPage, at_ms: int) -> str | None:
        """Draw a frame only for its screenshot, and return that as a PNG in base64.

        Return None behind a dialog, during a navigation, and if the window was closed.
        """
        if page.dialog or page.navigating:
            return None
        self._quiescence.wait(page.reader)
        try:
            number = self._ask(page, self._drawn_us + SHOT_APART_US, shoots=True)
            answer = self._until(lambda: page.answer(number, FRAME, ANSWER_S), page, UNDRAWN)
        except RecordingError as problem:
            if not page.closed_itself(problem):
                raise
            return None
        if answer is None:  # a dialog has opened, and the frame comes when that is gone
            self._out = Frame(page, number, at_ms)
            return None
        screenshot: str | None = answer.get("screenshotData")
        return screenshot
