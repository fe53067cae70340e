"""Frames on virtual time: drawn when they are asked for, one at a time, and pictures made of them.

Of a frame, the page does its part first (callbacks, layout, paint); then it is put together and
drawn elsewhere, when nothing can change any more. So time and commands go on after the page's
part: the *gate* tells when that is done. Whether the frame shows anything new is known when it is
drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from forge.errors import RecordingError
from forge.workers.recording.virtual.frame_writer import Exposure, Film
from forge.workers.recording.virtual.page import VirtualPage
from forge.workers.recording.virtual.quiescence import Stillness
from forge.workers.recording.virtual.stalls import ANSWER_S

FRAME = "HeadlessExperimental.beginFrame"
WITH_SHOT: dict[str, Any] = {"screenshot": {"format": "png", "optimizeForSpeed": True}}
SHOT_APART_US = 100  # how long after the last one a frame comes that is drawn for a screenshot
NEW_FRAMES = 4  # in how many frames a new document comes to be seen
STILL_FRAMES, CALM_FRAMES = 2, 4  # a smooth scroll shows nothing in its first two frames
UNDRAWN = "no frame was drawn"
Until = Callable[[Callable[[], Any], VirtualPage, str], Any]


class Frame(NamedTuple):
    """A frame that was asked for: its command's number, and when it shows."""

    page: VirtualPage
    number: int
    at_ms: int


class Drawing:
    """Draws the frames of one browser's pages. Times in µs of the page, and in ms of the video.

    `base_us`: the page's 0, on the clock that frames are drawn by. `until(ask, page, how)`
    waits until `ask` returns something, and returns that, or None when a dialog of the page holds
    it up; it raises when nobody does anything about it: `how` the browser stalled.
    """

    def __init__(
        self, fps: int, base_us: int, film: Film, stillness: Stillness, until: Until
    ) -> None:
        self._base_us, self._interval_us = base_us, 1_000_000 // fps
        self._film, self._stillness, self._until = film, stillness, until
        self._drawn_us = 0
        self._out: Frame | None = None
        self._new = 0
        self._picture: Exposure | None = None  # of the frame that is out
        self._still = self._calm = 0  # frames since one showed something new; since `stir`
        self._moved_ms = 0  # when either was
        self.casting = False

    def stands_ms(self, now_ms: int) -> int:
        """For how long nothing has moved; 0 when something moves, or may be beginning to.

        It may for some frames after one showed something new, and for some more after `stir`.
        """
        coming = self._out is not None
        if self._still + coming < STILL_FRAMES or self._calm + coming < CALM_FRAMES:
            return 0  # whatever comes of the one that is out
        self.settle()
        return now_ms - self._moved_ms if self._still >= STILL_FRAMES else 0

    @property
    def moved(self) -> bool:
        """Whether the last frame showed something new."""
        self.settle()
        return self._still == 0

    def stir(self) -> None:
        """Something was done, of which the next frames may show the beginning."""
        self._calm = -1 if self._out else 0  # the one that is out was asked for before

    def show(self, page: VirtualPage, at_ms: int) -> None:
        """Let what is drawn be recorded, beginning with the page as it is."""
        self.settle()
        self._shoot(page, at_ms)
        self.casting = True

    def hide(self) -> None:
        """Record no more of what is drawn."""
        self.settle()
        self.casting = False

    def leave(self) -> None:
        """The page is gone; what was on its way will not come."""
        self.casting, self._out = False, None

    def hold(self, now_ms: int) -> None:
        """A dialog holds up the frame that is out: it shows when that is gone, and not before."""
        if self._out is not None:
            self._out = self._out._replace(at_ms=now_ms)

    def renew(self) -> None:
        """Another document is there, of which much is still on its way through the browser."""
        self._new = NEW_FRAMES
        self.stir()

    def draw(self, page: VirtualPage, at_us: int, at_ms: int, gate: int | None = None) -> None:
        """Draw a frame, as that of `at_us`, and keep what is new in it as what shows from `at_ms`.

        Returns when the page's part is done, which the answer to command `gate` says; without
        one, or when a screenshot is taken, when all is.
        """
        if gate is not None and (page.navigating or self._new):
            page.forget(gate)  # it may have been the last document's
            gate = None
        if page.navigating or not self.settle():
            return  # a frame that is out when a page goes is answered who knows when
        if self._new:
            self._new -= 1
            self._stillness.wait(page.reader)
        shoots = self.casting and page.surface.wants_proof
        number = self._ask(page, at_us, lambda answer: self._keep(page, answer, at_ms), shoots)
        self._out = Frame(page, number, at_ms)
        if gate is None or shoots:
            self.settle()  # a screenshot is taken later in the frame
        else:
            self._until(lambda: page.either(number, gate, ANSWER_S) or None, page, UNDRAWN)
        if gate is not None:
            page.forget(gate)

    def settle(self) -> bool:
        """Wait for the frame that is out, and keep its picture; False when a dialog holds it up.

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
        self._out, picture = None, self._read(out.page)
        moved = bool(answer.get("hasDamage"))
        if "screenshotData" in answer:  # of such a frame Chromium always says so
            moved = picture is not None and picture.new.result()
        self._still = 0 if moved else self._still + 1
        self._calm += 1
        if moved or self._calm <= 1:
            self._moved_ms = out.at_ms
        if moved and self.casting and picture is None:
            self._shoot(out.page, out.at_ms)
        return True

    def _ask(
        self,
        page: VirtualPage,
        at_us: int,
        then: Callable[[dict[str, Any]], None] | None = None,
        shoots: bool = False,
    ) -> int:
        """Ask for a frame as that of `at_us`, or of right after the last one."""
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
        """A frame is drawn: keep what is new in it, before the next one can be asked for."""
        at_ms = self._out.at_ms if self._out else at_ms  # a dialog may have held it up
        shot = answer.get("screenshotData")
        if answer.get("hasDamage") and self.casting and (shot or page.surface.is_known):
            self._picture = self._film.expose(page.surface, shot, at_ms)

    def _read(self, page: VirtualPage) -> Exposure | None:
        """The frame's picture, as soon as it is read; None where it was not to be had."""
        if self._picture is None:
            return None
        try:
            self._picture.read.result()
        except LookupError:
            return None  # it is taken again, as a screenshot
        except RecordingError:
            if not page.gone:
                raise
            return None
        return self._picture

    def prove(self, page: VirtualPage) -> None:
        """Make sure that what was read last, and so all before, was what the page showed.

        Raises:
            RecordingError: it was another picture altogether.
        """
        if not (self.settle() and self.casting and page.surface.is_unproven):
            return
        if screenshot := self._screenshot(page, self._moved_ms):
            self._film.prove(page.surface, screenshot)

    def _shoot(self, page: VirtualPage, at_ms: int) -> None:
        """Keep the page as it is, if it is new, and can be seen."""
        if screenshot := self._screenshot(page, at_ms):
            self._film.expose(page.surface, screenshot, at_ms).read.result()

    def _screenshot(self, page: VirtualPage, at_ms: int) -> str | None:
        """What the page shows, drawn for this: a PNG in base64.

        None behind a dialog, while another page is on its way, and when the window was closed.
        """
        if page.dialog or page.navigating:
            return None
        self._stillness.wait(page.reader)
        try:
            number = self._ask(page, self._drawn_us + SHOT_APART_US, shoots=True)
            answer = self._until(lambda: page.answer(number, FRAME, ANSWER_S), page, UNDRAWN)
        except RecordingError:
            if not page.gone:
                raise
            return None
        if answer is None:  # it has opened a dialog, and the frame comes when that is gone
            self._out = Frame(page, number, at_ms)
            return None
        screenshot: str | None = answer.get("screenshotData")
        return screenshot
