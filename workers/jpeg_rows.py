"""JPEG pictures whose rows stand alone: those that changed are coded without the others.

A row is as high as JPEG's blocks of 4:2:0 colours, 16 pixels, and as wide as the picture. A restart
marker follows each row, so that no row's bytes depend on another row. Unchanged pixels are then
unchanged bytes: the recorder encodes the rows that changed, and composing decodes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ROW = 16  # pixels
START, END = b"\xff\xd8", b"\xff\xd9"
FRAME, INTERVAL, SCAN = 0xC0, 0xDD, 0xDA  # the segments: size and colours, restarts, the pixels
RESTART = re.compile(rb"\xff[\xd0-\xd7]")  # in the pixels' data, 0 follows every other FF
HALVED = 0x22  # the sampling of brightness, if that of colours is half as fine in both directions


@dataclass(frozen=True, slots=True)
class JpegRows:
    """A JPEG picture: what comes before its rows, where its height stands in that, and its rows.

    A picture that is not made of rows has a single one.
    """

    head: bytes
    height_at: int
    rows: tuple[bytes, ...]

    def part(self, start: int, end: int, height: int) -> bytes:
        """Return rows `start` to `end` (not included) as a picture of `height` pixels."""
        at = self.height_at
        head = self.head[:at] + height.to_bytes(2, "big") + self.head[at + 2 :]
        return head + joined(self.rows[start:end])

    def replaced(self, start: int, rows: Sequence[bytes]) -> JpegRows:
        """Return the picture with other `rows` from `start` on."""
        kept = (*self.rows[:start], *rows, *self.rows[start + len(rows) :])
        return JpegRows(self.head, self.height_at, kept)

    @property
    def size(self) -> tuple[int, int]:
        """The picture's width and height in pixels, as it says itself."""
        height, width = (self.head[at : at + 2] for at in (self.height_at, self.height_at + 2))
        return int.from_bytes(width, "big"), int.from_bytes(height, "big")

    @property
    def data(self) -> bytes:
        """The whole picture as it is stored."""
        return self.head + joined(self.rows)


def joined(rows: Sequence[bytes]) -> bytes:
    """Return the data of `rows` with the restart markers between them, and the end."""
    marked = (b"\xff%c%b" % (0xD0 + (n - 1) % 8, row) for n, row in enumerate(rows) if n)
    return b"".join((rows[0], *marked, END))


def interval(width: int) -> int:
    """Return the restart interval, in blocks, of a picture of `width` pixels."""
    return -(-width // ROW)


def split(jpeg: bytes) -> JpegRows:
    """Return a JPEG picture as rows; as a single one if it is made otherwise, or damaged."""
    at, height_at, width, halved, restarts = len(START), 0, 0, False, 0
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        kind, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        body = jpeg[at + 4 : at + 2 + size]
        if kind == FRAME and len(body) > 7:
            height_at, width, halved = at + 5, int.from_bytes(body[3:5], "big"), body[7] == HALVED
        elif kind == INTERVAL:
            restarts = int.from_bytes(body, "big")
        at += 2 + size
        if kind == SCAN:
            break
    in_rows = halved and restarts == interval(width) and jpeg.endswith(END)
    data = jpeg[at:].removesuffix(END)
    return JpegRows(jpeg[:at], height_at, tuple(RESTART.split(data)) if in_rows else (data,))


def runs(numbers: Iterable[int], apart: int = 1) -> list[tuple[int, int]]:
    """Return ascending `numbers` as ranges (the end not included).

    Two that are at most `apart` from each other belong to one range.
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number - (found[-1][1] - 1) <= apart:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
    return found
