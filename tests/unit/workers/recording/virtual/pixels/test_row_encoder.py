"""Pictures that are encoded row by row have the bytes of whole ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forge.workers.jpeg_rows import ROW
from forge.workers.recording.virtual.pixels import row_encoder
from forge.workers.recording.virtual.pixels.framebuffer import NOTHING
from forge.workers.recording.virtual.pixels.likeness import Pixels, changed_rows
from forge.workers.recording.virtual.pixels.row_encoder import RowEncoder
from tests.support.pictures import landscape, row_jpeg

WIDTH, HEIGHT = 328, 200


def window(width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.asarray(cv2.cvtColor(landscape(width, height), cv2.COLOR_BGR2BGRA), np.uint8)


def changed(pixels: Pixels, *spots: int) -> Pixels:
    """Return `pixels` with a spot at each of those heights."""
    other = pixels.copy()
    for y in spots:
        other[y : y + 3, 40:90, :3] = 255 - other[y : y + 3, 40:90, :3]
    return other


def test_the_bytes_are_those_of_whole_pictures() -> None:
    first = window()
    pictures = [first, changed(first, 0), changed(first, 0, 30, 197), changed(first, 100), first]
    pictures += [window(640, 90), changed(window(640, 90), 20)]
    encoder, last = RowEncoder(), NOTHING
    for pixels in pictures:
        jpeg = encoder.encode(pixels, changed_rows(pixels, last, ROW))
        assert jpeg == row_jpeg(pixels)
        last = pixels


def test_rows_that_did_not_change_are_not_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    heights = []

    def encoded(pixels: Pixels) -> object:
        heights.append(pixels.shape[0])
        return whole(pixels)

    whole = row_encoder._encoded
    monkeypatch.setattr(row_encoder, "_encoded", encoded)
    encoder, first = RowEncoder(), window()
    encoder.encode(first, changed_rows(first, NOTHING, ROW))
    second = changed(first, 33, 198)
    encoder.encode(second, changed_rows(second, first, ROW))
    assert heights == [HEIGHT, 16, HEIGHT % 16]
