"""Pictures that are decoded as far as they have changed are those decoded as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from av import VideoFrame

from forge.workers.composing.painting import picture_decoder
from forge.workers.composing.painting.picture_decoder import Converter, PictureDecoder
from forge.workers.composing.painting.sprites import canvas_of
from tests.support.pictures import Picture, landscape, row_jpeg

WIDTH, HEIGHT = 328, 1000


def changed(picture: Picture, *spots: int) -> Picture:
    """Return `picture` with a spot at each of those heights."""
    other = picture.copy()
    for y in spots:
        other[y : y + 5, 40:90] = 255 - other[y : y + 5, 40:90]
    return other


def equal(one: VideoFrame, other: VideoFrame) -> bool:
    pairs = zip(canvas_of(one), canvas_of(other), strict=True)
    return all(np.array_equal(own, its) for own, its in pairs)


@pytest.fixture
def heights(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The heights of all pieces that were decoded."""
    found: list[int] = []

    class Counted(Converter):
        def convert(self, jpeg: bytes) -> VideoFrame:
            picture = super().convert(jpeg)
            found.append(picture.height)
            return picture

    monkeypatch.setattr(picture_decoder, "Converter", Counted)
    return found


@pytest.mark.parametrize(
    ("spots", "pieces"),
    [
        ((0,), [32]),
        ((500,), [32]),
        ((HEIGHT - 5,), [32 - 8]),  # the last row has 8 pixels
        ((14, 55), [64]),
        ((100, 110, 700), [32, 32]),
        (tuple(range(0, HEIGHT, 32)), [HEIGHT]),  # not worth the pieces
    ],
)
def test_only_what_changed_is_decoded(
    heights: list[int], spots: tuple[int, ...], pieces: list[int]
) -> None:
    decoder, before = PictureDecoder(WIDTH, HEIGHT), landscape(WIDTH, HEIGHT)
    first = decoder.decode(row_jpeg(before))
    kept = [plane.copy() for plane in canvas_of(first)]
    after = row_jpeg(changed(before, *spots))
    second = decoder.decode(after)
    assert heights == [HEIGHT, *pieces]
    assert equal(second, PictureDecoder(WIDTH, HEIGHT).decode(after))
    assert not equal(second, first)
    assert all(map(np.array_equal, canvas_of(first), kept)), "a picture given out does not change"


def test_a_chain_of_changes_stays_exact() -> None:
    decoder, picture = PictureDecoder(WIDTH, HEIGHT), landscape(WIDTH, HEIGHT)
    for y in np.random.default_rng(3).integers(0, HEIGHT - 5, 30):
        picture = changed(picture, int(y))
        jpeg = row_jpeg(picture)
        assert equal(decoder.decode(jpeg), PictureDecoder(WIDTH, HEIGHT).decode(jpeg))


def test_pictures_of_another_size_are_scaled_as_a_whole(heights: list[int]) -> None:
    decoder = PictureDecoder(WIDTH, HEIGHT)
    picture = landscape(2 * WIDTH, 2 * HEIGHT)
    decoder.decode(row_jpeg(picture))
    jpeg = row_jpeg(changed(picture, 400))
    assert equal(decoder.decode(jpeg), PictureDecoder(WIDTH, HEIGHT).decode(jpeg))
    assert heights == [HEIGHT] * 3


def test_a_picture_like_the_last_is_the_last() -> None:
    decoder, jpeg = PictureDecoder(WIDTH, HEIGHT), row_jpeg(landscape(WIDTH, HEIGHT))
    assert decoder.decode(jpeg) is decoder.decode(bytes(jpeg))
