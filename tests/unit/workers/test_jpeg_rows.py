"""JPEG pictures as rows that stand alone."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from forge.workers.jpeg_rows import interval, runs, split
from tests.support.pictures import landscape, row_jpeg

WIDTH, HEIGHT = 328, 200  # neither is a multiple of 16


def test_a_picture_is_put_together_from_its_rows() -> None:
    jpeg = row_jpeg(landscape(WIDTH, HEIGHT))
    picture = split(jpeg)
    assert len(picture.rows) == 13
    assert picture.size == (WIDTH, HEIGHT)
    assert picture.data == jpeg


@pytest.mark.parametrize(("start", "end"), [(0, 1), (3, 12), (11, 13)])
def test_rows_are_a_picture_of_their_own(start: int, end: int) -> None:
    pixels = landscape(WIDTH, HEIGHT)[start * 16 : end * 16]
    part = split(row_jpeg(landscape(WIDTH, HEIGHT))).part(start, end, pixels.shape[0])
    assert part == row_jpeg(pixels)


def test_rows_can_be_replaced() -> None:
    before = landscape(WIDTH, HEIGHT)
    after = before.copy()
    after[32:64] = 255 - after[32:64]
    replaced = split(row_jpeg(before)).replaced(2, split(row_jpeg(after[32:64])).rows)
    assert replaced.data == row_jpeg(after)


def pillow() -> bytes:
    data = io.BytesIO()
    Image.fromarray(landscape(WIDTH, HEIGHT)).save(data, "JPEG")
    return data.getvalue()


def fine_colours() -> bytes:
    options = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    options += [cv2.IMWRITE_JPEG_RST_INTERVAL, interval(WIDTH)]
    return cv2.imencode(".jpg", landscape(WIDTH, HEIGHT), options)[1].tobytes()


@pytest.mark.parametrize(
    "jpeg", [pillow(), fine_colours(), row_jpeg(landscape(64, 64))[:-9], b"no picture", b""]
)
def test_any_other_picture_is_one_row(jpeg: bytes) -> None:
    assert len(split(jpeg).rows) == 1


def test_numbers_become_ranges() -> None:
    assert runs([]) == []
    assert runs([2, 3, 4, 7, 9]) == [(2, 5), (7, 8), (9, 10)]
    assert runs([2, 3, 4, 7, 9], apart=2) == [(2, 5), (7, 10)]


def test_there_are_as_many_blocks_as_cover_the_width() -> None:
    assert [interval(width) for width in (1, 16, 17)] == [1, 1, 2]
    assert np.ceil(1920 / 16) == interval(1920)
