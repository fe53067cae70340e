"""A window's pixels, read from the browser's memory without asking the browser for them.

Chromium's software compositor draws every frame of a window into one place in the memory of its GPU
process, and leaves it there. For a screenshot, it draws the whole window once more elsewhere,
copies it twice, encodes and sends it: that takes ten times as long as the frame. Reading the place
itself takes a few milliseconds (Linux: process_vm_readv(2), which a parent process may call).

The browser does not tell where the place is, so it is found by evidence: of the memory mappings as
large as the window's pixels, it is the one that held what several screenshots showed. Until it is
found, or if it cannot be (another build, no right to read), pictures are screenshots: the same
pixels, only slower. From time to time another screenshot is taken as a proof: the pixels read must
be those that it shows (`likeness`). If not, the window's pictures are screenshots from then on.
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
from forge.workers.recording.virtual.pixels.likeness import (
    LIBC,
    STRONG,
    Difference,
    Pixels,
    alike,
    difference,
    same,
)

SPARE = 16_384  # bytes that the mapping may be larger than the pixels; Chromium's copies are more
PIECE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p ", re.MULTILINE)
PROOFS = 2  # a copy on its way elsewhere also holds the picture, but is gone by the second frame
PROVEN_AFTER, RARER = 128, 4  # pictures from the first proofs to the next; then 4 times as many
UNSURE = 30  # pictures until a window that is being resized has its new size
MOVED = "the browser no longer draws its window where it did"
NOTHING: Pixels = np.empty((0, 0, 4), np.uint8)


class Framebuffer:
    """One window's pixels.

    `process`: id of the browser's GPU process, which draws them; None if unknown. A `buffer`,
    everywhere, is memory that may be written to.
    """

    def __init__(self, process: int | None) -> None:
        self._process = process
        self._shape: tuple[int, ...] = ()
        self._places: set[int] = set()  # addresses where the pixels may be
        self._proofs = 0  # screenshots whose pixels were found there
        self._read_since = 0  # pictures read since the last proof
        self._proven_after = PROVEN_AFTER
        self._unsure = 0
        self._doubted = False  # a proof failed: the place is not searched for again

    def forget(self) -> None:
        """Forget the place and search for it again: the window changes its size, for example."""
        self._places, self._proofs, self._unsure = set(), 0, UNSURE

    @property
    def is_known(self) -> bool:
        """True if it is known where the pixels are."""
        return len(self._places) == 1 and self._proofs >= PROOFS

    @property
    def needs_proof(self) -> bool:
        """True if the next picture is to be a screenshot."""
        return not self.is_known or self._read_since >= self._proven_after

    def pixels(self, screenshot: str | None, buffer: Pixels, before: Pixels = NOTHING) -> Pixels:
        """Return what the window shows: as a screenshot (PNG in base64) says, or else as read.

        They are in `buffer`, or in new memory if that has another size. `before`: the last picture.

        Raises:
            LookupError: the place is gone; only a screenshot shows the window now.
            RecordingError: see `proven`.
        """
        if screenshot is not None:
            return self.proven(screenshot, buffer, before)
        buffer = self._fit(buffer)
        (place,) = self._places
        if not self._read(place, buffer):
            self.forget()
            raise LookupError(MOVED)
        self._read_since += 1
        return buffer

    @property
    def is_unproven(self) -> bool:
        """True if pictures were read since the last proof."""
        return self._read_since > 0

    def proven(self, screenshot: str, buffer: Pixels, before: Pixels = NOTHING) -> Pixels:
        """Return what a screenshot shows, after using it as a proof of the place.

        If the place is known and proves right, its pixels are returned and not the screenshot:
        the few that differ between the two would count as a movement.

        Raises:
            RecordingError: the place holds a different picture; since when is not known.
        """
        png = np.frombuffer(base64.b64decode(screenshot), np.uint8)
        shown = np.asarray(cv2.imdecode(png, cv2.IMREAD_UNCHANGED), np.uint8)
        if shown.shape[2] == 3:
            shown = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2BGRA), np.uint8)
        if self._doubted:
            return shown
        if self._unsure:
            # The old place may still be mapped, with the last picture of the old size.
            self._unsure -= 1
            return shown
        if not self.is_known:
            self._search(shown, before)
            return shown
        buffer = self._fit(buffer)
        return buffer if self._prove(shown, buffer, before) else shown

    def _search(self, shown: Pixels, before: Pixels) -> None:
        """Search for the places that hold what is shown."""
        if alike(np.full_like(shown, shown[0, 0]), shown, NOTHING):
            return  # much memory has one value throughout, so that proves nothing
        held = {
            place for place in self._candidates(shown.nbytes) if self._holds(place, shown, before)
        }
        self._proofs = self._proofs + 1 if self._places & held else 1
        self._places = self._places & held or held
        self._shape, self._proven_after = shown.shape, PROVEN_AFTER
        self._read_since = 0

    def _prove(self, shown: Pixels, buffer: Pixels, before: Pixels) -> bool:
        """Read the place into `buffer`; return False if it does not hold what is `shown`.

        Then the place is searched for again if it is gone; otherwise it is not read any more.

        Raises:
            RecordingError: it holds a different picture, and pictures were read since the last
                proof, so that they may be wrong.
        """
        (place,) = self._places
        if buffer.shape != shown.shape or not self._read(place, buffer):
            self.forget()
            return False
        if alike(buffer, shown, before):
            self._proven_after *= RARER
            self._read_since = 0
            return True
        apart = difference(buffer, shown)
        if apart.is_large and self._read_since:
            raise RecordingError(MOVED, transient=True)
        self._stop_reading(apart)
        return False

    def _stop_reading(self, apart: Difference) -> None:
        """Stop reading; print how far the pictures read so far can be trusted."""
        print(
            f"warning: the window's pixels as read differ from a screenshot in {apart.pixels} of"
            f" {apart.of} pixels, in {apart.strong} by more than {STRONG} of 255 levels."
            f" The last {self._read_since} pictures may differ as much from what was shown."
            " From now on pictures of this window are screenshots, which take longer.",
            flush=True,
        )
        self._doubted, self._places, self._read_since = True, set(), 0

    def _candidates(self, size: int) -> list[int]:
        """Return the addresses of the process's mappings of `size` bytes, or little more."""
        try:
            pieces = Path(f"/proc/{self._process}/maps").read_text(encoding="utf-8")
        except OSError:
            return []
        spans = ([int(end, 16) for end in piece] for piece in PIECE.findall(pieces))
        return [start for start, end in spans if size <= end - start <= size + SPARE]

    def _holds(self, place: int, shown: Pixels, before: Pixels) -> bool:
        """Return True if a place holds what is shown, and not the picture before.

        If little moves, the two pictures may be alike.
        """
        held = np.empty_like(shown)
        if not self._read(place, held):
            return False
        if same(held, before):
            return same(held, shown)
        return alike(held, shown, before)

    def _fit(self, buffer: Pixels) -> Pixels:
        return buffer if buffer.shape == self._shape else np.empty(self._shape, np.uint8)

    def _read(self, place: int, into: Pixels) -> bool:
        """Copy the pixels at a place; return False if that was not possible."""
        here, there = Span(into.ctypes.data, into.nbytes), Span(place, into.nbytes)
        copied: int = LIBC.process_vm_readv(self._process, byref(here), 1, byref(there), 1, 0)
        return copied == into.nbytes


class Span(ctypes.Structure):
    """A piece of memory: struct iovec."""

    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))
