"""Where the browser draws a window: its pixels, read without asking the browser for them.

Chromium's software compositor draws every frame of a window to one place in the memory of its GPU
process and leaves it there. Asked for a screenshot, it draws all of the window once more elsewhere,
copies it twice, packs it and sends it, which takes ten times as long as the frame did; reading the
place itself takes a few milliseconds (Linux, process_vm_readv(2): a parent may).

The browser does not tell where it is, so it is found by evidence: of the pieces of memory that are
as large as the window's pixels, the one that held what some screenshots showed. Until it is found,
and where it cannot be (another build, no right to read), pictures are screenshots: the same, later.
Now and then a screenshot is asked for all the same, and what is read must be what it shows
(`likeness`). If it is not, the window's pictures are screenshots from then on.
"""

from __future__ import annotations

import base64
import ctypes
import re
from ctypes import byref
from pathlib import Path

import cv2
import numpy as np

from forge.errors import RecordingError
from forge.workers.recording.virtual.likeness import (
    LIBC,
    STRONG,
    Difference,
    Pixels,
    alike,
    difference,
    same,
)

SPARE = 16_384  # bytes more than the pixels take: other things of that size are longer, or shorter
PIECE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p ", re.MULTILINE)
PROOFS = 2  # a copy that was on its way somewhere else is gone by the second frame
PROVEN_AFTER, RARER = 128, 4  # so many pictures after the first proofs; then so many times more
UNSURE = 30  # pictures, in which a window comes to its new size
MOVED = "the browser draws its window somewhere else all at once"
NOTHING: Pixels = np.empty((0, 0, 4), np.uint8)


class Framebuffer:
    """One window's pixels; `process` is the browser's that draws them, None when unknown."""

    def __init__(self, process: int | None) -> None:
        self._process = process
        self._shape: tuple[int, ...] = ()
        self._places: set[int] = set()  # where it may be
        self._proofs = 0  # that it is there
        self._read_since, self._proven_after = 0, PROVEN_AFTER  # a screenshot
        self._unsure = 0
        self._doubted = False  # a proof failed: the place is not looked for again

    def forget(self) -> None:
        """It will be somewhere else soon: the window was given another size, say."""
        self._places, self._proofs, self._unsure = set(), 0, UNSURE

    @property
    def is_known(self) -> bool:
        """Whether it is known where the pixels are."""
        return len(self._places) == 1 and self._proofs >= PROOFS

    @property
    def wants_proof(self) -> bool:
        """Whether the next picture is to be had as a screenshot."""
        return not self.is_known or self._read_since >= self._proven_after

    def pixels(self, screenshot: str | None, sheet: Pixels, before: Pixels = NOTHING) -> Pixels:
        """Return what the window shows: by a PNG in base64, or else by what is drawn now.

        On `sheet`, or on a new one where that is of another size. `before`: the picture before.

        Raises:
            LookupError: it is there no more; it takes a screenshot now.
            RecordingError: see `proven`.
        """
        if screenshot is not None:
            return self.proven(screenshot, sheet, before)
        sheet = self._fit(sheet)
        (place,) = self._places
        if not self._read(place, sheet):
            self.forget()
            raise LookupError(MOVED)
        self._read_since += 1
        return sheet

    @property
    def is_unproven(self) -> bool:
        """Whether pictures were read since the last proof."""
        return self._read_since > 0

    def proven(self, screenshot: str, sheet: Pixels, before: Pixels = NOTHING) -> Pixels:
        """Return what a screenshot shows, which is a proof of the place.

        If the place is known and proves right, what is read there is returned and not the
        screenshot: the few pixels that differ between the two would count as something that moves.

        Raises:
            RecordingError: the place shows another picture altogether, and since when is not known.
        """
        png = np.frombuffer(base64.b64decode(screenshot), np.uint8)
        shown = np.asarray(cv2.imdecode(png, cv2.IMREAD_UNCHANGED), np.uint8)
        if shown.shape[2] == 3:
            shown = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2BGRA), np.uint8)
        if self._doubted:
            return shown
        if self._unsure:
            self._unsure -= 1
            return shown
        if not self.is_known:
            self._seek(shown, before)
            return shown
        sheet = self._fit(sheet)
        return sheet if self._prove(shown, sheet, before) else shown

    def _seek(self, shown: Pixels, before: Pixels) -> None:
        """Look where it is that holds what is shown."""
        if alike(np.full_like(shown, shown[0, 0]), shown, NOTHING):
            return  # what is of one colour proves nothing
        held = {place for place in self._fitting(shown.nbytes) if self._holds(place, shown, before)}
        self._proofs = self._proofs + 1 if self._places & held else 1
        self._places = self._places & held or held
        self._shape, self._proven_after = shown.shape, PROVEN_AFTER
        self._read_since = 0

    def _prove(self, shown: Pixels, sheet: Pixels, before: Pixels) -> bool:
        """Read onto `sheet` what should be shown; False, and screenshots from now on, if it is not.

        Raises:
            RecordingError: it is another picture altogether.
        """
        (place,) = self._places
        if sheet.shape != shown.shape or not self._read(place, sheet):
            self.forget()
            return False
        if alike(sheet, shown, before):
            self._proven_after *= RARER
            self._read_since = 0
            return True
        apart = difference(sheet, shown)
        if apart.is_large and self._read_since:
            raise RecordingError(MOVED, transient=True)
        self._doubt(apart)
        return False

    def _doubt(self, apart: Difference) -> None:
        """Read no more; say so, and how far to trust what was read."""
        print(
            f"warning: what is read of the window differs from a screenshot in {apart.pixels} of"
            f" {apart.of} pixels, in {apart.strong} by more than {STRONG} of 255 levels."
            f" The last {self._read_since} pictures may differ as much from what was shown."
            " From now on pictures of this window are screenshots, which take longer.",
            flush=True,
        )
        self._doubted, self._places, self._read_since = True, set(), 0

    def _fitting(self, size: int) -> list[int]:
        """Where the process has memory of its own for `size` bytes and hardly more."""
        try:
            pieces = Path(f"/proc/{self._process}/maps").read_text(encoding="utf-8")
        except OSError:
            return []
        spans = ([int(end, 16) for end in piece] for piece in PIECE.findall(pieces))
        return [start for start, end in spans if size <= end - start <= size + SPARE]

    def _holds(self, place: int, shown: Pixels, before: Pixels) -> bool:
        """Whether a place holds what is shown, and not the picture before, which may be close."""
        held = np.empty_like(shown)
        if not self._read(place, held):
            return False
        if same(held, before):
            return same(held, shown)
        return alike(held, shown, before)

    def _fit(self, sheet: Pixels) -> Pixels:
        return sheet if sheet.shape == self._shape else np.empty(self._shape, np.uint8)

    def _read(self, place: int, into: Pixels) -> bool:
        """Copy what is there; whether it could be."""
        here, there = Span(into.ctypes.data, into.nbytes), Span(place, into.nbytes)
        copied: int = LIBC.process_vm_readv(self._process, byref(here), 1, byref(there), 1, 0)
        return copied == into.nbytes


class Span(ctypes.Structure):
    """A piece of memory: struct iovec."""

    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))
