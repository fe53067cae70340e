"""Painting frames: copied and shared frames, cards, and golden pictures of drawings."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from av import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from forge.model.card_timing import Card
from forge.model.settings import Style
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.cursor import CursorArtist
from forge.workers.composing.painting.ring_and_ripple import RingArtist, RippleArtist
from forge.workers.composing.painting.take_frames import rgb_of
from forge.workers.composing.storyboard.frame_state import (
    FADE_STEPS,
    Cursor,
    FrameState,
    Ring,
    Ripple,
)
from tests.support.painting import Still, frame, no_card, painted
from tests.support.project import GOLDEN

CARD = Card(kind="intro", start_ms=0, end_ms=3000)


def test_frames_of_the_take_are_never_drawn_on() -> None:
    still = Still(frame())
    before = rgb_of(still.picture).copy()
    painter = Painter(still, [CursorArtist(Style(), 1, Path())], no_card)
    drawn = painter.rgb(FrameState(0, cursor=Cursor(60, 60)))
    assert np.array_equal(rgb_of(still.picture), before)
    assert not np.array_equal(drawn, before)
    assert painter.yuv(FrameState(0)) is still.picture, "a frame without drawing is not copied"


def test_siblings_share_cards_but_no_frame() -> None:
    """The encoder of each numbers its frames."""
    card, asked = frame(255), list[Card]()

    @cache
    def draw_card(wanted: Card) -> VideoFrame:
        asked.append(wanted)
        return card

    one = Painter(Still(frame(0)), [], draw_card)
    frames = [painter.yuv(FrameState(0, CARD)) for painter in (one, one.sibling())]
    assert asked == [CARD]
    assert len({id(each) for each in (card, *frames)}) == 3
    for each in frames:
        assert np.array_equal(each.to_ndarray(), card.to_ndarray())


@pytest.mark.parametrize("fade", [1, 6, FADE_STEPS - 1])
def test_a_fading_card_is_mixed_with_the_page(fade: int) -> None:
    asked: list[Card] = []

    def draw_card(card: Card) -> VideoFrame:
        asked.append(card)
        return frame(255)

    mixed = Painter(Still(frame(0)), [], draw_card).rgb(FrameState(0, CARD, fade))
    assert np.abs(mixed.astype(int) - 255 * (FADE_STEPS - fade) / FADE_STEPS).max() <= 3
    assert asked == [CARD]


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
def test_drawings_equal_their_golden_pictures(name: str) -> None:
    """FORGE_TEST_UPDATE_GOLDEN=1 writes the golden pictures anew. Look at them then."""
    path, drawn = GOLDEN / f"{name.replace(', ', '-').replace(' ', '-')}.png", DRAWN[name]()
    if os.environ.get("FORGE_TEST_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(drawn).save(path)
    golden = np.asarray(Image.open(path).convert("RGB")).astype(int)
    away = np.abs(golden - drawn)
    assert away.max() <= 24
    assert away.mean() <= 0.5
