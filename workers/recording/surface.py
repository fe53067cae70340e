"""Where the browser draws a window: its pixels, read without asking the browser for them.

Chromium's software compositor draws every frame of a window to one place in the memory of its GPU
process and leaves it there. Asked for a screenshot, it draws all of the window once more elsewhere,
copies it twice, packs it and sends it, which takes ten times as long as the frame did; reading the
place itself takes a few milliseconds (Linux, process_vm_readv(2): a parent may).

Nobody tells where it is, so that is found by evidence: of the pieces of memory that are as large
as the window's pixels, the one that held what each of some screenshots showed. Until it is found,
and where it cannot be (another build, no right to read), pictures are screenshots: the same pixels,
later. Now and then a screenshot is asked for all the same, and what was read must be in it.
"""

from __future__ import annotations

import base64
import ctypes
import re
from ctypes import byref
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from forge.errors import RecordingError

SPARE = 16_384  # bytes more than the pixels take: other things of that size are longer, or shorter
PIECE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p ", re.MULTILINE)
PROOFS = 2  # a copy that was on its way somewhere else is gone by the second frame
PROVEN_AFTER, RARER = 128, 4  # so many pictures after the first proofs; then so many times more
UNSURE = 30  # pictures, in which a window comes to its new size
MOVED = "the browser draws its window somewhere else all at once"
LIBC = ctypes.CDLL(None)
Pixels = NDArray[np.uint8]  # height, width, 4: blue, green, red, 255


class Surface:
    """One window's pixels; `process` is the browser's that draws them, None when unknown."""

    def __init__(self, process: int | None) -> None:
        self._process = process
        self._shape: tuple[int, ...] = ()
        self._places: set[int] = set()  # where it may be
        self._proofs = 0  # that it is there
        self._read_since, self._proven_after = 0, PROVEN_AFTER  # a screenshot
        self._unsure = 0

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

    def pixels(self, screenshot: str | None, sheet: Pixels) -> Pixels:
        """What the window shows: a PNG in base64, or else what is drawn now.

        On `sheet`, or on a new one where that is of another size.

        Raises:
            LookupError: it is there no more; it takes a screenshot now.
            RecordingError: the browser draws it somewhere else, and for how long is not known.
        """
        if screenshot is not None:
            return self.proven(screenshot)
        if sheet.shape != self._shape:
            sheet = np.empty(self._shape, np.uint8)
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

    def proven(self, screenshot: str) -> Pixels:
        """What a screenshot shows, which is a proof of the place.

        Raises:
            RecordingError: the browser draws it somewhere else.
        """
        png = np.frombuffer(base64.b64decode(screenshot), np.uint8)
        shown = np.asarray(cv2.imdecode(png, cv2.IMREAD_UNCHANGED), np.uint8)
        if shown.shape[2] == 3:
            shown = np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2BGRA), np.uint8)
        self._prove(shown)
        return shown

    def _prove(self, shown: Pixels) -> None:
        """Look where it is that holds what is shown; or whether it still does, where it was.

        Raises:
            RecordingError: it does not.
        """
        if self._unsure:
            self._unsure -= 1
            return
        held = {place for place in self._fitting(shown.nbytes) if self._holds(place, shown)}
        if self.is_known:
            if not self._places <= held:
                raise RecordingError(MOVED, transient=True)
            self._proven_after *= RARER
        elif np.ptp(shown.view(np.uint32)):  # what is of one colour proves nothing
            self._proofs = self._proofs + 1 if self._places & held else 1
            self._places = self._places & held or held
            self._shape, self._proven_after = shown.shape, PROVEN_AFTER
        self._read_since = 0

    def _fitting(self, size: int) -> list[int]:
        """Where the process has memory of its own for `size` bytes and hardly more."""
        try:
            pieces = Path(f"/proc/{self._process}/maps").read_text(encoding="utf-8")
        except OSError:
            return []
        spans = ([int(end, 16) for end in piece] for piece in PIECE.findall(pieces))
        return [start for start, end in spans if size <= end - start <= size + SPARE]

    def _holds(self, place: int, shown: Pixels) -> bool:
        held = np.empty_like(shown)
        return self._read(place, held) and same(held, shown)

    def _read(self, place: int, into: Pixels) -> bool:
        """Copy what is there; whether it could be."""
        here, there = Span(into.ctypes.data, into.nbytes), Span(place, into.nbytes)
        copied: int = LIBC.process_vm_readv(self._process, byref(here), 1, byref(there), 1, 0)
        return copied == into.nbytes


def same(one: Pixels, other: Pixels) -> bool:
    """Whether all pixels are alike; ends at the first that is not."""
    if one.shape != other.shape:
        return False
    size = ctypes.c_size_t(one.nbytes)
    at = (ctypes.c_void_p(pixels.ctypes.data) for pixels in (one, other))
    return bool(LIBC.memcmp(*at, size) == 0)


class Span(ctypes.Structure):
    """A piece of memory: struct iovec."""

    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))
