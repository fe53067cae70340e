"""The pictures of a take: colours survive, stills are decoded once, damage is named."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forge.errors import ComposeError
from forge.model.take import Frame
from forge.store.paths import FRAMES_FILE
from forge.workers.composing.painting.take_frames import TakeFrames, rgb_of, yuv_of
from tests.support.takes import take

COLOURS = [(200, 30, 40), (30, 60, 200), (250, 250, 250)]


def jpeg(colour: tuple[int, int, int]) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (640, 360), colour).save(data, "JPEG", quality=95)
    return data.getvalue()


@pytest.fixture
def frames(tmp_path: Path) -> Iterator[TakeFrames]:
    """Three pictures of one colour each, and one that is damaged."""
    pictures = [*map(jpeg, COLOURS), b"no picture"]
    (tmp_path / FRAMES_FILE).write_bytes(b"".join(pictures))
    offsets = np.cumsum([0, *map(len, pictures)])
    listed = [
        Frame(at_ms=number, offset=int(offset), size=len(picture))
        for number, (offset, picture) in enumerate(zip(offsets, pictures, strict=False))
    ]
    made = take([], [0]).model_copy(update={"frames": tuple(listed)})
    with TakeFrames(made, tmp_path) as frames:
        yield frames


@pytest.mark.parametrize("number", range(len(COLOURS)))
def test_colours_survive_decoding(frames: TakeFrames, number: int) -> None:
    away = np.abs(frames.rgb(number).astype(int) - COLOURS[number])
    assert frames.rgb(number).shape == (360, 640, 3)
    assert away.max() <= 4


def test_a_still_picture_is_decoded_once(frames: TakeFrames) -> None:
    first = frames.yuv(1)
    assert frames.yuv(1) is first
    assert frames.yuv(0) is not first


def test_a_sibling_decodes_the_same_pictures_by_itself(frames: TakeFrames) -> None:
    first = frames.yuv(0)
    other = frames.sibling()
    assert np.array_equal(other.yuv(0).to_ndarray(), first.to_ndarray())
    assert other.yuv(0) is not first and frames.yuv(0) is first


def test_a_link_to_the_same_pictures_is_not_read_again(
    frames: TakeFrames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = [frames.digest(number) for number in range(3)]
    assert len(set(digests)) == 3
    other = tmp_path / "other"
    other.mkdir()
    (other / FRAMES_FILE).hardlink_to(tmp_path / FRAMES_FILE)
    with TakeFrames(frames._take, other) as linked:
        monkeypatch.setattr(os, "pread", None)
        assert [linked.digest(number) for number in range(3)] == digests


def test_changed_pictures_have_other_digests(frames: TakeFrames, tmp_path: Path) -> None:
    before = frames.digest(0)
    path = tmp_path / FRAMES_FILE
    path.write_bytes(path.read_bytes()[::-1])
    with TakeFrames(frames._take, tmp_path) as changed:
        assert changed.digest(0) != before


def test_a_damaged_picture_names_the_remedy(frames: TakeFrames) -> None:
    with pytest.raises(ComposeError, match="picture 3 of the take is damaged") as caught:
        frames.yuv(3)
    assert "--phase record" in caught.value.hint
    assert frames.rgb(0).size, "the others are not affected"


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_survive_both_conversions(colour: tuple[int, int, int]) -> None:
    picture = np.full((36, 64, 3), colour, dtype=np.uint8)
    assert np.abs(rgb_of(yuv_of(picture)).astype(int) - picture).max() <= 4
