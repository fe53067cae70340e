"""Small pictures for the report page."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer
from numpy.typing import NDArray

from forge.errors import ComposeError
from forge.workers.composing.sidecars.thumbnail import thumbnail

RED, BLUE = (200, 30, 40), (30, 60, 200)


def film(path: Path, *colours: tuple[int, int, int], size: tuple[int, int] = (640, 360)) -> Path:
    """Write a video with a second of each colour, every frame a key frame."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10, options={"g": "1"})
        stream.width, stream.height = size
        for colour in colours:
            pixels = np.full((size[1], size[0], 3), colour, dtype=np.uint8)
            for _ in range(10):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        file.mux(stream.encode(None))
    return path


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    with av.open(BytesIO(jpeg)) as file:
        assert isinstance(file, InputContainer)
        return np.asarray(next(file.decode(video=0)).to_ndarray(format="rgb24"), dtype=np.uint8)


def is_like(jpeg: bytes, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(decoded(jpeg).mean(axis=(0, 1)) - colour).max() < 30)


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    made = thumbnail(film(tmp_path / "a.mp4", RED, BLUE), 480)
    assert decoded(made).shape == (270, 480, 3)
    assert is_like(made, RED)


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    pixels = np.zeros((51, 33, 4), dtype=np.uint8)
    pixels[..., :] = (*RED, 255)
    encoder = av.VideoCodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 33, 51, "rgba"
    (packet,) = encoder.encode(av.VideoFrame.from_ndarray(pixels, format="rgba"))
    (tmp_path / "a.png").write_bytes(bytes(packet))
    made = thumbnail(tmp_path / "a.png", 800)
    assert decoded(made).shape == (51, 33, 3)
    assert is_like(made, RED)


@pytest.mark.parametrize("content", [None, b"", b"no picture at all"])
def test_what_is_no_picture_is_told(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ComposeError, match=r"a\.mp4"):
        thumbnail(path, 480)
