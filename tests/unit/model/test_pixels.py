"""The video's size in pixels: the scales that work, and the lengths named where one does not."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from forge.model.pixels import why_not
from forge.model.settings import Video


@pytest.mark.parametrize(
    ("width", "height", "scale", "pixels"),
    [
        (1280, 720, 1, (1280, 720)),
        (1280, 720, 1.5, (1920, 1080)),
        (1280, 720, 1.1, (1408, 792)),  # in binary, 1280 × 1.1 is not a whole number
        (960, 540, 2.5, (2400, 1350)),
        (1280, 720, 3, (3840, 2160)),
        (640, 360, 4, (2560, 1440)),
    ],
)
def test_a_video_has_scale_times_the_windows_pixels(
    width: int, height: int, scale: float, pixels: tuple[int, int]
) -> None:
    assert Video(width=width, height=height, scale=scale).pixels == pixels


@pytest.mark.parametrize(
    ("side", "length", "scale", "says"),
    [
        (
            "width",
            1366,
            1.5,
            "gives 2049 pixels, .*width = 1364 or width = 1368 or scale = 1 works",
        ),
        (
            "height",
            722,
            1.25,
            "gives 902.5 pixels, .*height = 720 or height = 728 or scale = 1 works",
        ),
        (
            "width",
            320,
            1.01,
            "gives 323.2 pixels, .*; width = 400 or scale = 1 works",
        ),  # 320 is the least
        ("width", 7680, 3, "23040 pixels, .*at most 16384; width = 5460 or scale = 2 works"),
        ("width", 1920, 1.33333, "; scale = 1.25 works"),
    ],
)
def test_the_nearest_lengths_that_work_are_named(
    side: str, length: int, scale: float, says: str
) -> None:
    problem = why_not(side, length, scale)
    assert problem and re.search(says, problem), problem


def test_a_wrong_length_is_told_and_not_its_scale() -> None:
    with pytest.raises(ValidationError) as caught:
        Video.model_validate({"width": 1281, "scale": 1.5})
    assert [error["loc"] for error in caught.value.errors()] == [("width",)]
