"""Drawing on planes: sprites, distances, artists, and what an enlargement shows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from forge.model.card_timing import Card
from forge.model.settings import Style
from forge.workers.composing.painting.compositor import Artist, Painter
from forge.workers.composing.painting.cursor import CursorArtist
from forge.workers.composing.painting.enlarge import enlarge
from forge.workers.composing.painting.ring_and_ripple import RingArtist, RippleArtist
from forge.workers.composing.painting.sprites import canvas_of, lay, sprite_of
from forge.workers.composing.painting.take_frames import rgb_of
from forge.workers.composing.storyboard.frame_state import Cursor, FrameState, Ring, Ripple, View
from tests.support.project import GOLDEN


def frame(grey: int = 128, width: int = 240, height: int = 136) -> VideoFrame:
    """A frame of one grey, 0 … 255."""
    image = np.full((height, width, 3), grey, dtype=np.uint8)
    made = av.VideoFrame.from_ndarray(image, format="rgb24")
    return made.reformat(format="yuv420p", dst_colorspace="ITU709")


class Still:
    """Pictures of which there is one."""

    def __init__(self, picture: VideoFrame) -> None:
        self.picture = picture

    def yuv(self, number: int) -> VideoFrame:
        return self.picture


def no_card(card: Card) -> VideoFrame:
    raise AssertionError("no card shows")


def painted(state: FrameState, *artists: Artist, grey: int = 128) -> NDArray[np.uint8]:
    return Painter(Still(frame(grey)), artists, no_card).rgb(state)


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_sprite_is_laid_in_its_own_colour(colour: tuple[int, int, int], grey: int) -> None:
    picture = np.zeros((20, 20, 4), dtype=np.float32)
    picture[4:16, 4:16] = [*(part / 255 for part in colour), 1]
    base = frame(grey)
    lay(canvas_of(base), sprite_of(picture), 30, 40)
    found = rgb_of(base).astype(int)
    assert np.abs(found[46:54, 36:44] - colour).max() <= 4
    assert np.abs(found[:40] - grey).max() <= 3, "and nowhere else"


def test_half_a_sprite_is_half_of_both() -> None:
    picture = np.full((8, 8, 4), 0.5, dtype=np.float32)  # white, half transparent
    base = frame(0)
    lay(canvas_of(base), sprite_of(picture), 0, 0)
    assert np.abs(rgb_of(base)[:8, :8].astype(int) - 128).max() <= 3


@pytest.mark.parametrize("place", [(-6, -6), (236, 132), (-20, 300), (1000, -1000)])
def test_what_lies_over_the_edge_is_cut(place: tuple[int, int]) -> None:
    picture = np.ones((12, 12, 4), dtype=np.float32)
    base = frame(0)
    lay(canvas_of(base), sprite_of(picture), *place)
    white = int((rgb_of(base)[..., 0] > 200).sum())
    inside = [
        max(0, min(at + 12, side) - max(0, at)) for at, side in zip(place, (240, 136), strict=True)
    ]
    assert white == inside[0] * inside[1]


def test_a_frame_of_the_take_is_never_drawn_on() -> None:
    still = Still(frame())
    before = rgb_of(still.picture).copy()
    painter = Painter(still, [CursorArtist(Style(), 1, Path())], no_card)
    drawn = painter.rgb(FrameState(0, cursor=Cursor(60, 60)))
    assert np.array_equal(rgb_of(still.picture), before)
    assert not np.array_equal(drawn, before)
    assert painter.yuv(FrameState(0)) is still.picture, "what is not drawn on is not copied"


def changes(state: FrameState, artist: Artist, grey: int = 128) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what an artist draws strongly."""
    plain, drawn = painted(FrameState(0), grey=grey), painted(state, artist, grey=grey)
    away = np.abs(plain.astype(int) - drawn).max(axis=2) > 60
    rows, columns = np.flatnonzero(away.any(axis=1)), np.flatnonzero(away.any(axis=0))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


@pytest.mark.parametrize("at", [(60.0, 50.0), (61.0, 51.0), (60.5, 50.5), (63.5, 52.0)])
def test_the_arrow_points_where_it_should(at: tuple[float, float]) -> None:
    left, top, *_ = changes(FrameState(0, cursor=Cursor(*at)), CursorArtist(Style(), 1, Path()))
    assert abs(left - at[0]) <= 2
    assert abs(top - at[1]) <= 2


def test_the_hand_points_with_its_finger_and_the_text_bar_with_its_middle() -> None:
    artist = CursorArtist(Style(), 1, Path())
    left, top, right, bottom = changes(FrameState(0, cursor=Cursor(100, 60, "text")), artist)
    assert abs((left + right) / 2 - 100) <= 1
    assert abs((top + bottom) / 2 - 60) <= 1
    assert abs(changes(FrameState(0, cursor=Cursor(100, 60, "hand")), artist)[1] - 60) <= 2


def test_a_cursor_twice_as_large_is_twice_as_large() -> None:
    state = FrameState(0, cursor=Cursor(60, 20))
    one = changes(state, CursorArtist(Style(), 1, Path()))
    two = changes(state, CursorArtist(Style(cursor_scale=2), 1, Path()))
    assert two[3] - two[1] == pytest.approx(2 * (one[3] - one[1]), abs=2)


@pytest.mark.parametrize("at", [(60, 50), (61, 51), (61, 50)])
def test_a_picture_of_ones_own_lies_with_its_hot_spot_there(
    tmp_path: Path, at: tuple[int, int]
) -> None:
    Image.new("RGBA", (9, 7), (255, 0, 255, 255)).save(tmp_path / "mine.png")
    style = Style(cursor_image=Path("mine.png"), cursor_hotspot=(4, 3))
    box = changes(FrameState(0, cursor=Cursor(*at)), CursorArtist(style, 1, tmp_path))
    wanted = (at[0] - 4, at[1] - 3, at[0] + 5, at[1] + 4)
    assert np.abs(np.subtract(box, wanted)).max() <= 1, "colours have half the pixels"


def test_a_ring_is_around_its_box_and_a_ripple_around_its_point() -> None:
    ring = FrameState(0, ring=Ring(80, 40, 80, 30, 0.5))
    left, top, right, bottom = changes(ring, RingArtist(Style(), 1), grey=255)
    assert 4 <= 80 - left == 40 - top == right - 160 == bottom - 70 <= 10
    ripple = FrameState(0, ripples=(Ripple(120, 70, 0.2),))
    left, top, right, bottom = changes(ripple, RippleArtist(Style(), 1), grey=255)
    assert (left + right, top + bottom) == (240, 140)


def test_a_large_ring_is_drawn_in_strips_as_if_it_were_drawn_whole() -> None:
    state = FrameState(0, ring=Ring(41.3, 43.7, 150.2, 46.9, 0.5))
    drawn = painted(state, RingArtist(Style(), 1))
    moved = painted(state._replace(ring=Ring(41.3, 43.7, 150.2, 40.0, 0.5)), RingArtist(Style(), 1))
    assert np.array_equal(drawn[:60], moved[:60]), "the lower side does not reach up here"
    middle = drawn[66:70]
    assert np.array_equal(middle[0], middle[3]), "straight sides"


@pytest.mark.parametrize(
    ("view", "error"), [(View(48, 26, 178, 100), 1.5), (View(48.37, 26.81, 177.8, 100.1), 1.5)]
)
def test_an_enlargement_shows_every_point_where_the_lens_says(view: View, error: float) -> None:
    """A slope from left to right keeps its values: each pixel tells where it came from."""
    base = frame(0)
    canvas = canvas_of(base)
    canvas.y[:] = np.linspace(16, 235, 240).astype(np.uint8)
    enlarged = frame(0)
    enlarge(canvas, view, canvas_of(enlarged))
    columns = (np.arange(240) + 0.5) * view.width / 240 + view.x - 0.5
    expected = 16 + columns * 219 / 239
    assert np.abs(canvas_of(enlarged).y[50] - expected).max() <= error


DRAWN: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "hand and ring": lambda: painted(
        FrameState(0, cursor=Cursor(60, 40, "hand"), ring=Ring(30, 30, 120, 40, 0.5)),
        RingArtist(Style(), 1),
        CursorArtist(Style(), 1, Path()),
        grey=235,
    ),
    "arrow and ripple": lambda: painted(
        FrameState(0, cursor=Cursor(120, 60, "arrow", 2), ripples=(Ripple(120, 60, 0.3),)),
        RippleArtist(Style(), 1),
        CursorArtist(Style(), 1, Path()),
        grey=90,
    ),
    "text, twice as large": lambda: painted(
        FrameState(0, cursor=Cursor(121.5, 60.5, "text")),
        CursorArtist(Style(), 2, Path()),
        grey=200,
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_looks_as_it_did(name: str) -> None:
    """Golden pictures; FORGE_TEST_UPDATE_GOLDEN=1 writes them anew. Look at them then."""
    path, drawn = GOLDEN / f"{name.replace(', ', '-').replace(' ', '-')}.png", DRAWN[name]()
    if os.environ.get("FORGE_TEST_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(drawn).save(path)
    golden = np.asarray(Image.open(path).convert("RGB")).astype(int)
    away = np.abs(golden - drawn)
    assert away.max() <= 24
    assert away.mean() <= 0.5
