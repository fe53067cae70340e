"""The GIF: a frame for each change, at its time, in its own colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from forge.errors import ComposeError
from forge.model.settings import Style
from forge.workers.composing.encoding.gif import write_gif
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.painting import Greys, PlainDigests, no_card
from tests.support.takes import manifest

MANIFEST = manifest(5000, [(0, 2), (1000, 5), (3000, 9)])


@pytest.fixture
def scene() -> Scene:
    board = Storyboard(MANIFEST, Screen(320, 240, 1, 30), Style())
    return Scene(board, Painter(Greys(), (), no_card), PlainDigests())


def test_each_change_is_a_frame_at_its_time(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "tour.gif"
    assert write_gif(scene, path, 500, 4500, width=160, fps=10) == 4
    with Image.open(path) as found:
        assert found.size == (160, 120)
        greys, lengths_ms = [], []
        for picture in ImageSequence.Iterator(found):
            greys.append(int(np.median(np.asarray(picture.convert("RGB")))))
            lengths_ms.append(picture.info["duration"])
    assert [round(grey / 20) for grey in greys[:3]] == [2, 5, 9]
    assert lengths_ms[:2] == [500, 2000]
    assert sum(lengths_ms) == pytest.approx(4000, abs=20)


def test_a_gif_is_never_wider_than_the_video(scene: Scene, tmp_path: Path) -> None:
    write_gif(scene, tmp_path / "tour.gif", 0, 1000, width=999, fps=10)
    with Image.open(tmp_path / "tour.gif") as found:
        assert found.size == (320, 240)


def test_a_missing_folder_is_a_compose_error(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"tour\.gif could not be written"):
        write_gif(scene, tmp_path / "nowhere" / "tour.gif", 0, 1000, width=160, fps=10)
